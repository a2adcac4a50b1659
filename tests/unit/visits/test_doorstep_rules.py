"""Cards and files in a draft: removing one can be undone once, and its bytes stay named."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappa.visits.doorstep import rules
from mappa.visits.doorstep.rules import CARD, FILE, REMOVED, DraftCard, DraftFile

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def card(number: int) -> DraftCard:
    return DraftCard(id=UUID(int=number), kind="home", typed={"words": f"Bed {number}"})


def file(number: int) -> DraftFile:
    return DraftFile(
        id=UUID(int=number), kind="photograph", title="The hall", name="hall",
        content="image/jpeg", size=1, digest="d", stored_as=f"s{number}", view_as=f"v{number}",
        added_at=AT,
    )  # fmt: skip


def draft(cards: int = 0, files: int = 0) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {"outcome": ["no_reply"], CARD: [], FILE: []}
    for number in range(1, cards + 1):
        texts[CARD] = rules.with_part(texts[CARD], card(number))
    for number in range(101, 101 + files):
        texts[FILE] = rules.with_part(texts[FILE], file(number))
    return texts


@given(cards=st.integers(0, 4), files=st.integers(0, 4), data=st.data())
def test_what_is_removed_and_put_back_is_where_it_was(cards, files, data):
    before = draft(cards, files)
    ids = [UUID(json.loads(each)["id"]) for each in before[CARD] + before[FILE]]
    if not ids:
        return
    part = data.draw(st.sampled_from(ids))
    left = before | rules.taken_out(before, part)
    assert rules.names_in(left) == rules.names_in(before), "the sweep leaves its bytes"
    assert part not in {each.id for each in rules.cards_in(left[CARD])}
    assert part not in {each.id for each in rules.files_in(left[FILE])}
    again = left | rules.put_back(left, part)
    assert again == before | {REMOVED: []}


def test_the_last_one_alone_is_kept():
    texts = draft(files=3)
    for number in (101, 102):
        texts |= rules.taken_out(texts, UUID(int=number))
    assert rules.put_back(texts, UUID(int=101)) is None
    assert rules.names_in(texts) == {"s102", "v102", "s103", "v103"}
    assert [each.id for each in rules.removed_of(texts)[1]] == [UUID(int=102)]


def test_it_is_put_back_once():
    texts = draft(cards=1)
    texts |= rules.taken_out(texts, UUID(int=1))
    texts |= rules.put_back(texts, UUID(int=1))
    assert rules.put_back(texts, UUID(int=1)) is None
    assert rules.removed_of(texts) == ([], [])


@pytest.mark.parametrize("part", [UUID(int=9), UUID(int=0)])
def test_what_is_not_there_is_not_removed_and_keeps_what_was(part):
    assert rules.taken_out(draft(cards=2, files=1), part) is None
    assert rules.put_back(draft(cards=2), part) is None


def test_after_more_was_removed_elsewhere_it_comes_last():
    texts = draft(cards=3)
    texts |= rules.taken_out(texts, UUID(int=3))
    texts[CARD] = texts[CARD][:1]
    texts |= rules.put_back(texts, UUID(int=3))
    assert [each.id.int for each in rules.cards_in(texts[CARD])] == [1, 3]
