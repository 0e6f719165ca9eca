"""The notices of the made-up county, as `notices.toml` has them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: at which level, how long ago, for whom."""

    level: str  # community, street, city
    kind: str
    days_ago: float
    title: str
    body: str
    to_public: bool = True
    roles: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    lasts: int = 0  # days until it is over; 0: it says nothing
    confirm_in: int = 0
    starts_in: int = 0
    is_urgent: bool = False
    is_pinned: bool = False
    is_draft: bool = False
    waits: bool = False  # for a second look
    at_home: bool = False  # where the ready accounts are
    changed: str = ""
    withdrawn: str = ""


def told() -> list[Told]:
    """Return all notices in the order of the file."""
    rows: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "notices.toml").read_text("utf-8"))["notices"]
    return [_read(row) for row in rows]


def _read(row: dict[str, Any]) -> Told:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Told(**values)
