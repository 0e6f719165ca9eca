"""Kinds and hours of stations, open or not, and what is wrong with one: pure but for the profile's words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.kernel.configuration.queries import current
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.calendars import ZONE

from .models import Station

Hours = Mapping[str, Sequence[Sequence[str]]]
# What a place says of its kinds in texts.toml [station_kinds]; these are offered where it says nothing.
KINDS: Mapping[str, str] = {
    "zero_distance": "零距离驿站",
    "party_centre": "党群服务中心",
    "police_room": "警务室",
    "rider_rest": "骑手驿站",
    "library": "图书角",
    "canteen": "爱心食堂",
    "clinic": "卫生服务站",
    "window": "便民服务点",
}
OFFERS = (
    "饮水", "休息", "充电", "热饭", "雨具", "药箱", "无线网", "卫生间", "阅读", "法律咨询", "办事窗口", "代收快递",
    "量血压", "轮椅", "无障碍", "母婴室",
)  # fmt: skip
DAYS = ("1", "2", "3", "4", "5", "6", "7")
_NAMES = dict(zip(DAYS, "一二三四五六日", strict=True))
_SPAN = re.compile(r"^\s*(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})\s*$")
_PHONE = re.compile(r"^[0-9][0-9 -]{4,18}$")
_MIDNIGHT = "24:00"


def kinds(numbers: Mapping[str, int] | None = None) -> Mapping[str, str]:
    """Return the kinds of station this place has, by code."""
    return (current("texts", numbers) or {}).get("station_kinds") or KINDS


@dataclass(frozen=True, slots=True)
class Wanted:
    """A station as its keeper wrote it."""

    kind: str
    name: str
    address: str
    point: Point | None = None
    hours: Hours = field(default_factory=dict)
    hours_note: str = ""
    phone: str = ""
    offers: Sequence[str] = ()
    note: str = ""
    files: Sequence[UUID] = ()


def read_hours(text: str) -> list[list[str]]:
    """Read the hours of one day: “8:30-12:00 14:00-17:30”, “全天”, or nothing for shut. Raises ValueError."""
    text = text.strip()
    if not text or text in {"休息", "不开", "关"}:
        return []
    if text in {"全天", "24小时", "24 小时"}:
        return [["00:00", _MIDNIGHT]]
    spans = sorted(_read_span(part) for part in re.split(r"[,，;；、]|\s(?=\d)", text) if part.strip())
    for (_a, ends), (begins, _b) in pairwise(spans):
        if begins < ends:
            raise ValueError(_("两段时间重叠了。"))
    return [list(span) for span in spans]


def _read_span(text: str) -> tuple[str, str]:
    found = _SPAN.match(text)
    if found is None:
        raise ValueError(_("请写成 8:30-12:00，几段之间用空格隔开。"))
    begins, ends = (int(found[1]), int(found[2])), (int(found[3]), int(found[4]))
    if begins >= ends or ends > (24, 0) or begins[1] > 59 or ends[1] > 59:
        raise ValueError(_("时间要从早到晚，最晚到 24:00。"))
    return f"{begins[0]:02d}:{begins[1]:02d}", f"{ends[0]:02d}:{ends[1]:02d}"


def say_day(spans: Sequence[Sequence[str]]) -> str:
    """Say the hours of one day: 08:30–12:00、14:00–17:30, 全天, 休息."""
    if [list(span) for span in spans] == [["00:00", _MIDNIGHT]]:
        return _("全天")
    return "、".join(f"{begins}–{ends}" for begins, ends in spans) or _("休息")


def say_hours(hours: Hours) -> list[tuple[str, str]]:
    """Say a week in few lines, days alike together: [("周一至周五", "08:30–17:30"), ("周六", "休息")]."""
    lines: list[tuple[list[str], str]] = []
    for day in DAYS:
        said = say_day(hours.get(day, ()))
        if lines and lines[-1][1] == said:
            lines[-1][0].append(day)
        else:
            lines.append(([day], said))
    return [(_say_days(days), said) for days, said in lines]


def _say_days(days: Sequence[str]) -> str:
    if len(days) == len(DAYS):
        return _("每天")
    first, last = _NAMES[days[0]], _NAMES[days[-1]]
    return _("周{first}").format(first=first) if len(days) == 1 else _("周{first}至周{last}").format(
        first=first, last=last
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Open:
    """Whether a station is open now, and what there is to say: 开着，17:30 关门."""

    is_open: bool
    words: str


def open_now(station: Station, at: datetime) -> Open:
    """Tell whether a station is open at an instant, and when that changes, as far as a week ahead."""
    here = at.astimezone(ZONE)
    if station.pause_until is not None and here.date() <= station.pause_until:
        until = _("{month}月{day}日前不开").format(month=station.pause_until.month, day=station.pause_until.day)
        return Open(is_open=False, words=f"{until}（{station.pause_reason}）" if station.pause_reason else until)
    if not any(station.hours.get(day) for day in DAYS):
        return Open(is_open=False, words=station.hours_note or _("开放时间请打电话问"))
    for begins, ends in _spans(station.hours, here.date()):
        if begins <= here < ends:
            last = _("全天开着") if ends - begins >= timedelta(days=1) else _("开着，{hour} 关门").format(
                hour=f"{ends:%H:%M}" if ends.time() != time() else _MIDNIGHT
            )  # fmt: skip
            return Open(is_open=True, words=last)
    return Open(is_open=False, words=_opens(station.hours, here))


def _opens(hours: Hours, here: datetime) -> str:
    for ahead in range(8):
        day = here.date() + timedelta(days=ahead)
        for begins, _ends in _spans(hours, day):
            if begins > here:
                when = ("", _("明天 "))[ahead] if ahead < 2 else f"周{_NAMES[str(day.isoweekday())]} "
                return _("没开，{when}{hour} 开门").format(when=when, hour=f"{begins:%H:%M}")
    return _("没开")


def _spans(hours: Hours, day: date) -> list[tuple[datetime, datetime]]:
    return [(_instant(day, begins), _instant(day, ends)) for begins, ends in hours.get(str(day.isoweekday()), ())]


def _instant(day: date, text: str) -> datetime:
    if text == _MIDNIGHT:
        return datetime.combine(day + timedelta(days=1), time(), ZONE)
    return datetime.combine(day, time.fromisoformat(text), ZONE)


def faults(wanted: Wanted, numbers: Mapping[str, int] | None = None) -> dict[str, str]:
    """Return what is wrong with a station, a sentence a field."""
    found = {}
    if wanted.kind not in kinds(numbers):
        found["kind"] = _("请选择是哪一种站点。")
    if len(clean(wanted.name, 60)) < 2:
        found["name"] = _("请写站点名称。")
    if len(clean(wanted.address, 120)) < 2:
        found["address"] = _("请写地址，让人找得到。")
    if wanted.phone and not _PHONE.match(wanted.phone):
        found["phone"] = _("请填站点的公开电话，例如 0556-6201101。")
    if len(wanted.offers) > 16 or any(len(offer) > 20 for offer in wanted.offers):
        found["offers"] = _("最多 16 项，每项不超过 20 字。")
    return found
