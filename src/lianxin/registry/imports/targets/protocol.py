"""What a target is to the engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.fields import ImportField
from lianxin.registry.sources.models import Source


@dataclass(frozen=True, slots=True)
class Frame:
    """What all rows of a run share."""

    actor: Actor
    at: datetime
    area_id: int | None = None  # where rows lie that do not say
    unit_id: int | None = None  # whose data it is
    key: str = ""  # of the run
    is_trusted: bool = False  # places that are not known yet are made without asking, as on the command line


class Session(Protocol):
    """One pass over the rows of a run, with what it keeps in memory meanwhile."""

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Do what needs no database, such as sealing, for rows to be written; runs beside the writing of others."""

    def check(self, drafts: Sequence[Draft]) -> None:
        """Find what is there already, set verdict, touches, token and problems of each row. Sets, never rows."""

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        """Write rows that `check` found new or changed, in the caller's transaction."""


class Target(Protocol):
    """A kind of table."""

    code: str
    label: str
    icon: str
    line: str  # what it is for, under its name
    permission: str
    key_field: str  # the field that two rows must not share
    touches: dict[str, str]  # code → words, for what would change
    is_geo: bool
    is_woven: bool  # rows speak of each other, so that after one was mended all are checked again

    @property
    def fields(self) -> Sequence[ImportField]:
        """What its tables may hold, in the order of the template."""

    def begin(self, frame: Frame) -> Session:
        """Begin a pass."""

    def undo(self, frame: Frame, source: Source) -> "Undone":
        """Take back what a delivery brought."""


@runtime_checkable
class WholeList(Protocol):
    """A target whose table may be the whole list (整张清单): what it does not name ends with it."""

    def left(self, frame: Frame, named: frozenset[bytes]) -> list[str]:
        """Return what is in force and not named by the tokens of a table, in words."""

    def end_left(self, frame: Frame, source: Source, named: frozenset[bytes]) -> int:
        """End it and return how much it was."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking an import back did: records taken back, and those kept because somebody has worked on them since."""

    undone: int = 0
    kept: int = 0

    def __add__(self, other: "Undone") -> "Undone":
        return Undone(self.undone + other.undone, self.kept + other.kept)
