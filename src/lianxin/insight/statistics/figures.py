"""Figures read from the cubes: sums, shares, stock, dwell and heat of a place in a stretch of days.

Cubes hold the whole place, streets and units; what they do not hold (a community's categories, a street's units) is few
enough to be counted from the facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from lianxin.kernel.worktime.calendars import ZONE

from .cubes import BUCKET, STAYS, measured
from .indicators import INDICATORS, PRIVATE, Indicator
from .measures import BUCKETS, EDGES, FACETS, HOURS, MEASURES, SLOT
from .periods import Period
from .places import Place

Sums = Mapping[str, int]
Span = tuple[date, date]
FEW = 5  # of what residents said in person, fewer are not told
STAGES = ("reported", "filed", "dispatched", "handling", "handled", "verified")
# What tables put side by side.
COMPARED = ("reported", "due", "on_time", "late_open", "reworked", "ended", "asked_satisfied", "satisfied")
_NONE: Sums = dict.fromkeys(MEASURES, 0)
_SUMS = ", ".join(f"coalesce(sum(cell.{name}), 0)::int AS {name}" for name in MEASURES)


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator's value with what it is made of; `value` is None without a denominator, or where it is too small."""

    indicator: Indicator
    value: float | None
    numerator: int
    denominator: int
    as_of: datetime | None
    is_hidden: bool = False


def instants(first: date, last: date) -> tuple[datetime, datetime]:
    """Return from when on and until when whole days last."""
    return (
        datetime.combine(first, time(), ZONE),
        datetime.combine(last + timedelta(days=1), time(), ZONE),
    )


def _rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _named(row: Sequence[int]) -> Sums:
    return dict(zip(MEASURES, row, strict=True))


def sums(place: Place, spans: Sequence[Span], *, facet: str = "", facet_id: int = 0) -> list[Sums]:
    """Return every measure of a place in each of some stretches of days. One statement.

    Of a broad category or a channel only, where a facet is named: of the whole place or a street, for others all is 0.
    """
    if place.kind == "unit":
        facet, facet_id = "unit", place.unit_id or 0
    found = _rows(
        f"SELECT {_SUMS} FROM unnest(%s::date[], %s::date[]) WITH ORDINALITY span(first, last, place)"
        " LEFT JOIN flow_cell cell ON cell.facet = %s AND cell.area_id = %s AND cell.facet_id = %s"
        " AND cell.day BETWEEN span.first AND span.last GROUP BY span.place ORDER BY span.place",
        [[first for first, _ in spans], [last for _, last in spans], facet, place.area_id, facet_id],
    )
    return [_named(row) for row in found]


def frozen(place: Place, month: date) -> Sums | None:
    """Return the closed figures of a month, or None while it is open. One statement."""
    facet, facet_id = ("unit", place.unit_id) if place.kind == "unit" else ("", 0)
    found = _rows(
        f"SELECT {', '.join(f'coalesce(cell.{name}, 0)' for name in MEASURES)} FROM frozen_month closed"
        " LEFT JOIN frozen_flow cell ON cell.month = closed.month AND cell.facet = %s AND cell.area_id = %s"
        " AND cell.facet_id = %s WHERE closed.month = %s",
        [facet, place.area_id, facet_id, month],
    )
    return _named(found[0]) if found else None


def _cells(first: date, last: date, closed: date | None) -> tuple[str, list[Any]]:
    """Return where the cells of some days stand: a closed month has rows of its own."""
    if closed is not None:
        return "frozen_flow cell WHERE cell.month = %s", [closed]
    return "flow_cell cell WHERE cell.day BETWEEN %s AND %s", [first, last]


def by_area(places: Iterable[Place], first: date, last: date, *, closed: date | None = None) -> dict[int, Sums]:
    """Return every measure of streets or communities by their id; `closed` names a closed month. One statement."""
    cells, values = _cells(first, last, closed)
    found = _rows(
        f"SELECT cell.area_id, {_SUMS} FROM {cells} AND cell.facet = '' AND cell.facet_id = 0"
        " AND cell.area_id = ANY(%s) GROUP BY 1",
        [*values, [place.area_id for place in places]],
    )
    return {row[0]: _named(row[1:]) for row in found}


