"""The live rules in memory: made ready once for each version of rules, calendar and areas, asked for each reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Protocol

from django.db.models import F

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.kernel.worktime.queries import calendar as work_calendar
from lianxin.registry.sensors.models import Device

from . import rules
from .machine import Ladder, Op
from .models import AlarmRule, RuleEdition
from .rules import ANY, Spec

NAME = "alarm_rules"
_NUMBERS = (NAME, "worktime", "areas")


class Known(Protocol):
    """What a rule asks of a device; `sensors.register.Known` and `Device` have it."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def street_id(self) -> int | None: ...
    @property
    def community_id(self) -> int | None: ...
    @property
    def grid_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """An area as rules ask for it: a hot level and the ids there; None: the whole place."""

    level: str
    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Live:
    """One edition of a rule, ready to be asked."""

    rule_id: int
    edition: int
    name: str
    spec: Spec
    ladder: Ladder
    since: datetime | None = None  # when this edition was published
    device_ids: frozenset[int] | None = None  # None: all of the kind
    place: Place | None = None

    def covers(self, device: Known) -> bool:
        """Tell whether the rule is for a device."""
        if self.spec.device_kind not in {"", device.kind}:
            return False
        if self.device_ids is not None and device.id not in self.device_ids:
            return False
        return self.place is None or getattr(device, self.place.level) in self.place.ids

    def hears(self, measure: str) -> bool:
        """Tell whether a measure concerns the rule."""
        return self.spec.measure == measure or (self.ladder.op is Op.SILENT and self.spec.measure in {"", ANY})

    def is_quiet(self, value: float) -> bool:
        """Tell whether a value leaves a device calm of which nothing is remembered: the way of nearly all readings."""
        ladder = self.ladder
        return ladder.op is Op.SILENT or (ladder.op is not Op.CHANGED and not ladder.reach(value))


@dataclass(frozen=True)
class Book:
    """All live rules."""

    by_id: Mapping[int, Live]
    by_measure: Mapping[tuple[str, str], Sequence[Live]]  # (kind or "", measure)
    silent: Sequence[Live]

    def hearing(self, kind: str, measure: str) -> Sequence[Live]:
        """Return the rules that a reading of this kind and measure may concern; those of silence are apart."""
        own, common = self.by_measure.get((kind, measure), ()), self.by_measure.get(("", measure), ())
        return (*own, *common) if common else own


def compile_rule(
    spec: Spec, *, rule_id: int = 0, edition: int = 0, since: datetime | None = None, at: datetime
) -> Live:
    """Make a rule ready. Two statements at most, for the devices it names."""
    keys = rules.keys_of(spec)
    ids = frozenset(Device.objects.filter(key__in=keys).values_list("pk", flat=True)) if spec.devices else None
    return Live(
        rule_id=rule_id,
        edition=edition,
        name=spec.name,
        spec=spec,
        ladder=spec.ladder(work_calendar()),
        since=since,
        device_ids=ids,
        place=_place(spec.area, at) if spec.area else None,
    )


def _place(code: str, at: datetime) -> Place | None:
    """Return where an area's rule holds: of one that has ended, where its successors are."""
    known = areas.atlas(at).by_code.get(code)
    if known is not None and known.role == "city":
        return None
    nodes = [known] if known is not None else _followers(code)
    for level in ("grid_id", "community_id", "street_id"):
        ids = {getattr(node, level) for node in nodes} - {None}
        if ids:
            return Place(level, frozenset(ids))
    return Place("street_id", frozenset())  # nowhere: the area is gone


def _followers(code: str) -> list[areas.AreaNode]:
    waiting = list(Area.objects.filter(code=code).values_list("pk", flat=True))
    found: dict[int, areas.AreaNode] = {}
    seen: set[int] = set()
    while waiting:
        area_id = waiting.pop()
        if area_id in seen:
            continue
        seen.add(area_id)
        node = areas.node(area_id)
        if node is not None and node.valid_to is None:
            found[area_id] = node
        else:
            waiting += areas.successors(area_id)
    return list(found.values())


def _load(at: datetime) -> Book:
    # The highest number is in force; a rule that was never published has none.
    rows = RuleEdition.objects.filter(rule__state=AlarmRule.State.LIVE, number=F("rule__live_number"))
    made = [
        compile_rule(rules.read(row.content), rule_id=row.rule_id, edition=row.number, since=row.published_at, at=at)
        for row in rows.order_by("rule_id")
    ]
    by_measure: dict[tuple[str, str], list[Live]] = {}
    for live in made:
        if live.ladder.op is not Op.SILENT:
            by_measure.setdefault((live.spec.device_kind, live.spec.measure), []).append(live)
    silent = [live for live in made if live.ladder.op is Op.SILENT]
    return Book({live.rule_id: live for live in made}, by_measure, silent)


class _Kept:
    """The book of this process and the numbers it belongs to."""

    lock = Lock()
    key: tuple[int, ...] | None = None
    book = Book({}, {}, ())


def book(numbers: Mapping[str, int], *, at: datetime) -> Book:
    """Return the live rules that belong to these numbers, as `versions.read()` gave them."""
    key = tuple(numbers.get(name, 0) for name in _NUMBERS)
    with _Kept.lock:
        if _Kept.key != key:
            _Kept.book, _Kept.key = _load(at), key
        return _Kept.book
