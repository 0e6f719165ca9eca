"""Which questions are asked at a point: the nearest area's own list, else the built-in one. From memory."""

from collections.abc import Mapping
from dataclasses import dataclass

from lianxin.foundation.areas import queries as areas
from lianxin.kernel.versions import Versioned

from .models import Checklist, Point
from .rules import BUILT_IN, Question

NUMBER = "patrols"


@dataclass(frozen=True, slots=True)
class Listed:
    """A checklist in force; without an id it is the built-in one."""

    id: int | None
    kind: str
    area_id: int | None
    version: int
    questions: tuple[Question, ...]


def _load() -> Mapping[tuple[str, int], Listed]:
    latest = Checklist.objects.order_by("kind", "area_id", "-version").distinct("kind", "area_id")
    return {(row.kind, row.area_id): listed(row) for row in latest}


def listed(row: Checklist) -> Listed:
    """Return a stored list."""
    questions = tuple(Question.read(question) for question in row.questions)
    return Listed(row.pk, row.kind, row.area_id, row.version, questions)


def built_in(kind: str) -> Listed:
    """Return the list that stands without anybody's doing."""
    return Listed(None, kind, None, 0, BUILT_IN[kind])


_lists: Versioned[Mapping[tuple[str, int], Listed]] = Versioned(NUMBER, _load)


def in_force(numbers: Mapping[str, int] | None = None) -> Mapping[tuple[str, int], Listed]:
    """Return the latest list of each kind and area that has one."""
    return _lists.get() if numbers is None else _lists.at(numbers)


def list_for(point: Point, numbers: Mapping[str, int]) -> Listed:
    """Return what is asked at a point; an area's list without questions lets the area above speak."""
    return list_at(point.kind, point.area_id, numbers)


def list_at(kind: str, area_id: int | None, numbers: Mapping[str, int]) -> Listed:
    """Return what is asked at points of a kind in an area."""
    known = in_force(numbers)
    node = areas.node(area_id, numbers) if area_id is not None else None
    for above in reversed(node.path_ids if node else ()):
        found = known.get((kind, above))
        if found is not None and found.questions:
            return found
    return built_in(kind)
