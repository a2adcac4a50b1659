"""A statement narrowed to a role answers as the whole statement does."""

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from mappa.access.guard import opened_tables, unscoped_tables
from mappa.access.labels import ME, role_is
from mappa.access.narrowing import narrowed
from mappa.access.predicates import Rows, some
from mappa.access.reading import bookkeeping, scope
from mappa.access.terms import Role
from mappa.offenders.identity import one_person
from mappa.offenders.models import Address, StaffWarning

_of_role = st.frozensets(st.sampled_from(list(Role)), min_size=1, max_size=3).map(
    lambda roles: role_is(ME, *sorted(roles))
)
_of_row = st.integers(0, 3).map(lambda bit: sa.column("x").op("&")(1 << bit) != 0)


def _some(inner):
    rows = Rows.of("area", "area_of_test")
    return some(rows, rows.id != "", inner)


_conditions = st.recursive(
    st.one_of(_of_role, _of_row, st.sampled_from([sa.true(), sa.false()])),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda each: sa.and_(*each)),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: sa.or_(*each)),
        inner.map(sa.not_),
        inner.map(_some),
        inner.map(lambda each: sa.case((each, 1), else_=0) == 1),
    ),
    max_leaves=12,
)
_engine = sa.create_engine("sqlite://")
with _engine.begin() as _connection:
    _connection.exec_driver_sql("CREATE TABLE area (id TEXT)")
    _connection.exec_driver_sql("INSERT INTO area VALUES ('somewhere')")
    _connection.exec_driver_sql("CREATE TABLE numbers (x INTEGER)")
    _connection.exec_driver_sql(
        "INSERT INTO numbers VALUES " + ",".join(f"({n})" for n in range(16))
    )
_rows = sa.table("numbers", sa.column("x", sa.Integer))


@settings(max_examples=400, deadline=None)
@given(_conditions, st.sampled_from(list(Role)))
def test_every_condition_answers_the_same(condition, role):
    whole = sa.select(sa.column("x")).select_from(_rows).where(condition)
    with _engine.connect() as connection:
        asked = {"me_role": role.value}
        expected = sorted(connection.execute(whole, asked).scalars())
        assert sorted(connection.execute(narrowed(whole, role.value), asked).scalars()) == expected


def test_nothing_of_other_roles_is_left():
    whole, officer = one_person(standing=True), Role.PROTECTION_OFFICER.value
    text = str(narrowed(whole, officer).compile())
    assert "me_role" in str(whole.compile())
    assert "me_role" not in text
    assert "role_cell" not in text
    assert "chairseat" not in text
    assert len(text) < len(str(whole.compile())) / 2


def test_the_whole_statement_stays_as_it_was():
    whole = one_person(standing=True)
    before = str(whole.compile())
    for role in Role:
        narrowed(whole, role.value)
    assert str(whole.compile()) == before


def test_each_narrowed_statement_has_a_name_of_its_own_and_is_made_once():
    whole = one_person()
    made = [narrowed(whole, role.value) for role in Role]
    keys = {each._generate_cache_key().key for each in made}
    assert len(keys) == len(Role)
    assert narrowed(whole, Role.CHAIR.value) is narrowed(whole, Role.CHAIR.value)
    ordered = narrowed(whole, Role.CHAIR.value).limit(1)
    assert ordered._generate_cache_key().key not in keys


@pytest.mark.parametrize("role", [each.value for each in Role])
def test_what_the_guard_looks_for_stays_whatever_the_role(role):
    warned, chairs = StaffWarning.__table__, role_is(ME, Role.CHAIR)
    closed = sa.select(warned.c.id).where(chairs, scope(StaffWarning))
    opened = sa.and_(chairs, Address.__table__.c.lines != "", bookkeeping(Address))
    for whole in (closed, sa.select(Address.__table__.c.id).where(opened, closed.exists())):
        assert unscoped_tables(whole) == frozenset()
        assert unscoped_tables(narrowed(whole, role)) == frozenset()
        assert opened_tables(narrowed(whole, role)) == opened_tables(whole)
