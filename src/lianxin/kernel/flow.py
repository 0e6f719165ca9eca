"""A table of steps: from which states, to which, who may, what is demanded. One machine under every loop."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a flow. `target` None: the state stays, or the act itself decides."""

    name: str
    label: Any
    sources: Collection[str]
    target: str | None
    permission: str
    tie: str = "area"  # what must tie the actor to the subject; the room says what each word means
    needs_note: bool = False
    needs_reason: bool = False  # a code from the list of that name


class Flow:
    """The steps of a flow in the order in which a page offers them."""

    def __init__(self, *steps: Step) -> None:
        self._steps = {step.name: step for step in steps}
        if len(self._steps) != len(steps):
            raise ValueError("two steps of a flow have one name")

    def __getitem__(self, name: str) -> Step:
        return self._steps[name]

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps.values())

    def names(self) -> list[str]:
        """Return the names of all steps."""
        return list(self._steps)

    def steps_from(self, state: str) -> list[Step]:
        """Return the steps that may start in `state`."""
        return [step for step in self._steps.values() if state in step.sources]