def by_facet(place: Place, facet: str, first: date, last: date, *, closed: date | None = None) -> dict[int, Sums]:
    """Return every measure by broad category (`major`), unit (`unit`) or `channel`. One statement.

    Where no cube holds it (a community, a street's units) the measures that are `COMPARED` are counted from facts, of
    closed months as well; the others are 0.
    """
    if place.kind == "city" or (place.kind == "street" and facet != "unit"):
        cells, values = _cells(first, last, closed)
        found = _rows(
            f"SELECT cell.facet_id, {_SUMS} FROM {cells} AND cell.facet = %s AND cell.area_id = %s GROUP BY 1",
            [*values, facet, place.area_id],
        )
        return {row[0]: _named(row[1:]) for row in found}
    where, value = _inside(place)
    begin, end = instants(first, last)
    counted = measured(f"{FACETS[facet]} AS facet_id", "1", COMPARED).format(
        more="", where=f"AND {FACETS[facet]} IS NOT NULL AND instant.at >= %s AND instant.at < %s"
    )
    found = _rows(
        f"WITH change AS (SELECT 1 AS sign, f.* FROM case_fact f WHERE {where}) {counted}", [*value, begin, end]
    )
    return {row[0]: {**_NONE, **dict(zip(COMPARED, row[1:], strict=True))} for row in found}


def _inside(place: Place, table: str = "f") -> tuple[str, list[Any]]:
    """Return which facts or spells lie in a place, as reported."""
    if place.kind == "city":
        return "true", []
    if place.kind == "unit":
        return f"{table}.unit_id = %s", [place.unit_id]
    return f"{table}.{place.kind}_id = %s", [place.area_id]


def indicator(code: str, place: Place, period: Period, *, as_of: datetime | None) -> Figure:
    """Return one indicator of a place in a period: the closed figure of a closed month. Raises KeyError for no code."""
    closed = frozen(place, period.month) if period.month else None
    return figure(INDICATORS[code], closed or sums(place, [(period.first, period.last)])[0], as_of=as_of)


def figure(what: Indicator, counted: Sums, *, as_of: datetime | None) -> Figure:
    """Reckon an indicator from sums; what residents said in person is not told of fewer than five."""
    numerator, denominator = counted[what.numerator], counted[what.denominator]
    if what.is_complement:
        numerator = denominator - numerator
    is_hidden = what.denominator in PRIVATE and 0 < denominator < FEW
    value = None if is_hidden or not denominator else numerator / denominator
    return Figure(what, value, numerator, denominator, as_of, is_hidden)


@dataclass(frozen=True, slots=True)
class Stock:
    """The open cases of an area over some days: what there was, what came, what went."""

    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        """What was left."""
        return self.opening + self.came - self.went


def stock(place: Place, first: date, last: date) -> Stock:
    """Return how the open cases of an area went, each entry of the journal on its day. One statement; not of units."""
    found = _rows(
        "SELECT coalesce(sum(came - went) FILTER (WHERE day < %s), 0)::int,"
        " coalesce(sum(came) FILTER (WHERE day >= %s), 0)::int, coalesce(sum(went) FILTER (WHERE day >= %s), 0)::int"
        " FROM stock_cell WHERE area_id = %s AND day <= %s",
        [first, first, first, place.area_id, last],
    )
    return Stock(*found[0])


def open_in(area_ids: Sequence[int]) -> dict[int, int]:
    """Return how many cases are open in each of some streets or communities. One statement."""
    found = _rows(
        "SELECT area_id, sum(came - went)::int FROM stock_cell WHERE area_id = ANY(%s) GROUP BY 1", [list(area_ids)]
    )
    return {row[0]: row[1] for row in found}


def weekly(
    facet: str, area_ids: Sequence[int], first: date, weeks: int, counts: Mapping[str, str]
) -> dict[tuple[int, int], dict[str, list[int]]]:
    """Return some counts in each week from a Monday on, by area and facet id. One statement.

    `counts` names sums of measures, such as {"late": "due - on_time"}: constants of ours, never what was typed.
    """
    told = ", ".join(f"sum({expression})::int" for expression in counts.values())
    found = _rows(
        f"SELECT area_id, facet_id, (day - %s::date) / 7, {told} FROM flow_cell"
        " WHERE facet = %s AND area_id = ANY(%s) AND day >= %s AND day < %s::date + 7 * %s GROUP BY 1, 2, 3",
        [first, facet, list(area_ids), first, first, weeks],
    )
    series: dict[tuple[int, int], dict[str, list[int]]] = {}
    for area_id, facet_id, week, *values in found:
        mine = series.setdefault((area_id, facet_id), {name: [0] * weeks for name in counts})
        for name, value in zip(counts, values, strict=True):
            mine[name][week] = value
    return series


@dataclass(frozen=True, slots=True)
class Standing:
    """The cases that stand in a stage now: how many, how many of them overdue, and for how long so far, in seconds.

    Median and ninth of ten are told to a quarter of an hour; pauses count.
    """

    stage: str
    count: int
    late: int
    median: float
    p90: float
    limit: float | None  # the mean of what they are allowed


