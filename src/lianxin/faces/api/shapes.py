"""What the API answers about cases: flat, typed, codes instead of keys, nothing about who reported."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.areas.queries import node as area_node
from lianxin.foundation.organizations.queries import unit as unit_node
from lianxin.kernel.flow import Step
from lianxin.work.cases.models import Assignment, Case, Clock
from lianxin.work.cases.queries import CasePage, Likeness, TraceLine
from lianxin.work.cases.queries.public import PublicView
from lianxin.work.cases.settings import FlowSettings
from lianxin.work.dispatch.queries import catalogue

Numbers = Mapping[str, int]


class Out(BaseModel):
    """An answer."""


class NamedOut(Out):
    """A thing with its code and name."""

    code: str
    name: str


class PointOut(Out):
    """WGS-84 degrees."""

    lon: float
    lat: float


def area_out(area_id: int | None, numbers: Numbers) -> NamedOut | None:
    """Return an area by code and name. From memory."""
    found = area_node(area_id, numbers) if area_id is not None else None
    return NamedOut(code=found.code, name=" › ".join(found.breadcrumb[1:] or found.breadcrumb)) if found else None


def unit_out(unit_id: int | None, numbers: Numbers) -> NamedOut | None:
    """Return a unit by code and name. From memory."""
    found = unit_node(unit_id, numbers) if unit_id is not None else None
    return NamedOut(code=found.code, name=found.short_name or found.name) if found else None


def category_out(category_id: int | None, numbers: Numbers) -> NamedOut | None:
    """Return a category by code and name. From memory."""
    found = catalogue(numbers).by_id.get(category_id) if category_id is not None else None
    return NamedOut(code=found.code, name=found.name) if found else None


class PromiseOut(Out):
    """By when the reporter hears the next thing."""

    at: datetime
    words: str


class ReportedOut(Out):
    """A report that was taken. `key` follows it for a day without an account."""

    number: str
    version: int
    stage: str
    promise: PromiseOut | None
    key: str


class ActedOut(Out):
    """A case after an act."""

    number: str
    version: int
    stage: str
    stage_label: str

    @classmethod
    def of(cls, case: Case, settings: FlowSettings) -> Self:
        """Return it for a case."""
        return cls(
            number=case.number, version=case.version, stage=case.stage, stage_label=settings.stage_label(case.stage)
        )


class CaseRowOut(ActedOut):
    """A case in a list."""

    kind: str
    severity: str
    holder_level: str
    title: str
    address: str
    channel: str
    area: NamedOut | None
    category: NamedOut | None
    lead_unit: NamedOut | None
    point: PointOut | None
    reported_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    is_overdue: bool
    is_paused: bool
    urges: int
    returns: int
    reworks: int
    supervisions_open: int
    approvals_open: int
    needs_follow_up: bool

    @classmethod
    def row(cls, case: Case, settings: FlowSettings, numbers: Numbers, at: datetime) -> Self:
        """Return it for a case. No statement."""
        return cls(**_row(case, settings, numbers, at))


def _row(case: Case, settings: FlowSettings, numbers: Numbers, at: datetime) -> dict[str, Any]:
    is_late = case.due_at is not None and case.due_at <= at and case.paused_at is None
    return {
        "number": case.number,
        "version": case.version,
        "stage": case.stage,
        "stage_label": settings.stage_label(case.stage),
        "kind": case.kind,
        "severity": case.severity,
        "holder_level": case.holder_level,
        "title": case.title,
        "address": case.address,
        "channel": case.channel,
        "area": area_out(case.area_now_id, numbers),
        "category": category_out(case.category_id, numbers),
        "lead_unit": unit_out(case.lead_unit_id, numbers),
        "point": PointOut(lon=case.point.lon, lat=case.point.lat) if case.point else None,
        "reported_at": case.reported_at,
        "ended_at": case.ended_at,
        "due_at": case.due_at,
        "is_overdue": is_late,
        "is_paused": case.paused_at is not None,
        "urges": case.urges,
        "returns": case.returns,
        "reworks": case.reworks,
        "supervisions_open": case.supervisions_open,
        "approvals_open": case.approvals_open,
        "needs_follow_up": case.needs_follow_up,
    }


class ClockOut(Out):
    """A limit that runs or stands."""

    subject: str
    name: str
    limit: str
    started_at: datetime
    due_at: datetime | None
    warn_at: datetime | None
    is_paused: bool
    is_overdue: bool

    @classmethod
    def of(cls, clock: Clock) -> Self:
        """Return it for a clock."""
        return cls(
            subject=clock.subject,
            name=clock.name,
            limit=f"{clock.limit_value} {clock.limit_unit}",
            started_at=clock.started_at,
            due_at=clock.due_at,
            warn_at=clock.warn_at,
            is_paused=clock.paused_at is not None,
            is_overdue=clock.overdue_at is not None,
        )


class AssignmentOut(Out):
    """The case as one unit or post must handle it."""

    part: str
    unit: NamedOut | None
    post: int | None
    task: str
    state: str
    crew: str
    offered_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    reason: str
    result: str

    @classmethod
    def of(cls, given: Assignment, numbers: Numbers) -> Self:
        """Return it for an assignment."""
        return cls(
            part=given.part,
            unit=unit_out(given.unit_id, numbers),
            post=given.post_id,
            task=given.task,
            state=given.state,
            crew=given.crew,
            offered_at=given.offered_at,
            accepted_at=given.accepted_at,
            ended_at=given.ended_at,
            reason=given.reason,
            result=given.result,
        )


class FieldTaskOut(Out):
    """Look at the place, before filing or after handling."""

    kind: str
    mode: str
    request: str
    asked_at: datetime
    done_at: datetime | None
    cancelled_at: datetime | None
    passed: bool | None
    note: str


class CallOut(Out):
    """One unit that was called by a whistle."""

    unit: NamedOut | None
    reported_in_at: datetime | None
    is_late: bool
    is_missing: bool
    stars: int | None


class WhistleOut(Out):
    """One call to units."""

    reason: str
    place: str
    is_urgent: bool
    called_at: datetime
    consulted_at: datetime | None
    minutes: str
    plan: str
    calls: list[CallOut]


class FileOut(Out):
    """A photo, video or recording; `links` lead to its bytes."""

    key: str
    kind: str
    status: str
    label: str
    mime: str
    size: int
    received: int
    width: int | None
    height: int | None
    seconds: float | None
    has_thumb: bool
    refusal: str


class StepOut(Out):
    """An act that may be done now. Its input is described under the act's name in the OpenAPI document."""

    name: str
    label: str
    needs_note: bool
    needs_reason: bool
    reasons: dict[str, str]

    @classmethod
    def of(cls, step: Step, settings: FlowSettings) -> Self:
        """Return it for a step of the flow."""
        reasons = dict(settings.reasons.get(step.name, {})) if step.needs_reason else {}
        return cls(
            name=step.name,
            label=str(step.label),
            needs_note=step.needs_note,
            needs_reason=step.needs_reason,
            reasons=reasons,
        )


