"""Codes and names for new areas: the next free ones, from west to east and from north to south. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence

from shapely.geometry.base import BaseGeometry

_DIGITS = "零一二三四五六七八九"
_COUNTED = re.compile(r"^(?P<before>.*?)(?P<number>\d+|[一二三四五六七八九十]+)(?P<after>\D*网格\D*)$")


def reading_order(outlines: Sequence[BaseGeometry]) -> list[int]:
    """Return the places of outlines as a page is read: rows from the north, in each row from the west.

    A row holds what lies level with its northernmost outline, within half that one's height.
    """
    middles = [outline.representative_point() for outline in outlines]
    rest = sorted(range(len(outlines)), key=lambda place: -middles[place].y)
    order: list[int] = []
    while rest:
        _west, south, _east, north = outlines[rest[0]].bounds
        level = middles[rest[0]].y - (north - south) / 2
        row = [place for place in rest if middles[place].y > level]
        order += sorted(row, key=lambda place: middles[place].x)
        rest = [place for place in rest if place not in row]
    return order


def free_codes(like: str, used: Collection[str], count: int, *, parent: str = "") -> list[str]:
    """Return codes of the same length that were never used: on from the highest, then what was left out below.

    What follows the parent's code is counted, else the last digits, three at most. Fewer than asked when the
    numbers have run out; none for a code that does not end in digits.
    """
    stem = parent if parent and like.startswith(parent) else re.sub(r"\d{1,3}$", "", like)
    width = len(like) - len(stem)
    if not width or not like[len(stem) :].isdecimal():
        return []
    same = [code[len(stem) :] for code in used if len(code) == len(like) and code.startswith(stem)]
    numbers = {int(rest) for rest in same if rest.isdecimal()}
    highest = max(numbers, default=0)
    free = [*range(highest + 1, 10**width)][:count] + [number for number in range(1, highest) if number not in numbers]
    return [f"{stem}{number:0{width}d}" for number in free[:count]]


def first_code(parent: str, digits: int) -> str:
    """Return the first code below a parent that has none yet."""
    return f"{parent}{1:0{digits}d}"


def next_names(like: str, used: Collection[str], count: int) -> list[str]:
    """Return names that count on (第三网格, 和平4网格) where the neighbours are counted, else empty ones."""
    found = _COUNTED.match(like)
    if found is None:
        return [""] * count
    stem, after = found["before"], found["after"]
    taken = {number for name in used if (number := _number_in(name, stem, after)) is not None}
    is_chinese = not found["number"].isdecimal()
    width = 0 if is_chinese or not found["number"].startswith("0") else len(found["number"])
    return [
        f"{stem}{_chinese(number) if is_chinese else f'{number:0{width}d}'}{after}"
        for number, _place in zip(_following(taken), range(count), strict=False)
    ]


def _following(taken: Collection[int]) -> Iterator[int]:
    number = max(taken, default=0)
    while True:
        number += 1
        yield number


def _number_in(name: str, stem: str, after: str) -> int | None:
    found = _COUNTED.match(name)
    if found is None or (found["before"], found["after"]) != (stem, after):
        return None
    return int(found["number"]) if found["number"].isdecimal() else _counted(found["number"])


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def _counted(words: str) -> int | None:
    head, ten, tail = words.partition("十")
    try:
        ones = _DIGITS.index(tail) if tail else 0
        if not ten:
            return _DIGITS.index(head)
        return (_DIGITS.index(head) if head else 1) * 10 + ones
    except ValueError:
        return None
