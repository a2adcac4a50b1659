"""A short history, and every way to alter it with the database in hand."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from mappa.audit import log
from mappa.audit.chain import (
    PARTITIONS,
    START,
    digest_of,
    partition_of,
)
from mappa.audit.log import Operation
from mappa.audit.models import AuditEntry, AuditHead, AuditSubject
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from tests.factories.world import NOW

E, H, S = AuditEntry.__table__, AuditHead.__table__, AuditSubject.__table__
LENGTH = 6
DIGESTED = [c.name for c in E.columns if c.name not in ("previous", "digest")]
Tampering = Callable[["History"], None]


class Undo(Exception):
    """Ends a unit of work so that nothing of it stays."""


class History:
    """Two partitions with six entries each; statements that alter them."""

    def __init__(self) -> None:
        of_each: dict[int, UUID] = {}
        while len(of_each) < 2:
            other = new_id()
            if partition_of(other) != OTHER["partition"]:  # to which an entry will be moved
                of_each[partition_of(other)] = other
        (self.first, self.second), self.subjects = of_each, list(of_each.values())
        for number in range(LENGTH):
            for subject in self.subjects:
                log.record(
                    None, Operation.ALTERATION, "address:added", [subject, new_id()],
                    at=NOW + timedelta(minutes=number), fields=["lines", "postcode"],
                    basis="s325(4) CJA 2003", recipients=[new_id()], actor_id=new_id(),
                )  # fmt: skip

    def row(self, sequence, within=None):
        where = E.c.partition == (self.first if within is None else within)
        found = db.session.execute(sa.select(E).where(where, E.c.sequence == sequence)).one()
        return dict(found._mapping)

    def change(self, sequence, within=None, /, **values):
        wanted = self.row(sequence, within)["id"]
        db.session.execute(sa.update(E).where(E.c.id == wanted).values(values))

    def add(self, row, subjects=True):
        made = row | {"id": new_id()}
        db.session.execute(sa.insert(E).values(made))
        if subjects:
            for record in dict.fromkeys(row["records"]):
                self.point(made["id"], record)

    def point(self, entry, record):
        row = {"entry_id": entry, "record_id": UUID(str(record))}
        db.session.execute(sa.insert(S).values(row))

    def remove(self, sequence):
        wanted = self.row(sequence)["id"]
        db.session.execute(sa.delete(S).where(S.c.entry_id == wanted))
        db.session.execute(sa.delete(E).where(E.c.id == wanted))

    def move(self, sequence, to):
        self.change(sequence, sequence=to)

    def set_head(self, **values):
        db.session.execute(sa.update(H).where(H.c.partition == self.first).values(values))

    def rewrite(self):
        """Give every entry of the first partition the digest that fits; the last one's."""
        previous = START
        for sequence in range(1, LENGTH + 1):
            row = self.row(sequence)
            digest = digest_of({name: row[name] for name in DIGESTED}, previous)
            self.change(sequence, previous=previous, digest=digest)
            previous = digest
        return previous


OTHER = {
    "partition": PARTITIONS - 1, "sequence": 90, "at": NOW + timedelta(days=9),
    "actor_id": NOBODY, "actor_agency_id": new_id(), "session_id": new_id(),
    "operation": "consultation", "event": "address:read", "records": [new_id().hex] * 2,
    "fields": ["lines"], "basis": "", "recipients": [], "outcome": "refused",
    "request_id": "another", "previous": "f" * 64, "digest": "e" * 64,
}  # fmt: skip


def edit(column: str) -> Tampering:
    return lambda history: history.change(3, **{column: OTHER[column]})


def new_entry_id(history: History) -> None:
    """Its look-up rows are carried along, so that only the id tells."""
    row = history.row(3)
    db.session.execute(sa.delete(S).where(S.c.entry_id == row["id"]))
    db.session.execute(sa.delete(E).where(E.c.id == row["id"]))
    history.add(row)


def delete_middle(history: History) -> None:
    history.remove(3)


def delete_middle_and_close_the_gap(history: History) -> None:
    history.remove(3)
    for sequence in range(4, LENGTH + 1):
        history.move(sequence, sequence - 1)
    history.set_head(sequence=LENGTH - 1)


def delete_first(history: History) -> None:
    history.remove(1)


def delete_tail(history: History) -> None:
    history.remove(LENGTH)


def delete_all_of_a_partition(history: History) -> None:
    for sequence in range(1, LENGTH + 1):
        history.remove(sequence)


def reorder(history: History) -> None:
    history.move(2, 99)
    history.move(3, 2)
    history.move(99, 3)


def insert_in_the_middle(history: History) -> None:
    row = history.row(3)
    for sequence in range(LENGTH, 2, -1):
        history.move(sequence, sequence + 1)
    history.set_head(sequence=LENGTH + 1)
    history.add(row | {"event": "address:read"})


def insert_at_the_end(history: History) -> None:
    last = history.row(LENGTH)
    row = last | {"sequence": LENGTH + 1, "previous": last["digest"]}
    history.add(row | {"digest": digest_of({n: row[n] for n in DIGESTED}, last["digest"])})