_STANDING = (
    "WITH run AS (SELECT *, sum(cases) OVER (PARTITION BY stage ORDER BY slot DESC) AS upto,"
    " sum(cases) OVER (PARTITION BY stage) AS total FROM standing_cell"
    " WHERE area_id = %s AND unit_id = %s AND cases > 0)"
    " SELECT stage, max(total)::int, sum(late)::int, max(slot) FILTER (WHERE upto >= 0.5 * total),"
    " max(slot) FILTER (WHERE upto >= 0.9 * total), sum(limit_seconds)::float / nullif(sum(limits), 0)"
    " FROM run GROUP BY stage"
)


def standings(place: Place, *, at: datetime) -> list[Standing]:
    """Return where open cases stand, in the order of the flow. One statement, from the cube, however many there are."""
    found = {row[0]: row for row in _rows(_STANDING, [place.area_id, place.unit_id or 0])}

    def since(slot: int) -> float:
        # The middle of the quarter: half of them came earlier, half later.
        return max(0.0, at.timestamp() - (slot + 0.5) * SLOT)

    return [
        Standing(stage, row[1], row[2], since(row[3]), since(row[4]), row[5])
        for stage in STAGES
        if (row := found.get(stage)) is not None
    ]


@dataclass(frozen=True, slots=True)
class Dwell:
    """How long cases stood in a stage that they left: how many, and the middle and the ninth of ten to a bucket."""

    stage: str
    count: int
    late: int
    median: float
    p90: float
    limit: float | None  # the mean of what they were allowed, in seconds


def dwells(place: Place, first: date, last: date) -> list[Dwell]:
    """Return the dwell by stage, in the order of the flow. One statement."""
    found = {row[0]: row for row in _dwell_rows(place, first, last)}
    return [_dwell(found[stage]) for stage in STAGES if stage in found]


def _dwell_rows(place: Place, first: date, last: date) -> list[tuple[Any, ...]]:
    names = (*BUCKETS, "late", "limits", "limit_seconds")
    if place.kind != "community":
        return _rows(
            f"SELECT stage, {', '.join(f'sum({name})' for name in names)} FROM dwell_cell"
            " WHERE area_id = %s AND unit_id = %s AND day BETWEEN %s AND %s GROUP BY 1",
            [place.area_id, place.unit_id or 0, first, last],
        )
    counts = ", ".join(f"count(*) FILTER (WHERE bucket = {number})" for number in range(len(BUCKETS)))
    return _rows(
        f"SELECT s.stage, {counts}, count(*) FILTER (WHERE s.is_late), count(s.limit_seconds),"
        f" coalesce(sum(s.limit_seconds), 0) FROM stage_spell s CROSS JOIN LATERAL (SELECT {BUCKET} AS bucket) found"
        f" WHERE {STAYS} AND s.community_id = %s AND s.left_at >= %s AND s.left_at < %s GROUP BY 1",
        [place.area_id, *instants(first, last)],
    )


def _dwell(row: Sequence[Any]) -> Dwell:
    stage, *counted = row
    buckets = [int(count) for count in counted[: len(BUCKETS)]]
    late, limits, limit_seconds = (int(each) for each in counted[len(BUCKETS) :])
    limit = limit_seconds / limits if limits else None
    return Dwell(stage, sum(buckets), late, quantile(buckets, 0.5), quantile(buckets, 0.9), limit)


def quantile(buckets: Sequence[int], share: float) -> float:
    """Return about how long that share of cases took at most, in seconds: exact to its bucket, straight within it."""
    wanted, seen = share * sum(buckets), 0
    for place, count in enumerate(buckets):
        if count and seen + count >= wanted:
            low = EDGES[place - 1] if place else 0
            high = EDGES[place] if place < len(EDGES) else 2 * EDGES[-1]
            return low + (high - low) * (wanted - seen) / count
        seen += count
    return 0.0


def heat(place: Place, first: date, last: date) -> list[list[int]]:
    """Return how many were reported by weekday (Monday first) and hour. One statement; of areas only."""
    found = {
        int(row[0]): [int(count) for count in row[1:]]
        for row in _rows(
            f"SELECT extract(isodow FROM day), {', '.join(f'sum({hour})' for hour in HOURS)} FROM heat_cell"
            " WHERE area_id = %s AND day BETWEEN %s AND %s GROUP BY 1",
            [place.area_id, first, last],
        )
    }
    return [found.get(weekday, [0] * 24) for weekday in range(1, 8)]
