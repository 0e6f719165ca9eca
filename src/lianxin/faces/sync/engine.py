"""Take a batch: in its order, each record in a transaction of its own, each with an outcome, whatever the others do."""

import logging
from collections.abc import Iterator, Mapping, Sequence
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
        outcomes: list[Outcome] = []
        for group in _groups(items):
            outcomes += self._group(group)
        return outcomes

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


def _groups(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield neighbours that may be taken together: of one kind that takes many, no id twice, none after its own."""
    group: list[Item] = []
    for item in items:
        if group and not _joins(group, item):
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _joins(group: Sequence[Item], item: Item) -> bool:
    first, record = group[0].record, item.record
    if first is None or record is None or record.kind != first.kind or KINDS[record.kind].take_many is None:
        return False
    there = {other.record.id for other in group if other.record is not None}
    return record.id not in there and record.after not in there


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
