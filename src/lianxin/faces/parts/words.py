"""How times, durations and numbers are said to people: pure functions, Chinese out.

Instants come in aware (any zone) and are said in the time of the place. `frontend/src/clocks.ts` ticks the same
words in the browser; change both together.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

PLACE = ZoneInfo("Asia/Shanghai")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
MINUTE, HOUR, DAY = 60, 3600, 86400
UNKNOWN = "—"


class ClockState(StrEnum):
    """How a clock stands; the value names its shape and its colour."""

    ON_TIME = "ok"
    WARN = "warn"
    LATE = "late"
    PAUSED = "paused"
    OUTSIDE = "outside"


def local(at: datetime) -> datetime:
    """Return the instant in the time of the place. Raises ValueError when it has no zone."""
    if at.tzinfo is None:
        raise ValueError("An instant must carry its zone.")
    return at.astimezone(PLACE)


def hour(at: datetime) -> str:
    """Say the time of day: 08:30."""
    return f"{local(at):%H:%M}"


def day(when: date, today: date) -> str:
    """Say a day: 11月21日, with the year when it is another one."""
    words = f"{when.month}月{when.day}日"
    return words if when.year == today.year else f"{when.year}年{words}"


def instant(at: datetime, now: datetime) -> str:
    """Say an instant: 14:05 today, 11月21日 14:05 this year, 2025年11月21日 otherwise."""
    here, today = local(at), local(now).date()
    if here.date() == today:
        return hour(at)
    if here.year == today.year:
        return f"{day(here.date(), today)} {hour(at)}"
    return day(here.date(), today)


def full_instant(at: datetime) -> str:
    """Say an instant so that it can stand alone: 2026年11月21日 周六 14:05:32."""
    here = local(at)
    return f"{here.year}年{here.month}月{here.day}日 {WEEKDAYS[here.weekday()]} {here:%H:%M:%S}"


def greeting(now: datetime) -> str:
    """Return the greeting of the hour."""
    at = local(now).hour
    for until, words in ((5, "夜深了"), (11, "早上好"), (13, "中午好"), (18, "下午好")):
        if at < until:
            return words
    return "晚上好"


def seconds_of(span: timedelta | float) -> float:
    """Return a span in seconds."""
    return span.total_seconds() if isinstance(span, timedelta) else float(span)


def duration(span: timedelta | float) -> str:
    """Say how long something took: 不到 1 分, 24 分, 1 小时 36 分, 3 天 4 小时. A negative span counts as none."""
    left = int(max(0.0, seconds_of(span)))
    days, left = divmod(left, DAY)
    hours, left = divmod(left, HOUR)
    minutes = left // MINUTE
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    return f"{minutes} 分" if minutes else "不到 1 分"


def rough(span: timedelta | float) -> str:
    """Say a span in one unit with at most one decimal, for limits and medians: 30 分, 2.6 小时, 3 天."""
    seconds = seconds_of(span)
    for size, name, until in ((MINUTE, "分", HOUR), (HOUR, "小时", 2 * DAY), (DAY, "天", None)):
        figure = round(seconds / size, 0 if size == MINUTE else 1)
        if until is None or figure * size < until:
            return f"{figure:,.1f}".removesuffix(".0") + f" {name}"
    raise AssertionError("the last unit has no end")


def _one_unit(seconds: float) -> str:
    """Say whole units only, rounded down: minutes under an hour, else hours, else days."""
    if seconds < MINUTE:
        return "不到 1 分"
    for size, name, until in ((MINUTE, "分", HOUR), (HOUR, "小时", DAY)):
        if seconds < until:
            return f"{int(seconds // size)} {name}"
    return f"{int(seconds // DAY)} 天"


def remaining(due: datetime, now: datetime) -> str:
    """Say what is left or how late it is: 剩 24 分, 剩 2 小时, 超时 3 天."""
    left = (due - now).total_seconds()
    said = _one_unit(abs(left))
    verb = "剩" if left > 0 else "超时"
    return f"{verb}{said}" if said.startswith("不到") else f"{verb} {said}"


def starts(at: datetime, now: datetime) -> str:
    """Say when a waiting clock begins to run: 08:30 起计, 周一 08:30 起计, 12月8日 08:30 起计."""
    here, today = local(at).date(), local(now).date()
    if here == today:
        return f"{hour(at)} 起计"
    if (here - today).days < 7 and here > today:
        return f"{WEEKDAYS[here.weekday()]} {hour(at)} 起计"
    return f"{day(here, today)} {hour(at)} 起计"


def paused(until: date | None, now: datetime) -> str:
    """Say that a clock is stopped by leave: 挂账至 11月28日."""
    return f"挂账至 {day(until, local(now).date())}" if until else "已挂账"


def clock(
    state: ClockState,
    *,
    now: datetime,
    due: datetime | None = None,
    until: date | None = None,
    begins: datetime | None = None,
) -> str:
    """Say a clock in the few words of its chip."""
    if state is ClockState.PAUSED:
        return paused(until, now)
    if state is ClockState.OUTSIDE and begins:
        return starts(begins, now)
    return remaining(due, now) if due else "不限时"


def count(number: float) -> str:
    """Say a number with thousands separated: 6,214."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def wan(number: float) -> str:
    """Say a large number shortly: 6,214 below ten thousand, else 24.1 万, 1.3 亿."""
    for size, name in ((100_000_000, "亿"), (10_000, "万")):
        if abs(number) >= size:
            return f"{number / size:,.1f}".removesuffix(".0") + f" {name}"
    return count(number)


def percent(share: float) -> str:
    """Say a share between 0 and 1: 97.4%."""
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def tail(number: str) -> str:
    """Return the short form of a case number for lists: …000123."""
    return f"…{number.rsplit('-', 1)[-1]}"
