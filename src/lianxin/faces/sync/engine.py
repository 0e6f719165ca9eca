"""Take a batch: each record with an outcome, whatever the others do.

What one room is told is taken in the order it was told, each record in a transaction of its own, or neighbours of a
kind in one. Rooms do not wait for each other, but where a record names another one that must come before.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from lianxin.faces.acts.kinds import Input
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, LianxinError, Stale
from lianxin.kernel.idempotency.claims import claimed

from .records import KINDS, Conflict, Kind, Outcome, Record, State, Waiting
from .wire import Item

log = logging.getLogger(__name__)

Told = tuple[Record, Input]
_TRIES = 3  # of a record that met another one's locks


@dataclass
class Batch:
    """One batch of one actor under way."""

    actor: Actor
    at: datetime
    numbers: Mapping[str, int]
    request_id: str = ""
    _states: dict[UUID, State] = field(default_factory=dict)  # of records that came to an outcome
    _taken: set[UUID] = field(default_factory=set)  # named in `after`, and taken in an earlier batch

    def take(self, items: Sequence[Item]) -> list[Outcome]:
        """Return an outcome for each record, in order. Raises only when the database is gone."""
        named = {item.record.after for item in items if item.record is not None and item.record.after is not None}
        self._taken = claimed(sorted(named)) if named else set()
        outcomes: dict[int, Outcome] = {}
        for places in _groups(items):
            outcomes |= zip(places, self._group([items[place] for place in places]), strict=True)
        return [outcomes[place] for place in range(len(items))]

    def _group(self, group: Sequence[Item]) -> list[Outcome]:
        first = group[0]
        if first.record is None or first.data is None:
            return [first.outcome or Outcome(State.REFUSED, "invalid")]
        told = [(item.record, item.data) for item in group if item.record is not None and item.data is not None]
        is_free = all(self._is_free(record) for record, _data in told)
        together = self._together(KINDS[first.record.kind], told) if len(told) > 1 and is_free else None
        outcomes = together or [self._alone(record, data) for record, data in told]
        self._states |= {record.id: outcome.state for (record, _data), outcome in zip(told, outcomes, strict=True)}
        return outcomes

    def _together(self, kind: Kind, told: Sequence[Told]) -> list[Outcome] | None:
        """Take neighbours of one kind in one transaction; None: one of them stopped all, so each is taken alone."""
        if kind.take_many is None:
            return None
        try:
            with transaction.atomic():
                outcomes = kind.take_many(self.actor, told, at=self.at, numbers=self.numbers)
        except OperationalError:
            _raise_if_gone()
            return None
        except Exception as error:
            if not isinstance(error, LianxinError):
                log.warning("a group of %s records is taken one by one", kind.name, exc_info=error)
            return None
        return outcomes if len(outcomes) == len(told) else None

    def _alone(self, record: Record, data: Input) -> Outcome:
        if not self._is_free(record):
            return Outcome(State.WAITING, "after", _("要等前一条先送到。"))
        for left in reversed(range(_TRIES)):
            try:
                with transaction.atomic():
                    return self._call(record, data)
            except LianxinError as error:
                return outcome_of(error)
            except OperationalError as error:
                _raise_if_gone()
                if not left:
                    log.warning("a %s record met locks %d times", record.kind, _TRIES, exc_info=error)
            except Exception:
                log.exception("a %s record failed; request %s", record.kind, self.request_id)
                return _ours(self.request_id)
        return Outcome(State.WAITING, "busy", _("服务器正忙，稍后自动再送。"))

    def _call(self, record: Record, data: Input) -> Outcome:
        kind = KINDS[record.kind]
        if kind.take_many is not None:
            return kind.take_many(self.actor, [(record, data)], at=self.at, numbers=self.numbers)[0]
        if kind.take is None:
            raise TypeError(f"Nothing takes records of the kind {record.kind}.")
        return kind.take(self.actor, record, data, at=self.at, numbers=self.numbers)

    def _is_free(self, record: Record) -> bool:
        """Tell whether the record that must come before has been taken, in this batch or in an earlier one."""
        if record.after is None:
            return True
        state = self._states.get(record.after)
        return state == State.DONE if state is not None else record.after in self._taken


@dataclass(slots=True)
class _Group:
    """Records that are taken together, by their places in the batch."""

    kind: str
    is_open: bool  # to others of its kind
    places: list[int]


def _groups(items: Sequence[Item]) -> list[list[int]]:
    """Return the places of records that are taken together, in the order in which they are taken.

    They are of one kind that takes many, none of them twice and none after one of its own; and nothing of their room,
    nor what one of them must come after, is told between them.
    """
    groups: list[_Group] = []
    latest: dict[str, int] = {}  # of each room: the last of its groups
    told: dict[UUID, int] = {}  # of each record: its group
    for place, item in enumerate(items):
        record = item.record
        kind = KINDS[record.kind] if record is not None else None
        if record is None or kind is None:
            groups.append(_Group("", is_open=False, places=[place]))
            continue
        there = latest.get(kind.room, -1)
        is_open = kind.take_many is not None and (kind.joins is None or kind.joins(item.data))
        known = max(told.get(record.id, -1), told.get(record.after, -1) if record.after else -1)
        if not (is_open and there > known and groups[there].is_open and groups[there].kind == record.kind):
            there = len(groups)
            groups.append(_Group(record.kind, is_open, []))
        groups[there].places.append(place)
        latest[kind.room] = told[record.id] = there
    return [group.places for group in groups]


def outcome_of(error: LianxinError) -> Outcome:
    """Return an expected failure as an outcome."""
    match error:
        case Waiting():
            return Outcome(State.WAITING, error.code, error.sentence)
        case Conflict():
            plain = Outcome(State.CONFLICT, error.code, error.sentence, theirs=error.theirs)
            return replace(plain, subject=error.subject, version=error.version)
        case Stale():
            theirs = {"changes": list(error.changes), "version": error.version}
            return Outcome(State.CONFLICT, error.code, error.sentence, version=error.version, theirs=theirs)
        case Invalid():
            return Outcome(State.REFUSED, error.code, error.sentence, fields=dict(error.fields))
        case _:
            return Outcome(State.REFUSED, error.code, error.sentence)


def _ours(request_id: str) -> Outcome:
    detail = _(
        "服务器出了问题，这一条没有存上，内容还在这台手机上。请稍后再送；如果一直这样，把编号 %(number)s 告诉管理员。"
    )
    return Outcome(State.REFUSED, "ours", detail % {"number": request_id[-8:]})


def _raise_if_gone() -> None:
    """Let the whole request fail when the database is not there: the device keeps everything and sends it again."""
    if connection.connection is None or not connection.is_usable():
        raise  # noqa: PLE0704  called from where the error is handled
