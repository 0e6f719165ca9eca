"""What is counted: each measure is a condition on a case's fact, dated by one of its instants. Data, no queries.

A case counts at most once in a measure, on one day; so behind each number stands a list of exactly that many.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The instants of a fact that date a measure.
INSTANTS = (
    "reported_at", "checked_at", "filed_at", "dispatched_at", "verified_at", "duty_at", "ended_at", "reopened_at",
)  # fmt: skip
_PUBLIC = "channel IN ('resident', 'call', 'hotline', 'media')"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of cases: those whose `instant` falls into the time asked for and which meet `where` (SQL)."""

    code: str
    label: str | Promise
    instant: str
    where: str = "true"


_ALL = (
    Measure("reported", _("上报"), "reported_at"),
    Measure("worker_reported", _("网格员上报"), "reported_at", "channel = 'worker'"),
    Measure("worker_filed", _("网格员上报后立案"), "reported_at", "channel = 'worker' AND filed_at IS NOT NULL"),
    Measure("taken", _("上报后立案"), "reported_at", "filed_at IS NOT NULL"),
    Measure("checked", _("已核实"), "checked_at"),
    Measure("checked_on_time", _("按时核实"), "checked_at", "NOT is_checked_late"),
    Measure("filed", _("立案"), "filed_at"),
    Measure("filed_on_time", _("按时立案"), "filed_at", "NOT is_filed_late"),
    Measure("filed_void", _("立案后作废"), "filed_at", "stage = 'void'"),
    Measure("public_filed", _("公众举报后立案"), "filed_at", _PUBLIC),
    Measure("missed", _("漏报"), "filed_at", f"{_PUBLIC} AND kind IN ('problem', 'hazard')"),
    Measure("dispatched", _("派遣"), "dispatched_at"),
    Measure("dispatched_on_time", _("按时派遣"), "dispatched_at", "NOT is_dispatched_late"),
    Measure("dispatched_back", _("派遣后被回退"), "dispatched_at", "returns > 0"),
    Measure("verified", _("核查"), "verified_at"),
    Measure("verified_on_time", _("按时核查"), "verified_at", "NOT is_verified_late"),
    Measure("due", _("应处置"), "duty_at"),
    Measure("done", _("已处置"), "duty_at", "is_done"),
    Measure("on_time", _("按期处置"), "duty_at", "is_done AND NOT is_late"),
    Measure("late_done", _("超期处置"), "duty_at", "is_done AND is_late"),
    Measure("late_open", _("超期未处置"), "duty_at", "NOT is_done"),
    Measure("extended", _("延期"), "duty_at", "extensions > 0"),
    Measure("reworked", _("返工"), "duty_at", "reworks > 0"),
    Measure("closed", _("应结案中已结案"), "duty_at", "stage = 'closed'"),
    Measure("closed_on_time", _("按期结案"), "duty_at", "stage = 'closed' AND is_done AND NOT is_late"),
    Measure("urgent_due", _("紧急应结案"), "duty_at", "severity = 'urgent'"),
    Measure("urgent_closed", _("紧急已结案"), "duty_at", "severity = 'urgent' AND stage = 'closed'"),
    Measure(
        "urgent_on_time", _("紧急按期结案"), "duty_at",
        "severity = 'urgent' AND stage = 'closed' AND is_done AND NOT is_late",
    ),
    Measure("ended", _("办结"), "ended_at", "ended_at IS NOT NULL"),
    Measure("settled", _("办结的处置案件"), "ended_at", "stage = 'closed'"),
    Measure("settled_locally", _("不出网格解决"), "ended_at", "stage = 'closed' AND NOT is_raised"),
    Measure("asked_solved", _("回访或评价过"), "ended_at", "solved <> ''"),
    Measure("solved", _("说解决了"), "ended_at", "solved = 'solved'"),
    Measure("asked_satisfied", _("评过满意度"), "ended_at", "satisfaction <> ''"),
    Measure("satisfied", _("满意或基本满意"), "ended_at", "satisfaction IN ('satisfied', 'basically')"),
    Measure("reopened", _("重办"), "reopened_at"),
)  # fmt: skip
MEASURES: Mapping[str, Measure] = {each.code: each for each in _ALL}

# By what cubes tell cases apart within an area, and where a fact says it. Channels go by their place in this list,
# which only ever grows at its end.
CHANNELS = ("resident", "worker", "call", "hotline", "sensor", "video", "leader", "media", "partner")
FACETS: Mapping[str, str] = {
    "major": "f.major_id",
    "unit": "f.unit_id",
    "channel": f"array_position(ARRAY{list(CHANNELS)!r}, f.channel::text)::bigint",
}

# Edges of the dwell histogram, in seconds: a dwell lies in the first bucket whose edge it does not reach.
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
EDGES = (
    10 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 16 * _HOUR, _DAY, 2 * _DAY, 3 * _DAY, 5 * _DAY,
    7 * _DAY, 14 * _DAY, 30 * _DAY, 60 * _DAY,
)  # fmt: skip
BUCKETS = tuple(f"b{place:02}" for place in range(len(EDGES) + 1))
SLOT = 900  # seconds: open cases are counted by the quarter of an hour in which they entered their stage
HOURS = tuple(f"h{hour:02}" for hour in range(24))