class CaseComponentOut(Out):
    """The component a case stands on: the number on its label, its name and how it is."""

    number: str
    name: str
    state: str


class CaseOut(CaseRowOut):
    """A case with everything around it."""

    text: str
    claimed_at: datetime | None
    is_anonymous: bool
    is_confidential: bool
    standard: str | None
    component: CaseComponentOut | None
    proposal: dict[str, Any] | None
    parent: str | None
    merged_into: str | None
    outcome: str
    answer: str
    solved: str
    satisfaction: str
    stars: int | None
    clocks: list[ClockOut]
    assignments: list[AssignmentOut]
    field_tasks: list[FieldTaskOut]
    whistles: list[WhistleOut]
    files: list[FileOut]
    missing_evidence: list[str]
    steps: list[StepOut]
    waits_for: str

    @classmethod
    def of_page(cls, page: CasePage, numbers: Numbers, at: datetime) -> Self:
        """Return it for a case's page. No statement."""
        case = page.case
        return cls(
            **_row(case, page.settings, numbers, at),
            text=case.text,
            claimed_at=case.claimed_at,
            is_anonymous=case.is_anonymous,
            is_confidential=case.is_confidential,
            standard=case.standard.row if case.standard else None,
            component=_component(case),
            proposal=case.proposal,
            parent=case.parent.number if case.parent else None,
            merged_into=case.merged_into.number if case.merged_into else None,
            outcome=case.outcome,
            answer=case.answer,
            solved=case.solved,
            satisfaction=case.satisfaction,
            stars=case.stars,
            clocks=[ClockOut.of(clock) for clock in page.clocks if clock.stopped_at is None],
            assignments=[AssignmentOut.of(each, numbers) for each in page.assignments],
            field_tasks=[
                FieldTaskOut(**{name: getattr(task, name) for name in FieldTaskOut.model_fields})
                for task in page.field_tasks
            ],
            whistles=_whistles(page, numbers),
            files=[file_out(file) for file in page.files],
            missing_evidence=page.missing_evidence,
            steps=[StepOut.of(step, page.settings) for step in page.steps],
            waits_for=page.waiting.sentence if page.waiting else "",
        )


