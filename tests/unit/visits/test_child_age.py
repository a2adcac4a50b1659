"""The age of a child who was there, as it may be typed."""

import pytest

from mappa.kernel.errors import FieldErrors
from mappa.visits.schemas import EssentialsSchema
from mappa.web.typed import understand

PLAIN = {"arrived": "14:15", "left": "14:40", "where": "home"}


@pytest.mark.parametrize("age", ["", "0", "6", "17", "about 6", "6 months"])
def test_it_may_be_a_number_words_or_nothing(age):
    assert understand(EssentialsSchema(), PLAIN | {"child_age": age}).child_age == age


@pytest.mark.parametrize("age", ["-5", "18", "99"])
def test_a_number_that_no_child_has_is_refused(age):
    with pytest.raises(FieldErrors) as refused:
        understand(EssentialsSchema(), PLAIN | {"child_age": age})
    assert refused.value.errors == {
        "child_age": ["Enter an age from 0 to 17, or leave it empty"]
    }  # fmt: skip
