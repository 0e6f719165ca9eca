"""What runs now, from memory: read by every page of residents and staff without a statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor, Scope
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.versions import Versioned, bump

from . import rules
from .models import Colour, WarningArea, WarningMessage

NAME = "warnings"


@dataclass(frozen=True, slots=True)
class Running:
    """A warning in force, as bars and strips show it."""

    id: int
    key: UUID
    colour: str  # the gravest anywhere
    event: str
    headline: str
    sender_name: str
    begins_at: datetime
    expires_at: datetime
    is_public: bool
    areas: Mapping[int, str]  # our areas, and how grave it is there

    @property
    def title(self) -> str:
        """Return what it is in a few words: 暴雨黄色预警."""
        return short_title(self.event, self.colour)

    @property
    def is_grave(self) -> bool:
        """Tell whether it is red or orange."""
        return self.colour in rules.GRAVE


def short_title(event: str, colour: str) -> str:
    """Say event and grade: 暴雨黄色预警, 暴雨预警."""
    grade = Colour(colour).label if colour != Colour.NONE else ""
    return _("{event}{grade}预警").format(event=event.removesuffix("预警"), grade=grade)


def changed() -> None:
    """Tell all processes, with this transaction's commit, that other warnings run than before."""
    bump(NAME)


def _load() -> tuple[Running, ...]:
    rows = list(WarningMessage.objects.running())
    fallen: dict[int, dict[int, str]] = {row.pk: {} for row in rows}
    for area in WarningArea.objects.filter(warning_id__in=fallen):
        fallen[area.warning_id][area.area_id] = area.colour
    found = [
        Running(
            row.pk, row.key, row.colour, row.event, row.headline, row.sender_name, row.begins_at or row.sent,
            row.expires_at, row.is_public, fallen[row.pk],
        )
        for row in rows
        if row.expires_at is not None
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (rules.rank(one.colour), one.expires_at, one.id)))


_running: Versioned[tuple[Running, ...]] = Versioned(NAME, _load)


def running(at: datetime, numbers: Mapping[str, int] | None = None) -> list[Running]:
    """Return what is in force, the gravest first; what has just run out is not, though nobody has ended it yet."""
    kept = _running.get() if numbers is None else _running.at(numbers)
    return [one for one in kept if one.expires_at > at]


def public_at(area: AreaNode, at: datetime, numbers: Mapping[str, int] | None = None) -> list[Running]:
    """Return what residents of an area are warned of: there, above it, or in a part of it."""
    index = areas.index(numbers)
    return [
        one
        for one in running(at, numbers)
        if one.is_public and any(_meets(pk, area, index.nodes.get(pk)) for pk in one.areas)
    ]


def _meets(pk: int, area: AreaNode, fallen: AreaNode | None) -> bool:
    return pk in area.path_ids or (fallen is not None and area.id in fallen.path_ids)


def on_ground(actor: Actor, at: datetime, numbers: Mapping[str, int] | None = None) -> list[Running]:
    """Return what falls on the ground an actor looks after, as `WarningMessage.objects.visible_to` finds it."""
    scope, nodes = actor.scope("warnings.view"), areas.index(numbers).nodes
    found = running(at, numbers)
    return found if scope.everywhere else [one for one in found if _falls(one.areas, scope, nodes)]


def _falls(fallen: Iterable[int], scope: Scope, nodes: Mapping[int, AreaNode]) -> bool:
    own = scope.street_ids | scope.community_ids | scope.grid_ids
    above = {pk for each in own if each in nodes for pk in nodes[each].path_ids}
    return any(pk in above or _lies_in(nodes.get(pk), own) for pk in fallen)


def _lies_in(node: AreaNode | None, own: Iterable[int]) -> bool:
    return node is not None and bool(set(node.path_ids) & set(own))


def names(area_ids: Sequence[int], numbers: Mapping[str, int] | None = None) -> list[str]:
    """Return areas by name, the larger first."""
    nodes = [node for pk in area_ids if (node := areas.node(pk, numbers)) is not None]
    return [node.name for node in sorted(nodes, key=lambda node: (node.depth, node.code))]
