"""Which column is which field: by name, by what was chosen last time, and by what stands in the cells. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lianxin.kernel.text import likeness

from .fields import ImportField, fold_name

_ENOUGH = 0.5
NAME, LAST_TIME, CONTENT = "name", "last", "content"


@dataclass(frozen=True, slots=True)
class Match:
    """A column taken for a field, how surely (0 to 1) and why."""

    column: int
    score: float
    why: str


def match(
    fields: Sequence[ImportField],
    columns: Sequence[str],
    samples: Sequence[Sequence[str]],
    chosen: Mapping[str, str] | None = None,
) -> dict[str, Match]:
    """Return the best field for each column, each field once. `chosen` is what was chosen last time, by folded name."""
    chosen = chosen or {}
    offers = []
    for place, name in enumerate(columns):
        cells = [row[place] for row in samples if place < len(row) and row[place]]
        for field in fields:
            found = _score(field, name, cells, chosen)
            if found.score >= _ENOUGH:
                offers.append((found.score, -place, field.code, Match(place, found.score, found.why)))
    taken: dict[str, Match] = {}
    used: set[int] = set()
    for _points, _place, code, found in sorted(offers, key=lambda offer: offer[:3], reverse=True):
        if code not in taken and found.column not in used:
            taken[code] = found
            used.add(found.column)
    return taken


def _score(field: ImportField, name: str, cells: Sequence[str], chosen: Mapping[str, str]) -> Match:
    key = fold_name(name)
    by_content = _content(field, cells)
    if key in chosen:
        return Match(0, 1.0 if chosen[key] == field.code else 0.0, LAST_TIME)
    if key in field.names:
        # A column called 电话 that holds identity numbers is taken for those, when no other column is.
        if by_content is None:
            return Match(0, 0.95, NAME)
        return Match(0, 0.62 + 0.33 * by_content, NAME)
    by_name = max((likeness(key, known) for known in field.names), default=0.0)
    if any(known in key for known in field.names if len(known) > 1):
        by_name = max(by_name, 0.7)
    if by_content is None:
        return Match(0, by_name * 0.85, NAME)
    if by_name >= 0.4:
        return Match(0, 0.5 * by_name + 0.4 * by_content, NAME)
    return Match(0, 0.64 * by_content if by_content > 0.85 and _is_telling(field) else 0.0, CONTENT)


def _content(field: ImportField, cells: Sequence[str]) -> float | None:
    if field.looks is None or not cells:
        return None
    return sum(map(field.looks, cells)) / len(cells)


def _is_numbers(field: ImportField) -> bool:
    return field.mask in {"id", "phone"}


def _is_telling(field: ImportField) -> bool:
    """Whether content alone tells a field: identity numbers and phones do, words such as 是 do not."""
    return _is_numbers(field) or bool(field.choices)
