"""The kinds of record a device brings: the shape of each one's data, and the one function that takes it.

@takes("hazard.note", HazardIn, label="隐患")
def note(actor, record, data, *, at, numbers) -> Outcome:
    return done(hazards.note(actor, key=record.id, …, noted_at=record.made_at, at=at).number)

A function makes one call of its room, which claims `record.id`: the same record again changes nothing and answers the
same. Expected errors (`kernel.errors`) become outcomes by themselves; each record is a transaction of its own.
`made_at` may differ a little between two sendings of a record: keep it out of the claim's fingerprint.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from lianxin.faces.acts.kinds import Input
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import LianxinError, Refused

D_contra = TypeVar("D_contra", bound=Input, contravariant=True)
D = TypeVar("D", bound=Input)


class State(StrEnum):
    """What became of a record."""

    DONE = "done"  # taken, now or when it was sent before
    REFUSED = "refused"  # cannot be taken as it is; the words say what to do
    CONFLICT = "conflict"  # somebody else wrote meanwhile; both versions are kept
    WAITING = "waiting"  # something it names is not here yet; send it again


@dataclass(frozen=True, slots=True)
class Record:
    """One thing done in the field. `made_at` is the device's instant, put right by how wrong its clock is."""

    id: UUID
    kind: str
    made_at: datetime
    after: UUID | None = None  # another record that must be taken before


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a record; `subject` is the number or key of what it led to, `version` the version it has now."""

    state: State
    code: str = ""
    detail: str = ""
    fields: Mapping[str, str] | None = None
    subject: str = ""
    version: int | None = None
    theirs: Mapping[str, Any] | None = None  # what the other one wrote, ready for JSON


def done(subject: str = "", version: int | None = None) -> Outcome:
    """Return that a record was taken."""
    return Outcome(State.DONE, subject=subject, version=version)


class Conflict(Refused):
    """Somebody else wrote since the version the device knew; `theirs` is what they wrote, ready for JSON."""

    def __init__(
        self, sentence: str, *, theirs: Mapping[str, Any], subject: str = "", version: int | None = None
    ) -> None:
        super().__init__("stale", sentence)
        self.theirs = theirs
        self.subject = subject
        self.version = version


class Waiting(LianxinError):
    """What the record names is still on its way, such as a photo; the device sends the record again later."""

    code = "waiting"


class Takes(Protocol[D_contra]):
    """A function that takes one record."""

    def __call__(
        self, actor: Actor, record: Record, data: D_contra, /, *, at: datetime, numbers: Mapping[str, int]
    ) -> Outcome:
        """Take the record in the caller's transaction; raise what the room raises."""


class TakesMany(Protocol[D_contra]):
    """A function that takes several records of its kind at once."""

    def __call__(
        self, actor: Actor, items: Sequence[tuple[Record, D_contra]], /, *, at: datetime, numbers: Mapping[str, int]
    ) -> list[Outcome]:
        """Take them in the caller's transaction: an outcome for each, in order. If it raises, each is taken alone."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record; `take` or `take_many` is set."""

    name: str
    label: str  # what a person calls it
    schema: type[Input]
    take: Takes[Any] | None = None
    take_many: TakesMany[Any] | None = None
    joins: Callable[[Any], bool] | None = None  # whether a record with such data may be taken together with others

    @property
    def room(self) -> str:
        """The module that takes it: what records of one room tell bears on each other, so it keeps its order."""
        return str((self.take_many or self.take).__module__)


KINDS: dict[str, Kind] = {}


def takes(kind: str, schema: type[D], *, label: str) -> Callable[[Takes[D]], Takes[D]]:
    """Register the function below for records of this kind."""

    def register(function: Takes[D]) -> Takes[D]:
        _keep(Kind(kind, label, schema, take=function))
        return function

    return register


def takes_many(
    kind: str, schema: type[D], *, label: str, joins: Callable[[D], bool] | None = None
) -> Callable[[TakesMany[D]], TakesMany[D]]:
    """Register the function below; neighbours of this kind in a batch come to it together, in one transaction.

    Records of other rooms between them do not part them; one whose data `joins` denies comes alone.
    """

    def register(function: TakesMany[D]) -> TakesMany[D]:
        _keep(Kind(kind, label, schema, take_many=function, joins=joins))
        return function

    return register


def _keep(kind: Kind) -> None:
    if kind.name in KINDS:
        raise ValueError(f"Two functions take records of the kind {kind.name}.")
    KINDS[kind.name] = kind
