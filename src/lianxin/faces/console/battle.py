"""The building chart coloured by a chosen state (作战图): visits, use, age of the record. No names, nothing of care.

Colour and pattern say the same thing, so that it can be printed in grey. A dot says that a case is open there.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.insight.portraits import chart as portraits
from lianxin.insight.portraits import measures
from lianxin.registry.care.models import serving
from lianxin.registry.places.models import Building, Dwelling
from lianxin.work.visits.models import Visit

STATES = {
    "visits": gettext_lazy("走访与服务"),
    "use": gettext_lazy("房屋用途"),
    "stale": gettext_lazy("核实情况"),
}
# What of a state the city is coloured by: the share of a building's dwellings that are so.
MARKED = {"visits": "visited", "use": Dwelling.Use.LET.value, "stale": "stale"}
MARKED_LABELS = {
    "visits": gettext_lazy("本月已走访"),
    "use": gettext_lazy("出租"),
    "stale": gettext_lazy("一年没有核实"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One dwelling in its state; `has_case` puts a dot on it, `is_marked` counts it in the building's share."""

    code: str
    number: str
    state: str
    said: str
    has_case: bool
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the legend."""

    state: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart as it is drawn, from the top down."""

    state: str
    states: Sequence[tuple[str, str]]
    entrances: Sequence[portraits.Entrance]
    floors: Sequence[tuple[str, int | None, Sequence[Sequence[Cell | None]]]]
    legend: Sequence[Line]
    total: int

    @property
    def state_label(self) -> str:
        """Say by what it is coloured."""
        return dict(self.states)[self.state]


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of each dwelling: its state, and in which order and words the legend names states."""

    of: Callable[[portraits.Cell], str]
    labels: Mapping[str, str]


def drawn(asked: Request, building: Building, state: str) -> Chart:
    """Return the chart of a building in a state the actor may choose; an unknown one falls to the first."""
    sees_visits = _sees_visits(asked, building)
    offered = [(code, str(label)) for code, label in STATES.items() if code != "visits" or sees_visits]
    state = state if state in dict(offered) else offered[0][0]
    base = portraits.chart(asked.actor, building, at=asked.at)
    visits = _Visits(asked, building) if sees_visits else None
    told = _told(state, visits)
    open_at = visits.with_case if visits else frozenset[str]()
    counted: Counter[str] = Counter()

    def cell(one: portraits.Cell | None) -> Cell | None:
        if one is None:
            return None
        shown = told.of(one)
        counted[shown] += 1
        has_case = one.code in open_at
        counted["case"] += has_case
        said = _("{state}，有在办案件") if has_case else "{state}"
        return Cell(
            one.code, one.number, shown, said.format(state=told.labels[shown]), has_case, shown == MARKED[state]
        )

    floors = [(row.label, row.level, [[cell(one) for one in cells] for cells in row.cells]) for row in base.floors]
    labels = {**told.labels, **({"case": _("有在办案件")} if visits else {})}
    legend = [Line(code, label, counted[code]) for code, label in labels.items()]
    return Chart(state, offered, base.entrances, floors, legend, base.total)


@dataclass(frozen=True, slots=True)
class Share:
    """How many dwellings of a building are in the marked state, of how many."""

    marked: int
    total: int


def shares(asked: Request, buildings: Sequence[Building], state: str) -> Mapping[int, Share]:
    """Return the share of the marked state by building, for those of which the actor may know it. One statement."""
    if state not in STATES:
        return {}
    known = [one.pk for one in buildings if state != "visits" or _sees_visits(asked, one)]
    homes = Dwelling.objects.filter(building_id__in=known, valid_to=None)
    rows = homes.values("building_id").annotate(total=Count("pk"), marked=Count("pk", filter=_marked(asked, state)))
    return {row["building_id"]: Share(row["marked"], row["total"]) for row in rows}


def _marked(asked: Request, state: str) -> Q:
    if state == "use":
        return Q(use=MARKED["use"])
    if state == "stale":
        long_ago = asked.at - timedelta(days=measures.STALE_DAYS)
        return Q(confirmed_at=None) | Q(confirmed_at__lt=long_ago)
    # As the chart counts: who is to be visited again, or has an appointment, is not done with.
    seen = Visit.objects.visible_to(asked.actor).filter(dwelling_id=OuterRef("pk"))
    met = seen.filter(visited_at__gte=_month_begins(asked), outcome=Visit.Outcome.MET)
    return Q(Exists(met)) & ~Q(Exists(seen.due()))


def _month_begins(asked: Request) -> datetime:
    return words.local(asked.at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _sees_visits(asked: Request, building: Building) -> bool:
    """Tell whether the actor serves there: what was visited is nobody else's business."""
    scope = serving(asked.actor, "visits.view")
    if scope.everywhere:
        return True
    levels = (
        (scope.street_ids, building.street_id), (scope.community_ids, building.community_id),
        (scope.grid_ids, building.grid_id),
    )  # fmt: skip
    return any(one in ids for ids, one in levels if one is not None)


def _told(state: str, visits: "_Visits | None") -> _Told:
    if state == "visits" and visits is not None:
        labels = {
            "visited": _("本月已走访"), "due": _("本周该回访"), "agreed": _("有约定"), "vacant": _("空置"),
            "none": _("本月还没走访"),
        }  # fmt: skip
        return _Told(visits.state_of, labels)
    if state == "stale":
        labels = {"fresh": _("一年内核实过"), "stale": _("一年没有核实"), "vacant": _("空置")}
        return _Told(lambda one: "stale" if one.is_stale else "vacant" if one.use == "vacant" else "fresh", labels)
    return _Told(lambda one: one.use, {use: str(Dwelling.Use(use).label) for use in measures.USES})


class _Visits:
    """What was visited in a building this month, where somebody wants to come again, and what led to an open case."""

    def __init__(self, asked: Request, building: Building) -> None:
        today = words.local(asked.at).date()
        self._week_ends = today + timedelta(days=6 - today.weekday())
        rows = Visit.objects.visible_to(asked.actor).filter(dwelling__building_id=building.pk)
        self._visited = _codes(rows.filter(visited_at__gte=_month_begins(asked), outcome=Visit.Outcome.MET))
        self._wanted: dict[str, date] = {}
        for code, day in rows.due().order_by("-follow_up_on").values_list("dwelling__code", "follow_up_on"):
            if day is not None:
                self._wanted[code] = day
        self.with_case = _codes(rows.filter(case__ended_at=None, case__isnull=False))

    def state_of(self, one: portraits.Cell) -> str:
        """Return the state of a dwelling: what is to be done comes before what was done."""
        day = self._wanted.get(one.code)
        if day is not None and day <= self._week_ends:
            return "due"
        if day is not None:
            return "agreed"
        if one.code in self._visited:
            return "visited"
        return "vacant" if one.use == Dwelling.Use.VACANT else "none"


def _codes(rows: object) -> frozenset[str]:
    return frozenset(rows.values_list("dwelling__code", flat=True))  # type: ignore[attr-defined]
