"""What a month may hold: figures, each with its definition and the things behind it. Outcomes only.

    @figure("handled", label="办好的事", definition="…", unit="件", thing="case", order=10)
    def handled(work: Work) -> Counted:
        return Counted(ids, among=None)

No figure counts signing in, time, kilometres or how many records were written: what is rewarded is what came of it.
Whoever changes how a figure counts raises its `rule`; closed months keep theirs and say so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q
from django.utils.functional import Promise

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.kernel.worktime.calendars import ZONE

Words = str | Promise
_LEVELS = ("grid_id", "community_id", "street_id")


class Work:
    """One worker's month: who, by which posts, from when until when. Reads that figures share are kept here."""

    def __init__(self, account_id: int, month: date) -> None:
        self.account_id = account_id
        self.month = month
        self.begins = datetime(month.year, month.month, 1, tzinfo=ZONE)
        self.ends = datetime(*following(month).timetuple()[:3], tzinfo=ZONE)
        self.kept: dict[str, object] = {}

    @cached_property
    def posts(self) -> list[Post]:
        """The posts held within the month. One statement."""
        held = Post.objects.filter(account_id=self.account_id, valid_from__lt=self.ends).select_related("area")
        return [post for post in held if post.valid_to is None or post.valid_to > self.begins]

    @property
    def post_ids(self) -> list[int]:
        """The ids of those posts, so that work given to a post is its holder's."""
        return [post.pk for post in self.posts]

    @property
    def around(self) -> Q:
        """Where those posts are, by the hot columns of a record: what keeps a filter to an index."""
        where = Q(pk__in=[])
        for area in (post.area for post in self.posts if post.area is not None):
            level = next((name for name in _LEVELS if getattr(area, name) is not None), "")
            where |= Q(**{level: getattr(area, level)}) if level else Q()
        return where


@dataclass(frozen=True, slots=True)
class Counted:
    """The ids of the things that count, and of all they were counted among (None: it is a plain count)."""

    ids: Sequence[int]
    among: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, its words, and how it is counted."""

    code: str
    label: Words
    definition: Words
    unit: Words
    thing: str  # what stands behind it: a key of `THINGS`
    order: int
    rule: int
    count: Callable[[Work], Counted]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing behind a figure, as its worker sees it: title, a line below, and where it leads."""

    id: int
    title: str
    line: str
    number: str = ""  # of a case


Describe = Callable[[Actor, Sequence[int]], list[Thing]]
FIGURES: dict[str, Figure] = {}
THINGS: dict[str, Describe] = {}


def figure(
    code: str, *, label: Words, definition: Words, unit: Words, thing: str, order: int, rule: int = 1
) -> Callable[[Callable[[Work], Counted]], Callable[[Work], Counted]]:
    """Register the function below as a figure. Raises ValueError for a code that is taken."""

    def register(count: Callable[[Work], Counted]) -> Callable[[Work], Counted]:
        if code in FIGURES:
            raise ValueError(f"Two figures are called {code}.")
        FIGURES[code] = Figure(code, label, definition, unit, thing, order, rule, count)
        return count

    return register


def things(name: str) -> Callable[[Describe], Describe]:
    """Register the function below to describe things of a kind, in the order of the ids given."""

    def register(describe: Describe) -> Describe:
        THINGS[name] = describe
        return describe

    return register


def in_order() -> list[Figure]:
    """Return all figures in the order of a page."""
    return sorted(FIGURES.values(), key=lambda each: (each.order, each.code))


def described(one: Figure, actor: Actor, ids: Sequence[int]) -> Mapping[int, Thing]:
    """Return the things behind a figure by id. One statement or two."""
    return {thing.id: thing for thing in THINGS[one.thing](actor, ids)} if ids else {}


def month_of(at: datetime) -> date:
    """Return the first day of the month an instant lies in, by the place's clock."""
    return at.astimezone(ZONE).date().replace(day=1)


def previous(month: date) -> date:
    """Return the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def following(month: date) -> date:
    """Return the month after."""
    return (month + timedelta(days=32)).replace(day=1)
