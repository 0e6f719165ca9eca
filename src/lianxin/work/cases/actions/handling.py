"""What the units do: accept, contact, assign, tell progress, return, and handle."""

from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Account
from lianxin.kernel.errors import Invalid, Refused
from lianxin.work.cases import evidence, rules
from lianxin.work.cases.change import Change, acting
from lianxin.work.cases.models import Assignment, Case, FieldTask
from lianxin.work.cases.words import AssignmentState, Stage
from lianxin.work.dispatch.queries import catalogue

from . import tasks
from .filing import Filing, file_in
from .settling import settle
from .speaking import fitting, public_words

TRIVIAL_SAMPLE_PERCENT = 10


def _own(change: Change, permission: str, state: str = AssignmentState.ACCEPTED) -> Assignment:
    own = rules.own_assignment(change.asking, permission, state=state)
    if own is None:
        raise Refused("not_yours", _("这件不在您单位手里。"))
    return own


def accept(actor: Actor, *, case: Case, seen: int | None, at: datetime) -> Case:
    """Accept the unit's part (签收). The lead's acceptance moves the case to handling."""
    with acting("accept", actor, case, seen=seen, at=at) as change:
        own = _own(change, "cases.handle", AssignmentState.OFFERED)
        own.state, own.accepted_at = AssignmentState.ACCEPTED, at
        own.handler_id = actor.account_id
        own.save(update_fields=["state", "accepted_at", "handler"])
        change.stop_clocks("assignment", own.pk)
        change.start_clock("assignment", own.pk, "handle")
        change.remember_handler(actor.account_id, own.unit_id)
        if own.part == Assignment.Part.LEAD and change.case.stage == Stage.DISPATCHED:
            change.go(Stage.HANDLING)
        change.log("accept", unit=own.unit_id, part=own.part)
    return change.case


def contact(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str) -> Case:
    """Record the first contact with the reporter (首次联系); later ones are recorded too."""
    with acting("contact", actor, case, seen=seen, at=at, note=note) as change:
        first = change.case.contacted_at is None
        change.case.contacted_at = change.case.contacted_at or at
        change.stop_clocks("contact")
        change.log("contact", note=change.note, first=first)
    return change.case


def assign(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, handler: Account | None = None, crew: str = ""
) -> Case:
    """Hand the unit's part to one of its people, or to a crew (内部指派)."""
    with acting("assign", actor, case, seen=seen, at=at) as change:
        crew = fitting("crew", crew, 60)
        if (handler is None) == (not crew):
            raise Invalid({"handler": _("请选一位同事，或写明队伍。")})
        own = _own(change, "cases.handle")
        if handler is not None and not _works_in(handler, own, at):
            raise Invalid({"handler": _("只能指派给本单位的同事。")})
        own.handler, own.crew = handler, crew
        own.save(update_fields=["handler", "crew"])
        change.remember_handler(handler.pk if handler else None)
        change.log("assign", handler=handler.pk if handler else None, crew=own.crew)
    return change.case


def _works_in(account: Account, own: Assignment, at: datetime) -> bool:
    posts = account.posts.filter(valid_from__lte=at).exclude(valid_to__lte=at)
    if own.post_id is not None:
        return posts.filter(pk=own.post_id).exists()
    unit = own.unit
    return unit is not None and posts.filter(unit__path__startswith=unit.path).exists()


def progress(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str, is_public: bool = False) -> Case:
    """Tell how far it is (阶段反馈); public if marked."""
    with acting("progress", actor, case, seen=seen, at=at, note=note) as change:
        own = _own(change, "cases.handle")
        change.remember_handler(actor.account_id, own.unit_id)
        shown, facts = public_words(change, change.note) if is_public else ("", {})
        change.log("progress", note=change.note, public_note=shown, unit=own.unit_id, **facts)
    return change.case


