"""The layers of the one map (图层), a registry line each.

A layer says what of it lies in a window, for one who looks; the map clusters, counts, finds and draws all of them
alike. To add one: a function marked with `@layer(…)` in a module that `apps.ready` imports (docs/how-to).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import NotFound
from lianxin.kernel.geometry.points import Box, Point

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Kind = Literal["points", "borders", "buildings"]
Ring = list[tuple[float, float]]
# What one who looks may choose by; each layer reads its own.
FILTERS = ("stage", "clock", "category", "severity", "component_class", "component_state")


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, when, and at what time of the past if not now; `filters` are words of the layer's own."""

    actor: Actor
    at: datetime
    numbers: Mapping[str, int]
    when: datetime | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing as the map draws it. Never a person's home; a person only while on duty, masked."""

    key: str
    label: str
    line: str = ""
    tone: str = ""  # ok, warn, late, paused
    page: str = ""  # what stands in the address of its page, where that is not `key`


@dataclass(frozen=True, slots=True)
class Found:
    """What of a layer lies in a window; `describe` is asked only for those drawn or listed one by one.

    `ids` say which is which, so that a list turns its pages by them.
    """

    ids: Ints
    lons: Floats
    lats: Floats
    late: Flags
    describe: Callable[[Sequence[int]], list[Mark]]

    def __len__(self) -> int:
        return len(self.lons)


Finds = Callable[[Look, Box | None], Found]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: its words, its place in the list, who may see it, and how its things are found."""

    code: str
    label: str | Promise
    group: str | Promise
    order: int
    shape: str
    finds: Finds
    kind: Kind = "points"
    permissions: tuple[str, ...] = ()  # one of them; none: all staff
    thing: str = ""  # the kind of portrait behind a point; "" where there is none
    page: str = ""  # the name of the page's address
    is_on: bool = False
    least_zoom: float = 0
    follows_time: bool = False  # tells of the past as well
    is_counted: bool = True  # counts inside a drawn shape
    empty: str | Promise = ""  # why nothing may be there
    counts: Callable[[Look], int] | None = None  # how many there are in all, where finding them all is dear
    covers: Callable[[Look, Box], list[Ring]] | None = None  # what its things cover on the ground, drawn near by

    def count(self, look: Look) -> int:
        """Return how many things of it one who looks may see."""
        return self.counts(look) if self.counts else len(self.finds(look, None))

    def opens_to(self, actor: Actor) -> bool:
        """Tell whether the actor may see anything of it."""
        return not self.permissions or any(actor.may(permission) for permission in self.permissions)


_LAYERS: dict[str, Layer] = {}


def layer(code: str, **more: Any) -> Callable[[Finds], Finds]:
    """Register the function that finds the things of a layer."""

    def connect(finds: Finds) -> Finds:
        if code in _LAYERS:
            raise ValueError(f"The layer {code} is there twice.")
        _LAYERS[code] = Layer(code=code, finds=finds, **more)
        return finds

    return connect


def layers(actor: Actor) -> list[Layer]:
    """Return the layers an actor may see, in the order of the list."""
    return sorted((each for each in _LAYERS.values() if each.opens_to(actor)), key=lambda each: each.order)


def layer_or_404(actor: Actor, code: str) -> Layer:
    """Return a layer. Raises NotFound where there is none, or none for this actor."""
    found = _LAYERS.get(code)
    if found is None or not found.opens_to(actor):
        raise NotFound(_("没有这个图层，或不向您的岗位开放。"))
    return found


def nothing() -> Found:
    """Return an empty layer."""
    return Found(
        np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty(0, dtype=bool), lambda _places: []
    )  # fmt: skip


def found_of(
    rows: Sequence[Any], place: Callable[[Any], Point], mark: Callable[[Any], Mark],
    number: Callable[[Any], int] = attrgetter("id"),
) -> Found:  # fmt: skip
    """Return what lies in a window from rows at hand, each with a number of its own; late is what the mark says is."""
    if not rows:
        return nothing()
    ids = np.array([number(row) for row in rows], dtype=np.int64)
    spots = np.array([place(row) for row in rows], dtype=np.float64)
    marks = [mark(row) for row in rows]
    late = np.array([each.tone == "late" for each in marks], dtype=bool)
    return Found(ids, spots[:, 0], spots[:, 1], late, lambda places: [marks[place] for place in places])


def windowed(rows: Any, name: str, box: Box | None) -> Any:
    """Narrow a queryset to points in a window; without one, to what has a point."""
    where: dict[str, Any] = {f"{name}__isnull": False} if box is None else {f"{name}__within_box": box}
    return rows.filter(**where)
