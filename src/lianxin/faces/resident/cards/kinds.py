"""What may be shared: each kind looks its thing up anew, so that a card ends with it.

    @shares("notice", letter="n")
    def notice(pk: int, asked: Request) -> Card | None: ...

None says that the thing is no more, was taken back, is over, or was never public. A card names no person.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from lianxin.faces.identity.request import Request

from .links import Shared, opened, seal


@dataclass(frozen=True, slots=True)
class Card:
    """A thing as others see it in a chat: what it is, in a line; where it leads; and the verb of its button."""

    kind: str  # 通知, 身边事, 服务站点 …
    title: str
    summary: str
    url: str
    verb: str
    place: str = ""


Maker = Callable[[int, Request], Card | None]


@dataclass(frozen=True, slots=True)
class _Kind:
    letter: str
    make: Maker


_kinds: dict[str, _Kind] = {}


def shares(name: str, *, letter: str) -> Callable[[Maker], Maker]:
    """Let things of a kind be shared. Raises ValueError for a letter that another kind has."""

    def connect(make: Maker) -> Maker:
        if any(kind.letter == letter and known != name for known, kind in _kinds.items()):
            raise ValueError(f"The letter {letter} of cards is taken.")
        _kinds[name] = _Kind(letter, make)
        return make

    return connect


def link(name: str, pk: int) -> str:
    """Return the address of the card of a thing, such as `/c/9fLw…`."""
    return reverse("resident:card", args=[seal(Shared(_kinds[name].letter, pk))])


def card_of(token: str, asked: Request) -> Card | None:
    """Return the card behind a link, as the thing stands now; None for what is no more or never was."""
    shared = opened(token)
    kind = next((each for each in _kinds.values() if shared is not None and each.letter == shared.kind), None)
    return kind.make(shared.pk, asked) if kind is not None and shared is not None else None


def is_ours(token: str) -> bool:
    """Tell whether we made this link, whatever has become of its thing."""
    return opened(token) is not None
