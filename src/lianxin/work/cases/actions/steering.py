"""What supervisors, leaders and the seat add: supervise, hand over, force an end, void, annotate, reply, call back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, Refused
from lianxin.work.cases import keeping, rules
from lianxin.work.cases.change import Change, acting
from lianxin.work.cases.models import Assignment, Case, Feedback, Supervision
from lianxin.work.cases.words import Level, Stage

from .dispatching import Target, check_targets, dispatch_in, offer
from .settling import parent_again, settle
from .speaking import public_words

SOLVED = ("solved", "partly", "not")
SATISFACTION = ("satisfied", "basically", "not")


def supervise(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str, due_at: datetime | None = None
) -> Case:
    """Press for a case (督办); it is listed until answered. An earlier instant shortens the stage's limit."""
    with acting("supervise", actor, case, seen=seen, at=at, note=note) as change:
        press(change, change.note, due_at, by_id=actor.account_id)
        change.log("supervise", note=change.note, until=due_at.isoformat() if due_at else None)
    return change.case


def press(
    change: Change, words: str, due_at: datetime | None, *, by_id: int | None, kind: str = Supervision.Kind.SUPERVISE
) -> None:
    """Add a supervision to the case, and shorten its clock where it says so."""
    if due_at is not None and due_at <= change.at:
        raise Invalid({"due_at": _("限办时间要在现在以后。")})
    Supervision.objects.create(case=change.case, kind=kind, by_id=by_id, words=words, due_at=due_at, asked_at=change.at)
    change.case.supervisions_open += 1
    if due_at is not None:
        change.dial.shorten(due_at)


def answer_supervision(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str) -> Case:
    """Answer the open supervisions of a case (答复督办)."""
    with acting("answer_supervision", actor, case, seen=seen, at=at, note=note) as change:
        Supervision.objects.filter(case=change.case, answered_at=None).update(
            answered_at=at, answered_by_id=actor.account_id, answer=change.note
        )
        change.case.supervisions_open = 0
        change.log("answer_supervision", note=change.note)
    return change.case


def hand_over(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, level: str, note: str, due_at: datetime | None = None,
    lead: Target | None = None, assists: Sequence[Target] = (),
) -> Case:  # fmt: skip
    """Decide on a hard case (调度): another level holds it from now on, units that work on it go on.

    The decision is listed until answered; an earlier instant shortens the stage's limit. With a `lead` the case is
    taken from who has it and given to that unit, of whatever level, which cannot return it (as by a ruling); `assists`
    alone join those who work on it. Only a filed case that no unit has finished can be given to units.
    """
    with acting("hand_over", actor, case, seen=seen, at=at, note=note) as change:
        held = change.case
        if level not in Level.values or level == Level.GRID or not rules.has_place(level, held):
            raise Invalid({"level": _("这一级接不了，请换一级。")})
        _demand_givable(change, lead, assists)
        held.holder_level = level
        press(change, change.note, due_at, by_id=actor.account_id, kind=Supervision.Kind.HAND_OVER)
        if lead is not None:
            change.withdraw_assignments()
            if held.stage != Stage.FILED:
                change.go(Stage.FILED)
        elif assists:
            check_targets(change, assists, any_level=True)
            offer(change, [(Assignment.Part.ASSIST, target) for target in assists])
        joined = [target.unit_id for target in assists if target.unit_id] if lead is None else []
        told: dict[str, Any] = {"units": joined} if joined else {}
        change.log("hand_over", note=change.note, until=due_at.isoformat() if due_at else None, **told)
        if lead is not None:
            check_targets(change, [lead, *assists], any_level=True)
            held.is_ruled = True
            dispatch_in(change, lead, assists, by=actor, note=change.note, action="rule")
    return change.case


