"""What waits for somebody now (待办), as conditions on cases: lists filter by them, home pages count by them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.work.cases.models import Approval, Assignment, Call, Case, FieldTask
from lianxin.work.cases.words import OPEN_ASSIGNMENT, AssignmentState, Stage

THRICE = 3  # returned so often: somebody has to say whose it is

LABELS = {
    "now": _("等我办"),
    "desk": _("等我处理"),
    "accept": _("待签收"),
    "handle": _("正在办"),
    "check": _("待核实"),
    "verify": _("待核查"),
    "decide": _("待审批"),
    "report_in": _("待报到"),
    "rule": _("待裁定"),
    "thrice": _("三次回退"),
    "unanswered": _("吹哨未到"),
    "answer": _("待答复督办"),
    "own": _("我手上的"),
    "unit": _("本单位的"),
    "returned": _("退回给我们的"),
    "waits": _("等我回应"),
    "joint": _("联合办理"),
}


def held_by(actor: Actor) -> Q:
    """Cases held at the actor's own level, or in the hands of its unit or post."""
    where = Q(pk__in=[])
    for held in actor.holdings:
        if held.area_level == "city":
            where |= Q(holder_level="city")
        elif held.area_level is not None and held.area_id is not None:
            level = "community" if held.area_level == "grid" else held.area_level
            where |= Q(**{f"{held.area_level}_id": held.area_id, "holder_level": level})
        if held.unit_ids:
            where |= Q(lead_unit_id__in=held.unit_ids)
        where |= Q(lead_post_id=held.post_id)
    return where


def waiting(actor: Actor, todo: str) -> Q:
    """Return the cases that wait for the actor in this way; nothing is filtered for an unknown word."""
    condition = _TODO.get(todo)
    return condition(actor) if condition else Q()


def _desk(actor: Actor) -> Q:
    moved_by_desk = Q(stage__in=[Stage.REPORTED, Stage.FILED, Stage.HANDLED, Stage.VERIFIED])
    return held_by(actor) & (moved_by_desk | Q(supervisions_open__gt=0))


def _assigned(actor: Actor, state: str) -> Q:
    units = actor.scope("cases.handle").unit_ids
    posts = [held.post_id for held in actor.holdings if "cases.handle" in held.permissions]
    mine = Assignment.objects.filter(Q(unit_id__in=units) | Q(post_id__in=posts), case=OuterRef("pk"), state=state)
    return Q(Exists(mine))


def _field(actor: Actor, kind: str, permission: str) -> Q:
    """An open task of one's own post, or of one's own grid when it names nobody."""
    posts = [held.post_id for held in actor.holdings if permission in held.permissions]
    grids = actor.scope(permission).grid_ids
    tasks = FieldTask.objects.filter(case=OuterRef("pk"), kind=kind, done_at=None, cancelled_at=None)
    condition = Q(Exists(tasks.filter(Q(post_id__in=posts) | Q(post=None, grid_id__in=grids))))
    if permission != "cases.verify" or actor.account_id is None:
        return condition
    # Who handled it never verifies it (law 3).
    return condition & ~Q(handler_ids__contains=[actor.account_id])


def _verify(actor: Actor) -> Q:
    """What one goes to look at: tasks of one's own; and at a level whose desk is others', whatever it waits with."""
    own = _field(actor, FieldTask.Kind.POST_HANDLING, "cases.verify")
    if any(actor.may(permission) for permission in _ASKS["desk"]):
        return own
    level = Q(stage=Stage.HANDLED) & held_by(_at_desks(actor))
    return own | (level & ~Q(handler_ids__contains=[actor.account_id]))


def _at_desks(actor: Actor) -> Actor:
    """Return the actor with its posts that verify above the grid only."""
    able = (held for held in actor.holdings if "cases.verify" in held.permissions)
    return replace(actor, holdings=tuple(held for held in able if held.area_level not in {None, "grid"}))


def _called(actor: Actor) -> Q:
    calls = Call.objects.filter(whistle__case=OuterRef("pk"), whistle__ended_at=None, reported_in_at=None)
    return Q(Exists(calls.filter(unit_id__in=actor.scope("cases.report_in").unit_ids)))


def _unanswered(_actor: Actor) -> Q:
    calls = Call.objects.filter(whistle__case=OuterRef("pk"), whistle__ended_at=None, reported_in_at=None)
    return Q(Exists(calls))


