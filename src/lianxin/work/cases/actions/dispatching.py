"""Whose it is: dispatch (派遣) to one lead and any number of assists, recall, and the supervisor's ruling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.areas.queries import node
from lianxin.foundation.organizations.queries import UnitNode, directory
from lianxin.kernel.errors import Invalid, NotAllowed
from lianxin.work.cases import rules
from lianxin.work.cases.change import Change, acting
from lianxin.work.cases.models import Assignment, Case
from lianxin.work.cases.words import AssignmentState, Level, Stage

from .speaking import fitting

MOST = 20  # lead and assists of one case


@dataclass(frozen=True)
class Target:
    """A unit or a post to handle the case, and what it is to do."""

    unit_id: int | None = None
    post_id: int | None = None
    task: str = ""


def dispatch(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, lead: Target, assists: Sequence[Target] = (),
    note: str = "",
) -> Case:  # fmt: skip
    """Dispatch to a lead and assists (派遣、联合办理); each must accept within its limit."""
    with acting("dispatch", actor, case, seen=seen, at=at, note=note) as change:
        check_targets(change, [lead, *assists])
        dispatch_in(change, lead, assists, by=actor, note=change.note)
    return change.case


def dispatch_in(
    change: Change, lead: Target, assists: Sequence[Target], *, by: Actor, note: str = "", action: str = "dispatch",
) -> None:  # fmt: skip
    """Dispatch within a change that is already checked."""
    hand_out(change, lead, assists, by=by)
    change.log(action, note=note, by=by, units=[target.unit_id for target in (lead, *assists) if target.unit_id])
    pass_acceptance(change)


def hand_out(change: Change, lead: Target, assists: Sequence[Target], *, by: Actor) -> None:
    """Move the case to dispatched, a new round with a lead and assists of its own."""
    change.case.dispatched_at = change.at
    change.case.dispatched_by_system = by.is_system
    change.go(Stage.DISPATCHED)
    offer(change, [(Assignment.Part.LEAD, lead), *((Assignment.Part.ASSIST, target) for target in assists)])


def pass_acceptance(change: Change) -> None:
    """Where the profile lets nobody accept, the system does so for all, with an entry of its own."""
    case = change.case
    if not change.settings.skips(Stage.DISPATCHED, case.kind):
        return
    for each in change.assignments:
        each.state, each.accepted_at = AssignmentState.ACCEPTED, change.at
        change.remember_handler(None, each.unit_id)
    change.go(Stage.HANDLING)
    change.log("accept", by=SYSTEM, unit=case.lead_unit_id, part=Assignment.Part.LEAD)


def offer(change: Change, targets: Sequence[tuple[str, Target]]) -> None:
    """Offer the case to units and posts, each with its clock, which starts when the case is written."""
    change.offer(
        [
            Assignment(
                case=change.case, part=part, unit_id=target.unit_id, post_id=target.post_id,
                task=fitting("task", target.task, 200), offered_at=change.at,
            )
            for part, target in targets
        ]
    )  # fmt: skip


def check_targets(change: Change, targets: Sequence[Target], *, any_level: bool = False) -> None:
    """Refuse targets that are none, twice the same, in it already, or (but for `any_level`) not this level's."""
    keys = [(target.unit_id, target.post_id) for target in targets]
    if any((unit is None) == (post is None) for unit, post in keys):
        raise Invalid({"lead": _("请选择单位或岗位，二选一。")})
    if len(set(keys)) != len(keys) or len(keys) > MOST:
        raise Invalid({"assists": _("同一个单位只能派一次，一共不超过 %(most)d 个。") % {"most": MOST}})
    if {(each.unit_id, each.post_id) for each in change.assignments} & set(keys):
        raise Invalid({"assists": _("这个单位已经在办了。")})
    for unit_id, _post in keys:
        if unit_id is not None:
            _check_unit(change, unit_id, any_level=any_level)
    _check_posts(change, [post for _unit, post in keys if post is not None], any_level=any_level)


def _check_unit(change: Change, unit_id: int, *, any_level: bool) -> None:
    unit = directory(change.numbers).by_id.get(unit_id)
    if unit is None or not unit.in_force(change.at):
        raise Invalid({"lead": _("没有这个单位，或它已撤销。")})
    if any_level:
        return
    level = change.case.holder_level
    if not (rules.may_send(change.settings, level, unit.kind) and _is_ours(change, unit)):
        raise NotAllowed(
            "not_this_level",
            _("这一级不能直接派给%(unit)s，请上报上级派遣，或吹哨。") % {"unit": unit.short_name},
        )


def _is_ours(change: Change, unit: UnitNode) -> bool:
    """Tell whether a unit works in the holder's own area, or above it; a neighbour's is not ours to dispatch to."""
    level = change.case.holder_level
    area = node(unit.area_id, change.numbers) if unit.area_id is not None else None
    if area is None or level == Level.CITY:
        return True
    return getattr(area, f"{level}_id") in {None, getattr(change.case, f"{level}_id")}


def _check_posts(change: Change, ids: Sequence[int], *, any_level: bool) -> None:
    posts = Post.objects.select_related("area").filter(pk__in=ids).in_bulk() if ids else {}
    for pk in ids:
        post = posts.get(pk)
        if post is None or post.valid_from > change.at or (post.valid_to is not None and post.valid_to <= change.at):
            raise Invalid({"lead": _("没有这个岗位，或它已到期。")})
        level = change.case.holder_level
        place = getattr(change.case, f"{level}_id", None)
        area = post.area
        inside = area is not None and (level == Level.CITY or getattr(area, f"{level}_id") == place)
        if not (inside or any_level):
            raise NotAllowed("not_this_level", _("这个岗位不在本级辖区。"))


def rule(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, lead: Target, assists: Sequence[Target] = (),
    note: str,
) -> Case:  # fmt: skip
    """Name the unit after too many returns (裁定), of whatever level; that unit cannot return the case."""
    with acting("rule", actor, case, seen=seen, at=at, note=note) as change:
        check_targets(change, [lead, *assists], any_level=True)
        change.case.is_ruled = True
        dispatch_in(change, lead, assists, by=actor, note=change.note, action="rule")
    return change.case


def recall(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "") -> Case:
    """Take the dispatch back before anyone has accepted (撤回)."""
    with acting("recall", actor, case, seen=seen, at=at, note=note) as change:
        change.withdraw_assignments()
        change.go(Stage.FILED)
        change.log("recall", note=change.note)
    return change.case


def add_assist(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, assists: Sequence[Target], note: str = ""
) -> Case:
    """Call more units to assist while the case is with its lead (加协办)."""
    with acting("add_assist", actor, case, seen=seen, at=at, note=note) as change:
        if not assists:
            raise Invalid({"assists": _("请选择协办单位。")})
        check_targets(change, assists)
        offer(change, [(Assignment.Part.ASSIST, target) for target in assists])
        change.log("add_assist", note=change.note, units=[target.unit_id for target in assists if target.unit_id])
    return change.case
