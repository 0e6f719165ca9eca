"""The whistle (吹哨): call units in, report in (报到), consult (会商), rate."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.organizations.queries import directory
from lianxin.kernel.errors import Invalid, Refused
from lianxin.work.cases import rules
from lianxin.work.cases.change import Change, acting
from lianxin.work.cases.models import Call, Case, Whistle
from lianxin.work.cases.words import Severity

from .dispatching import MOST, Target, hand_out, pass_acceptance
from .speaking import fitting

NUDGE_PAUSE = timedelta(minutes=10)


def whistle(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, units: Sequence[int], note: str, place: str = "",
    is_urgent: bool = False,
) -> Case:  # fmt: skip
    """Call named units in; each must report in within its limit."""
    with acting("whistle", actor, case, seen=seen, at=at, note=note) as change:
        ids = list(dict.fromkeys(units))
        known = directory(change.numbers).by_id
        if not 0 < len(ids) <= MOST or not all(pk in known and known[pk].in_force(at) for pk in ids):
            raise Invalid({"units": _("请选择要叫来的单位，最多 %(most)d 个。") % {"most": MOST}})
        is_urgent = is_urgent or change.case.severity == Severity.URGENT
        made = Whistle.objects.create(
            case=change.case, caller_id=actor.account_id, caller_post_id=change.held.post_id if change.held else None,
            reason=change.note, place=fitting("place", place, 200), is_urgent=is_urgent, called_at=at,
        )  # fmt: skip
        calls = Call.objects.bulk_create([Call(whistle=made, unit_id=unit) for unit in ids])
        change.case.whistles += 1
        change.whistle, change.calls = made, calls
        for call in calls:
            change.start_clock("call", call.pk, "report_in", "report_in_urgent" if is_urgent else "report_in")
        change.refresh_parties()
        change.log("whistle", note=change.note, units=ids, urgent=is_urgent)
    return change.case


def report_in(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "") -> Case:
    """Report in for one's unit (报到); late ones are recorded so."""
    with acting("report_in", actor, case, seen=seen, at=at, note=note) as change:
        awaited = (call for call in change.calls if call.reported_in_at is None)
        call = next((each for each in awaited if actor.may("cases.report_in", unit_id=each.unit_id)), None)
        if call is None:
            raise Refused("nothing_asked", _("没有叫到您单位的哨。"))
        clock = change.dial.of("call", call.pk)
        call.reported_in_at, call.reported_in_by_id, call.note = at, actor.account_id, change.note
        call.is_late = clock is not None and clock.due_at is not None and clock.due_at < at
        call.save(update_fields=["reported_in_at", "reported_in_by", "note", "is_late"])
        change.stop_clocks("call", call.pk)
        change.log("report_in", note=change.note, unit=call.unit_id, late=call.is_late)
    return change.case


def nudge(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "") -> Case:
    """Urge the units that have not reported in yet (催报到); at most once in ten minutes."""
    with acting("nudge", actor, case, seen=seen, at=at, note=note) as change:
        called = change.whistle
        if called is not None and called.nudged_at is not None and at < called.nudged_at + NUDGE_PAUSE:
            raise Refused("too_soon", _("刚催过，%(minutes)d 分钟内不再催。") % {"minutes": NUDGE_PAUSE.seconds // 60})
        waiting = [call.unit_id for call in change.calls if call.reported_in_at is None]
        if called is not None:
            called.nudged_at = at
            called.save(update_fields=["nudged_at"])
        change.log("nudge", note=change.note, units=waiting)
    return change.case


def consult(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str, plan: str = "",
    lead: Target | None = None, assists: Sequence[Target] = (),
) -> Case:  # fmt: skip
    """Record the consultation (会商): minutes, plan, and who does what, which creates assignments."""
    with acting("consult", actor, case, seen=seen, at=at, note=note) as change:
        called = change.whistle
        if called is None:
            raise Refused("no_whistle", _("还没有吹哨。"))
        called.consulted_at = at
        called.minutes, called.plan = change.note, fitting("plan", plan, rules.MAX_NOTE)
        change.end_whistle()
        _assign(change, lead, assists)
        units = [each.unit_id for each in (lead, *assists) if each]
        change.log("consult", note=change.note, plan=called.plan, units=units)
        if lead is not None:
            pass_acceptance(change)
    return change.case


def _assign(change: Change, lead: Target | None, assists: Sequence[Target]) -> None:
    """Give out the work agreed on; only units that were called may get it here, whatever their level."""
    if lead is None:
        if assists:
            raise Invalid({"lead": _("请先定主办单位。")})
        return
    called = {call.unit_id for call in change.calls}
    chosen = [target.unit_id for target in (lead, *assists)]
    if len(set(chosen)) != len(chosen) or not set(chosen) <= called:
        raise Invalid({"lead": _("会商只能派给叫来的单位，每个一次。")})
    if change.case.category_id is None:
        raise Invalid({"category": _("还没有分类，不能派遣。")})
    stopped = rules.must_be_ruled(change.asking)
    if stopped is not None:
        raise stopped
    change.withdraw_assignments()
    hand_out(change, lead, assists, by=change.actor)


def rate(actor: Actor, *, case: Case, seen: int | None, at: datetime, stars: Mapping[int, int], note: str = "") -> Case:
    """Rate the units that were called (评价), one to five stars each; it counts in their assessment."""
    with acting("rate", actor, case, seen=seen, at=at, note=note) as change:
        waiting = {call.unit_id: call for call in change.calls if call.rated_at is None}
        if not stars or not set(stars) <= set(waiting):
            raise Invalid({"stars": _("只能给叫来且还没评的单位打分。")})
        if any(not 1 <= given <= 5 for given in stars.values()):
            raise Invalid({"stars": _("请给 1 到 5 分。")})
        for unit_id, given in stars.items():
            call = waiting[unit_id]
            call.stars, call.rating, call.rated_at = given, change.note, at
            call.save(update_fields=["stars", "rating", "rated_at"])
        change.log("rate", note=change.note, ratings={str(unit): given for unit, given in stars.items()})
    return change.case
