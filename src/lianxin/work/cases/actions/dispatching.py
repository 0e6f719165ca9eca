"""Whose it is: dispatch (派遣) to one lead and any number of assists, recall, and the supervisor's ruling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.errors import Invalid, NotAllowed
from lianxin.work.cases import rules
from lianxin.work.cases.change import Change, acting
from lianxin.work.cases.models import Assignment, Case
from lianxin.work.cases.words import Stage


@dataclass(frozen=True)
class Target:
    """A unit or a post to handle the case, and what it is to do."""

    unit_id: int | None = None
    post_id: int | None = None
    task: str = ""


def dispatch(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, lead: Target, assists: Sequence[Target] = (), note: str = "",
) -> Case:  # fmt: skip
    """Dispatch to a lead and assists (派遣、联合办理); each must accept within its limit."""
    with acting("dispatch", actor, case, seen=seen, at=at, note=note) as change:
        check_targets(change, [lead, *assists])
        dispatch_in(change, lead, assists, by=actor, note=note)
    return change.case


def dispatch_in(
    change: Change, lead: Target, assists: Sequence[Target], *, by: Actor, note: str = "", action: str = "dispatch"
) -> None:
    """Dispatch within a change that is already checked."""
    case = change.case
    case.dispatched_at = change.at
    case.dispatched_by_system = by.is_system
    change.go(Stage.DISPATCHED)
    offer(change, [(Assignment.Part.LEAD, lead), *((Assignment.Part.ASSIST, target) for target in assists)])
    change.log(action, note=note, by=by, units=[target.unit_id for target in (lead, *assists) if target.unit_id])


def offer(change: Change, targets: Sequence[tuple[str, Target]]) -> None:
    """Offer the case to units and posts, each with its clock, but not after the case has ended in this act."""
    made = [
        Assignment(
            case=change.case, part=part, unit_id=target.unit_id, post_id=target.post_id, task=target.task,
            offered_at=change.at,
        )
        for part, target in targets
    ]  # fmt: skip
    change.offer(made)


def check_targets(change: Change, targets: Sequence[Target]) -> None:
    """Refuse targets that are none, twice the same, or not this level's to dispatch to."""
    keys = [(target.unit_id, target.post_id) for target in targets]
    if len(set(keys)) != len(keys):
        raise Invalid({"assists": _("同一个单位只能派一次。")})
    if any((unit is None) == (post is None) for unit, post in keys):
        raise Invalid({"lead": _("请选择主办单位或岗位。")})
    taken = {each.unit_id for each in change.assignments if each.unit_id}
    if taken & {unit for unit, _post in keys}:
        raise Invalid({"assists": _("这个单位已经在办了。")})
    _check_units(change, [unit for unit, _post in keys if unit is not None])
    _check_posts(change, [post for _unit, post in keys if post is not None])


def _check_units(change: Change, ids: Sequence[int]) -> None:
    units = Unit.objects.filter(pk__in=ids, valid_to=None).in_bulk() if ids else {}
    for pk in ids:
        unit = units.get(pk)
        if unit is None:
            raise Invalid({"lead": _("没有这个单位，或它已撤销。")})
        if not rules.may_send(change.settings, change.case.holder_level, unit.kind):
            raise NotAllowed(
                "not_this_level",
                _("这一级不能直接派给%(unit)s，请上报上级派遣，或吹哨。") % {"unit": unit.short_name},
            )


def _check_posts(change: Change, ids: Sequence[int]) -> None:
    posts = Post.objects.select_related("area").filter(pk__in=ids).in_bulk() if ids else {}
    for pk in ids:
        post = posts.get(pk)
        if post is None or (post.valid_to is not None and post.valid_to <= change.at):
            raise Invalid({"lead": _("没有这个岗位，或它已到期。")})
        area = post.area
        place = getattr(change.case, f"{change.case.holder_level}_id", None)
        inside = area is not None and (
            change.case.holder_level == "city" or place == getattr(area, f"{change.case.holder_level}_id")
        )
        if not inside:
            raise NotAllowed("not_this_level", _("这个岗位不在本级辖区。"))


def rule(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, lead: Target, assists: Sequence[Target] = (), note: str,
) -> Case:  # fmt: skip
    """Name the unit after too many returns (裁定); that unit cannot return the case."""
    with acting("rule", actor, case, seen=seen, at=at, note=note) as change:
        keys = [lead, *assists]
        if any((target.unit_id is None) == (target.post_id is None) for target in keys):
            raise Invalid({"lead": _("请选择主办单位或岗位。")})
        change.case.is_ruled = True
        dispatch_in(change, lead, assists, by=actor, note=note, action="rule")
    return change.case


def recall(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "") -> Case:
    """Take the dispatch back before anyone has accepted (撤回)."""
    with acting("recall", actor, case, seen=seen, at=at, note=note) as change:
        change.withdraw_assignments()
        change.go(Stage.FILED)
        change.log("recall", note=note)
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
        change.log("add_assist", note=note, units=[target.unit_id for target in assists if target.unit_id])
    return change.case
