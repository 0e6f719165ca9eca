"""Components to choose from while a case is written down or put right: by number, by words, or what stands near."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.foundation.organizations.queries import directory
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point, distance
from lianxin.registry.components.models import AMISS, Component, State
from lianxin.registry.components.queries import find_components, nearest
from lianxin.work.cases.keeping import component_numbered, keeper_of
from lianxin.work.cases.queries import open_counts

AROUND = 100.0  # metres
_MOST = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A component with what tells it from others."""

    key: str
    number: str
    name: str
    state: str
    is_amiss: bool
    keeper: str
    metres: int | None
    open_cases: int

    @property
    def line(self) -> str:
        """All that is told beside the name, for a list of suggestions."""
        far = _("%(metres)d 米") % {"metres": self.metres} if self.metres is not None else ""
        return " · ".join(part for part in (self.name, self.state, self.keeper, far) if part)


def candidates(asked: Request, *, words: str = "", point: Point | None = None, most: int = _MOST) -> list[Candidate]:
    """Return what the words find, else what stands near the point, the nearest first. Two statements."""
    words = words.replace("\0", "").strip()[:60]
    if words:
        found = find_components(asked.actor, words, limit=most)
    elif point is not None:
        found = [one.component for one in nearest(asked.actor, point, AROUND, limit=most)]
    else:
        return []
    return _told(asked, found, point)


def chosen(asked: Request, number: str) -> Component | None:
    """Return the component of a number; None where there is none to report about."""
    del asked
    try:
        return component_numbered(number) if number else None
    except Invalid:
        return None


def candidate(asked: Request, component: Component) -> Candidate:
    """Return one component as a case's page names it."""
    return _told(asked, [component], None)[0]


def _told(asked: Request, found: Sequence[Component], point: Point | None) -> list[Candidate]:
    open_ones = open_counts([one.pk for one in found]) if found else {}
    return [
        Candidate(
            key=str(one.key), number=one.number, name=one.name, state=str(State(one.state).label),
            is_amiss=one.state in AMISS, keeper=keeper_name(asked, one),
            metres=round(distance(point, one.point)) if point is not None else None,
            open_cases=open_ones.get(one.pk, 0),
        )
        for one in found
    ]  # fmt: skip


def keeper_name(asked: Request, component: Component) -> str:
    """Return the short name of who keeps it; "" where nobody does. No statement."""
    keeper = keeper_of(component, at=asked.at, numbers=asked.numbers)
    unit = directory(asked.numbers).by_id.get(keeper.unit_id) if keeper is not None else None
    return (unit.short_name or unit.name) if unit is not None else ""
