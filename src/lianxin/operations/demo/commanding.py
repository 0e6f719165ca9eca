"""Whistles at every step, requests that wait, things pressed for, a contractor at work: so that no board is empty."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction
from PIL import Image

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import actors_of, holders
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.files import actions as files
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Assignment, Case, Delegation, Whistle
from lianxin.work.cases.words import AssignmentState, Stage
from lianxin.work.contractors import actions as contractors

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_NAMESPACE = uuid5(NAMESPACE_OID, "lianxin.demo.commanding")
REASONS: Final = (
    "管线归属说不清，供水、城管、住建一起到现场定一定。",
    "占道经营和夜间噪声连在一起，单独哪家都管不住。",
    "小区外墙渗水和化粪池外溢，要几家一起看。",
    "学校门口早晚高峰拥堵，停车、摊点、护栏要一次定好。",
)
TASKS: Final = ("围挡、疏导，今天先恢复通行", "查清管线权属，三天内修好", "配合执法，清走占道物品")
PRESSED: Final = (
    "这件拖得久了，今天下班前给个说法。",
    "群众催了多次，请负责人到现场。",
    "请说清卡在哪一家，要我协调什么。",
)
ASKED: Final = (
    "配件要从外地调，请多给两个工作日。",
    "路面在养护期，等强度到了再铺装。",
    "要列入明年计划才有资金，先挂账。",
)


@dataclass(frozen=True)
class Commanding:
    """Who takes part."""

    desks: Sequence[Actor]  # streets' and the city's, which call
    supervisor: Actor
    leader: Actor
    now: datetime


def make(*, seed: int, now: datetime) -> int:
    """Make what the boards of command show; returns how many whistles, requests, supervisions and links."""
    del seed  # the cases it works on are drawn already
    found = _people(now)
    if found is None or Delegation.objects.exists():
        return 0
    return _whistles(found) + _requests(found) + _supervisions(found) + _contractor(found)


def _people(now: datetime) -> Commanding | None:
    desks = _actors("cases.whistle", now)
    supervisors = [actor for actor in _actors("cases.approve", now) if actor.may("cases.rule")]
    leaders = [actor for actor in _actors("cases.supervise", now) if not actor.may("cases.rule")]
    if not desks or not supervisors or not leaders:
        return None
    return Commanding(desks, supervisors[0], leaders[0], now)


def _actors(permission: str, now: datetime) -> list[Actor]:
    found = actors_of(holders(permission, at=now), at=now)
    return sorted(found.values(), key=lambda actor: actor.account_id or 0)


def _free(case: Case, now: datetime, *, before: timedelta) -> datetime:
    """Return an instant so long before now, but after whatever happened to the case last."""
    last = (
        Entry.objects.filter(subject_kind="case", subject_id=case.pk).order_by("-version").values_list("at", flat=True)
    )
    return min(now - MINUTE, max(now - before, (last.first() or case.reported_at) + MINUTE))


def _open(stage: str, **more: object) -> list[Case]:
    """Return open cases, the oldest first, that nothing else is told of."""
    plain = Case.objects.filter(stage=stage, ended_at=None, paused_at=None, children_open=0, parent=None, **more)
    return list(plain.filter(approvals_open=0, supervisions_open=0, whistles=0).order_by("reported_at", "pk")[:60])


def _of_unit(unit_id: int, permission: str, now: datetime) -> Actor | None:
    found = actors_of(holders(permission, unit_id=unit_id, at=now), at=now)
    return min(found.values(), key=lambda actor: actor.account_id or 0, default=None)


def _whistles(told: Commanding) -> int:
    """Let whistles stand at each step: all awaited, one late, to consult, at work, to rate."""
    units = list(
        Assignment.objects.filter(unit__level="city", part="lead").values_list("unit_id", flat=True).distinct()[:40]
    )
    able = [pk for pk in sorted(set(units)) if _of_unit(pk, "cases.report_in", told.now) is not None]
    if len(able) < 3:
        return 0
    made = 0
    chosen = [*_open(Stage.HANDLING, holder_level="city"), *_open(Stage.FILED)]
    for number, case in enumerate(chosen):
        if made == len(_STEPS):
            break
        caller = next((desk for desk in told.desks if desk.may("cases.whistle", case)), None)
        if caller is None:
            continue
        called = [able[(made + step) % len(able)] for step in range(3)]
        with suppress(LianxinError), transaction.atomic():
            _blow(told, caller, case, called, step=made, number=number)
            made += 1
    return made


# How long ago it was blown, how many came, whether they consulted, and whether that is over.
_STEPS: Final = ((2 * HOUR, 0, False), (2 * DAY, 2, False), (20 * HOUR, 3, False), (30 * HOUR, 3, True))


def _blow(told: Commanding, caller: Actor, case: Case, called: list[int], *, step: int, number: int) -> None:
    before, came, consulted = _STEPS[step]
    begun = _free(case, told.now, before=before)
    cases.whistle(caller, case=case, seen=None, at=begun, units=called, note=REASONS[step], place=case.address[:60],
                  is_urgent=False)  # fmt: skip
    room = told.now - begun
    for place, unit_id in enumerate(called[:came], 1):
        actor = _of_unit(unit_id, "cases.report_in", told.now)
        if actor is not None:
            cases.report_in(
                actor, case=case, seen=None, at=begun + room * place / 8, note=("到了", "带队到场", "在现场")[place - 1]
            )
    if consulted and Case.objects.values_list("category_id", flat=True).get(pk=case.pk) is not None:
        targets = [cases.Target(unit_id=pk, task=TASKS[place]) for place, pk in enumerate(called)]
        cases.consult(
            caller, case=case, seen=None, at=begun + room / 2, note="三家到场看过，权属当场说清。",
            plan="先通后治，三天修好。",
            lead=targets[0], assists=targets[1:],
        )  # fmt: skip
        for unit_id in called[:2]:
            actor = _of_unit(unit_id, "cases.handle", told.now)
            if actor is not None:
                cases.accept(actor, case=case, seen=None, at=begun + room * 5 / 8)
        waiting = Whistle.objects.filter(case=case).order_by("-pk").first()
        if waiting is not None and number % 2:
            cases.rate(caller, case=case, seen=None, at=begun + room * 6 / 8, stars={called[2]: 4}, note="来得快")


def _handling(now: datetime, *, most: int) -> list[tuple[Case, Assignment, Actor]]:
    """Return cases in the hands of a unit that has somebody to act."""
    found = []
    for case in _open(Stage.HANDLING):
        part = Assignment.objects.filter(
            case=case, part="lead", state=AssignmentState.ACCEPTED, unit__isnull=False
        ).first()
        actor = _of_unit(part.unit_id, "cases.extend", now) if part is not None and part.unit_id is not None else None
        if part is not None and actor is not None:
            found.append((case, part, actor))
        if len(found) == most:
            break
    return found


def _requests(told: Commanding) -> int:
    """Let units ask for time; the supervisor is away, and the leader decides suspensions in their place."""
    made = 0
    for number, (case, _part, actor) in enumerate(_handling(told.now, most=9)):
        at = _free(case, told.now, before=(number % 3 + 1) * HOUR)
        note = ASKED[number % 3]
        with suppress(LianxinError), transaction.atomic():
            if number % 3 == 0:
                more = Limit(2, Unit.WORK_DAY if _counts_work(case) else Unit.NATURAL_DAY)
                cases.ask_extension(actor, case=case, seen=None, at=at, more=more, note=note)
            elif number % 3 == 1:
                cases.ask_postponement(actor, case=case, seen=None, at=at, review_at=told.now + 6 * DAY, note=note)
            else:
                cases.ask_suspension(actor, case=case, seen=None, at=at, review_at=told.now + 30 * DAY, note=note)
            made += 1
    own, to = told.supervisor.post, told.leader.post
    if own is not None and to is not None:
        cases.entrust(
            told.supervisor, post_id=own.post_id, to_post_id=to.post_id, kinds=["suspend"], starts_at=told.now - HOUR,
            ends_at=told.now + 7 * DAY, reason="到省里开会一周", at=told.now - HOUR,
        )  # fmt: skip
        Post.objects.filter(pk=own.post_id, substitute=None).update(substitute=told.leader.account_id)
    return made


def _counts_work(case: Case) -> bool:
    unit = case.clocks.filter(subject="stage", stopped_at=None).values_list("limit_unit", flat=True).first() or ""
    return Unit(unit).is_working if unit else True


def _supervisions(told: Commanding) -> int:
    """Let leaders press for what is late: some with a limit that has passed, one answered."""
    made = 0
    for number, (case, _part, actor) in enumerate(_handling(told.now, most=4)):
        at = _free(case, told.now, before=DAY)
        by = told.leader if number % 2 else told.supervisor
        with suppress(LianxinError), transaction.atomic():
            due = at + (told.now - at) / 2 if number < 2 else told.now + DAY
            cases.supervise(by, case=case, seen=None, at=at, note=PRESSED[number % 3], due_at=due)
            if number == 3:
                cases.answer_supervision(
                    actor, case=case, seen=None, at=told.now - MINUTE, note="已派人到场，明天上午办完。"
                )
            made += 1
    return made


def _contractor(told: Commanding) -> int:
    """Let a crew work through a link: taken on, photos sent, said to be done."""
    for case, part, actor in _handling(told.now, most=3):
        at = _free(case, told.now, before=3 * HOUR)
        with suppress(LianxinError), transaction.atomic():
            link = contractors.issue(
                actor, assignment_id=part.pk, crew="安达市政工程队", person="孙建国", phone="13800000017",
                task="把破损的路面铣掉重铺，约 6 平方米，收边压实。", days=7, at=at,
            ).link  # fmt: skip
            room = told.now - at
            for place, kind in enumerate(("accept", "progress", "done"), 1):
                when = at + room * place / 5
                labels = {"accept": (), "progress": ("before_near", "before_far"), "done": ("after_near", "after_far")}
                photos = {label: [_photo(label, when)] for label in labels[kind]}
                note = {"accept": "", "progress": "铣好了，等料", "done": "铺好压实，可以走车"}[kind]
                client_id = uuid5(_NAMESPACE, f"{link.pk} {kind}")
                contractors.say(link, kind=kind, note=note, photos=photos, client_id=client_id, at=when)
            return 1
    return 0


def _photo(label: str, at: datetime) -> UUID:
    colour = (96, 92, 88) if label.startswith("after") else (150, 128, 96)
    content = BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").point(lambda value: value // 3).save(content, "PNG")
    plain = Image.new("RGB", (640, 480), colour)
    plain = Image.blend(plain, Image.open(content), 0.35)
    content = BytesIO()
    plain.save(content, "JPEG", quality=80)
    return files.store(content.getvalue(), kind="photo", label=label, at=at).key
