"""The cards of 管理 and of 基础库: each room that is run from there puts one, with what needs a look."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from lianxin.faces.identity.request import Request


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that needs a look, in words."""

    words: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A place to go to: how much is there, and what needs a look."""

    title: str
    url: str
    icon: str
    line: str
    concerns: Sequence[Concern] = ()


Maker = Callable[[Request], Card | None]
Hub = Literal["admin", "base", "work"]
_makers: dict[Hub, list[tuple[int, Maker]]] = {"admin": [], "base": [], "work": []}


def card(place: int, *, on: Hub = "admin") -> Callable[[Maker], Maker]:
    """Let a function put its card at a place of 管理, 基础库 or 工作台; it returns None for who may not go there."""

    def connect(maker: Maker) -> Maker:
        _makers[on].append((place, maker))
        return maker

    return connect


def cards(asked: Request, *, on: Hub = "admin") -> list[Card]:
    """Return the cards this person may open."""
    made = (maker(asked) for _place, maker in sorted(_makers[on], key=lambda pair: pair[0]))
    return [one for one in made if one is not None]


def concern(count: int, words: str, *, is_late: bool = False) -> list[Concern]:
    """Return a concern if there is anything to be concerned about; `words` holds the count as %d, or not at all."""
    return [Concern(words.replace("%d", str(count)), is_late)] if count else []
