"""Which wishes the cases get: cards in shuffled blocks, so that every act happens often enough whatever the order."""

from collections import deque
from collections.abc import Iterable, Mapping
from random import Random
from threading import Lock
from typing import Final

from .plots import PLOTS
from .story import Story
from .view import View

# Out of a hundred cases so many take this turn; the rest take the plain course.
TURNS: Final[Mapping[str, int]] = {
    "return": 4, "third_return": 2, "rework": 4, "extend": 2, "refused": 1, "postpone": 1, "suspend": 1, "whistle": 2,
    "split": 1, "merge": 1, "unmerge": 1, "answer": 3, "check": 3, "on_spot": 3, "decline": 2, "appeal": 1, "refer": 1,
    "delegate": 4, "escalate": 1, "recall": 1, "joint": 2, "amend": 1, "hand_over": 1, "force_close": 1, "void": 1,
    "withdraw": 1, "reopen": 1,
}  # fmt: skip
# What may come on top of any turn.
SIDES: Final[Mapping[str, int]] = {
    "assign": 6, "progress": 8, "supervise": 2, "add": 4, "urge": 3, "urge_thrice": 1, "thank": 6,
    "annotate": 3, "reply": 3, "call_back": 6, "evaluate": 30, "complain": 2,
}  # fmt: skip
BLOCK = 100
_LOOKED_AT = 60  # cards looked through for one that fits


class Deck:
    """Two piles of cards: turns of the story, and sides. Safe to draw from in several threads."""

    def __init__(self, rng: Random, *, at_least: int = 1) -> None:
        """Shuffle; every card comes at least so often in a block."""
        self._rng = rng
        self._lock = Lock()
        self._blocks = {
            "turn": _block(TURNS, at_least),
            "side": _block(SIDES, at_least),
        }
        self._piles: dict[str, deque[str]] = {name: deque() for name in self._blocks}

    def deal(self, view: View, story: Story) -> None:
        """Give a story one turn and one side that fit its case."""
        with self._lock:
            for name in ("turn", "side"):
                card = self._draw(name, view, story)
                if card:
                    story.wishes.append(card)

    def give_back(self, cards: Iterable[str]) -> None:
        """Put wishes that did not come true on top of their pile."""
        with self._lock:
            for card in cards:
                name = "turn" if card in TURNS else "side" if card in SIDES else ""
                if name:
                    self._piles[name].appendleft(card)

    def _draw(self, name: str, view: View, story: Story) -> str:
        pile = self._piles[name]
        while len(pile) < _LOOKED_AT:
            block = list(self._blocks[name])
            self._rng.shuffle(block)
            pile.extend(block)
        for place in range(_LOOKED_AT):
            card = pile[place]
            if not card or PLOTS[card].fits(view, story):
                del pile[place]
                return card
        return ""


def _block(cards: Mapping[str, int], at_least: int) -> list[str]:
    chosen = [name for name, count in cards.items() for _each in range(max(count, at_least))]
    return chosen + [""] * max(0, BLOCK - len(chosen))