def give_back(actor: Actor, *, case: Case, seen: int | None, at: datetime, reason: str, note: str) -> Case:
    """Return the case as not the unit's (回退). The lead's return withdraws the rest and files it again."""
    with acting("return", actor, case, seen=seen, at=at, reason=reason, note=note) as change:
        own = _own(change, "cases.return")
        change.end_assignment(own, AssignmentState.RETURNED, reason=reason, result=change.note)
        if own.part == Assignment.Part.LEAD:
            change.withdraw_assignments()
            change.case.returns += 1
            change.go(Stage.FILED)
        elif change.case.stage == Stage.HANDLING and not change.assignments:
            # The lead was done and only this assist kept the case.
            _all_done(change)
        change.log("return", reason=reason, note=change.note, unit=own.unit_id, part=own.part)
        settle(change)
    return change.case


def handle(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str, is_public: bool = True) -> Case:
    """Tell what was done (处置反馈). The case is handled when the lead and all assists are done.

    Refused while evidence that the filing standard demands of the handler is missing.
    """
    with acting("handle", actor, case, seen=seen, at=at, note=note) as change:
        own = _own(change, "cases.handle")
        is_lead = own.part == Assignment.Part.LEAD
        if is_lead:
            evidence.demand(change.case, evidence.FOR_HANDLING)
        change.remember_handler(actor.account_id, own.unit_id)
        change.end_assignment(own, AssignmentState.DONE, result=change.note)
        shown, facts = public_words(change, change.note) if is_public and is_lead else ("", {})
        if not change.assignments:
            _all_done(change)
        change.log("handle", note=change.note, public_note=shown, unit=own.unit_id, part=own.part, **facts)
        settle(change)
    return change.case


def _all_done(change: Change, *, unchecked: bool = False) -> None:
    change.case.handled_at = change.at
    change.go(Stage.HANDLED)
    if not unchecked:
        ask_verification(change)


def ask_verification(change: Change) -> None:
    """Ask for the check after handling (核查) as the standard says: in the field, at the desk, or a sample."""
    case = change.case
    standard = case.standard
    mode = standard.verification if standard is not None else "field"
    if mode == "sample" and standard is not None:
        mode = "field" if _is_sampled(case, standard.sample_percent) else "desk"
    if mode == "field" and not change.settings.skips(Stage.HANDLED, case.kind):
        tasks.ask(change, FieldTask.Kind.POST_HANDLING, clock="verify")


def _is_sampled(case: Case, percent: int) -> bool:
    """Draw a sample that nobody can foresee from the number, yet is the same each time it is asked."""
    return int.from_bytes(case.number.encode()[-3:]) * 2654435761 % 2**32 % 100 < percent


def _needs_no_check(change: Change) -> bool:
    category = catalogue(change.numbers).by_id.get(change.case.category_id or 0)
    if category is None or category.code not in change.settings.trivial:
        return False
    standard = change.case.standard
    if standard is not None and standard.verification == "sample":
        return not _is_sampled(change.case, standard.sample_percent)
    return not _is_sampled(change.case, TRIVIAL_SAMPLE_PERCENT)


def resolve_on_spot(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str, category_id: int | None = None
) -> Case:
    """Solve it where it was found (自行处置): files and handles in one go; evidence as the standard says.

    Trivial categories close by sample, without a check after.
    """
    with acting("resolve_on_spot", actor, case, seen=seen, at=at, note=note) as change:
        file_in(change, Filing(category_id=category_id), by=SYSTEM)
        evidence.demand(change.case, evidence.FOR_HANDLING)
        _take_as_own(change)
        unchecked = _needs_no_check(change)
        _all_done(change, unchecked=unchecked)
        change.refresh_parties()
        shown, facts = public_words(change, change.note)
        change.log("resolve_on_spot", note=change.note, public_note=shown, **facts)
        settle(change, unchecked=unchecked)
    return change.case


def _take_as_own(change: Change) -> None:
    """Keep the post that solved it as its lead, so that a rework has somebody to go back to."""
    held = change.held
    change.remember_handler(change.actor.account_id)
    if held is None:
        return
    done = Assignment(
        case=change.case, part=Assignment.Part.LEAD, post_id=held.post_id, state=AssignmentState.DONE,
        handler_id=change.actor.account_id, offered_at=change.at, accepted_at=change.at, ended_at=change.at,
        result=change.note,
    )  # fmt: skip
    done.save(force_insert=True)
    change.all_assignments.append(done)
