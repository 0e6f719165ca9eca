"""Kinds of message: each room registers its own, with the words it says unless the profile says others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lianxin.kernel.configuration import queries as configuration

_PLACE = re.compile(r"\{(\w+)\}")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a message is about, its words with places such as `{number}`, and where it goes beside the inbox."""

    code: str  # room.subject
    label: str
    title: str = ""
    body: str = ""
    channels: tuple[str, ...] = ()
    # Urgent messages unread for so long go to the substitute as well; 0: never.
    escalate_minutes: int = 10


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds. Raises ValueError if a code is taken by another kind."""
    for kind in kinds:
        if _kinds.setdefault(kind.code, kind) != kind:
            raise ValueError(f"The kind of message {kind.code} is registered twice.")


def catalogue() -> Mapping[str, Kind]:
    """Return all kinds in the order of a page."""
    return _kinds


def kind(code: str) -> Kind:
    """Return a kind; one that no room has registered goes to the inbox only."""
    return _kinds.get(code) or Kind(code, code)


def render(code: str, values: Mapping[str, object], numbers: Mapping[str, int] | None = None) -> tuple[str, str]:
    """Return title and body in the profile's words (document "messages"), or in the room's own."""
    own = kind(code)
    told = (configuration.current("messages", numbers) or {}).get(code, {})
    return _fill(told.get("title") or own.title, values)[:120], _fill(told.get("body") or own.body, values)


def _fill(text: str, values: Mapping[str, object]) -> str:
    # Not str.format: a profile's text must not reach into objects.
    return _PLACE.sub(lambda place: str(values.get(place[1], "")), text)
