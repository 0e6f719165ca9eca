"""Two months of visits and sixty signs of life for the demo, some of them missed today at each step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID, uuid5

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of, actors_of, current_posts
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.care.models import CareTag
from lianxin.registry.people.models import Person
from lianxin.work.visits import actions as visits
from lianxin.work.visits import telling
from lianxin.work.visits.actions import Whom
from lianxin.work.visits.models import Visit, VisitVersion
from lianxin.work.visits.signs import days, keeping, rules
from lianxin.work.visits.signs.keeping import Wish
from lianxin.work.visits.signs.models import Sign, SignDay
from lianxin.work.visits.telling import Matter, Told, Wanted

from . import showing

VISITS: Final = 600
ACTED: Final = 30  # the latest, by the act itself, with what follows from them
SIGNS: Final = 60
MISSED: Final = (("neighbour", 3), ("worker", 5), ("clerk", 3))  # how many wait at each step
_NEIGHBOURS: Final = ("张桂兰", "李建华", "王学文", "赵秀珍", "孙立平", "周玉芳", "吴国强", "郑小红")
_SPACE = UUID("018f0000-0000-7000-8000-76697369746e")
_SINCE = timedelta(days=60)
# What people talk about, with what is written down of it.
_TALKS: Final = (
    ("daily", "well", "精神不错，自己买菜做饭。提醒晚上关好煤气。"),
    ("daily", "plain", "在家看电视，没有要帮忙的。"),
    ("health", "worried", "这个月去了两次医院，拿药要排很久，想学手机挂号。"),
    ("house", "worried", "楼道声控灯坏了，晚上上楼摸黑。"),
    ("house", "upset", "顶楼漏水，物业来看过没有修。"),
    ("safety", "plain", "看了电线和煤气管，软管快到期，答应下周换。"),
    ("neighbours", "worried", "楼上夜里有响动，说过一次好些了。"),
    ("school", "plain", "孩子上三年级，放学没人接，问有没有托管。"),
    ("policy", "plain", "问高龄津贴怎么领，讲了要带的材料。"),
    ("service", "well", "帮着在手机上认证了社保。"),
    ("opinion", "plain", "建议小区门口加一条长椅。"),
    ("work", "worried", "儿子在外面打工，今年活少，家里紧一些。"),
)


def make(*, seed: int, now: datetime) -> int:
    """Let grid workers have visited people for two months, and people give signs of life. Returns how many visits."""
    rng = Random(f"visiting {seed}")
    workers = _workers(now)
    people = _people(workers, now)
    if not people:
        return 0
    _visit_long_ago(people, workers, rng, now)
    _visit_lately(people, workers, rng, now)
    _give_signs(people, workers, rng, now)
    _give_own(now)
    return Visit.objects.count()


def _workers(now: datetime) -> dict[int, Actor]:
    """Return by grid its first worker who writes visits down."""
    posts = current_posts(now).filter(area__role="grid", role__permissions__contains=["visits.write"])
    first: dict[int, int] = {}
    for grid_id, account_id in posts.order_by("pk").values_list("area_id", "account_id"):
        if grid_id is not None:
            first.setdefault(grid_id, account_id)
    actors = actors_of(sorted(set(first.values())), at=now)
    return {grid: actors[account] for grid, account in first.items() if account in actors}


def _people(workers: dict[int, Actor], now: datetime) -> list[Person]:
    """Return who needs care in grids with a worker, in a fixed order; all of the community that the demo shows."""
    tags = CareTag.objects.running().filter(grid_id__in=list(workers), visit_every_days__isnull=False)
    shown = tags.filter(community_id__in=[area.community_id for area in showing.workplaces(now)])
    found = [each.order_by("person_id").values_list("person_id", flat=True).distinct() for each in (shown, tags)]
    ids = dict.fromkeys([*found[0][:200], *found[1][:400]])
    return list(Person.objects.filter(pk__in=list(ids), ended_at=None).select_related("home").order_by("pk"))


@dataclass(frozen=True, slots=True)
class _Planned:
    """A visit that is to have been."""

    person: Person
    told: Told
    key: UUID


def _planned(people: Sequence[Person], rng: Random, now: datetime, count: int, first: int) -> Iterator[_Planned]:
    for number in range(first, first + count):
        at = now - timedelta(seconds=rng.randrange(3600, int(_SINCE.total_seconds())))
        at = at.astimezone(ZONE).replace(
            hour=rng.choice((8, 9, 10, 14, 15, 16, 19, 20)), minute=rng.randrange(0, 60, 5)
        )
        met = rng.random() < 0.88
        topic, mood, words = rng.choice(_TALKS)
        again = rng.random() < 0.12
        told = Told(
            visited_at=min(at, now - timedelta(hours=1)), kind=rng.choice(("home", "home", "home", "phone", "met")),
            outcome="met" if met else rng.choice(("nobody", "nobody", "later")),
            went=rng.choice(("self",) * 8 + ("colleague", "neighbour")),
            company=rng.choice(((), (), (), ("colleague",), ("doctor",), ("volunteer",))),
            topics=(topic,) if met else (), mood=mood if met else "", words=words if met else "",
            follow_up_on=(at + timedelta(days=rng.randrange(3, 70))).date() if again else None,
        )  # fmt: skip
        yield _Planned(rng.choice(people), told, uuid5(_SPACE, str(number)))


def _visit_long_ago(people: Sequence[Person], workers: dict[int, Actor], rng: Random, now: datetime) -> None:
    """Write visits straight to the table: what they led to is long done."""
    rows, today = [], rules.day_of(now)
    planned = list(_planned(people, rng, now, VISITS - ACTED, 0))
    for one in planned:
        told, actor = one.told, workers[one.person.grid_id or 0]
        is_over = told.follow_up_on is not None and told.follow_up_on < today and rng.random() < 0.8
        rows.append(Visit(
            key=one.key, person=one.person, created_at=told.visited_at, by_id=actor.account_id, by_label=actor.name,
            followed_at=told.visited_at + timedelta(days=2) if is_over else None, kind=told.kind, outcome=told.outcome,
            went=told.went, visited_at=told.visited_at, company=list(told.company), topics=list(told.topics),
            mood=told.mood, words=told.words or None, follow_up_on=told.follow_up_on, area_id=one.person.area_id,
            street_id=one.person.street_id, community_id=one.person.community_id, grid_id=one.person.grid_id,
        ))  # fmt: skip
    Visit.objects.bulk_create(rows, batch_size=500)
    VisitVersion.objects.bulk_create(
        [
            VisitVersion(
                visit=row, person_id=row.person_id, key=row.key, number=1, content=telling.packed(one.told),
                at=row.created_at, by_id=row.by_id, by_label=row.by_label,
            )
            for row, one in zip(rows, planned, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip


def _visit_lately(people: Sequence[Person], workers: dict[int, Actor], rng: Random, now: datetime) -> None:
    """Visit by the act itself: some lead to a case, a wish, a need for the clerk to look at; one is written by two."""
    wants = (
        Wanted(matter=Matter("楼道声控灯坏了半个月，老人晚上上楼摸黑。")),
        Wanted(wish="想学会用手机挂号、看化验单。"),
        Wanted(need="hardship", evidence="药费高，靠一份低保过日子"),
        Wanted(need="emergency", evidence="住顶楼，下楼要人扶"),
    )
    last: Visit | None = None
    for number, one in enumerate(_planned(people, rng, now, ACTED, VISITS)):
        actor = workers[one.person.grid_id or 0]
        told = Told(
            now - timedelta(hours=rng.randrange(1, 40)), topics=one.told.topics or ("daily",), mood=one.told.mood,
            words=one.told.words or "在家，一切都好。",
        )  # fmt: skip
        wanted = wants[number % len(wants)] if number < 3 * len(wants) else None
        key = uuid5(one.key, "first")
        last = visits.save(
            actor, key=key, visit_key=one.key, whom=Whom(person=one.person), told=told, wanted=wanted,
            at=told.visited_at + timedelta(minutes=8),
        ).visit  # fmt: skip
    if last is not None:
        _write_by_two(last, workers[last.grid_id or 0], now)


def _write_by_two(visit: Visit, actor: Actor, now: datetime) -> None:
    """Let two devices have written on from the same version."""
    for number, words in enumerate(("物业说周三来换灯。", "我打过物业电话，答应这周换。")):
        told = Told(visit.visited_at, topics=("house",), words=words)
        visits.save(
            actor, key=uuid5(visit.key, str(number)), visit_key=visit.key, whom=Whom(), told=told, seen=1,
            at=now - timedelta(minutes=30 - number),
        )  # fmt: skip


def _give_own(now: datetime) -> None:
    """Let the resident of the demo give a sign each evening, on their own phone."""
    person = Person.objects.filter(account_id__isnull=False, ended_at=None).order_by("pk").first()
    actor = actor_of(person.account_id or 0, at=now) if person is not None else None
    if person is not None and actor is not None:
        wish = Wish(time(21), ("tap",), _NEIGHBOURS[0], "13700000001", neighbour_agrees=True)
        sign = keeping.start(actor, key=uuid5(_SPACE, "own"), person=person, wish=wish, at=now - timedelta(days=15))
        _past([sign], Random("own"), now)


def _give_signs(people: Sequence[Person], workers: dict[int, Actor], rng: Random, now: datetime) -> None:
    """Let sixty people give signs for a fortnight, and some miss today's: each step of who is asked has its own."""
    begun = now - timedelta(days=15)
    waiting = [step for step, count in MISSED for _n in range(count)]
    made: list[Sign] = []
    alone = CareTag.objects.running().filter(need__in=("lone_elder", "elder_couple", "daily_visit", "mobility"))
    ids = set(alone.values_list("person_id", flat=True))
    old = [person for person in people if person.pk in ids]
    for number, person in enumerate(_spread(old, rng)[:SIGNS]):
        due = _due(waiting[number] if number < len(waiting) else "", now, rng)
        neighbour = number % 3 != 1 or (number < len(waiting) and waiting[number] == "neighbour")
        wish = Wish(
            due, ("tap", "call") if number % 4 else ("curtain",),
            rng.choice(_NEIGHBOURS) if neighbour or not number % 4 else "",
            f"137{rng.randrange(10**8):08d}" if neighbour or not number % 4 else "", neighbour_agrees=True,
        )  # fmt: skip
        made.append(keeping.start(
            workers[person.grid_id or 0], key=uuid5(_SPACE, f"sign {number}"), person=person, wish=wish, at=begun,
            consent_by="paper",
        ))  # fmt: skip
    _past(made, rng, now)
    _today(made[len(waiting) :], now)
    for minutes in (200, 150, 110, 100, 60, 45, 15, 0):
        days.tick(at=now - timedelta(minutes=minutes))