def _decide(actor: Actor) -> Q:
    """Requests by others that the actor may decide; lent ones stand on the board of approvals."""
    scope = actor.scope("cases.approve")
    waiting = Approval.objects.filter(case=OuterRef("pk"), state=Approval.State.ASKED)
    asked = Q(approvals_open__gt=0) & Q(Exists(waiting.exclude(asked_by_id=actor.account_id or 0)))
    return asked if scope.everywhere else asked & Q(pk__in=Case.objects.for_post(scope).values("pk"))


def _own(actor: Actor) -> Q:
    """What somebody of the house put into the actor's own hands."""
    if actor.account_id is None:
        return Q(pk__in=[])
    mine = Assignment.objects.filter(case=OuterRef("pk"), handler=actor.account_id, state=AssignmentState.ACCEPTED)
    return Q(Exists(mine))


def _parts(actor: Actor, **more: object) -> Q:
    """Cases with an open part of the actor's units or posts."""
    units = actor.scope("cases.handle").unit_ids
    posts = [held.post_id for held in actor.holdings if "cases.handle" in held.permissions]
    mine = Assignment.objects.filter(Q(unit_id__in=units) | Q(post_id__in=posts), case=OuterRef("pk"))
    return Q(Exists(mine.filter(state__in=sorted(OPEN_ASSIGNMENT), **more)))


def _unit(actor: Actor) -> Q:
    """What the actor's units have a part in, and what its level holds."""
    return _parts(actor) | held_by(actor)


def _returned(actor: Actor) -> Q:
    """What a unit gave back to the actor's level, and what a check gave back to its unit."""
    given_back = Q(stage=Stage.FILED, returns__gt=0) & held_by(actor)
    return given_back | (Q(stage=Stage.HANDLING, reworks__gt=0) & _parts(actor))


def _waits(actor: Actor) -> Q:
    """What asks the actor for an answer: parts to accept, whistles, requests, reworks, supervisions."""
    where = _assigned(actor, AssignmentState.OFFERED) | _called(actor) | _TODO["answer"](actor)
    where |= Q(stage=Stage.HANDLING, reworks__gt=0) & _parts(actor)
    return where | _decide(actor) if actor.may("cases.approve") else where


# What each kind of waiting asks of a post; without it nothing of that kind waits for anybody.
_ASKS = {
    "desk": ("cases.file", "cases.dispatch"), "accept": ("cases.handle",), "handle": ("cases.handle",),
    "report_in": ("cases.report_in",), "check": ("cases.check",), "verify": ("cases.verify",),
    "decide": ("cases.approve",), "rule": ("cases.rule",),
}  # fmt: skip


def _now(actor: Actor) -> Q:
    """Everything that waits for the actor by any of its posts."""
    where = Q(pk__in=[])
    for todo, permissions in _ASKS.items():
        if any(actor.may(permission) for permission in permissions):
            where |= _TODO[todo](actor)
    return where


_TODO: Mapping[str, Callable[[Actor], Q]] = {
    "now": _now,
    "desk": _desk,
    "accept": lambda actor: _assigned(actor, AssignmentState.OFFERED),
    "handle": lambda actor: _assigned(actor, AssignmentState.ACCEPTED),
    "check": lambda actor: _field(actor, FieldTask.Kind.PRE_FILING, "cases.check"),
    "verify": _verify,
    "decide": _decide,
    "report_in": _called,
    "thrice": lambda _actor: Q(returns__gte=THRICE),
    # It came back: whose it is has to be said.
    "rule": lambda _actor: Q(returns__gte=THRICE, stage=Stage.FILED, is_ruled=False),
    "unanswered": _unanswered,
    "answer": lambda actor: held_by(actor) & Q(supervisions_open__gt=0),
    "own": _own,
    "unit": _unit,
    "returned": _returned,
    "waits": _waits,
    "joint": lambda actor: _parts(actor, part=Assignment.Part.ASSIST),
}


def count_each(actor: Actor, conditions: Mapping[str, Q]) -> dict[str, int]:
    """Count open cases the actor sees by several conditions at once. One statement."""
    if not conditions:
        return {}
    counted = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    return dict(Case.objects.visible_to(actor).open().aggregate(**counted))
