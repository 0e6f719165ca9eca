"""A dispatch day that was, one that comes, and who looks after which place; all by the acts themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import cycle
from random import Random
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db.models import Max, OuterRef, Subquery

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import actors_of, current_posts, holders
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.places.models import Estate
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from lianxin.work.dispatchdays import actions as days
from lianxin.work.dispatchdays import queries
from lianxin.work.dispatchdays.models import ANSWER, LEAD, PREPARE, DispatchDay, Item
from lianxin.work.liaison import actions as liaison
from lianxin.work.liaison.models import MANAGE, VISIT, Tie

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_NAMESPACE = uuid5(NAMESPACE_OID, "lianxin.demo.leading")
ASKED: Final = (
    ("老城区早晚高峰停车难，牵头单位不明", "划线、疏导、挪车各归一家，请定一家牵头"),
    ("物业退出后的三个小区谁来兜底", "垃圾清运已有两天没人管，请定过渡办法"),
)
SAID: Final = (
    "现场看过了，缺一个配件，周三到货，到货当天换好。",
    "管线产权还在查，请住建部门提供竣工图，我们配合开挖。",
    "本单位人手已排，先围挡保证安全，三天内修复。",
)
PROMISED: Final = ("三天内修复，先围挡", "一周内划好 40 个临时车位", "月底前完成清运招标")
DECIDED: Final = ("照答复的办，五天内办好，网格中心盯着。", "请牵头单位本周开一次现场会，把方案报上来。")
NOTES: Final = (
    "看了活动室和两处楼道，充电线还有三根没收，物业答应今天收完。",
    "和几位老人坐了坐，都说路灯亮了；菜市场后门的污水还要再看。",
    "走了一圈微网格，消防通道画线清楚，二楼平台堆物已经清走。",
)
QUESTIONS: Final = ("加装电梯的补助什么时候申请？", "小区东门的公交站能不能挪近一点？", "社区食堂周末开不开？")
TASKS: Final = ("东门路口划临时停车位", "楼道充电线清零", "菜市场后门污水改造", "暑期托管点选址")


@dataclass(frozen=True)
class Leading:
    """Who leads and who prepares, and the whole place."""

    office: Actor
    leaders: Sequence[Actor]
    area: AreaNode
    now: datetime


def make(*, seed: int, now: datetime) -> int:
    """Make two dispatch days and the leaders' liaison; returns how many items and ties."""
    found = _leading(now)
    if found is None or DispatchDay.objects.exists():
        return 0
    rng = Random(f"leading {seed}")
    _past(found, rng)
    day = _coming(found, rng)
    return day.items.count() + _liaison(found, rng)


def _leading(now: datetime) -> Leading | None:
    office = actors_of(holders(PREPARE, at=now), at=now)
    whole = [actor for actor in office.values() if actor.scope(PREPARE).everywhere and actor.may(MANAGE)]
    leaders = [actor for actor in actors_of(holders(LEAD, at=now), at=now).values() if actor.may(VISIT)]
    roots = areas.children(None, now)
    if not whole or not leaders or not roots:
        return None
    return Leading(whole[0], sorted(leaders, key=lambda each: each.account_id or 0), roots[0], now)


def _key(*parts: object) -> UUID:
    return uuid5(_NAMESPACE, " ".join(map(str, parts)))


def _at(day: datetime, hour: int) -> datetime:
    return datetime.combine(day.astimezone(ZONE).date(), time(hour), ZONE)


def _post(leader: Actor, at: datetime) -> Post:
    return current_posts(at).filter(account_id=leader.account_id or 0, role__permissions__contains=[LEAD])[0]


def _wanted(found: Leading, begins: datetime, units: Sequence[int]) -> days.Wanted:
    post = _post(found.leaders[0], found.now)
    return days.Wanted(begins, begins + 2.5 * HOUR, _at(begins - DAY, 18), post.pk, units, "网格中心三楼会商室")


