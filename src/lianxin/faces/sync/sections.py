"""The parts of the pack a device carries: each made by one function, told apart by a hash of what it holds.

@section("patrols", out=PatrolPackOut, order=30)
def patrols(actor, *, at, numbers) -> PatrolPackOut | None:
    …                                     # None: not for this actor

What a section holds must not depend on the instant it is asked for, or every pack would bring it anew.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Protocol

from pydantic import BaseModel

from lianxin.foundation.accounts.actor import Actor


class Makes(Protocol):
    """A function that makes a section for who asks: of `out`'s type or its values; None when it is not for them."""

    def __call__(
        self, actor: Actor, /, *, at: datetime, numbers: Mapping[str, int]
    ) -> BaseModel | Mapping[str, Any] | None:
        """Read what the work needs, masked, of the actor's own area only; at most a dozen statements."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the pack. Parts are made in their order: what is needed first comes first."""

    name: str
    out: type[BaseModel]
    order: int
    make: Makes


@dataclass(frozen=True, slots=True)
class Made:
    """A section as it goes over the wire, with the tag that tells whether a device has it already."""

    tag: str
    data: bytes


SECTIONS: dict[str, Section] = {}


def section(name: str, *, out: type[BaseModel], order: int = 50) -> Callable[[Makes], Makes]:
    """Register the function below as the maker of a section."""

    def register(function: Makes) -> Makes:
        if name in SECTIONS:
            raise ValueError(f"Two functions make the section {name}.")
        SECTIONS[name] = Section(name, out, order, function)
        return function

    return register


def in_order() -> list[Section]:
    """Return all sections, what is needed first on top."""
    return sorted(SECTIONS.values(), key=lambda each: (each.order, each.name))


def make(wanted: Section, actor: Actor, *, at: datetime, numbers: Mapping[str, int]) -> Made | None:
    """Make one section for the actor, or None when it is not for them."""
    content = wanted.make(actor, at=at, numbers=numbers)
    if content is None:
        return None
    held = content if isinstance(content, BaseModel) else wanted.out.model_validate(content)
    data = held.__pydantic_serializer__.to_json(held)
    return Made(blake2b(data, digest_size=9).hexdigest(), data)


def answered(made: Mapping[str, Made | None]) -> bytes:
    """Return sections as one JSON object, without reading them again."""
    parts = [
        json.dumps(name).encode() + b":" + (b"null" if each is None else _tagged(each)) for name, each in made.items()
    ]
    return b"{" + b",".join(parts) + b"}"


def _tagged(made: Made) -> bytes:
    return b'{"tag":"' + made.tag.encode() + b'","data":' + made.data + b"}"
