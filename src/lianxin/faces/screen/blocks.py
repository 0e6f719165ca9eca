"""The blocks of the big screen: each room puts one by a line; no block names a person."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db import DatabaseError, transaction
from django.utils.functional import Promise

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.insight.statistics.places import Place
from lianxin.work.cases.queries import Filters

from .walls import VIEW

Width = Literal["narrow", "wide"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom and of where a board is drawn."""

    actor: Actor
    node: AreaNode
    place: Place
    at: datetime
    numbers: Mapping[str, int]
    rows: int = 5  # of a list: fewer where three blocks share a column

    @property
    def filters(self) -> Filters:
        """The cases of the place."""
        return Filters(area_ids=() if self.node.is_whole else (self.node.id,))


@dataclass(frozen=True, slots=True)
class Told:
    """What a block says: a line beside its title, and what its template draws."""

    note: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


Maker = Callable[[Asked], Told | None]


@dataclass(frozen=True, slots=True)
class Widget:
    """A block one may choose; `permissions` are what its figures ask for beside looking at the screen."""

    code: str
    label: str | Promise
    width: Width
    permissions: tuple[str, ...]
    make: Maker

    @property
    def template(self) -> str:
        """Where its drawing is."""
        return f"screen/widgets/{self.code}.html"


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it is drawn; without `told` it could not be made and says so."""

    widget: Widget
    told: Told | None


_widgets: dict[str, Widget] = {}


def widget(
    code: str, label: str | Promise, *, width: Width = "narrow", permissions: tuple[str, ...] = ("cases.view",)
) -> Callable[[Maker], Maker]:
    """Let a function make a block; it returns None where there is nothing to tell of such a place."""

    def connect(maker: Maker) -> Maker:
        _widgets[code] = Widget(code, label, width, permissions, maker)
        return maker

    return connect


def known(width: Width | None = None) -> dict[str, Widget]:
    """Return the blocks there are, by code."""
    return {code: each for code, each in _widgets.items() if width in (None, each.width)}


def drawn(code: str, asked: Asked) -> Block | None:
    """Make a block; None for one that this actor or this place has not.

    A wall runs through the night unwatched: one block that fails must not take the others with it.
    """
    found = _widgets.get(code)
    if found is None or not all(asked.actor.may(each) for each in (VIEW, *found.permissions)):
        return None
    try:
        with transaction.atomic():
            told = found.make(asked)
    except DatabaseError:
        _log.exception("a block of the big screen could not be made: %s", code)
        return Block(found, None)
    return Block(found, told) if told is not None else None
