"""Who asks to do what with which case, and what ties them together. Pure: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lianxin.foundation.accounts.actor import Actor, Holding
from lianxin.kernel.flow import Step

from .models import Approval, Assignment, Call, Case, FieldTask, Whistle
from .settings import FlowSettings
from .standing import Standing


class Parties(Protocol):
    """Those who take part in a case, as guards need them."""

    @property
    def assignments(self) -> Sequence[Assignment]:
        """The open assignments."""

    @property
    def whistle(self) -> Whistle | None:
        """The latest whistle, over or not."""

    @property
    def calls(self) -> Sequence[Call]:
        """The calls of the latest whistle."""

    @property
    def field_tasks(self) -> Sequence[FieldTask]:
        """The open field tasks."""

    @property
    def approval(self) -> Approval | None:
        """The request that waits for a decision, where it is at hand."""

    @property
    def standings(self) -> Sequence[Standing]:
        """The posts in whose place the actor may decide that request."""


@dataclass(frozen=True)
class Known:
    """Parties that are at hand already; by default nobody handles the case yet."""

    assignments: Sequence[Assignment] = ()
    whistle: Whistle | None = None
    calls: Sequence[Call] = ()
    field_tasks: Sequence[FieldTask] = ()
    approval: Approval | None = None
    standings: Sequence[Standing] = ()


@dataclass(frozen=True)
class Asking:
    """Who asks about which case, with what a guard may look at."""

    case: Case
    actor: Actor
    parties: Parties
    settings: FlowSettings
    at: datetime


def is_reporter(case: Case, actor: Actor) -> bool:
    """Tell whether the actor reported the case, by account or by number and phone."""
    return case.pk in actor.case_ids or (actor.account_id is not None and case.reporter_id == actor.account_id)


def handling_post(assignment: Assignment, actor: Actor, permission: str) -> Holding | None:
    """Return the actor's post that handles this assignment: the one it was given to, or one of its unit."""
    if assignment.unit_id is not None:
        return actor.holding_for(permission, unit_id=assignment.unit_id)
    if not actor.may(permission):
        return None
    own = (held for held in actor.holdings if held.post_id == assignment.post_id)
    return next((held for held in own if permission in held.permissions), None)


def own_assignment(
    asking: Asking, permission: str, *, state: str = "accepted", only_lead: bool = False
) -> Assignment | None:
    """Return the open assignment that the actor may act for, one in the wanted state first, and the lead's first."""
    actor = asking.actor
    mine = [
        each
        for each in asking.parties.assignments
        if (each.part == "lead" or not only_lead)
        and (actor.is_system or handling_post(each, actor, permission) is not None)
    ]
    return min(mine, key=lambda each: (each.state != state, each.part != "lead"), default=None)


def open_whistle(asking: Asking) -> Whistle | None:
    """Return the whistle whose units are still to come and consult."""
    whistle = asking.parties.whistle
    return whistle if whistle is not None and whistle.ended_at is None else None


def awaited_calls(asking: Asking) -> list[Call]:
    """Return the calls that nobody has answered yet."""
    if open_whistle(asking) is None:
        return []
    return [call for call in asking.parties.calls if call.reported_in_at is None]


def tied_post(step: Step, asking: Asking) -> Holding | None:  # noqa: PLR0911 - a case each
    """Return the post by which the actor may take the step, or None. Reporters and elevations need none."""
    case, actor, permission = asking.case, asking.actor, step.permission
    match step.tie:
        case "party" | "lead":
            state = "offered" if step.name == "accept" else "accepted"
            own = own_assignment(asking, permission, state=state, only_lead=step.tie == "lead")
            return handling_post(own, actor, permission) if own is not None else None
        case "called":
            held = (actor.holding_for(permission, unit_id=call.unit_id) for call in awaited_calls(asking))
            return next((each for each in held if each is not None), None)
        case "holder":
            return _at_holder_level(asking, permission)
        case "caller":
            whistle = asking.parties.whistle
            is_caller = whistle is None or whistle.caller_id == actor.account_id
            return actor.holding_for(permission, case) if is_caller else None
        case "ask":
            return actor.holding_for(permission, case) or _as_party(asking, permission)
        case "decider":
            return actor.holding_for(permission, case) or next((each.own for each in asking.parties.standings), None)
        case _:
            return actor.holding_for(permission, case)


def covering_levels(asking: Asking, permission: str) -> frozenset[str] | None:
    """Return the levels of the actor's posts that cover the case and give the permission; None: it needs no post."""
    actor = asking.actor
    if actor.is_system or _is_elevated(actor, permission):
        return None
    held = (each for each in actor.holdings if permission in each.permissions and each.covers(asking.case))
    return frozenset(each.area_level for each in held if each.area_level is not None)


def _at_holder_level(asking: Asking, permission: str) -> Holding | None:
    case, actor = asking.case, asking.actor
    if not actor.may(permission, case):
        return None
    held = (each for each in actor.holdings if permission in each.permissions and each.covers(case))
    return next((each for each in held if each.area_level == case.holder_level), None)


def _as_party(asking: Asking, permission: str) -> Holding | None:
    units = {*asking.case.party_unit_ids, asking.case.lead_unit_id} - {None}
    held = (asking.actor.holding_for(permission, unit_id=unit) for unit in sorted(filter(None, units)))
    return next((each for each in held if each is not None), None)


def is_tied(step: Step, asking: Asking) -> bool:
    """Tell whether the actor has the tie to the case that the step demands, and the permission."""
    actor = asking.actor
    if actor.is_system:
        return True
    if step.tie == "reporter":
        return is_reporter(asking.case, actor)
    if step.tie == "reporter_or_area" and is_reporter(asking.case, actor):
        return True
    if step.tie in {"area", "holder", "ask", "decider", "reporter_or_area"} and _is_elevated(actor, step.permission):
        return True
    return tied_post(step, asking) is not None


def _is_elevated(actor: Actor, permission: str) -> bool:
    return permission in actor.elevated and actor.may(permission)
