"""Who looks after which place; visits, key tasks, questions. `from lianxin.work.liaison import actions as liaison`."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import AreaNode, node
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.places.models import Estate
from lianxin.work.cases.models import Case

from .change import begin, label_of, put_place, tell, words_of
from .models import MANAGE, VISIT, Question, Task, Tie, Visit

_KINDS = {"community": Tie.Kind.COMMUNITY, "grid": Tie.Kind.GRID}


@transaction.atomic
def bind(
    actor: Actor, *, key: UUID, account_id: int, area: AreaNode | None, at: datetime, estate: Estate | None = None,
    duty: str = "", began_on: date | None = None,
) -> Tie:  # fmt: skip
    """Let a leader look after a community, a micro grid or an estate. The same `key` is the same bond.

    Several leaders may share a place. Raises NotAllowed outside the actor's areas, Invalid, Refused for a bond that is.
    """
    where = node(estate.area_id) if estate is not None and estate.area_id is not None else area
    if where is None or (estate is None and where.role not in _KINDS):
        raise Invalid({"area": _("请选一个社区、微网格或小区。")})
    demand(actor, MANAGE, "安排联系包抓", where)
    if (known := Tie.objects.filter(key=key).first()) is not None:
        return known
    today = at.astimezone(ZONE).date()
    post = current_posts(at).filter(account_id=account_id, role__permissions__contains=[VISIT])
    held = post.select_related("area", "unit", "role").first()
    if held is None:
        raise Invalid({"account": _("这位同志的岗位不能联系包抓，请选领导岗位。")})
    at_place = held.unit.short_name if held.unit else held.area.name if held.area else ""
    tie = Tie(
        key=key, version=0, account_id=account_id, post_label=f"{at_place} {held.title or held.role.label}".strip(),
        kind=Tie.Kind.ESTATE if estate else _KINDS[where.role], estate=estate, duty=clean(duty, 200),
        name=estate.name if estate else "", began_on=began_on or today,
    )  # fmt: skip
    put_place(tie, where)
    try:
        with transaction.atomic():
            return tell(actor, tie, "bind", at=at)
    except IntegrityError as error:
        if "liaison_" not in str(error):
            raise
        raise Refused("tied_already", _("已经由这位领导联系了。")) from None


@transaction.atomic
def end(actor: Actor, *, tie: Tie, reason: str, at: datetime, seen: int | None = None) -> Tie:
    """End a bond as of today; what was noted there stays readable."""
    tie = begin(actor, tie, is_managing=True, seen=seen)
    tie.end_reason = words_of("note", reason, limit=200)
    tie.ended_on = at.astimezone(ZONE).date()
    tie.visits.filter(state=Visit.State.PLANNED).update(state=Visit.State.CALLED_OFF)
    return tell(actor, tie, "end", at=at)


@transaction.atomic
def plan_visit(actor: Actor, *, tie: Tie, key: UUID, on: date, at: datetime, purpose: str = "") -> Visit:
    """Plan a visit for a day to come. The same `key` is the same visit."""
    tie = begin(actor, tie)
    if (known := Visit.objects.filter(key=key, tie=tie).first()) is not None:
        return known
    if on < at.astimezone(ZONE).date():
        raise Invalid({"on": _("请填今天或以后的日子；去过的，直接记走访。")})
    told = words_of("purpose", purpose, limit=120) if purpose.strip() else ""
    visit = Visit.objects.create(
        key=key, tie=tie, on=on, purpose=told, by_id=actor.account_id, by_label=label_of(actor), told_at=at
    )
    tell(actor, tie, "plan_visit", at=at)
    return visit


@transaction.atomic
def make_visit(
    actor: Actor, *, tie: Tie, key: UUID, on: date, notes: str, at: datetime, questions: Sequence[str] = (),
    planned: Visit | None = None,
) -> Visit:  # fmt: skip
    """Note a visit that was made, the planned one if there was one, and what residents asked there."""
    tie = begin(actor, tie)
    if (known := Visit.objects.filter(key=key, tie=tie, state=Visit.State.MADE).first()) is not None:
        return known
    if on > at.astimezone(ZONE).date():
        raise Invalid({"on": _("还没到这一天。")})
    told = words_of("notes", notes)
    asked = [words_of("questions", each, limit=300) for each in questions if each.strip()]
    visit = planned and Visit.objects.select_for_update().filter(pk=planned.pk, tie=tie).first()
    if visit is not None and visit.state != Visit.State.PLANNED:
        raise Refused("visit_over", _("这次走访已经记过了。"))
    visit = visit or Visit(key=key, tie=tie)
    visit.state, visit.on, visit.notes = Visit.State.MADE, on, told
    visit.by_id, visit.by_label, visit.told_at = actor.account_id, label_of(actor), at
    visit.save()
    Question.objects.bulk_create(
        [Question(key=ids.uuid7(at), tie=tie, visit=visit, words=each, asked_on=on) for each in asked]
    )
    tell(actor, tie, "visit", at=at, questions=len(asked))
    return visit


@transaction.atomic
def call_off_visit(actor: Actor, *, visit: Visit, at: datetime) -> Visit:
    """Say that a planned visit was not made."""
    tie = begin(actor, visit.tie)
    found = Visit.objects.select_for_update().get(pk=visit.pk)
    if found.state != Visit.State.PLANNED:
        raise Refused("visit_over", _("这次走访已经记过了。"))
    found.state, found.told_at = Visit.State.CALLED_OFF, at
    found.save(update_fields=["state", "told_at"])
    tell(actor, tie, "call_off_visit", at=at)
    return found


@transaction.atomic
def set_task(
    actor: Actor, *, tie: Tie, key: UUID, words: str, due_on: date, at: datetime, case: Case | None = None
) -> Task:  # fmt: skip
    """Set a key task with a day, perhaps carried by a case the actor sees. The same `key` is the same task."""
    tie = begin(actor, tie)
    if (known := Task.objects.filter(key=key, tie=tie).first()) is not None:
        return known
    told = words_of("words", words, limit=200)
    if due_on < at.astimezone(ZONE).date():
        raise Invalid({"due_on": _("请填今天或以后的日子。")})
    if case is not None and not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise NotFound(_("没有这个案件，或不在您的辖区。"))
    task = Task.objects.create(key=key, tie=tie, words=told, due_on=due_on, case=case, told_at=at)
    tell(actor, tie, "task", at=at)
    return task


@transaction.atomic
def settle_task(actor: Actor, *, task: Task, is_done: bool, result: str, at: datetime) -> Task:
    """Say that a key task is done, or no longer wanted, and how that came."""
    tie = begin(actor, task.tie)
    found = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if found.state != Task.State.OPEN:
        raise Refused("task_over", _("这项任务已经了结。"))
    found.result = words_of("result", result, limit=300)
    found.state, found.settled_at = Task.State.DONE if is_done else Task.State.DROPPED, at
    found.save(update_fields=["result", "state", "settled_at"])
    tell(actor, tie, "settle_task", at=at, done=is_done)
    return found


@transaction.atomic
def ask(actor: Actor, *, tie: Tie, key: UUID, words: str, at: datetime) -> Question:
    """Take down what residents asked, without who. The same `key` is the same question."""
    tie = begin(actor, tie)
    if (known := Question.objects.filter(key=key, tie=tie).first()) is not None:
        return known
    told = words_of("words", words, limit=300)
    question = Question.objects.create(key=key, tie=tie, words=told, asked_on=at.astimezone(ZONE).date())
    tell(actor, tie, "question", at=at)
    return question


@transaction.atomic
def answer(actor: Actor, *, question: Question, words: str, at: datetime) -> Question:
    """Write down what residents were answered; said again, it replaces what stood there."""
    tie = begin(actor, question.tie)
    found = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    found.answer, found.answered_at, found.answered_label = words_of("answer", words), at, label_of(actor)
    found.save(update_fields=["answer", "answered_at", "answered_label"])
    tell(actor, tie, "answer", at=at)
    return found
