"""Read the State Council's yearly notice (放假通知) as published, or lines of a sheet: which days are off. Pure."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_HEAD = re.compile(r"^\s*(?:[一二三四五六七八九十]+[、.．]|\d+[、.．])?\s*([^：:，。\d]{2,12})[：:]")
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日"
_RANGE = re.compile(rf"{_DAY}(?:\s*(?:至|到|—|–|-|~)\s*{_DAY})?")
_PLAIN = re.compile(
    r"^\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\s,，\t]+"
    r"(放假|休|休息|holiday|上班|调休上班|班|workday)(?:[\s,，\t]+(\S{1,20}))?\s*$"
)
_MOST_DAYS = 20  # a longer stretch is a slip of the pen


class NoticeDay(NamedTuple):
    """A day the notice names; `is_off` is false for a make-up day."""

    day: date
    is_off: bool
    name: str


def read(text: str, year: int) -> tuple[list[NoticeDay], list[str]]:
    """Return the days of a notice for a year, and the lines that speak of days but were not understood."""
    found: dict[date, NoticeDay] = {}
    unread = []
    for line in filter(None, map(str.strip, text.splitlines())):
        days = list(_line(line, year))
        if not days and re.search(r"\d+\s*日|\d{4}-\d", line):
            unread.append(line[:60])
        for one in days:
            found[one.day] = one
    return [found[day] for day in sorted(found)], unread


def _line(line: str, year: int) -> Iterator[NoticeDay]:
    plain = _PLAIN.match(line)
    if plain:
        day = _date(int(plain[1]), int(plain[2]), int(plain[3]))
        if day is not None:
            is_off = plain[4] in {"放假", "休", "休息", "holiday"}
            yield NoticeDay(day, is_off, plain[5] or ("放假" if is_off else "调休上班"))
        return
    bare = _BRACKETS.sub("", line)
    head = _HEAD.match(bare)
    if head is None:
        return
    name, rest = head[1].strip(), bare[head.end() :]
    for sentence in re.split(r"[。；;]", rest):
        if "放假" in sentence:
            yield from (NoticeDay(day, is_off=True, name=name) for day in _days(sentence.split("放假")[0], year))
        elif "上班" in sentence:
            yield from (NoticeDay(day, is_off=False, name=name) for day in _days(sentence, year))


def _days(words: str, year: int) -> Iterator[date]:
    month = 0
    for found in _RANGE.finditer(words):
        month = int(found[2]) if found[2] else month
        first = _date(int(found[1] or year), month, int(found[3]))
        if first is None:
            continue
        last = first
        if found[6]:
            end_month = int(found[5]) if found[5] else first.month
            end_year = int(found[4]) if found[4] else first.year + (end_month < first.month)
            last = _date(end_year, end_month, int(found[6])) or first
            month = end_month
        if timedelta() <= last - first <= timedelta(days=_MOST_DAYS):
            yield from (first + timedelta(days=step) for step in range((last - first).days + 1))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
