"""The times of an area: what it was before, what it became, and the borders of then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lianxin.faces.console import land
from lianxin.faces.identity.request import Request
from lianxin.foundation.areas import queries
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode


@dataclass(frozen=True, slots=True)
class Age:
    """An area for as long as its borders stayed, with what ended or began it."""

    node: AreaNode
    hectares: float | None
    said: str

    def shown(self, *, is_shown: bool) -> dict[str, Any]:
        """Return what the list draws."""
        return {
            "key": self.node.id,
            "name": self.node.name,
            "code": self.node.code,
            "node": self.node,
            "households": self.node.households,
            "hectares": self.hectares,
            "said": self.said,
            "is_shown": is_shown,
        }


def of(asked: Request, node: AreaNode) -> list[Age]:
    """Return the times of an area and of all it came from and went into, the oldest first."""
    steps = queries.lineage(node.id)
    ids = {node.id} | {step.old_id for step in steps} | {step.new_id for step in steps if step.new_id}
    nodes = [found for pk in ids if (found := queries.node(pk, asked.numbers))]
    ground = dict(Area.objects.filter(pk__in=ids).values_list("pk", "square_metres"))
    reasons: dict[int, str] = {}
    for step in steps:
        if step.new_id:
            change = step.redivision
            reasons[step.new_id] = f"{change.get_kind_display()}而来：{change.reason}"
    return [
        Age(one, round(size / 10_000, 1) if (size := ground.get(one.id)) else None, reasons.get(one.id, ""))
        for one in sorted(nodes, key=lambda one: (one.valid_from, one.code))
    ]


def chosen(asked: Request, node: AreaNode, found: Sequence[Age]) -> AreaNode:
    """Return the time an address asks for, else the area itself."""
    at = asked.GET.get("at", "")
    return next((age.node for age in found if str(age.node.id) == at), node)


def features(asked: Request, shown: AreaNode) -> list[dict[str, Any]]:
    """Return an area of some time between its neighbours of then."""
    around = queries.children(shown.parent_id, shown.valid_from, asked.numbers)
    found = land.features(shown, [one for one in around if one.id != shown.id])
    for feature in found[:1]:
        # It stands out by its line among its neighbours, and is named.
        feature["properties"] |= {"level": "community", "name": shown.name}
    return found