def insert_in_an_empty_partition(history: History) -> None:
    empty = next(n for n in range(PARTITIONS) if n not in (history.first, history.second))
    row = history.row(1) | {"partition": empty}
    history.add(row | {"digest": digest_of({n: row[n] for n in DIGESTED}, START)})


def insert_in_no_partition(history: History) -> None:
    row = history.row(1) | {"partition": PARTITIONS}
    history.add(row | {"digest": digest_of({n: row[n] for n in DIGESTED}, START)})


def duplicate(history: History) -> None:
    history.add(history.row(LENGTH) | {"sequence": LENGTH + 1})


def duplicate_and_move_the_head(history: History) -> None:
    duplicate(history)
    history.set_head(sequence=LENGTH + 1)


def swap_partitions(history: History) -> None:
    history.change(3, partition=PARTITIONS + 1)
    history.change(3, history.second, partition=history.first)
    history.change(3, PARTITIONS + 1, partition=history.second)


def rewrite_with_the_old_head(history: History) -> None:
    history.change(3, event="address:read")
    history.rewrite()


def rewrite_one_digest(history: History) -> None:
    row = history.row(3) | {"event": "address:read"}
    digest = digest_of({name: row[name] for name in DIGESTED}, row["previous"])
    history.change(3, event="address:read", digest=digest)


def lose_look_up_rows(history: History) -> None:
    db.session.execute(sa.delete(S).where(S.c.entry_id == history.row(3)["id"]))


def a_look_up_row(history: History):
    """The condition that picks one of the rows of the third entry."""
    entry = history.row(3)["id"]
    one = sa.select(S.c.record_id).where(S.c.entry_id == entry).limit(1)
    return sa.and_(S.c.entry_id == entry, S.c.record_id == db.session.execute(one).scalar_one())


def lose_one_look_up_row(history: History) -> None:
    db.session.execute(sa.delete(S).where(a_look_up_row(history)))


def add_a_look_up_row(history: History) -> None:
    history.point(history.row(3)["id"], new_id())


def point_a_look_up_row_elsewhere(history: History) -> None:
    moved = sa.update(S).where(a_look_up_row(history)).values(record_id=new_id())
    db.session.execute(moved)


def swap_look_up_rows(history: History) -> None:
    third, fourth = (history.row(sequence)["id"] for sequence in (3, 4))
    of_third, of_fourth = (
        list(db.session.execute(sa.select(S.c.record_id).where(S.c.entry_id == each)).scalars())
        for each in (third, fourth)
    )
    db.session.execute(sa.delete(S).where(S.c.entry_id.in_([third, fourth])))
    for records, entry in ((of_third, fourth), (of_fourth, third)):
        for record in records:
            history.point(entry, record)


def lose_a_head(history: History) -> None:
    db.session.execute(sa.delete(H).where(H.c.partition == history.first))


def set_the_head_back(history: History) -> None:
    history.set_head(sequence=LENGTH - 1)


def edit_the_head(history: History) -> None:
    history.set_head(digest="e" * 64)


FOUND: dict[str, Tampering] = {
    **{f"edited {column}": edit(column) for column in OTHER},
    "edited id": new_entry_id,
    **{
        each.__name__.replace("_", " "): each
        for each in (
            delete_middle, delete_middle_and_close_the_gap, delete_first, delete_tail,
            delete_all_of_a_partition, reorder, insert_in_the_middle, insert_at_the_end,
            insert_in_an_empty_partition, insert_in_no_partition, duplicate,
            duplicate_and_move_the_head, swap_partitions, rewrite_with_the_old_head,
            rewrite_one_digest, lose_look_up_rows, lose_one_look_up_row, add_a_look_up_row,
            point_a_look_up_row_elsewhere, swap_look_up_rows, lose_a_head, set_the_head_back,
            edit_the_head,
        )
    },
}  # fmt: skip


def rewrite_with_a_new_head(history: History) -> None:
    history.change(3, event="address:read")
    history.set_head(digest=history.rewrite())


def cut_the_tail_and_set_the_head_back(history: History) -> None:
    history.remove(LENGTH)
    last = history.row(LENGTH - 1)
    history.set_head(sequence=LENGTH - 1, digest=last["digest"])


def empty_a_partition_and_its_head(history: History) -> None:
    delete_all_of_a_partition(history)
    history.set_head(sequence=0, digest=START)


BEYOND_A_CHAIN: dict[str, Tampering] = {
    each.__name__.replace("_", " "): each
    for each in (
        rewrite_with_a_new_head,
        cut_the_tail_and_set_the_head_back,
        empty_a_partition_and_its_head,
    )
}


def drop_triggers() -> None:
    for table in ("audit_entry", "audit_subject"):
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text(f"DROP TRIGGER {table}_append_only ON {table}"))
        else:
            for verb in ("UPDATE", "DELETE"):
                db.session.execute(sa.text(f"DROP TRIGGER {table}_no_{verb}"))
