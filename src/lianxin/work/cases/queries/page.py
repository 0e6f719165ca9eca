"""All that a case's page shows, gathered in a fixed number of statements."""

from dataclasses import dataclass, replace
from datetime import datetime

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.areas.queries import node as area_node
from lianxin.kernel.errors import LianxinError, NotFound
from lianxin.kernel.files.models import StoredFile
from lianxin.kernel.files.queries import files_of
from lianxin.kernel.flow import Step
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import evidence, rules, standing
from lianxin.work.cases.models import Approval, Assignment, Call, Case, Clock, Feedback, FieldTask, Supervision, Whistle
from lianxin.work.cases.settings import FlowSettings, flow_settings
from lianxin.work.cases.words import OPEN_ASSIGNMENT

from .stuck import Dwell, where_stuck
from .trace import TraceLine, entries_of, trace


@dataclass(frozen=True)
class CasePage:
    """A case with everything around it, for somebody who may see it."""

    case: Case
    area: AreaNode | None
    settings: FlowSettings
    entries: list[Entry]
    trace: list[TraceLine]
    clocks: list[Clock]
    assignments: list[Assignment]
    field_tasks: list[FieldTask]
    approval: Approval | None
    standings: list[standing.Standing]  # in whose place the actor may decide it
    whistles: list[Whistle]
    calls: list[Call]
    supervisions: list[Supervision]
    feedback: list[Feedback]
    files: list[StoredFile]
    missing_evidence: list[str]
    steps: list[Step]
    waiting: LianxinError | None  # what the most wanted next step waits for
    stuck: Dwell | None
    sees_reporter: bool

    @property
    def stage_clock(self) -> Clock | None:
        """The clock that runs or stands for the stage."""
        return next((each for each in self.clocks if each.subject == "stage" and each.stopped_at is None), None)


def find(actor: Actor, number: str) -> Case:
    """Return a case by its number, with category and standard; raise NotFound where the actor may not see it."""
    visible = Case.objects.visible_to(actor).select_related(
        "category__parent", "standard", "parent", "merged_into", "component"
    )
    case = visible.filter(number=number).first()
    if case is None:
        raise NotFound("没有这个案件，或不在您的辖区。")
    return case


def case_page(actor: Actor, case: Case, *, at: datetime, numbers: dict[str, int]) -> CasePage:
    """Gather the page of a case that `find` gave. At most eleven statements."""
    clocks = list(Clock.objects.filter(case=case).order_by("id"))
    assignments = list(
        Assignment.objects.filter(case=case).select_related("unit", "post__account", "handler").order_by("id")
    )
    whistles = list(Whistle.objects.filter(case=case).order_by("id")) if case.whistles else []
    calls = list(Call.objects.filter(whistle__in=whistles).select_related("unit").order_by("id")) if whistles else []
    field_tasks = list(FieldTask.objects.filter(case=case).select_related("done_by", "post__account").order_by("id"))
    settings = flow_settings(numbers)
    approval = (
        Approval.objects.filter(case=case).select_related("asked_by", "unit", "forwarded_to__account").order_by("-id")
    ).first()
    waiting = approval if approval is not None and approval.state == Approval.State.ASKED else None
    parties = replace(
        _parties(assignments, whistles, calls, field_tasks), approval=waiting,
        standings=standing.for_request(actor, case, waiting, clocks, at=at),
    )  # fmt: skip
    asking = rules.Asking(case, actor, parties, settings, at)
    entries = entries_of(case)
    return CasePage(
        case=case, area=area_node(case.area_now_id, numbers) if case.area_now_id else None, settings=settings,
        entries=entries, trace=trace(case, entries, clocks), clocks=clocks, assignments=assignments,
        field_tasks=field_tasks,
        approval=approval, standings=list(parties.standings),
        whistles=whistles, calls=calls,
        supervisions=list(Supervision.objects.filter(case=case).select_related("by").order_by("id")),
        feedback=list(Feedback.objects.filter(case=case).order_by("id")),
        files=list(files_of("case", case.pk)), missing_evidence=evidence.missing(case, evidence.FOR_CLOSING),
        steps=rules.steps_for(asking), waiting=_waiting(asking), stuck=where_stuck(clocks, at=at),
        sees_reporter=may_see_reporter(case, actor),
    )  # fmt: skip


def _parties(
    assignments: list[Assignment], whistles: list[Whistle], calls: list[Call], tasks: list[FieldTask]
) -> rules.Known:
    latest = whistles[-1] if whistles else None
    return rules.Known(
        [each for each in assignments if each.state in OPEN_ASSIGNMENT],
        latest,
        [call for call in calls if latest is not None and call.whistle_id == latest.pk],
        [task for task in tasks if task.is_open],
    )


# The next step everybody waits for, by stage.
_WANTED = {
    "reported": "file", "filed": "dispatch", "dispatched": "accept", "handling": "handle", "handled": "verify",
    "verified": "close",
}  # fmt: skip


def _waiting(asking: rules.Asking) -> LianxinError | None:
    wanted = _WANTED.get(asking.case.stage)
    return rules.obstacle(rules.FLOW[wanted], asking) if wanted else None


def may_see_reporter(case: Case, actor: Actor) -> bool:
    """Tell whether the actor may ask who reported: the seat, or who handles if the reporter agreed (law 9)."""
    is_party = any(set(held.unit_ids) & set(case.handler_unit_ids + case.party_unit_ids) for held in actor.holdings)
    if is_party and (case.is_confidential or not case.has_consent):
        return False
    if case.is_confidential:
        return actor.may("cases.reveal", case) and any(held.area_level == "city" for held in actor.holdings)
    return actor.may("cases.reveal", case) or (is_party and case.has_consent)
