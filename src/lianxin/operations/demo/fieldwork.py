"""A day in the field for the one grid worker whom the demo shows: to check, to verify, to accept, to put right."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Final
from uuid import UUID, uuid5

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import actor_of
from lianxin.kernel.files import actions as files
from lianxin.kernel.geometry.points import Point
from lianxin.registry.places.models import Building
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions import Filing, Report, Target
from lianxin.work.cases.models import Assignment, Case
from lianxin.work.cases.words import Stage
from lianxin.work.dispatch.routing import propose

from .pictures import draw

_NAMESPACE: Final = UUID("3f2f7f0e-30c5-5b0e-9c64-2d1c52f6a9b1")
_MINUTE: Final = timedelta(minutes=1)
# Some twenty metres off a wall: where things lie.
_ASIDE: Final = 0.0002


def make(worker: str, *, seed: int, now: datetime) -> int:
    """Give the grid worker of this user name a day's work in their own grid; return how many cases."""
    post = Post.objects.select_related("area").filter(account__username=worker, valid_to=None).first()
    if post is None or post.area is None:
        return 0
    places = list(Building.objects.now().filter(grid_id=post.area_id).exclude(point=None).order_by("code"))
    if not places:
        return 0
    rng = Random(f"fieldwork {seed}")
    day = _Day(post, rng, now)
    spread = places[:: max(1, len(places) // len(_DAY))]
    for place, (words, told) in zip(cycle(spread), _DAY, strict=False):
        told(day, day.reported(place, words))
    return len(_DAY)


class _Day:
    """What others did before the worker takes out the phone."""

    def __init__(self, post: Post, rng: Random, now: datetime) -> None:
        self.post, self.rng, self.now = post, rng, now

    def reported(self, place: Building, words: str) -> Case:
        """Let a resident report something beside a building, with two photos."""
        at = self.now - timedelta(minutes=self.rng.randrange(70, 110))
        point = Point(place.point.lon + _ASIDE, place.point.lat - _ASIDE) if place.point else None
        told = Report(
            text=words, point=point, address=f"{place.address}旁", kind="problem", channel="hotline",
            category_id=self._category(words, at), files=self._photos("before_near", "before_far", at=at),
        )  # fmt: skip
        return cases.report(SYSTEM, client_id=uuid5(_NAMESPACE, f"{self.post.pk} {words}"), report=told, at=at)

    def _category(self, words: str, at: datetime) -> int | None:
        best = propose(words, level="community", at=at).best
        return best.category.id if best else None

    def _photos(self, *labels: str, at: datetime) -> tuple[UUID, ...]:
        return tuple(files.store(draw(self.rng, label), kind="photo", label=label, at=at).key for label in labels)

    def check(self, case: Case) -> None:
        """Let the seat ask whether it is so."""
        if case.stage == Stage.REPORTED:
            at = case.reported_at + 8 * _MINUTE
            cases.check(SYSTEM, case=case, seen=None, at=at, request="看看有多少、是谁家的，拍近景", post_id=None)

    def dispatch(self, case: Case) -> Case:
        """Let it be filed and given to the worker's own post."""
        return self._give(case, Target(post_id=self.post.pk))

    def accept(self, case: Case) -> None:
        """Let the worker have accepted it already."""
        case = self.dispatch(case)
        if case.lead_post_id == self.post.pk:
            cases.accept(
                _actor(self.post.account_id, self.now), case=case, seen=None, at=case.reported_at + 15 * _MINUTE
            )

    def handled(self, case: Case) -> None:
        """Let a department have done it, so that somebody is to look."""
        unit, handler = self._department()
        case = self._give(case, Target(unit_id=unit))
        if case.lead_unit_id != unit:
            return
        at = case.reported_at + 16 * _MINUTE
        case = cases.accept(handler, case=case, seen=None, at=at)
        shown = self._photos("after_near", "after_far", at=at)
        files.attach(shown, kind="case", subject_id=case.pk, at=at + 35 * _MINUTE)
        cases.handle(handler, case=case, seen=None, at=at + 37 * _MINUTE, note="已安排人员清理，地面冲洗过。")

    def _give(self, case: Case, lead: Target) -> Case:
        """File and dispatch it; what the platform gave away by itself already stays with whom it went to."""
        at = case.reported_at + 10 * _MINUTE
        if case.stage == Stage.REPORTED:
            case = cases.file(SYSTEM, case=case, seen=None, at=at, filing=Filing(category_id=case.category_id))
        if case.stage == Stage.FILED:
            case = cases.dispatch(SYSTEM, case=case, seen=None, at=at + _MINUTE, lead=lead)
        return case

    def found(self, case: Case) -> None:
        """Leave it as it was reported: who is near may put it right."""

    def _department(self) -> tuple[int, Actor]:
        """Return a department that handles much, and one of its people."""
        busy = Assignment.objects.filter(unit__kind="department").order_by("-id").values_list("unit_id", flat=True)
        for unit_id in dict.fromkeys(busy[:200]):
            held = Post.objects.filter(unit_id=unit_id, role__code="handler", valid_to=None).order_by("pk").first()
            if held is not None and unit_id is not None:
                return unit_id, _actor(held.account_id, self.now)
        raise LookupError("No department of the demo has anybody who handles.")


def _actor(account_id: int | None, at: datetime) -> Actor:
    found = actor_of(account_id, at=at) if account_id is not None else None
    if found is None:
        raise LookupError("Somebody of the demo has left.")
    return found


# What lies there, and how far it has come.
_DAY: Final[Sequence[tuple[str, Callable[[_Day, Case], object]]]] = (
    ("楼下桶边堆了几袋垃圾，两天没人清，有点发臭。", _Day.check),
    ("沿街墙上又贴满小广告，撕了又贴。", _Day.handled),
    ("门口有人丢了旧沙发和床垫，占了半边路。", _Day.dispatch),
    ("路边堆了一堆装修垃圾和砖头，没人清运。", _Day.accept),
    ("垃圾桶满了，袋子堆到了地上。", _Day.found),
)
