"""A tree as pages draw it: the way to the current node is open, everything else is one line."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of a tree with what is open below it."""

    label: str
    url: str
    note: str = ""
    is_current: bool = False
    branches: Sequence["Branch"] = ()
