"""Which rows belong to a person: moved by a merge, put back when it is undone, taken away by an erasure.

Rooms above register theirs when they start (`owns(Owned(CareTag, …))`), so that a merge is whole in one transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import models

from lianxin.registry.sources.models import Confirmation, Conflict

from .models import Ask, Consent, Contact, Look, Membership, Residence

Closing = Callable[[Any, datetime], Mapping[str, Any]]
Clash = Callable[[Any, Any], bool]
Staying = Callable[[Any, int], bool]


@dataclass(frozen=True)
class Owned:
    """A table with a column that names a person, and what to do where both of two merged people have the same."""

    model: type[models.Model]
    label: str
    column: str = "person_id"
    where: Mapping[str, Any] = field(default_factory=dict)  # which rows name people at all
    # Whether a row of who goes and one of who is kept cannot both be one person's.
    clash: Clash | None = None
    # How the row of who goes is closed then; None: it stays with who goes, out of sight.
    close: Closing | None = None
    # Which rows never go to the person that is kept.
    stays: Staying | None = None
    # What an erasure does with the rows: take them away, keep them but for these columns, or keep them whole.
    erase: Literal["delete", "blank", "keep"] = "delete"
    blank: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""  # what revisions of these rows are about; they go with the rows

    @property
    def table(self) -> str:
        """The name of the table."""
        return self.model._meta.db_table

    def rows_of(self, person_ids: list[int]) -> "models.QuerySet[Any]":
        """Return the rows that name one of these people."""
        return self.model._default_manager.filter(**self.where, **{f"{self.column}__in": person_ids})


_owned: list[Owned] = []


def owns(*tables: Owned) -> None:
    """Add tables; the same table and column again is left as it is."""
    known = {(each.model, each.column) for each in _owned}
    _owned.extend(each for each in tables if (each.model, each.column) not in known)


def owned() -> list[Owned]:
    """Return all tables with rows of people."""
    return list(_owned)


def _moved_out(row: Any, at: datetime) -> Mapping[str, Any]:
    # A stay has a length, were it the shortest.
    return {"valid_to": max(at, row.valid_from + timedelta(microseconds=1))}


def _both_run(one: Any, other: Any) -> bool:
    return one.valid_to is None and other.valid_to is None


def _stays_clash(one: Residence, other: Residence) -> bool:
    same = one.kind == other.kind and (one.kind == Residence.Kind.LIVES or one.dwelling_id == other.dwelling_id)
    return same and _both_run(one, other)


owns(
    # That somebody lived there stays, not who.
    Owned(Residence, "居住关系", clash=_stays_clash, close=_moved_out, erase="keep"),
    Owned(Membership, "所在户", clash=_both_run, close=_moved_out, erase="keep"),
    Owned(Contact, "联系人", stays=lambda row, kept: row.other_id == kept),
    Owned(Contact, "别人的联系人", "other_id", stays=lambda row, kept: row.person_id == kept),
    # The law asks for the log of who looked: it stays, without the words of the note.
    Owned(Look, "查看留痕", erase="blank", blank={"note": ""}),
    Owned(Ask, "本人申请", erase="blank", blank={"wish": None, "words": "", "answer": "", "field": ""}),
    Owned(
        Consent, "同意", erase="keep",
        clash=lambda one, other: one.purpose == other.purpose and not (one.withdrawn_at or other.withdrawn_at),
    ),
    Owned(
        Confirmation, "核实时间", "subject_id", {"subject": "person"},
        clash=lambda one, other: one.field_id == other.field_id,
    ),
    Owned(
        Conflict, "数据冲突", "subject_id", {"subject": "person"},
        clash=lambda one, other: one.field_id == other.field_id and not (one.ruled_at or other.ruled_at),
    ),
)  # fmt: skip
