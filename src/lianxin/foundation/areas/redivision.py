"""Split, merge and redraw (拆分、合并、调整): planned with checks, in force on their day, history kept.

Old areas end and successors begin; what lies below an old area ends and begins again under the
successor that holds it. Higher rooms hear `area.redivide`, one entry for each area that ended,
and re-home what is theirs in batches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, Refused, Stale
from lianxin.kernel.journal import writing

from . import following, queries, rules, tree
from .acting import Acting, demand, draft
from .models import Area, Redivision, Role, Succession
from .tree import Node

_LABEL = "调整区域边界"


@dataclass(frozen=True, slots=True)
class Successor:
    """An area that follows: the code of an old area may live on."""

    code: str
    name: str
    boundary: Mapping[str, Any]
    households: int | None = None
    kind: str = ""


@transaction.atomic
def plan_redivision(
    actor: Acting,
    *,
    kind: str,
    old: Sequence[Area],
    successors: Sequence[Successor],
    effective_at: datetime,
    reason: str,
    at: datetime,
    seen: Mapping[int, int] | None = None,
) -> Redivision:
    """Plan new borders for areas of one level under one parent, in force from `effective_at`.

    Raises Invalid for missing words or counts, Refused for gaps, overlaps, taken codes and areas
    already in another plan, Stale when an area is no longer of the version `seen` (by id).
    What is odd about household counts is kept in `plan["remarks"]`.
    """
    old = list(Area.objects.select_for_update().filter(pk__in=[area.pk for area in old]).order_by("code"))
    for area in old:
        demand(actor, "areas.manage", _LABEL, area)
    _check_seen(old, seen)
    _check_words(kind, old=old, new=successors, effective_at=effective_at, reason=reason, at=at)
    before, after = _check_ground(old, successors)
    plan = {
        "old": [area.pk for area in old],
        "successors": [asdict(new) for new in successors],
        "remarks": _remarks(old, before, after),
    }
    planned = Redivision.objects.create(
        kind=kind, effective_at=effective_at, reason=reason, plan=plan, created_at=at, created_by_id=actor.account_id
    )
    writing.append(
        [
            draft(actor, "area", area.pk, "plan_redivision", at=at, version=area.version, note=reason,
                  after={"redivision": planned.pk, "effective_at": effective_at.isoformat()})
            for area in old
        ]
    )  # fmt: skip
    return planned


@transaction.atomic
def cancel_redivision(actor: Acting, *, redivision: Redivision, reason: str, at: datetime) -> Redivision:
    """Call off a plan before its day. Raises Refused once it is in force or called off."""
    redivision = Redivision.objects.select_for_update().get(pk=redivision.pk)
    old = list(Area.objects.filter(pk__in=redivision.plan["old"]))
    for area in old:
        demand(actor, "areas.manage", _LABEL, area)
    if redivision.applied_at or redivision.cancelled_at:
        raise Refused("redivision_over", _("这次调整已经生效或已经取消。"))
    redivision.cancelled_at = at
    redivision.save(update_fields=["cancelled_at"])
    writing.append(
        [
            draft(actor, "area", area.pk, "cancel_redivision", at=at, version=area.version, note=reason,
                  after={"redivision": redivision.pk})
            for area in old
        ]
    )  # fmt: skip
    return redivision


@transaction.atomic
def apply_redivision(actor: Acting, *, redivision: Redivision, at: datetime) -> Redivision:
    """Put one plan in force whose time has come. Raises Refused when it has not, or the plan is over."""
    plan = Redivision.objects.select_for_update().get(pk=redivision.pk)
    for area in Area.objects.filter(pk__in=plan.plan["old"]):
        demand(actor, "areas.manage", _LABEL, area)
    if plan.applied_at or plan.cancelled_at:
        raise Refused("redivision_over", _("这次调整已经生效或已经取消。"))
    if plan.effective_at > at:
        raise Refused("redivision_early", _("还没有到这次调整生效的日子。"))
    _apply(actor, plan, at)
    return plan


def apply_due_redivisions(actor: Acting, *, at: datetime) -> list[Redivision]:
    """Put plans in force whose day has come, each in a transaction of its own; several workers may run this.

    One that no longer holds, since what lies around has changed, is called off and says why in `plan["stopped"]`.
    """
    demand(actor, "areas.manage", _LABEL)
    due = Q(applied_at=None, cancelled_at=None, effective_at__lte=at)
    applied = []
    for pk in Redivision.objects.filter(due).order_by("effective_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            plan = Redivision.objects.select_for_update(skip_locked=True).filter(due, pk=pk).first()
            if plan is not None and _apply_or_stop(actor, plan, at):
                applied.append(plan)
    return applied


def _apply_or_stop(actor: Acting, plan: Redivision, at: datetime) -> bool:
    try:
        with transaction.atomic():
            _apply(actor, plan, at)
    except Refused as refused:
        plan.plan["stopped"] = refused.sentence
        plan.cancelled_at = at
        plan.save(update_fields=["plan", "cancelled_at"])
        facts = {"redivision": plan.pk}
        writing.append(
            [
                draft(actor, "area", pk, "cancel_redivision", at=at, note=refused.sentence, after=facts)
                for pk in plan.plan["old"]
            ]
        )
        return False
    return True


def mark_rehomed(actor: Acting, *, redivision: Redivision, at: datetime) -> None:
    """Note that everything that lay in the old areas has moved."""
    demand(actor, "areas.manage", _LABEL)
    Redivision.objects.filter(pk=redivision.pk, rehomed_at=None).update(rehomed_at=at)


def mark_all_rehomed(actor: Acting, *, at: datetime) -> int:
    """Mark each re-division in force of whose old areas no room has anything left; returns how many."""
    marked = 0
    for done in Redivision.objects.filter(applied_at__isnull=False, rehomed_at=None).order_by("pk"):
        ended = Succession.objects.filter(redivision=done).values_list("old_id", flat=True)
        if not following.left(set(ended)):
            mark_rehomed(actor, redivision=done, at=at)
            marked += 1
    return marked


def _check_seen(old: Sequence[Area], seen: Mapping[int, int] | None) -> None:
    for area in old:
        if seen is not None and seen.get(area.pk) != area.version:
            sentence = _("“{name}”刚被别人改过。请重新打开这一页，看看现在的边界再调整。").format(name=area.name)
            raise Stale(sentence, version=area.version, changes=[])


def _around(old: Sequence[Area]) -> tuple[Any, list[Any]]:
    """Return the border of the parent, if it has one, and those of the siblings that take no part."""
    parent = old[0].parent
    siblings = Area.objects.filter(parent=parent, level=old[0].level, valid_to=None, boundary__isnull=False)
    rest = siblings.exclude(pk__in=[area.pk for area in old]).values_list("boundary", flat=True)
    return rules.outline(parent.boundary) if parent else None, [rules.outline(boundary) for boundary in rest]


def _check_words(
    kind: str, *, old: Sequence[Area], new: Sequence[Successor], effective_at: datetime, reason: str, at: datetime
) -> None:
    counts = {"split": (len(old) == 1, len(new) > 1), "merge": (len(old) > 1, len(new) == 1), "redraw": (True, True)}
    if kind not in counts:
        raise Invalid({"kind": _("调整方式应是拆分、合并或调整边界。")})
    wrong = {}
    if not old or not new or not all(counts[kind]):
        wrong["successors"] = _("拆分是一变多，合并是多变一，调整边界至少各有一个。")
    if not reason.strip():
        wrong["reason"] = _("请写明调整的依据，例如批复文号。")
    if effective_at < at:
        wrong["effective_at"] = _("生效时间不能早于现在。")
    if len({(area.parent_id, area.level) for area in old}) > 1:
        wrong["old"] = _("一起调整的区域应属于同一个上级。")
    if len({new.code for new in new}) != len(new):
        wrong["code"] = _("新区域的编码有重复。")
    if wrong:
        raise Invalid(wrong)


def _remarks(old: Sequence[Area], before: Sequence[rules.Piece], after: Sequence[rules.Piece]) -> list[str]:
    if old[0].role != Role.GRID:
        return []
    limits = queries.household_limits().get(old[0].kind, rules.HOUSEHOLDS)
    return rules.household_remarks(before, after, limits)


def waiting_plans(besides: int = 0) -> list[dict[str, Any]]:
    """Return what the plans say whose day is still to come, but for one by its id."""
    waiting = Redivision.objects.filter(applied_at=None, cancelled_at=None).exclude(pk=besides)
    return list(waiting.values_list("plan", flat=True))


def planned_codes(besides: int = 0) -> set[str]:
    """Return the codes that plans keep for areas to be."""
    return {new["code"] for plan in waiting_plans(besides) for new in plan["successors"]}


def _check_ground(
    old: Sequence[Area], successors: Sequence[Successor], plan: int = 0
) -> tuple[list[rules.Piece], list[rules.Piece]]:
    """Raise unless codes are free and borders hold against all that lies around now; return before and after."""
    _check_free(old, successors, plan)
    before = [rules.Piece(area.name, _border(area), area.households) for area in old]
    after = [rules.Piece(new.name, _read(new), new.households) for new in successors]
    frame, others = _around(old)
    rules.check_borders(before, after, frame=frame, others=others)
    _check_children(old, [piece.geometry for piece in after])
    return before, after


def _check_free(old: Sequence[Area], successors: Sequence[Successor], plan: int) -> None:
    if any(area.valid_to is not None for area in old):
        raise Refused("area_ended", _("其中有区域已经撤销。"))
    taken = {pk for other in waiting_plans(plan) for pk in other["old"]}
    if any(area.pk in taken for area in old):
        raise Refused("area_in_plan", _("其中有区域已经列入另一次尚未生效的调整。"))
    codes = {new.code for new in successors} - {area.code for area in old}
    if kept := codes & planned_codes(plan):
        sentence = _("区域编码 {codes} 已留给另一次尚未生效的调整，请换一个。")
        raise Refused("area_code_planned", sentence.format(codes="、".join(sorted(kept))))
    others = Area.objects.filter(code__in=codes, valid_to=None).values_list("code", flat=True)
    if others:
        raise Refused("area_code_taken", _("区域编码 {codes} 已经在用。").format(codes="、".join(others)))


def _border(area: Area) -> Any:
    geometry = rules.outline(area.boundary)
    if geometry is None:
        raise Refused("area_without_border", _("“{name}”还没有边界，不能调整。").format(name=area.name))
    return geometry


def _read(successor: Successor) -> Any:
    geometry = rules.outline(successor.boundary)
    if geometry is None:
        raise Invalid({"boundary": _("“{name}”没有边界。").format(name=successor.name)})
    return geometry


def _check_children(old: Sequence[Area], pieces: Sequence[Any]) -> None:
    for child in Area.objects.filter(parent__in=old, valid_to=None).order_by("code"):
        if _home(child, pieces) is None:
            raise Refused("area_child_torn", _("下级“{name}”横跨新的边界，请先调整它。").format(name=child.name))


def _home(child: Area, pieces: Sequence[Any]) -> int | None:
    geometry = rules.outline(child.boundary)
    if geometry is None:
        return 0 if len(pieces) == 1 else None
    return rules.home_of(geometry, pieces)


def _apply(actor: Acting, plan: Redivision, at: datetime) -> None:
    locked = Area.objects.select_for_update(of=("self",)).filter(pk__in=plan.plan["old"], valid_to=None)
    old = list(locked.select_related("parent").order_by("code"))
    successors = [Successor(**fields) for fields in plan.plan["successors"]]
    if len(old) < len(plan.plan["old"]):
        raise Refused("area_ended", _("其中有区域已经撤销。"))
    _check_ground(old, successors, plan.pk)
    parent = old[0].parent
    nodes = [
        Node(new.code, new.name, old[0].level, old[0].role, parent.code if parent else None,
             new.kind or old[0].kind, new.boundary, new.households)
        for new in successors
    ]  # fmt: skip
    known = {parent.code: parent} if parent else {}
    new = tree.grow(nodes, known, at=plan.effective_at)
    followers = {area.pk: _followers(area, new) for area in old}
    below, below_followers = _regrow(old, new, plan.effective_at)
    ended = old + below
    for area in ended:
        area.valid_to = plan.effective_at
        area.version += 1
    Area.objects.bulk_update(ended, ["valid_to", "version"])
    grown = new + [area for areas in below_followers.values() for area in areas]
    Area.objects.bulk_create(grown, batch_size=500)
    _tell(actor, plan, ended, followers | below_followers, at)


def _followers(area: Area, new: Sequence[Area]) -> list[Area]:
    """Return the successors that took ground of the area, the one with its code first, then by ground."""
    border = _border(area)
    least = border.area * rules.TOLERANCE
    shares = [(border.intersection(rules.outline(other.boundary)).area, other) for other in new]
    taken = [(share, other) for share, other in shares if share > least]
    return [other for _share, other in sorted(taken, key=lambda pair: (pair[1].code != area.code, -pair[0]))]


def _regrow(old: Sequence[Area], new: Sequence[Area], at: datetime) -> tuple[list[Area], dict[int, list[Area]]]:
    """End and begin again everything below the old areas, under the successors."""
    ended: list[Area] = []
    followers: dict[int, list[Area]] = {}
    pieces = [rules.outline(area.boundary) for area in new]
    parents = {area.pk: list(new) for area in old}
    layer = list(Area.objects.select_for_update().filter(parent__in=old, valid_to=None))
    while layer:
        for child in layer:
            candidates = parents[child.parent_id or 0]
            home = _home(child, pieces) if len(candidates) > 1 else 0
            begun = _again(child, candidates[home or 0], at)
            followers[child.pk] = parents[child.pk] = [begun]
            ended.append(child)
        layer = list(Area.objects.select_for_update().filter(parent__in=[area.pk for area in layer], valid_to=None))
    return ended, followers


def _again(child: Area, parent: Area, at: datetime) -> Area:
    node = Node(child.code, child.name, child.level, child.role, parent.code, child.kind, child.boundary,
                child.households)  # fmt: skip
    return tree.grow([node], {parent.code: parent}, at=at)[0]


def _tell(
    actor: Acting, plan: Redivision, ended: Sequence[Area], followers: Mapping[int, list[Area]], at: datetime
) -> None:
    Succession.objects.bulk_create(
        Succession(redivision=plan, old=area, new=new) for area in ended for new in followers[area.pk]
    )
    plan.applied_at = at
    plan.save(update_fields=["applied_at"])
    _carry_plans(followers)
    versions.bump("areas")
    writing.append(
        [
            draft(actor, "area", area.pk, "redivide", at=at, version=area.version, note=plan.reason,
                  after={"redivision": plan.pk, "effective_at": plan.effective_at.isoformat(),
                         "successors": [new.pk for new in followers[area.pk]]})
            for area in ended
        ]
    )  # fmt: skip


def _carry_plans(followers: Mapping[int, list[Area]]) -> None:
    """Let plans for areas that began again below a divided one go on with those."""
    for plan in Redivision.objects.select_for_update().filter(applied_at=None, cancelled_at=None):
        if followers.keys() & set(plan.plan["old"]):
            plan.plan["old"] = [followers[pk][0].pk if pk in followers else pk for pk in plan.plan["old"]]
            plan.save(update_fields=["plan"])
