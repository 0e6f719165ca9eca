"""What the platform proposes for a new report, and what it does by itself where the profile lets it and it is sure."""

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas.queries import node
from lianxin.work.cases import keeping, rules
from lianxin.work.cases.change import Change
from lianxin.work.cases.settings import Automatic
from lianxin.work.cases.words import Kind, Severity
from lianxin.work.dispatch import rules as dispatch_rules
from lianxin.work.dispatch.actions import propose_in_shadow
from lianxin.work.dispatch.proposals import Decision, Proposal
from lianxin.work.dispatch.routing import propose

from .dispatching import Target, dispatch_in
from .filing import Filing, file_in

# Kinds that people answer rather than units handle: never filed without a person.
_SPOKEN = frozenset({Kind.ENQUIRY, Kind.SUGGESTION, Kind.DISPUTE})


def propose_for(change: Change, *, kind_given: bool, severity_given: bool) -> Proposal | None:
    """Keep dispatch's proposal on a new case, with the kind and severity its words tell where nobody gave them."""
    case = change.case
    if case.category_id is not None:
        return None
    proposal = propose(
        case.text, title=case.title, point=case.point, level=case.holder_level, at=change.at, numbers=change.numbers,
        area=node(case.area_now_id, change.numbers) if case.area_now_id else None,
        keeper=keeping.keeper_of(case.component, at=change.at, numbers=change.numbers),
    )  # fmt: skip
    case.proposal = proposal.as_document()
    if proposal.kind is not None and not kind_given:
        case.kind = proposal.kind.value
    if proposal.severity is not None and not severity_given:
        case.severity = proposal.severity.value
    return proposal


def decide(change: Change, proposal: Proposal | None) -> None:
    """File and dispatch a new case in the same transaction when the platform is sure."""
    case, settings = change.case, change.settings
    if proposal is None or case.is_confidential or case.kind in _SPOKEN:
        return
    filed = _decide(proposal, settings.auto_file, needs_unit=False)
    if filed.acts and case.holder_level in settings.file_levels:
        _file(change, proposal)
        if _decide(proposal, settings.auto_dispatch, needs_unit=True).acts:
            _dispatch(change, proposal)


def _decide(proposal: Proposal, automatic: Automatic, *, needs_unit: bool) -> Decision:
    return dispatch_rules.decide(
        proposal, mode=automatic.mode, confidence=automatic.confidence, categories=automatic.categories,
        needs_unit=needs_unit,
    )  # fmt: skip


def _file(change: Change, proposal: Proposal) -> None:
    best = proposal.best
    if best is None:
        return
    severity = change.case.severity if change.case.severity != Severity.NORMAL else ""
    file_in(change, Filing(category_id=best.category.id, severity=severity), by=SYSTEM)


def _dispatch(change: Change, proposal: Proposal) -> None:
    best = proposal.best
    ruling = best.ruling if best else None
    if ruling is None or not rules.may_send(change.settings, change.case.holder_level, ruling.lead_unit.kind):
        return
    assists = [Target(unit.id) for unit in ruling.assists]
    dispatch_in(change, Target(ruling.lead_unit.id), assists, by=SYSTEM)


def note_shadow(change: Change, proposal: Proposal | None) -> None:
    """Note what the platform would have done with a case that people decide (影子模式).

    So figures gather in the shadow, and go on gathering for what is still left to people when it acts.
    """
    automatic = change.settings.auto_dispatch
    if proposal is not None and automatic.mode != "off" and change.case.filed_at is None:
        decision = _decide(proposal, automatic, needs_unit=True)
        propose_in_shadow(change.case.number, proposal, decision, at=change.at)
