"""One case's part in the play: its wishes, what has been done, and the moves it is made of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

# work: in working hours (day and night for an urgent case); share: in the working hours until the case falls due, as
# far as the minutes are of the time left; always: at any hour; life: while people are awake.
Pace = Literal["work", "share", "always", "life"]


@dataclass(frozen=True, slots=True)
class Move:
    """Who does what, with which input (as the API takes it), after how many minutes, with which photos first."""

    who: str
    act: str
    data: Mapping[str, Any] = field(default_factory=dict)
    minutes: float = 10
    pace: Pace = "work"
    photos: tuple[str, ...] = ()


@dataclass
class Story:
    """The part of one case. `wishes` name what shall happen beside the plain course."""

    rng: Random
    wishes: list[str] = field(default_factory=list)
    category: str = ""  # what the matter really is, where the play knows: what people file it as
    has_reporter: bool = True
    tempo: float = 0.5  # share of each limit that handling takes; over 1 is late
    pick: int = 0  # which of several colleagues takes part
    done: Counter[str] = field(default_factory=Counter)
    granted: list[str] = field(default_factory=list)  # wishes that have come true

    def __post_init__(self) -> None:
        """Choose the colleagues of this story."""
        self.pick = self.rng.randrange(1_000)

    def wants(self, wish: str) -> bool:
        """Tell whether this is still wished for."""
        return wish in self.wishes

    def grant(self, wish: str) -> None:
        """Take a wish off the list: it has come true, or never can."""
        if wish in self.wishes:
            self.wishes.remove(wish)
            self.granted.append(wish)

    def note(self, lines: Sequence[str]) -> str:
        """Choose one of some sentences."""
        return self.rng.choice(lines)

    def between(self, low: float, high: float) -> float:
        """Choose a length, short ones more often."""
        return low + (high - low) * self.rng.random() ** 2