def _past(found: Leading, rng: Random) -> None:
    """Hold a day nine days ago, on cases that nobody has touched since then."""
    begins = _at(found.now - 9 * DAY, 9)
    told = begins - 5 * DAY
    # Entries are told in their order: nothing may stand in a trace before what happened earlier.
    last = Entry.objects.filter(subject_kind="case", subject_id=OuterRef("pk")).values("subject_id")
    still = Case.objects.open().annotate(touched=Subquery(last.annotate(at=Max("at")).values("at")[:1]))
    chosen = list(still.filter(touched__lt=told, lead_unit_id__isnull=False, paused_at=None).order_by("due_at")[:3])
    units = sorted({case.lead_unit_id for case in chosen if case.lead_unit_id}) or _units(found.now)[:2]
    day = days.prepare(found.office, key=_key("past"), area=found.area, wanted=_wanted(found, begins, units), at=told)
    if chosen:
        days.add_cases(found.office, day=day, cases=chosen, at=told)
    for number, (title, words) in enumerate(ASKED):
        days.ask(found.office, day=day, key=_key("past", number), title=title, words=words, unit_ids=units[:2], at=told)
    days.announce(found.office, day=day, at=told)
    _answers(day, rng, told + DAY)
    days.start(found.leaders[0], day=day, at=begins)
    _held(found, day, begins)


def _held(found: Leading, day: DispatchDay, begins: datetime) -> None:
    leader = found.leaders[0]
    for one in day.invitations.all():
        days.arrive(found.office, day=day, unit_id=one.unit_id, at=begins + HOUR / 12)
    listed = list(day.items.filter(state=Item.State.LISTED).order_by("place"))
    for number, item in enumerate(listed[:-1]):
        at = begins + (number + 1) * HOUR / 4
        days.show(leader, day=day, item=item, at=at)
        for unit in item.unit_ids[:1]:
            days.promise(
                found.office, day=day, item=item, unit_id=unit, key=_key("promise", item.pk),
                words=PROMISED[number % len(PROMISED)], due_on=(begins + (4 + number) * DAY).date(), at=at + HOUR / 12,
            )  # fmt: skip
        verdict = days.Verdict(DECIDED[number % len(DECIDED)], due_at=_at(begins + 5 * DAY, 18) if item.case else None)
        days.decide(leader, day=day, item=item, key=_key("decide", item.pk), verdict=verdict, at=at + HOUR / 6)
    days.close(leader, day=day, words="会后三天内，牵头单位把进展报网格中心。", at=begins + 2 * HOUR)
    _kept(listed, begins)
    for item in listed:
        for promise in item.promises.filter(item__case=None):
            days.judge(found.office, promise=promise, is_kept=True, remark="现场核过", at=begins + 6 * DAY)


def _kept(listed: Sequence[Item], begins: datetime) -> None:
    """Let the first unit do what it promised; what asks for a photo is left as it is."""
    for item in listed:
        if item.case is None or item.case.lead_unit_id is None:
            continue
        able = actors_of(holders("cases.handle", unit_id=item.case.lead_unit_id, at=begins), at=begins)
        for actor in able.values():
            try:
                if item.case.stage == "dispatched":
                    cases.accept(actor, case=item.case, seen=None, at=begins + DAY)
                cases.handle(actor, case=item.case, seen=None, at=begins + 2 * DAY, note="按调度日承诺修好了。")
            except LianxinError:
                continue
            return


def _units(now: datetime) -> list[int]:
    posts = current_posts(now).filter(role__permissions__contains=[ANSWER], unit__isnull=False)
    return list(dict.fromkeys(posts.order_by("unit__code").values_list("unit_id", flat=True)))


