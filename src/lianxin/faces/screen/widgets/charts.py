"""Blocks of charts drawn by the server: thirty days, and when reports come."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words
from lianxin.faces.screen.blocks import Asked, Told, widget
from lianxin.insight.statistics import figures

_DAYS = 30
_WIDTH, _HEIGHT, _RIM = 424, 220, 10
_LEVELS = 6
_CELL = (36, 110)  # of the heat: width and height
_STATISTICS = ("statistics.view",)


@widget("trend", gettext_lazy("近 30 天"), permissions=_STATISTICS)
def trend(asked: Asked) -> Told:
    """How many came and went each day."""
    last = words.local(asked.at).date()
    days = [last - timedelta(days=back) for back in reversed(range(_DAYS))]
    sums = figures.sums(asked.place, [(day, day) for day in days])
    came, went = ([each[name] for each in sums] for name in ("reported", "ended"))
    most = max(*came, *went, 1)
    return Told(
        _("每天上报与办结"),
        {
            "came": _line(came, most), "went": _line(went, most), "first": words.day(days[0], last),
            "last": words.day(days[-1], last), "most": most, "came_sum": sum(came), "went_sum": sum(went),
        },
    )  # fmt: skip


def _line(values: Sequence[int], most: int) -> str:
    step = (_WIDTH - 2 * _RIM) / (len(values) - 1)
    return " ".join(
        f"{_RIM + step * place:.1f},{_HEIGHT - _RIM - value / most * (_HEIGHT - 2 * _RIM):.1f}"
        for place, value in enumerate(values)
    )


@widget("heat", gettext_lazy("什么时候报得多"), width="wide", permissions=_STATISTICS)
def heat(asked: Asked) -> Told | None:
    """When reports come, by weekday and hour, over thirty days."""
    if asked.place.kind == "unit":
        return None
    last = words.local(asked.at).date()
    found = figures.heat(asked.place, last - timedelta(days=_DAYS - 1), last)
    most = max(max(hours) for hours in found)
    wide, high = _CELL
    cells = [
        {
            "x": 72 + hour * wide, "y": weekday * high,
            "level": 0 if not count else min(_LEVELS, 1 + (count * _LEVELS - 1) // most),
        }
        for weekday, hours in enumerate(found)
        for hour, count in enumerate(hours)
    ]  # fmt: skip
    said = ""
    if most:
        count, weekday, hour = max(
            (count, -day, -hour) for day, hours in enumerate(found) for hour, count in enumerate(hours)
        )
        said = _("{day} {hour} 点最多，{count} 件").format(
            day=words.WEEKDAYS[-weekday], hour=-hour, count=words.count(count)
        )
    rows = [{"name": name, "y": place * high + 60} for place, name in enumerate(words.WEEKDAYS)]
    hours_said = [{"name": f"{hour}", "x": 72 + hour * wide} for hour in range(0, 24, 3)]
    return Told(
        _("近 {days} 天上报，按星期和时刻").format(days=_DAYS),
        {"cells": cells, "rows": rows, "hours": hours_said, "said": said},
    )