def _demand_givable(change: Change, lead: Target | None, assists: Sequence[Target]) -> None:
    """Refuse to give units a case that is not filed yet, that they are done with, or that stands."""
    if lead is None and not assists:
        return
    case = change.case
    stages = rules.ACTIVE if lead is not None else rules.WITH_UNITS
    if case.stage not in stages or case.category_id is None:
        raise Refused(
            "wrong_stage",
            _("现在是“%(stage)s”，不能指定承办单位。") % {"stage": change.settings.stage_label(case.stage)},
        )
    if case.children_open or case.paused_at is not None:
        raise Refused("paused", _("案件已拆分或已暂停，先合上或恢复，再指定承办单位。"))


def force_close(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, reason: str, note: str, component_state: str = ""
) -> Case:
    """End an open case with a reason (强制结案); how its component is then has to be said."""
    with acting("force_close", actor, case, seen=seen, at=at, reason=reason, note=note) as change:
        facts = keeping.saw(change, component_state)
        if not facts and keeping.claim_of(change.case) is not None:
            # Ended by force says nothing of whether it was mended: somebody must.
            raise Invalid({"component_state": _("这件关联了部件，请选部件现在的状态。")})
        change.case.outcome = reason
        change.go(Stage.CLOSED)
        change.log("force_close", reason=reason, note=change.note, **facts)
        settle(change)
    return change.case


def void(actor: Actor, *, case: Case, seen: int | None, at: datetime, reason: str, note: str) -> Case:
    """Take a case that should not be out of the count (作废); the record stays."""
    with acting("void", actor, case, seen=seen, at=at, reason=reason, note=note) as change:
        change.case.outcome = reason
        change.go(Stage.VOID)
        change.log("void", reason=reason, note=change.note)
        settle(change)
    return change.case


def call_back(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, solved: str, satisfaction: str, note: str = "",
) -> Case:  # fmt: skip
    """Record what the reporter said on the telephone (回访); dissatisfaction asks for a follow-up."""
    with acting("call_back", actor, case, seen=seen, at=at, note=note) as change:
        if solved not in SOLVED or satisfaction not in SATISFACTION:
            raise Invalid({"solved": _("请选是否解决、是否满意。")})
        give_feedback(change, Feedback.Kind.CALL_BACK, solved=solved, satisfaction=satisfaction)
        change.log("call_back", note=change.note)
    return change.case


def give_feedback(
    change: Change, kind: str, *, solved: str = "", satisfaction: str = "", stars: int | None = None,
    tags: list[str] | None = None,
) -> None:  # fmt: skip
    """Store what was said and show it on the case; the bad word asks somebody to follow up."""
    Feedback.objects.create(
        case=change.case, kind=kind, solved=solved, satisfaction=satisfaction, stars=stars, words=change.note,
        tags=tags or [], by_id=change.actor.account_id, given_at=change.at,
    )  # fmt: skip
    case = change.case
    case.solved, case.satisfaction = solved or case.solved, satisfaction or case.satisfaction
    case.stars = stars if stars is not None else case.stars
    if solved == "not" or satisfaction == "not" or (stars is not None and stars <= 2):
        case.needs_follow_up = True


def annotate(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str) -> Case:
    """Note something for colleagues only (备注)."""
    with acting("annotate", actor, case, seen=seen, at=at, note=note) as change:
        change.log("annotate", note=change.note)
    return change.case


def reply(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str) -> Case:
    """Say something to the reporter (答复); words that look like they name a person are held."""
    with acting("reply", actor, case, seen=seen, at=at, note=note) as change:
        shown, facts = public_words(change, change.note)
        if not facts:
            change.case.needs_follow_up = False
        change.log("reply", note=change.note, public_note=shown, **facts)
    return change.case


def reopen(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str) -> Case:
    """Take a closed case up again (重办), by the reporter within some days or by the seat."""
    with acting("reopen", actor, case, seen=seen, at=at, note=note) as change:
        change.case.reopens += 1
        change.case.outcome = ""
        change.go(Stage.FILED)
        parent_again(change)
        change.log("reopen", note=change.note)
    return change.case
