"""Places as an import sees them, found or to be made; and the revisions that writing leaves behind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection

from lianxin.foundation.accounts.actor import Scope
from lianxin.foundation.areas.queries import AreaNode
from lianxin.registry.sources.models import Source

from .protocol import Frame

HOT = ("area_id", "street_id", "community_id", "grid_id")


@dataclass(slots=True)
class Spot:
    """An estate, building or dwelling: found (id > 0) or to be made (id 0)."""

    id: int
    name: str
    hot: tuple[int | None, ...]  # area, street, community, grid
    address: str = ""
    parent: "Spot | None" = None
    kind: str = ""
    is_told: bool = False  # whether some row already says that it would be made

    @property
    def street_id(self) -> int | None:
        return self.hot[1]

    @property
    def community_id(self) -> int | None:
        return self.hot[2]

    @property
    def grid_id(self) -> int | None:
        return self.hot[3]


@dataclass(slots=True)
class Where:
    """Where a row lies. `dwelling` comes once the whole batch was looked up."""

    estate: Spot | None = None
    building: Spot | None = None
    entrance: str = ""
    room: str = ""
    area: AreaNode | None = None
    dwelling: Spot | None = None
    made: list[str] = field(default_factory=list)

    @property
    def hot(self) -> tuple[int | None, ...]:
        """The hot levels of the smallest place known."""
        for spot in (self.dwelling, self.building, self.estate):
            if spot is not None:
                return spot.hot
        node = self.area
        return (node.id, node.street_id, node.community_id, node.grid_id) if node else (None, None, None, None)


def hot_of(node: AreaNode) -> tuple[int | None, ...]:
    """Return the hot levels of an area."""
    return (node.id, node.street_id, node.community_id, node.grid_id)


def holds(scope: Scope, hot: Sequence[int | None]) -> bool:
    """Tell whether a place lies where the actor may import."""
    return (
        scope.everywhere
        or hot[1] in scope.street_ids
        or hot[2] in scope.community_ids
        or hot[3] in scope.grid_ids
    )  # fmt: skip


def copy_revisions(
    frame: Frame, source: Source, rows: Iterable[tuple[str, int, int, str, list[str], bytes | None]]
) -> None:
    """Write revisions: subject, id, version after it, act, fields, what was before (sealed)."""
    names = (
        "subject",
        "subject_id",
        "version",
        "act",
        "at",
        "actor_id",
        "actor_label",
        "source_id",
        "fields",
        "before",
    )
    actor = frame.actor
    facts = (frame.at, actor.account_id, actor.name[:120], source.pk)
    columns = ", ".join(names)
    with connection.cursor() as cursor, cursor.copy(f"COPY revision ({columns}) FROM STDIN") as copy:
        for subject, pk, version, act, changed, before in rows:
            copy.write_row((subject, pk, version, act, *facts, _listed(tuple(changed)), before))


@lru_cache(maxsize=500)
def _listed(names: tuple[str, ...]) -> str:
    """Return names of fields as the text form of an array; names need no quotes."""
    return "{" + ",".join(names) + "}"
