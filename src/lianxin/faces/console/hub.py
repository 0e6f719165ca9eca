"""The cards of 管理: every room that is run from there puts one, with what needs a look. Rooms above faces too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
_makers: list[tuple[int, Maker]] = []


def card(place: int) -> Callable[[Maker], Maker]:
    """Let a function put its card at a place of the page; it returns None for who may not go there."""

    def connect(maker: Maker) -> Maker:
        _makers.append((place, maker))
        return maker

    return connect


def cards(asked: Request) -> list[Card]:
    """Return the cards this person may open."""
    made = (maker(asked) for _place, maker in sorted(_makers, key=lambda pair: pair[0]))
    return [one for one in made if one is not None]


def concern(count: int, words: str, *, is_late: bool = False) -> list[Concern]:
    """Return a concern if there is anything to be concerned about; `words` holds the count as %d, or not at all."""
    return [Concern(words.replace("%d", str(count)), is_late)] if count else []
