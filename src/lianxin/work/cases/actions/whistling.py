"""The whistle (吹哨): call units in, report in (报到), consult (会商), rate."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.errors import Invalid, Refused
from lianxin.work.cases.change import Change, acting
from lianxin.work.cases.models import Assignment, Call, Case, Whistle
from lianxin.work.cases.words import Stage

from .dispatching import Target, offer


def whistle(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, units: Sequence[int], note: str, place: str = "",
    is_urgent: bool = False,
) -> Case:  # fmt: skip
    """Call named units in; each must report in within its limit."""
    with acting("whistle", actor, case, seen=seen, at=at, note=note) as change:
        if change.whistle is not None:
            raise Refused("whistled_already", _("已经吹过哨，先会商再吹。"))
        ids = list(dict.fromkeys(units))
        if not ids or Unit.objects.filter(pk__in=ids, valid_to=None).count() != len(ids):
            raise Invalid({"units": _("请选择要叫来的单位。")})
        held = actor.holding_for("cases.whistle", change.case)
        made = Whistle.objects.create(
            case=change.case, caller_id=actor.account_id, caller_post_id=held.post_id if held else None,
            reason=note, place=place[:200], is_urgent=is_urgent, called_at=at,
        )  # fmt: skip
        calls = Call.objects.bulk_create([Call(whistle=made, unit_id=unit) for unit in ids])
        change.case.whistles += 1
        change.whistle, change.calls = made, calls
        for call in calls:
            change.start_clock("call", call.pk, "report_in", "report_in_urgent" if is_urgent else "report_in")
        change.refresh_parties()
        change.log("whistle", note=note, units=ids, urgent=is_urgent)
    return change.case


def report_in(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "") -> Case:
    """Report in for one's unit (报到); late ones are recorded so."""
    with acting("report_in", actor, case, seen=seen, at=at, note=note) as change:
        call = next(
            (
                each
                for each in change.calls
                if each.reported_in_at is None and actor.may("cases.report_in", unit_id=each.unit_id)
            ),
            None,
        )
        if call is None:
            raise Refused("nothing_asked", _("没有叫到您单位的哨。"))
        clock = next((each for each in change.clocks if each.subject == "call" and each.subject_id == call.pk), None)
        call.reported_in_at, call.reported_in_by_id, call.note = at, actor.account_id, note
        call.is_late = clock is not None and clock.due_at is not None and clock.due_at < at
        call.save()
        change.stop_clocks(lambda each: each.subject == "call" and each.subject_id == call.pk)
        change.log("report_in", note=note, unit=call.unit_id, late=call.is_late)
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
        called.consulted_at = called.ended_at = at
        called.minutes, called.plan = note, plan
        called.save(update_fields=["consulted_at", "ended_at", "minutes", "plan"])
        _mark_missing(change)
        _assign(change, lead, assists)
        change.log("consult", note=note, plan=plan, units=[each.unit_id for each in (lead, *assists) if each])
    return change.case


def _mark_missing(change: Change) -> None:
    for call in change.calls:
        if call.reported_in_at is None:
            call.is_missing = True
            call.save(update_fields=["is_missing"])
    change.stop_clocks(lambda clock: clock.subject == "call")


def _assign(change: Change, lead: Target | None, assists: Sequence[Target]) -> None:
    """Give out the work agreed on; only units that were called may get it here, whatever their level."""
    if lead is None:
        if assists:
            raise Invalid({"lead": _("请先定主办单位。")})
        return
    called = {call.unit_id for call in change.calls}
    if any(target.unit_id not in called for target in (lead, *assists)):
        raise Invalid({"lead": _("会商只能派给叫来的单位。")})
    if change.case.category_id is None:
        raise Invalid({"category": _("还没有分类，不能派遣。")})
    change.withdraw_assignments()
    change.case.dispatched_at = change.at
    change.case.dispatched_by_system = False
    change.go(Stage.DISPATCHED)
    offer(change, [(Assignment.Part.LEAD, lead), *((Assignment.Part.ASSIST, each) for each in assists)])


def rate(actor: Actor, *, case: Case, seen: int | None, at: datetime, stars: Mapping[int, int], note: str = "") -> Case:
    """Rate the units that were called (评价), one to five stars each; it counts in their assessment."""
    with acting("rate", actor, case, seen=seen, at=at) as change:
        calls = list(Call.objects.filter(whistle__case=change.case, rated_at=None, whistle__ended_at__isnull=False))
        wanted = [call for call in calls if call.unit_id in stars]
        if not wanted:
            raise Refused("nothing_to_rate", _("没有待评价的单位。"))
        if any(not 1 <= stars[call.unit_id] <= 5 for call in wanted):
            raise Invalid({"stars": _("请给 1 到 5 分。")})
        for call in wanted:
            call.stars, call.rating, call.rated_at = stars[call.unit_id], note, at
            call.save(update_fields=["stars", "rating", "rated_at"])
        change.log("rate", note=note, ratings={str(call.unit_id): call.stars for call in wanted})
    return change.case
