"""Where the columns are named, what stands above them, and which rows are no rows: totals, notes, signatures."""

import re
from collections.abc import Callable, Sequence

_LOOKED_AT = 40
_TOTAL = re.compile(r"(合\s*计|总\s*计|小\s*计|共\s*计|本页合计|累\s*计)[:：]?")
_NOTE = re.compile(
    r"(填表|制表|审核|复核|备注|说明|注|附注|填报|单位负责人|负责人|联系人|单位[(（]盖章[)）]|日期)[人说明日期]*[:：]"
)
_BARE = re.compile(r"[-\d.,/:年月日%\s]+")

Known = Callable[[str], bool]


def find_head(rows: Sequence[Sequence[str]], known: Known) -> int:
    """Return the index of the row that names the columns; `known` tells which names the target knows."""
    best, place = -1.0, 0
    widest = max((_width(row) for row in rows[:_LOOKED_AT]), default=0)
    for index, row in enumerate(rows[:_LOOKED_AT]):
        score = _score(row, widest, known) - index * 0.02
        if score > best:
            best, place = score, index
    return place


def _width(row: Sequence[str]) -> int:
    return sum(bool(cell) for cell in row)


def _score(row: Sequence[str], widest: int, known: Known) -> float:
    names = [cell for cell in row if cell]
    if not names or (len(names) == 1 and widest > 1):
        return 0.0
    told = sum(known(name) for name in names)
    words = sum(not _BARE.fullmatch(name) and len(name) <= 30 for name in names)
    unlike = len(set(names)) / len(names)
    return 3 * told / len(names) + words / len(names) * unlike + len(names) / max(1, widest)


def joined(upper: Sequence[str], lower: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[str] | None:
    """Return the names of a head of two rows: where `spans` of the upper one lie over several names of the lower.

    None when the head has one row.
    """
    below = [column for first, last in spans for column in range(first, last + 1) if last > first]
    if not below or sum(bool(lower[column]) for column in below if column < len(lower)) < len(below) * 0.6:
        return None
    return [
        lower[column] if column in below and column < len(lower) and lower[column] else name
        for column, name in enumerate(upper)
    ]


def named(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns without gaps and doubles: 第3列 for none, 电话（2） for the second of a name."""
    seen: dict[str, int] = {}
    result = []
    for place, name in enumerate(names, 1):
        name = name.strip("*＊ ") or f"第{place}列"  # noqa: PLW2901 - tidied
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}（{seen[name]}）")
    return tuple(result)


def is_no_row(cells: Sequence[str]) -> bool:
    """Tell whether a row is a total or a note below the table."""
    there = [cell for cell in cells if cell]
    if not there:
        return False
    if _TOTAL.fullmatch(there[0].replace(" ", "")):
        return all(_BARE.fullmatch(cell) for cell in there[1:]) or len(there) <= 2
    return len(there) <= 3 and all(_NOTE.match(cell) for cell in there)