def _coming(found: Leading, rng: Random) -> DispatchDay:
    """Prepare a day for this week: what is proposed by rule, a question, and a case the leader wants to see."""
    begins = _at(found.now + 3 * DAY, 9)
    proposed = queries.proposals(found.office, at=found.now, limit=7)
    if proposed:
        days.put(found.leaders[0], area=found.area, cases=[proposed[0].case], at=found.now - HOUR)
    day = days.prepare(
        found.office, key=_key("coming"), area=found.area, wanted=_wanted(found, begins, _units(found.now)[:3]),
        at=found.now - HOUR,
    )  # fmt: skip
    if len(proposed) > 1:
        days.add_cases(found.office, day=day, cases=[each.case for each in proposed[1:6]], at=found.now - HOUR / 2)
    days.announce(found.office, day=day, at=found.now - HOUR / 3)
    _answers(day, rng, found.now - HOUR / 6)
    return day


def _answers(day: DispatchDay, rng: Random, at: datetime) -> None:
    """Let about half of the units answer what they are asked."""
    words = cycle(SAID)
    for item in day.items.filter(state=Item.State.LISTED).order_by("place"):
        for unit in item.unit_ids:
            able = holders(ANSWER, unit_id=unit, at=at)
            actor = actors_of(able[:1], at=at).get(able[0]) if able else None
            if actor is not None and rng.random() < 0.6:
                key = _key("say", item.pk, unit)
                days.answer(actor, day=day, item=item, unit_id=unit, key=key, words=next(words), at=at)


def _liaison(found: Leading, rng: Random) -> int:
    """Give every leader communities, an estate and a micro grid; two communities are left to nobody."""
    tree = areas.atlas(found.now)
    communities = [area for area in tree if area.role == "community"]
    grids = [area for area in tree if area.role == "grid"]
    left = communities[:-2] or communities
    began = (found.now - 200 * DAY).astimezone(ZONE).date()
    for number, area in enumerate(left):
        _bind(found, found.leaders[number % len(found.leaders)], began, area=area)
    estates = list(
        Estate.objects.filter(valid_to=None, kind=Estate.Kind.ESTATE).order_by("code")[: 2 * len(found.leaders)]
    )
    for number, leader in enumerate(found.leaders):
        if grids:
            _bind(found, leader, began, area=grids[-1 - number % len(grids)])
        if number < len(estates):
            _bind(found, leader, began, estate=estates[number])
    for number, tie in enumerate(Tie.objects.order_by("pk")):
        _noted(found, tie, number, rng)
    return Tie.objects.count()


def _bind(
    found: Leading, leader: Actor, began: object, *, area: AreaNode | None = None, estate: Estate | None = None
) -> None:
    key = _key("tie", leader.account_id, area.code if area else estate.code if estate else "")
    liaison.bind(
        found.office, key=key, account_id=leader.account_id or 0, area=area, estate=estate, at=found.now - 200 * DAY,
        began_on=began, duty="停车、充电、楼道堆物" if area else "",  # type: ignore[arg-type]
    )  # fmt: skip


def _noted(found: Leading, tie: Tie, number: int, rng: Random) -> None:
    leader = next(each for each in found.leaders if each.account_id == tie.account_id)
    if rng.random() < 0.75:
        on = found.now - rng.randint(3, 40) * DAY
        asked = [QUESTIONS[number % len(QUESTIONS)]] if rng.random() < 0.6 else []
        liaison.make_visit(
            leader, tie=tie, key=_key("visit", tie.pk), on=on.astimezone(ZONE).date(), notes=NOTES[number % len(NOTES)],
            questions=asked, at=on,
        )  # fmt: skip
    for question in tie.questions.all():
        if rng.random() < 0.5:
            liaison.answer(leader, question=question, words="已请社区张贴办法，申请从下月开始。", at=found.now - DAY)
    if rng.random() < 0.4:
        day = (found.now + rng.randint(1, 9) * DAY).astimezone(ZONE).date()
        liaison.plan_visit(
            leader, tie=tie, key=_key("plan", tie.pk), on=day, purpose="看停车和充电", at=found.now - DAY
        )
    if rng.random() < 0.35:
        due = (found.now + rng.randint(-6, 30) * DAY).astimezone(ZONE).date()
        at = found.now - 20 * DAY
        liaison.set_task(leader, tie=tie, key=_key("task", tie.pk), words=TASKS[number % len(TASKS)], due_on=due, at=at)
