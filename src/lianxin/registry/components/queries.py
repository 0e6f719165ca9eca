"""Read components: one by its key or number, what is near a point, how many of which class and state."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.geometry.fields import Distance
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.ids import parse
from lianxin.kernel.text import beginning

from . import codes
from .models import Component, ComponentQuerySet

FARTHEST = 1_000.0  # metres that `nearest` looks around


def seen_by(actor: Actor) -> ComponentQuerySet:
    """Return the components that the actor sees, struck off ones too, with what a page tells of them."""
    found = Component.objects.visible_to(actor).defer("words")
    return found.select_related("category", "managing_unit", "owning_unit", "maintaining_unit")


def component_or_404(actor: Actor, key: UUID | str) -> Component:
    """Return a component by its key. Raises NotFound when it is not there for this actor."""
    try:
        wanted = key if isinstance(key, UUID) else parse(key)
    except Invalid:
        raise NotFound(_("没有这个部件，或者您没有权限查看。")) from None
    return _one(seen_by(actor).filter(key=wanted).first())


def by_number(actor: Actor, number: str) -> Component:
    """Return a component by its sixteen digits, however they are written. Raises NotFound."""
    return _one(seen_by(actor).filter(number=codes.tidy(number).replace("\0", "")[:32]).first())


def _one(found: Component | None) -> Component:
    if found is None:
        raise NotFound(_("没有这个部件，或者您没有权限查看。"))
    return found


_LEAST_DIGITS, _SERIAL = 4, 6  # what people read out is the running number at the end


def find_components(actor: Actor, words: str, *, limit: int = 10) -> list[Component]:
    """Return components on the books by a number, or its beginning or end, or by words. One statement."""
    tidy = codes.tidy(words).replace("\0", "")
    rows = seen_by(actor).now()
    if tidy.isascii() and tidy.isdigit():
        if len(tidy) < _LEAST_DIGITS or len(tidy) > codes.LENGTH:
            return []
        rows = rows.filter(beginning("number", tidy)) if len(tidy) > _SERIAL else rows.filter(number__endswith=tidy)
        return list(rows.order_by("number")[:limit])
    return list(rows.filter(words__has_words=words[:80]).order_by("number")[:limit])


@dataclass(frozen=True, slots=True)
class Near:
    """A component near a point, with its distance in metres."""

    component: Component
    metres: float


def nearest(actor: Actor, point: Point, metres: float = 50.0, *, limit: int = 10) -> list[Near]:
    """Return the components on the books within so many metres (1,000 at most), the nearest first. One statement."""
    near: QuerySet[Any] = seen_by(actor).now().filter(point__near=(*point, min(metres, FARTHEST)))
    rows = near.annotate(metres=Distance("point", *point)).order_by("metres", "pk")[:limit]
    return [Near(row, round(row.metres, 1)) for row in rows]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are: by class (id) and state, of one list."""

    cells: dict[tuple[int, str], int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.cells.values())

    def of_state(self, state: str) -> int:
        """Return how many are in one state."""
        return sum(count for (_class, each), count in self.cells.items() if each == state)

    def of_classes(self, ids: frozenset[int]) -> int:
        """Return how many are of some classes."""
        return sum(count for (each, _state), count in self.cells.items() if each in ids)


def count(rows: QuerySet[Component]) -> Counted:
    """Count a list by class and state. One statement."""
    counted = rows.order_by().values_list("category_id", "state").annotate(count=Count("pk"))
    return Counted({(category, state): number for category, state, number in counted})
