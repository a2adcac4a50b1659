"""What mutants of the policy meet first: worlds kept as files, and the judge of the same SQL."""

import pickle
from dataclasses import replace

import pytest

import mappa.app  # noqa: F401 - brings every protected table
from tests.support import lean
from tools import same_sql


@pytest.fixture
def world(tmp_path):
    lean.make(tmp_path, worlds=1, of_a_section=2)
    return tmp_path


def test_the_policy_answers_as_the_reference_without_an_application(world):
    assert lean.differs(world) == ""


@pytest.mark.parametrize("wrong", ["level", "shown"])
def test_a_wrong_answer_is_told(world, wrong):
    kept = world / "0.asked"
    first, *others = pickle.loads(kept.read_bytes())
    bent = replace(first, **{wrong: (getattr(first, wrong) + 1) % 4})
    kept.write_bytes(pickle.dumps([bent, *others]))
    assert lean.differs(world).startswith(str(bent))


class TestTheSameSql:
    PLAIN = "SELECT 1 FROM mark AS mark WHERE mark.kind = 'mark' AND mark.person_id = person.id"

    @pytest.mark.parametrize("alias", ["MARK", "XXmarkXX", "mark_1"])
    def test_another_name_of_an_alias_changes_nothing(self, alias):
        quoted = alias if alias.islower() else f'"{alias}"'
        renamed = f"SELECT 1 FROM mark AS {quoted} WHERE {quoted}.kind = 'mark'"
        assert same_sql.alike(self.PLAIN, f"{renamed} AND {quoted}.person_id = person.id")

    @pytest.mark.parametrize(
        "other",
        [
            PLAIN.replace("'mark'", "'MARK'"),
            PLAIN.replace("mark.kind", "mark.person_id"),
            PLAIN.replace("FROM mark", "FROM share"),
            PLAIN.replace("person.id", "mark.id"),
            PLAIN.replace("mark.", "person.").replace("AS mark", "AS person"),
            PLAIN + " OR true",
        ],
        ids=["value", "column", "table", "alias for the row", "the row's own name", "longer"],
    )
    def test_anything_else_does(self, other):
        assert not same_sql.alike(self.PLAIN, other)

    def test_the_policy_says_twice_the_same(self):
        kept = {file: dict(same_sql.said(file)) for file in ("predicates", "policy")}
        assert same_sql.differs(kept["policy"], "policy") == ""
        assert kept["predicates"].items() < kept["policy"].items()
        for name in ("in_area rows 2", "function mappa_sees_plan"):
            text = kept["policy"][name]
            bent = kept["policy"] | {name: text.replace("person_id", "owner_agency_id", 1)}
            assert same_sql.differs(bent, "policy", "in_area") == name
