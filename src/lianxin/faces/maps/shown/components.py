"""Components (部件) on the map: a city's fifty thousand, packed by the database; what stands alone is described."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.maps.layers import Found, Look, Mark, layer, windowed
from lianxin.faces.maps.packed import columns
from lianxin.kernel.geometry.points import Box
from lianxin.registry.components.classes import catalogue
from lianxin.registry.components.models import AMISS, Component, ComponentQuerySet, State
from lianxin.work.cases.queries import open_counts

# What is amiss has a shape of its own; loud is nothing but a clock that is late.
TONES = dict.fromkeys(AMISS, "warn") | {State.DISUSED: "paused", State.REMOVED: "paused"}


def _asked_for(look: Look) -> ComponentQuerySet:
    """Return what one who looks sees of the components on the books, by major class and state."""
    rows = Component.objects.visible_to(look.actor).now()
    major, state = look.filters.get("component_class", ""), look.filters.get("component_state", "")
    if major:
        rows = rows.filter(category__in=[node.id for node in catalogue(look.numbers).majors.get(major, [])])
    if state == "amiss":
        return rows.filter(state__in=AMISS)
    return rows.filter(state=state) if state in State.values else rows


def _count(look: Look) -> int:
    return _asked_for(look).count()


@layer(
    "components", label=gettext_lazy("城市部件"), group=gettext_lazy("部件"), order=90, shape="component",
    thing="component", page="console:component", permissions=("components.view",), counts=_count,
    empty=gettext_lazy("还没有普查部件"),
)  # fmt: skip
def components(look: Look, box: Box | None) -> Found:
    """Find components on the books. One statement; two more for those that are described."""
    ids, lons, lats = columns(windowed(_asked_for(look), "point", box), "point")

    def describe(wanted: Sequence[int]) -> list[Mark]:
        keys = [int(ids[place]) for place in wanted]
        rows = Component.objects.only("key", "name", "state", "number").in_bulk(keys)
        open_ones = open_counts(keys) if keys else {}
        return [_mark(rows.get(key), open_ones.get(key, 0)) for key in keys]

    return Found(ids, lons, lats, np.zeros(len(ids), dtype=bool), describe)


def _mark(row: Any, open_cases: int) -> Mark:
    if row is None:  # struck off this very moment
        return Mark("", _("刚注销"))
    said = str(State(row.state).label)
    line = _("{state} · 在办 {count} 件").format(state=said, count=open_cases) if open_cases else said
    return Mark(str(row.key), row.name, line, TONES.get(State(row.state), ""))