def _spread(people: Sequence[Person], rng: Random) -> list[Person]:
    """Return people with a home, one grid after the other."""
    found = [person for person in people if person.home_id is not None]
    rng.shuffle(found)
    seen: dict[int, int] = {}
    ranked = []
    for person in found:
        seen[person.grid_id or 0] = seen.get(person.grid_id or 0, 0) + 1
        ranked.append((seen[person.grid_id or 0], person))
    return [person for _rank, person in sorted(ranked, key=lambda pair: (pair[0], pair[1].pk))]


_AGO: Final = {"neighbour": 20, "worker": 70, "clerk": 130}


def _due(step: str, now: datetime, rng: Random) -> time:
    """Return a time of day: for a step so long ago that it has come to it; by night the day's earliest stands in."""
    if not step:
        return time(rng.choice((9, 10, 10, 11, 20)), rng.choice((0, 30)))
    local = (now - timedelta(minutes=_AGO[step])).astimezone(ZONE)
    at = local.time().replace(second=0, microsecond=0)
    is_today = local.date() == rules.day_of(now)
    return min(max(at, rules.EARLIEST), rules.LATEST) if is_today else rules.EARLIEST


def _past(made: Sequence[Sign], rng: Random, now: datetime) -> None:
    """Write the days of the last fortnight: given nearly always."""
    today, rows = rules.day_of(now), []
    for sign in made:
        for ago in range(1, 15):
            day: date = today - timedelta(days=ago)
            due = rules.due_at(sign, day)
            is_given = rng.random() < 0.97
            rows.append(SignDay(
                sign=sign, day=day, due_at=due, how="tap" if is_given else "visit",
                state=SignDay.State.GIVEN if is_given else SignDay.State.FINE,
                neighbour_at=None if is_given else due,
                answered_at=due - timedelta(minutes=rng.randrange(5, 90)) if is_given else due + timedelta(minutes=25),
            ))  # fmt: skip
    SignDay.objects.bulk_create(rows, batch_size=500)


def _today(made: Sequence[Sign], now: datetime) -> None:
    """Let everybody else whose time has come have given today's."""
    today = rules.day_of(now)
    due = [sign for sign in made if rules.due_at(sign, today) <= now]
    SignDay.objects.bulk_create([
        SignDay(sign=sign, day=today, due_at=rules.due_at(sign, today), state=SignDay.State.GIVEN, how="tap",
                answered_at=rules.due_at(sign, today) - timedelta(minutes=20))
        for sign in due
    ])  # fmt: skip