def _component(case: Case) -> CaseComponentOut | None:
    found = case.component
    return CaseComponentOut(number=found.number, name=found.name, state=found.state) if found is not None else None


def _whistles(page: CasePage, numbers: Numbers) -> list[WhistleOut]:
    return [
        WhistleOut(
            reason=whistle.reason,
            place=whistle.place,
            is_urgent=whistle.is_urgent,
            called_at=whistle.called_at,
            consulted_at=whistle.consulted_at,
            minutes=whistle.minutes,
            plan=whistle.plan,
            calls=[
                CallOut(
                    unit=unit_out(call.unit_id, numbers),
                    reported_in_at=call.reported_in_at,
                    is_late=call.is_late,
                    is_missing=call.is_missing,
                    stars=call.stars,
                )
                for call in page.calls
                if call.whistle_id == whistle.pk
            ],
        )
        for whistle in page.whistles
    ]


def file_out(file: Any) -> FileOut:
    """Return it for a stored file."""
    rest = {name: getattr(file, name) for name in FileOut.model_fields if name != "key"}
    return FileOut(key=str(file.key), **rest)


class TraceOut(Out):
    """One entry of the journal."""

    at: datetime
    action: str
    label: str
    who: str
    source: str
    target: str
    version: int
    reason: str
    note: str
    public_note: str
    is_held: bool
    dwell_seconds: int | None
    allowed_seconds: int | None
    is_late: bool

    @classmethod
    def of(cls, line: TraceLine) -> Self:
        """Return it for a line of the trace."""
        entry = line.entry
        return cls(
            at=entry.at,
            action=entry.action,
            label=line.label,
            who=entry.actor_label,
            source=entry.source,
            target=entry.target,
            version=entry.version,
            reason=entry.reason,
            note=entry.note,
            public_note=entry.public_note,
            is_held=line.is_held,
            dwell_seconds=int(line.dwell.total_seconds()) if line.dwell is not None else None,
            allowed_seconds=int(line.allowed.total_seconds()) if line.allowed is not None else None,
            is_late=line.is_late,
        )


class PublicStepOut(Out):
    """One step in plain words."""

    at: datetime
    words: str
    note: str


class PublicOut(Out):
    """A report as its reporter follows it."""

    number: str
    title: str
    status: str
    promised_at: datetime | None
    is_late: bool
    is_paused: bool
    pause_words: str
    is_open: bool
    handler: str
    answer: str
    may_reopen: bool
    is_rated: bool
    steps: list[PublicStepOut]
    files: list[FileOut]

    @classmethod
    def of(cls, view: PublicView, files: list[FileOut]) -> Self:
        """Return it for a public view."""
        rest = {name: getattr(view, name) for name in cls.model_fields if name not in {"steps", "files"}}
        steps = [PublicStepOut(at=step.at, words=step.words, note=step.note) for step in view.steps]
        return cls(**rest, steps=steps, files=files)


class OwnRowOut(Out):
    """One of one's own reports in a list."""

    number: str
    title: str
    stage: str
    is_open: bool
    reported_at: datetime


class SimilarOut(Out):
    """A case that may be the same matter; surely so on the same component."""

    number: str
    title: str
    stage: str
    metres: int | None
    likeness: float
    same_component: bool
    reported_at: datetime
    address: str

    @classmethod
    def of(cls, found: Likeness) -> Self:
        """Return it for a candidate."""
        case = found.case
        return cls(
            number=case.number,
            title=case.title,
            stage=case.stage,
            metres=found.metres,
            likeness=round(found.alike, 3),
            same_component=found.same_component,
            reported_at=case.reported_at,
            address=case.address,
        )


class AreaOut(Out):
    """An area of the tree."""

    code: str
    name: str
    full_name: str
    level: str
    role: str
    kind: str
    parent: str | None
    depth: int
    households: int | None
    center: PointOut | None

    @classmethod
    def of(cls, node: AreaNode, parent: AreaNode | None) -> Self:
        """Return it for an area."""
        return cls(
            code=node.code,
            name=node.name,
            full_name=node.full_name,
            level=node.level,
            role=node.role,
            kind=node.kind,
            parent=parent.code if parent else None,
            depth=node.depth,
            households=node.households,
            center=PointOut(lon=node.center.lon, lat=node.center.lat) if node.center else None,
        )
