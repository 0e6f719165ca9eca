"""How messages hang together, how grave they are and what is told of them: pure, no database, no clock."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lianxin.kernel.text import clean

from .cap import Alert, Info
from .models import Colour, State

BY_SEVERITY = {
    "Extreme": Colour.RED, "Severe": Colour.ORANGE, "Moderate": Colour.YELLOW, "Minor": Colour.BLUE,
    "Unknown": Colour.NONE,
}  # fmt: skip
SEVERITIES = {colour: severity for severity, colour in BY_SEVERITY.items()}
GRAVEST = (Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.BLUE, Colour.NONE)
GRAVE = frozenset({Colour.RED, Colour.ORANGE})  # staff get a text message, suggested acts are shown
LASTS = timedelta(hours=24)  # a warning that does not say how long
LONGEST = timedelta(days=30)
AHEAD = timedelta(minutes=10)  # how far a sender's clock may be before ours
CONFIRM_WITHIN = timedelta(hours=2)
KEPT = timedelta(days=5 * 365)  # what was told, after it is over
KEPT_UNTOLD = timedelta(days=365)  # tests, exercises, what was refused or fell elsewhere
_SENTENCE = re.compile(r"(?<=[。；;！!])|\n+")
_NUMBERED = re.compile(r"^\s*(?:[（(]?\d{1,2}[)）.、．]|[一二三四五六七八九十]、)\s*")


def rank(colour: str) -> int:
    """Return 0 for the gravest."""
    return GRAVEST.index(Colour(colour))


def gravest(colours: Iterable[str]) -> Colour:
    """Return the gravest of some colours."""
    return Colour(min(colours, key=rank, default=Colour.NONE))


def told_infos(alert: Alert) -> list[Info]:
    """Return what a message says in Chinese, else in its first language; the gravest first."""
    language = next((info.language for info in alert.infos if info.is_chinese), None)
    wanted = language or (alert.infos[0].language if alert.infos else "")
    found = [info for info in alert.infos if info.language == wanted]
    return sorted(found, key=lambda info: rank(BY_SEVERITY[info.severity]))


def ends(alert: Alert) -> bool:
    """Tell whether a message ends its chain: a cancellation, or an update that gives the all-clear."""
    infos = told_infos(alert)
    is_clear = bool(infos) and all(info.urgency == "Past" or info.responses == ("AllClear",) for info in infos)
    return alert.msg_type == "Cancel" or (alert.msg_type == "Update" and is_clear)


def headline_of(info: Info, fallback: str) -> str:
    """Return a warning's title: the sender's own, else who warns of what."""
    colour = BY_SEVERITY[info.severity]
    grade = colour.label if colour != Colour.NONE else ""
    own = _("{who}发布{event}{grade}预警").format(who=info.sender_name or fallback, event=info.event, grade=grade)
    return clean(info.headline, 200) or clean(own, 200)


def points_of(instruction: str) -> list[str]:
    """Return what to do as short sentences without their numbers: at most eight."""
    parts = (clean(_NUMBERED.sub("", part or ""), 120) for part in _SENTENCE.split(instruction))
    return [part for part in parts if len(part) > 1][:8]


def span(infos: Sequence[Info], sent: datetime) -> tuple[datetime, datetime]:
    """Return from when a warning is expected and when it is over; one that does not say lasts a day."""
    first = infos[0]
    begins = first.onset or first.effective or sent
    said = [info.expires for info in infos if info.expires is not None]
    over = max(said) if len(said) == len(infos) else max([*said, max(begins, sent) + LASTS])
    return begins, min(over, max(begins, sent) + LONGEST)


@dataclass(frozen=True, slots=True)
class Link:
    """One real message of a chain, as far as deciding needs it."""

    id: int
    name: str  # what others say to mean it
    sent: datetime
    follows: frozenset[str]
    is_end: bool  # it cancels
    is_accepted: bool  # somebody, or trust in its source, has let it through
    is_untold: bool  # it falls elsewhere
    is_stopped: bool  # taken from our pages by hand
    expires_at: datetime | None
    state: str

    @property
    def order(self) -> tuple[datetime, str]:
        """When it was sent; of two at once, by name: so that the order in which they come does not matter."""
        return self.sent, self.name


def fold(links: Sequence[Link], at: datetime) -> Mapping[int, State]:
    """Return how each message of a chain stands: whatever the order they came in, at most one runs.

    The head is the latest that no other follows. What is not let through yet changes nothing but its own kind.
    """
    states = {link.id: State(link.state) for link in links}
    counted = [link for link in links if link.state != State.REFUSED]
    accepted = [link for link in counted if link.is_accepted]
    newest, head = _head(counted), _head(accepted)
    for link in counted:
        if link.is_end or link.state == State.EXPIRED:
            continue
        if link.is_accepted:
            states[link.id] = _as_head(link, at) if link is head else _as_past(link, head, accepted)
        elif link is newest:
            states[link.id] = State.EXPIRED if _is_over(link, at) else State.WAITING
        else:
            states[link.id] = _as_past(link, newest, counted)
    return states


def _head(links: Sequence[Link]) -> Link | None:
    followed = {name for link in links for name in link.follows if name != link.name}
    free = [link for link in links if link.name not in followed]
    # Messages that follow each other in a ring have no head; then the latest is.
    return max(free or links, key=lambda link: link.order, default=None)


def _as_head(link: Link, at: datetime) -> State:
    if link.is_untold:
        return State.NOTED
    if link.is_stopped:
        return State.CANCELLED
    return State.EXPIRED if _is_over(link, at) else State.RUNNING


def _as_past(link: Link, head: Link | None, among: Sequence[Link]) -> State:
    """Replaced by another, or the last there was when its end came."""
    if link.is_untold:
        return State.NOTED
    last = _head([other for other in among if not other.is_end])
    return State.CANCELLED if head is not None and head.is_end and link is last else State.REPLACED


def _is_over(link: Link, at: datetime) -> bool:
    return link.expires_at is not None and link.expires_at <= at
