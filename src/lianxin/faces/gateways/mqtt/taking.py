"""A batch of arrivals in one transaction: stored, rules evaluated, what is refused counted; or nothing of it.

A message that breaks a statement is found by halving the batch, and set aside; the others are stored.
"""

import json
import logging
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from lianxin.kernel import versions
from lianxin.registry.sensors import counting
from lianxin.registry.sensors.counting import Refusal
from lianxin.registry.sensors.intake import Message
from lianxin.registry.sensors.register import Register, register
from lianxin.work.alarms import intake as alarms

from .arrivals import Arrival, account_of, read, systems_adapters
from .setting_aside import Shelf

log = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)  # the database; the same batch is tried again


@dataclass
class Outcome:
    """What came of a batch, for receipts and for the log."""

    refused: dict[int, Refusal] = field(default_factory=dict)  # by place of the arrival: the last word on it
    readings: int = 0
    repeated: int = 0
    shut: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """Messages of a batch with the place of the arrival each came by, and what was refused on reading."""

    messages: list[Message]
    places: list[int]
    broken: list[tuple[int, Refusal]]


def take(arrivals: Sequence[Arrival], *, at: datetime, shelf: Shelf, shut: Collection[str] = ()) -> Outcome:
    """Store a batch for good. Raises OperationalError or InterfaceError when the database is away: nothing is stored.

    After it returns every arrival may be acknowledged: it is stored, or counted as refused, or set aside on `shelf`.
    What still comes of a device that is kept out (`shut`) is not even read.
    """
    outcome = Outcome(shut=shut)
    _take(arrivals, 0, outcome, at=at, shelf=shelf)
    return outcome


def _take(arrivals: Sequence[Arrival], first: int, outcome: Outcome, *, at: datetime, shelf: Shelf) -> None:
    try:
        _commit(_read(arrivals, first, outcome.shut), outcome, at=at)
    except AWAY:
        raise
    except Exception:
        if len(arrivals) > 1:
            middle = len(arrivals) // 2
            _take(arrivals[:middle], first, outcome, at=at, shelf=shelf)
            _take(arrivals[middle:], first + middle, outcome, at=at, shelf=shelf)
            return
        log.exception("a message could not be stored and is set aside")
        _set_aside(arrivals[0], first, outcome, at=at, shelf=shelf)


def _read(arrivals: Sequence[Arrival], first: int, shut: Collection[str] = ()) -> _Part:
    numbers = versions.read()
    known, spoken = register.at(numbers), systems_adapters.at(numbers)
    part = _Part([], [], [])
    for place, arrival in enumerate(arrivals, first):
        if shut and account_of(arrival.topic) in shut:
            part.broken.append((place, _flood(arrival, known)))
            continue
        reading = read(arrival, known, spoken)
        part.messages.extend(reading.messages)
        part.places.extend([place] * len(reading.messages))
        part.broken.extend((place, one) for one in reading.refused)
    return part


def _flood(arrival: Arrival, known: Register) -> Refusal:
    account = account_of(arrival.topic)
    device_id = known.devices[account].id if account in known.devices else 0
    return Refusal(0, "flood", account, _("发得太密，暂停接收十分钟。"), device_id)


def _commit(part: _Part, outcome: Outcome, *, at: datetime) -> None:
    # The room's own transaction is enough for a batch that can be read wholly.
    with transaction.atomic() if part.broken else nullcontext():
        taken = alarms.take(part.messages, at=at)
        counting.note({}, [one for _place, one in part.broken], at=at)
    outcome.readings += len(taken.fresh)
    outcome.repeated += taken.repeated
    outcome.refused.update((part.places[one.index], one) for one in taken.refused)
    outcome.refused.update(part.broken)


def _set_aside(arrival: Arrival, place: int, outcome: Outcome, *, at: datetime, shelf: Shelf) -> None:
    shelf.put(arrival)
    refusal = Refusal(0, "broken", "", _("这条消息存不进去，已另存备查。"))
    counting.note({}, [refusal], at=at)
    outcome.refused[place] = refusal


def take_again(shelf: Shelf, *, at: datetime) -> tuple[int, int]:
    """Store what lies on a shelf, one by one, each as if it came when it came; returns how many went and how many stay.

    Raises OperationalError or InterfaceError when the database is away; nothing is lost then.
    """
    stored, left = 0, []
    for arrival in shelf:
        try:
            _commit(_read([arrival], 0), Outcome(), at=at)
            stored += 1
        except AWAY:
            raise
        except Exception:
            log.exception("still cannot be stored")
            left.append(arrival)
    shelf.replace(left)
    return stored, len(left)


def receipt(place: int, outcome: Outcome) -> bytes:
    """Return what whoever asked for a receipt is told: stored, or why not."""
    refused = outcome.refused.get(place)
    if refused is None:
        return b'{"stored": true}'
    told = {"stored": False, "reason": refused.reason, "sentence": refused.sentence}
    return json.dumps(told, ensure_ascii=False).encode()
