"""What the parts draw: small values that pages fill and the templates read. No queries, no permissions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class NavItem:
    """A place in the rail; `badge` is a count, nothing when 0."""

    url: str
    icon: str
    label: str
    badge: int = 0
    current: bool = False
    key: str = ""


@dataclass(frozen=True)
class MenuItem:
    """A line of the person's menu; `post` makes it a button that sends a form."""

    url: str
    label: str
    icon: str = "right"
    post: bool = False


@dataclass(frozen=True)
class Me:
    """Who is signed in, as the top bar shows it: the name already masked as the house does."""

    name: str
    post: str = ""
    initial: str = ""
    menu: Sequence[MenuItem] = ()


@dataclass(frozen=True)
class Crumb:
    """A step of a trail; without address it stands plain."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Tab:
    """A tab, a segment or a filter chip; `count` stands behind the label when given."""

    url: str
    label: str
    count: int | None = None
    current: bool = False
    tone: str = ""


@dataclass(frozen=True)
class Filter:
    """A filter in force, in words; its address is the page without it."""

    label: str
    remove_url: str
    tone: str = ""


@dataclass(frozen=True)
class Contact:
    """A person on a card: name and phone come masked; `reveal_url` opens the question for a reason."""

    name: str
    post: str = ""
    line: str = ""
    tone: str = ""
    phone: str = ""
    reveal_url: str = ""
    call_url: str = ""
    initial: str = ""


@dataclass(frozen=True)
class Step:
    """One entry of a trace. `used` and `limit` are seconds; `side` marks what did not move the case."""

    at: datetime
    title: str
    who: str = ""
    words: str = ""
    public: bool = False
    side: bool = False
    dwell_label: str = ""
    used: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Photo:
    """A piece of evidence; without `url` it is a demanded one that is missing."""

    label: str
    url: str = ""
    thumb: str = ""
    at: datetime | None = None
    tag: str = ""
    after: bool = False
    video: bool = False
    why: str = ""


@dataclass(frozen=True)
class FunnelRow:
    """A stage of 卡在哪里: the number of open cases and seconds of dwell against the limit."""

    label: str
    count: int
    median: float
    p90: float
    limit: float
    url: str = ""


@dataclass(frozen=True)
class Phase:
    """A phase of a case in the place's words. `state` is done, now or next."""

    label: str
    line: str = ""
    state: str = "next"
    sevenths: int = 0
    late: bool = False


@dataclass(frozen=True)
class Option:
    """One proposal: what would be chosen, by whom, in which time; confidence between 0 and 1."""

    value: str
    label: str
    line: str
    confidence: float
    chosen: bool = False


@dataclass(frozen=True)
class Kpi:
    """A figure with its meaning. `change` is said in words; `better` colours it only when up is clearly good or bad.

    `count` is how many stand in the list at `url`; for a share those above the line.
    """

    name: str
    value: str
    unit: str
    meaning: str
    change: str = ""
    direction: str = ""
    better: bool | None = None
    points: Sequence[float] = field(default_factory=tuple)
    url: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Approval:
    """A request that waits for a decision."""

    title: str
    asker: str
    old: str
    new: str
    reason: str
    if_agreed: str
    if_refused: str


@dataclass(frozen=True)
class Page:
    """A page of a list by keys: addresses of the neighbours, empty at an end; total None when not counted."""

    first: int
    last: int
    total: int | None = None
    previous_url: str = ""
    next_url: str = ""
