"""What stands on the home page: each room puts its blocks, the page draws those that have something to say.

    @block(order=40, module="disclosure")
    def notices(asked: Request, here: Here | None) -> Block | None:
        return Block("resident/blocks/notices.html", {"notices": …})

A block is registered when its module is imported; modules of views are, by `urls.py`. `module` names the switch in
the profile's `[modules]`: where it is off the block is not even asked. A `Line` is one row; lines that follow each
other share a card. In large print (`elder=True`) six choices are all there are: telephone, speaking, camera and the
emergency call take four, blocks by their order the rest.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404

from lianxin.faces.identity.request import Request

from .frame import modules
from .here import Here

ELDER_PLACES = 2  # what is left of six choices in large print


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the home page: its template, drawn with these values beside the page's own."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One row that leads somewhere: icon, what it is, a few words below, and a word at the end if it wants a look."""

    icon: str
    title: str
    words: str
    url: str
    mark: str = ""


Maker = Callable[[Request, Here | None], Block | Line | None]


@dataclass(frozen=True, slots=True)
class _Place:
    order: int
    module: str
    elder: bool
    make: Maker


_places: list[_Place] = []


def block(*, order: int, module: str = "", elder: bool = False) -> Callable[[Maker], Maker]:
    """Let a function put its block at a place of the home page, or with `elder` of that in large print.

    The maker gets the request and where the resident is at home (None: not said yet) and returns None when it has
    nothing to show. It should take few statements: every visit pays for it.
    """

    def connect(make: Maker) -> Maker:
        _places.append(_Place(order, module, elder, make))
        _places.sort(key=lambda place: place.order)
        return make

    return connect


def is_on(asked: Request, module: str) -> bool:
    """Tell whether a module is switched on here; one the profile does not name is."""
    return not module or bool(modules(asked.numbers).get(module, True))


def demand_on(asked: Request, module: str) -> None:
    """Raise Http404 where a module is switched off: then there is no such page."""
    if not is_on(asked, module):
        raise Http404


def home_blocks(asked: Request, here: Here | None) -> list[Block]:
    """Return the blocks of the home page in their order; lines that follow each other as one card."""
    made: list[Block] = []
    lines: list[Line] = []
    for one in _made(asked, here, elder=False):
        if isinstance(one, Line):
            lines.append(one)
            continue
        made += [*_card(lines), one]
        lines = []
    return [*made, *_card(lines)]


def elder_blocks(asked: Request, here: Here | None) -> list[Block]:
    """Return what large print has room for; further blocks are not even asked."""
    made: list[Block] = []
    for one in _made(asked, here, elder=True):
        made.append(Block("resident/blocks/door.html", {"line": one}) if isinstance(one, Line) else one)
        if len(made) == ELDER_PLACES:
            break
    return made


def _made(asked: Request, here: Here | None, *, elder: bool) -> Iterator[Block | Line]:
    for place in _places:
        if place.elder is elder and is_on(asked, place.module):
            one = place.make(asked, here)
            if one is not None:
                yield one


def _card(lines: Sequence[Line]) -> list[Block]:
    return [Block("resident/blocks/lines.html", {"lines": tuple(lines)})] if lines else []
