"""Limits such as 2 紧急工作时 or 5 工作日: a whole number of a unit, counted in one of two ways."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Self

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid


class Unit(StrEnum):
    """What a limit is counted in. Working units stand still outside working hours; the others never do."""

    MINUTE = "minute"
    URGENT_HOUR = "urgent_hour"
    URGENT_DAY = "urgent_day"
    NATURAL_DAY = "natural_day"
    WORK_MINUTE = "work_minute"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"

    @property
    def is_working(self) -> bool:
        """Say whether the unit counts working time only."""
        return self in _WORKING

    @property
    def length(self) -> timedelta:
        """Return how much counted time one unit is; a working day is eight working hours."""
        return _LENGTHS[self]


_WORKING = frozenset({Unit.WORK_MINUTE, Unit.WORK_HOUR, Unit.WORK_DAY})
_LENGTHS = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.URGENT_HOUR: timedelta(hours=1),
    Unit.URGENT_DAY: timedelta(days=1),
    Unit.NATURAL_DAY: timedelta(days=1),
    Unit.WORK_MINUTE: timedelta(minutes=1),
    Unit.WORK_HOUR: timedelta(hours=1),
    Unit.WORK_DAY: timedelta(hours=8),
}
# Written words of the standards; the first of each unit is the one we show.
_WORDS = {
    Unit.MINUTE: ("分钟", "分"),
    Unit.URGENT_HOUR: ("紧急工作时", "小时"),
    Unit.URGENT_DAY: ("紧急工作日",),
    Unit.NATURAL_DAY: ("自然日", "天", "日"),
    Unit.WORK_MINUTE: ("分钟工作时间", "工作分钟"),
    Unit.WORK_HOUR: ("工作时", "工作小时"),
    Unit.WORK_DAY: ("工作日",),
}
_UNITS = {word: unit for unit, words in _WORDS.items() for word in words} | {str(unit): unit for unit in Unit}
_FORM = re.compile(r"\s*(\d{1,5})\s*(?:个)?\s*([^\d\s]+)\s*")


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of units, at least one."""

    value: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse what is not a limit."""
        if not 0 < self.value < 100_000:
            raise ValueError(f"A limit is a whole number of 1 … 99999, not {self.value!r}.")

    @classmethod
    def parse(cls, text: str, *, field: str = "limit") -> Self:
        """Read “2 紧急工作时”, “5个工作日”, “30 分钟工作时间” or “2 urgent_hour”; raise Invalid for all else."""
        found = _FORM.fullmatch(text)
        unit = _UNITS.get(found[2]) if found else None
        if found is None or unit is None or int(found[1]) == 0:
            raise Invalid({field: _("时限“%(text)s”读不懂。请写成“2 紧急工作时”“5 工作日”这样。") % {"text": text}})
        return cls(int(found[1]), unit)

    @property
    def counted(self) -> timedelta:
        """Return the counted time of the whole limit."""
        return self.unit.length * self.value

    @property
    def label(self) -> str:
        """Return the limit as the standards write it, such as “5 工作日”."""
        return f"{self.value} {_WORDS[self.unit][0]}"


def phrase(counted: timedelta, unit: Unit) -> str:
    """Return counted time in words, at most two parts: “1 工作日 3 小时”, “2 天 5 小时”, “40 分钟”, never a sign."""
    minutes = round(abs(counted) / timedelta(minutes=1))
    day = 480 if unit.is_working else 1440
    parts = (
        (minutes // day, _("工作日") if unit.is_working else _("天")),
        (minutes % day // 60, _("小时")),
        (minutes % day % 60, _("分钟")),
    )
    told = [f"{count} {word}" for count, word in parts if count][:2]
    return " ".join(told) or _("不到 1 分钟")
