"""Reading what stands in a cell: days in all spellings, numbers, yes and no; and telling what Excel has spoilt."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from .model import MOST_CELL

_SPACES = re.compile(r"[\s\u00a0\u3000]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T\s]+\d{1,2}[:：时].*)?")
_SHORT_DAY = re.compile(r"(\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SPOILT = re.compile(r"-?\d(?:\.\d+)?[Ee]\+?(1[1-9]|[2-9]\d)")
_EXCEL_BEGIN = date(1899, 12, 30)
_YES = {"是", "有", "对", "√", "✓", "☑", "Y", "YES", "TRUE", "T", "1", "●"}
_NO = {"否", "无", "没有", "不是", "×", "✗", "N", "NO", "FALSE", "F", "0", "○"}


def plain(value: Any) -> str:
    """Return a cell's content as text in one spelling."""
    if isinstance(value, str):
        return tidy(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return _number(value)
    return _moment(value) if isinstance(value, date | time) else tidy(str(value))


def _moment(value: date | time) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat()


def plain_row(values: Sequence[Any]) -> list[str]:
    """Return a row's cells as text; a row of tidy text, as most are, costs one look."""
    if all(type(value) is str for value in values):
        whole = f"|{'|'.join(values)}|"
        is_loose = "| " in whole or " |" in whole or "  " in whole
        if not is_loose and whole.isprintable() and len(whole) < MOST_CELL:
            return list(values)
    return [plain(value) for value in values]


def tidy(text: str) -> str:
    """Return text without what nobody sees, its spaces made one, cut to a length."""
    if not text.isprintable() or "  " in text:  # seldom; most cells pass at a fifth of the cost
        text = _SPACES.sub(" ", _UNSEEN.sub("", text))
    return text.strip(" ")[:MOST_CELL]


def folded(text: str) -> str:
    """Return text to compare by: full-width letters and digits made narrow, capitals, no spaces."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - not a number
        return ""
    if value.is_integer():
        # Beyond 15 digits a double does not hold what was typed: said the way Excel says it.
        return str(int(value)) if abs(value) < 1e15 else f"{value:.14E}"
    return repr(value)


def is_spoilt(text: str) -> bool:
    """Tell whether this was a long number that Excel has rounded: 1.10105E+17. What is lost cannot be got back."""
    return bool(_SPOILT.fullmatch(text))


@lru_cache(maxsize=40_000)
def read_day(text: str) -> date | None:
    """Read a day: 2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日, 20260305, or Excel's number of days; else None."""
    text = folded_day(text)
    if match := _DAY.fullmatch(text):
        return _day(*map(int, match.groups()))
    if re.fullmatch(r"(1[89]|20)\d{6}", text):
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    if re.fullmatch(r"\d{4,5}(\.\d+)?", text) and 1 < float(text) < 80_000 and len(text.split(".")[0]) == 5:
        return _EXCEL_BEGIN + timedelta(days=int(float(text)))
    if match := _SHORT_DAY.fullmatch(text):
        year, month, day = map(int, match.groups())
        return _day(year + (1900 if year > 30 else 2000), month, day)
    return None


def folded_day(text: str) -> str:
    """Return a day's text with narrow digits."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_number(text: str) -> Decimal | None:
    """Read a number as people write it: 1,286, １２.５, 约 98.5㎡ without its unit; else None."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", folded(text))
    text = re.sub(r"(平方米|平米|M2|㎡|米|户|人|层|个|元|年)$", "", text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def read_whole(text: str) -> int | None:
    """Read a whole number; else None."""
    number = read_number(text)
    return int(number) if number is not None and number == number.to_integral_value() else None


def read_yes(text: str) -> bool | None:
    """Read 是/否 as people write it; else None."""
    key = folded(text)
    return True if key in _YES else False if key in _NO else None
