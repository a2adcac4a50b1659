"""The table of names that are one name, and what is wrong with a bad one."""

import pytest

from config.document import ConfigurationError
from config.names import name_groups, read_name_groups
from mappa.offenders.names import rank, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bill", "William"), ("Peggy", "Margaret"), ("Siobhán", "Shivaun"), ("Niamh", "Neve"),
        ("Dafydd", "David"), ("Llewellyn", "Llywelyn"), ("Ruaridh", "Rory"),
        ("Mohammed", "Muhammad"), ("Hussain", "Hossein"), ("Chaudhry", "Chowdhury"),
        ("Kasia", "Katarzyna"), ("Łukasz", "Lucas"), ("Wong", "Wang"), ("Hsu", "Xu"),
        ("Yeung", "Yang"), ("Ng", "Wu"),
    ],
)  # fmt: skip
def test_two_forms_of_a_name_are_found_by_each_other(one, other):
    for typed, stored in ((one, other), (other, one)):
        match = rank(f"{typed} Arkwright", [f"{stored} Arkwright"])
        assert match is not None
        assert match.score >= 85, (typed, stored, match)


def test_every_name_of_the_table_is_one_word():
    assert [name for group in name_groups() for name in group if len(tokens(name)) != 1] == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('english = ["William"]', "must be two names or more"),
        ('english = "William Bill"', "must be a list of groups"),
        ('english = ["Alex Al", "Alex Sandy"]', "Alex stands for two groups"),
        ("english = [", "is not valid TOML"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_words(tmp_path, written, said):
    path = tmp_path / "names.toml"
    path.write_text(written)
    with pytest.raises(ConfigurationError, match=said):
        read_name_groups(path)
