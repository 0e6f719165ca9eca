"""By what a table may tell cases apart (维度): data, with the SQL over a fact that says it. No queries.

`{at}` in an expression is the instant that dates the measure in hand: a day's cases are those of that day for each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.worktime.calendars import ZONE

Sort = Literal["area", "thing", "word", "time"]
_LOCAL = f"({{at}} AT TIME ZONE '{ZONE.key}')"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to tell cases apart. `on_cell` says the same of a day of a cube, where a cube can."""

    code: str
    label: str | Promise
    sort: Sort
    fact: str
    on_cell: str = ""

    @property
    def is_number(self) -> bool:
        """Tell whether its values are ids or numbers, not words or days."""
        return self.sort in {"area", "thing"} or self.code in {"weekday", "hour"}


_ALL = (
    Dimension("street", _("街道"), "area", "f.street_id"),
    Dimension("community", _("社区"), "area", "f.community_id"),
    Dimension("unit", _("承办单位"), "thing", "f.unit_id"),
    Dimension("major", _("大类"), "thing", "f.major_id"),
    Dimension("category", _("小类"), "thing", "f.category_id"),
    Dimension("channel", _("渠道"), "word", "f.channel"),
    Dimension("kind", _("性质"), "word", "f.kind"),
    Dimension("severity", _("等级"), "word", "f.severity"),
    Dimension("stage", _("现在的阶段"), "word", "f.stage"),
    Dimension("day", _("日"), "time", f"{_LOCAL}::date", "cell.day"),
    Dimension("week", _("周"), "time", f"date_trunc('week', {_LOCAL})::date", "date_trunc('week', cell.day)::date"),
    Dimension("month", _("月"), "time", f"date_trunc('month', {_LOCAL})::date", "date_trunc('month', cell.day)::date"),
    Dimension(
        "weekday", _("星期"), "time", f"extract(isodow FROM {_LOCAL})::int", "extract(isodow FROM cell.day)::int"
    ),
    Dimension("hour", _("钟点"), "time", f"extract(hour FROM {_LOCAL})::int"),
)
DIMENSIONS: Mapping[str, Dimension] = {each.code: each for each in _ALL}
# What a table may be narrowed to; units and broad categories by their codes.
FILTERS: Mapping[str, str] = {
    "channel": "f.channel", "kind": "f.kind", "severity": "f.severity", "stage": "f.stage", "major": "f.major_id",
    "of_unit": "f.unit_id",
}  # fmt: skip
