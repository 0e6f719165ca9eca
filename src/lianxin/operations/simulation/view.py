"""What an actor of the play sees of a case: the same whether it was read from the database or through the API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

OPEN_STAGES = ("reported", "filed", "dispatched", "handling", "handled", "verified")


@dataclass(frozen=True, slots=True)
class Part:
    """An open assignment: of a unit (code) or a post (id), offered or accepted."""

    part: str
    state: str
    unit: str = ""
    post: int = 0

    @property
    def who(self) -> str:
        """Who in the cast does this part."""
        return f"unit:{self.unit}" if self.unit else f"post:{self.post}"


@dataclass(frozen=True, slots=True)
class Called:
    """A unit called by the latest whistle."""

    unit: str
    has_come: bool
    is_rated: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """Codes of the areas around a place; blank where it lies in none of that level."""

    area: str = ""
    street: str = ""
    community: str = ""
    grid: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A case at an instant."""

    number: str
    version: int
    stage: str
    kind: str
    severity: str
    level: str
    title: str
    at: datetime
    spot: Spot = Spot()
    category: str = ""
    matter: str = ""  # the category's name, once known
    proposed: tuple[str, ...] = ()  # categories the platform proposes, the best first
    parts: tuple[Part, ...] = ()
    calls: tuple[Called, ...] = ()
    is_whistled: bool = False  # a whistle is open
    lead_unit: str = ""
    is_paused: bool = False
    approvals_open: int = 0
    supervisions_open: int = 0
    returns: int = 0
    is_checked: bool = False  # somebody is asked to look before filing
    awaits_contact: bool = False  # the reporter has not been called yet
    handle_limit: tuple[int, str] | None = None
    due_at: datetime | None = None
    missing: tuple[str, ...] = ()  # evidence still demanded
    other: Callable[[], str] = field(default=lambda: "", compare=False)  # number of another open case, or blank

    @property
    def is_open(self) -> bool:
        """Tell whether it has not ended."""
        return self.stage in OPEN_STAGES

    @property
    def is_urgent(self) -> bool:
        """Tell whether its clocks run by night."""
        return self.severity == "urgent"

    @property
    def lead(self) -> Part | None:
        """The open part of the lead."""
        return next((part for part in self.parts if part.part == "lead"), None)

    @property
    def left(self) -> timedelta:
        """Time until the stage falls due; some hours where nothing runs."""
        if self.due_at is None:
            return timedelta(hours=4)
        return max(self.due_at - self.at, timedelta(minutes=5))
