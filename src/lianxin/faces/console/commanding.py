"""What the boards of command share: doors, how a unit's way through a whistle is drawn, how a request is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lianxin.faces.console.rows import Chip, clock_chip, place_of
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Tab
from lianxin.kernel.text import mask_name
from lianxin.work.cases.models import Case, Whistle
from lianxin.work.cases.queries.whistles import Blown, Called

Numbers = Mapping[str, int]
WHISTLES, SUPERVISIONS, APPROVALS = "console:whistles", "console:supervisions", "console:approvals"
# Who goes to which board from the rail: those who call, are called, and watch.
MAY_SEE_WHISTLES = ("cases.whistle", "cases.report_in", "cases.supervise")
MAY_SEE_SUPERVISIONS = ("cases.supervise", "cases.dispatch", "cases.report_in")
MAY_SEE_APPROVALS = ("cases.approve", "cases.extend", "cases.dispatch", "cases.supervise")
_TASK_RINGS = {
    "offered": "dispatched", "accepted": "handling", "done": "closed", "returned": "declined", "withdrawn": "withdrawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """One unit's way through a whistle, a cell a step; what has not come yet is empty."""

    unit: str
    called_at: datetime
    reported_in_at: datetime | None
    chip: Chip | None  # the limit to report in, while it waits
    is_late: bool
    is_missing: bool
    note: str
    consulted_at: datetime | None
    task: str
    task_ring: str
    task_label: str
    stars: int | None
    rated: bool


@dataclass(frozen=True, slots=True)
class Board:
    """One whistle as a card of the board."""

    whistle: Whistle
    case: Case
    place: str
    caller: str
    ways: Sequence[Way]
    came: int
    is_late: bool
    state: str  # what comes next: waiting, consult, rate, over
    may_consult: bool = False
    may_rate: bool = False
    may_nudge: bool = False
    may_report_in: bool = False


def way(called: Called, whistle: Whistle, *, at: datetime, numbers: Numbers) -> Way:
    """Return how far a unit has come."""
    call, task = called.call, called.task
    waits = called.clock is not None and call.reported_in_at is None
    return Way(
        unit=call.unit.short_name or call.unit.name,
        called_at=whistle.called_at,
        reported_in_at=call.reported_in_at,
        chip=clock_chip(called.clock, at=at, numbers=numbers) if called.clock is not None and waits else None,
        is_late=called.is_late(at),
        is_missing=call.is_missing,
        note=call.note,
        consulted_at=whistle.consulted_at if not call.is_missing else None,
        task=task.task if task is not None else "",
        task_ring=_TASK_RINGS[task.state] if task is not None else "",
        task_label=str(task.get_state_display()) if task is not None else "",
        stars=call.stars,
        rated=call.rated_at is not None,
    )


def next_of(blown: Blown) -> str:
    """Return what a whistle waits for: units, the consultation, the rating, or nothing any more."""
    if blown.whistle.ended_at is not None:
        return "rate" if any(called.call.rated_at is None for called in blown.called) else "over"
    return "waiting" if any(called.call.reported_in_at is None for called in blown.called) else "consult"


def caller_of(whistle: Whistle) -> str:
    """Return who called: the post, and the person masked."""
    post = whistle.caller_post
    name = mask_name(whistle.caller.name) if whistle.caller is not None else ""
    if post is None:
        return name
    area = post.area.name if post.area is not None else ""
    return f"{area} {post.title or post.role.label} {name}".strip()


def place(case: Case, numbers: Numbers) -> str:
    """Say where a case is."""
    return place_of(case, numbers)


def tabs_of(path: str, labels: Mapping[str, object], current: str, counts: Mapping[str, int]) -> list[Tab]:
    """Return the lists of a board with their figures; the first is the board as it opens."""
    first = next(iter(labels))
    tones = {"late": "late"}
    return [
        Tab(
            path if name == first else f"{path}?list={name}",
            str(label),
            counts.get(name),
            current=name == current,
            tone=tones.get(name, "") if counts.get(name) else "",
        )
        for name, label in labels.items()
    ]


def late_by(due: datetime | None, end: datetime) -> str:
    """Say how long after its limit something came, or is: nothing while there is time."""
    return words.duration(end - due) if due is not None and end > due else ""
