"""Cases that a worker is to act on, with all they need at the place: words, photos, what each act demands."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.areas.queries import node
from lianxin.foundation.organizations.queries import unit
from lianxin.kernel.files.models import StoredFile
from lianxin.kernel.files.queries import files_of_many
from lianxin.kernel.flow import Step
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.registry.components.models import Component
from lianxin.work.cases import evidence, rules
from lianxin.work.cases.models import Assignment, Call, Case, Clock, FieldTask, Whistle
from lianxin.work.cases.queries.todo import waiting
from lianxin.work.cases.queries.trace import label_of
from lianxin.work.cases.settings import FlowSettings, flow_settings
from lianxin.work.cases.words import OPEN_ASSIGNMENT, Channel, Stage

from .shapes import PackPointOut, own_ground, point_out

MOST = 200  # cases a phone carries: what falls due first
_LINES = 6  # of the trace of each
_MINE = 30  # of one's own reports
_NEARBY = 200  # open cases of one's ground, to know what was reported already
# What is done with a phone in the hand; the desk does the rest.
_FIELD = frozenset({
    "report_check", "resolve_on_spot", "accept", "contact", "progress", "handle", "return", "verify", "rework",
    "report_in", "annotate", "reply", "ask_extension", "answer", "escalate",
})  # fmt: skip
_TASK = {"pre_filing_check": "check", "post_handling_check": "verify"}

Task = Literal["check", "verify", "accept", "handle", "resolve", "desk"]


class PackPhotoOut(BaseModel):
    """A photo or recording of a case; its bytes are under /api/v1/files/{key}."""

    key: str
    kind: str
    label: str
    seconds: float | None
    has_thumb: bool


class PackDemandOut(BaseModel):
    """A photo or paper an act asks for, by its label."""

    label: str
    name: str
    is_there: bool


class PackActOut(BaseModel):
    """An act this person may take now, and what it demands."""

    name: str
    label: str
    needs_note: bool
    reasons: dict[str, str]
    photos: list[PackDemandOut]


class PackTraceOut(BaseModel):
    """What was done, by which post."""

    at: datetime
    label: str
    who: str
    note: str


class PackThingOut(BaseModel):
    """The component a case stands on."""

    key: str
    number: str
    name: str
    state: str


class PackCaseOut(BaseModel):
    """A case to act on. `task` is what it waits for, `request` what somebody asked to look at.

    `limit` is how much time the running clock gives in all; `closing` what must be so at its end, as its standard says.
    """

    number: str
    version: int
    title: str
    text: str
    kind: str
    stage: str
    stage_label: str
    severity: str
    category: str
    category_name: str
    address: str
    area: str
    point: PackPointOut | None
    accuracy_metres: int | None
    reporter: str
    reported_at: datetime
    task: Task
    request: str
    due_at: datetime | None
    warn_at: datetime | None
    is_paused: bool
    limit: str
    handler: str
    result: str
    closing: str
    component: PackThingOut | None
    acts: list[PackActOut]
    photos: list[PackPhotoOut]
    trace: list[PackTraceOut]


class PackOwnCaseOut(BaseModel):
    """A case one reported oneself lately, and where it stands."""

    number: str
    title: str
    stage: str
    stage_label: str
    handler: str
    point: PackPointOut | None
    category: str
    reported_at: datetime
    due_at: datetime | None
    is_open: bool


class PackNearbyCaseOut(BaseModel):
    """An open case of one's own ground: who finds the same matter learns that it was reported already."""

    number: str
    version: int
    title: str
    stage_label: str
    category: str
    point: PackPointOut
    reported_at: datetime


class CasesPackOut(BaseModel):
    """What waits for this person, what falls due first on top; their own reports; and what is open around them."""

    items: list[PackCaseOut]
    mine: list[PackOwnCaseOut]
    nearby: list[PackNearbyCaseOut]


@section("cases", out=CasesPackOut, order=10)
def cases(actor: Actor, /, *, at: datetime, numbers: Mapping[str, int]) -> CasesPackOut | None:
    """Return the cases to act on. At most ten statements."""
    if not actor.may("cases.view"):
        return None
    found = list(_wanted(actor))
    board = _Board(actor, found, at, numbers)
    return CasesPackOut(
        items=[board.out(case) for case in found], mine=_mine(actor, numbers), nearby=_nearby(actor, numbers)
    )


def _wanted(actor: Actor) -> QuerySet[Case]:
    """Return what waits for the actor, and what was reported in their grids and may be put right on the spot."""
    grids = actor.scope("cases.resolve").grid_ids
    wanted = waiting(actor, "now") | Q(stage=Stage.REPORTED, grid_id__in=grids)
    visible = Case.objects.visible_to(actor).open().filter(wanted).select_related("category", "standard")
    return visible.defer("words", "proposal").order_by("due_at", "id")[:MOST]


@dataclass(frozen=True)
class _Board:
    """All that surrounds some cases, read once for all of them."""

    actor: Actor
    found: Sequence[Case]
    at: datetime
    numbers: Mapping[str, int]

    @cached_property
    def settings(self) -> FlowSettings:
        return flow_settings(self.numbers)

    @cached_property
    def _ids(self) -> list[int]:
        return [case.pk for case in self.found]

    @cached_property
    def assignments(self) -> Mapping[int, list[Assignment]]:
        return _grouped(Assignment.objects.filter(case_id__in=self._ids).order_by("id"))

    @cached_property
    def tasks(self) -> Mapping[int, list[FieldTask]]:
        open_ones = FieldTask.objects.filter(case_id__in=self._ids, done_at=None, cancelled_at=None)
        return _grouped(open_ones.order_by("id"))

    @cached_property
    def clocks(self) -> Mapping[int, list[Clock]]:
        running = Clock.objects.filter(case_id__in=self._ids, stopped_at=None)
        return _grouped(running.filter(subject__in=("stage", "field_task", "assignment")))

    @cached_property
    def whistles(self) -> Mapping[int, Whistle]:
        ids = [case.pk for case in self.found if case.whistles]
        rows = Whistle.objects.filter(case_id__in=ids).order_by("id") if ids else []
        return {whistle.case_id: whistle for whistle in rows}

    @cached_property
    def calls(self) -> Mapping[int, list[Call]]:
        ids = [whistle.pk for whistle in self.whistles.values()]
        found: dict[int, list[Call]] = defaultdict(list)
        for call in Call.objects.filter(whistle_id__in=ids).order_by("id") if ids else ():
            found[call.whistle_id].append(call)
        return found

    @cached_property
    def things(self) -> Mapping[int, PackThingOut]:
        ids = {case.component_id for case in self.found if case.component_id is not None}
        rows = Component.objects.filter(pk__in=ids).only("key", "number", "name", "state") if ids else ()
        return {
            row.pk: PackThingOut(key=str(row.key), number=row.number, name=row.name, state=row.state) for row in rows
        }

    @cached_property
    def files(self) -> Mapping[int, list[StoredFile]]:
        found: dict[int, list[StoredFile]] = defaultdict(list)
        for file in files_of_many("case", self._ids):
            found[file.subject_id or 0].append(file)
        return found

    @cached_property
    def traces(self) -> Mapping[int, list[Entry]]:
        """The latest few entries of each case, newest first."""
        since = min((case.reported_at for case in self.found), default=self.at)
        entries = Entry.objects.filter(subject_kind="case", subject_id__in=self._ids, at__gte=since)
        latest = Window(RowNumber(), partition_by=F("subject_id"), order_by=F("id").desc())
        rows = entries.annotate(place=latest).filter(place__lte=_LINES).order_by("subject_id", "-id")
        found: dict[int, list[Entry]] = defaultdict(list)
        for entry in rows.only("id", "subject_id", "action", "at", "actor_label", "note"):
            found[entry.subject_id].append(entry)
        return found

    def out(self, case: Case) -> PackCaseOut:
        """Return one case as the phone carries it."""
        assignments = self.assignments.get(case.pk, [])
        tasks = self.tasks.get(case.pk, [])
        whistle = self.whistles.get(case.pk)
        parties = rules.Known(
            [each for each in assignments if each.state in OPEN_ASSIGNMENT], whistle,
            self.calls.get(whistle.pk, []) if whistle is not None else [], tasks,
        )  # fmt: skip
        steps = rules.steps_for(rules.Asking(case, self.actor, parties, self.settings, self.at))
        files = self.files.get(case.pk, [])
        acts = [self._act(step, case, files) for step in steps if step.name in _FIELD]
        task, asked, subject = self._task(acts, parties)
        clock = self._clock(case, subject)
        area = node(case.area_now_id, self.numbers) if case.area_now_id is not None else None
        lead = next((each for each in reversed(assignments) if each.part == Assignment.Part.LEAD), None)
        return PackCaseOut(
            number=case.number,
            version=case.version,
            title=case.title,
            text=case.text,
            kind=case.kind,
            stage=case.stage,
            stage_label=self.settings.stage_label(case.stage),
            severity=case.severity,
            category=case.category.code if case.category else "",
            category_name=case.category.name if case.category else "",
            address=case.address,
            area=area.name if area else "",
            point=point_out(case.point),
            accuracy_metres=case.accuracy_metres,
            # Who it was stays with the seat; the field learns by which way it came.
            reporter=str(Channel(case.channel).label),
            reported_at=case.reported_at,
            task=task,
            request=asked,
            due_at=clock.due_at if clock else case.due_at,
            warn_at=clock.warn_at if clock else case.warn_at,
            is_paused=case.paused_at is not None,
            limit=Limit(clock.limit_value, Unit(clock.limit_unit)).label if clock else "",
            handler=_party(lead, self.numbers),
            result=lead.result if lead else "",
            closing=case.standard.closing_condition if case.standard else "",
            component=self.things.get(case.component_id or 0),
            acts=acts,
            photos=[_photo(file) for file in files],
            trace=[_line(entry) for entry in self.traces.get(case.pk, [])],
        )

    def _task(self, acts: Sequence[PackActOut], parties: rules.Known) -> tuple[Task, str, tuple[str, int] | None]:
        """Return what the case waits for from this person, in whose words, and the thing whose clock counts."""
        offered = {act.name for act in acts}
        for field in parties.field_tasks:
            kind: Task = "check" if _TASK[field.kind] == "check" else "verify"
            if {"check": "report_check", "verify": "verify"}[kind] in offered:
                return kind, field.request, ("field_task", field.pk)
        own = next((each for each in parties.assignments if self._is_mine(each)), None)
        if own is not None and offered & {"accept", "handle"}:
            return "accept" if "accept" in offered else "handle", own.task, ("assignment", own.pk)
        if "verify" in offered:
            return "verify", "", None
        return ("resolve" if "resolve_on_spot" in offered else "desk"), "", None

    def _is_mine(self, given: Assignment) -> bool:
        posts = {held.post_id for held in self.actor.holdings}
        units = {unit_id for held in self.actor.holdings for unit_id in held.unit_ids}
        return given.post_id in posts or given.unit_id in units

    def _clock(self, case: Case, subject: tuple[str, int] | None) -> Clock | None:
        """Return the clock of the thing this person is to do, else the stage's."""
        clocks = self.clocks.get(case.pk, [])
        own = next((each for each in clocks if (each.subject, each.subject_id) == subject), None)
        return own or next((each for each in clocks if each.subject == "stage"), None)

    def _act(self, step: Step, case: Case, files: Sequence[StoredFile]) -> PackActOut:
        reasons = dict(self.settings.reasons.get(step.name, {})) if step.needs_reason else {}
        wanted = case.standard.evidence if case.standard and step.name in {"handle", "resolve_on_spot"} else []
        there = {file.label for file in files}
        return PackActOut(
            name=step.name,
            label=str(step.label),
            needs_note=step.needs_note,
            reasons=reasons,
            photos=[
                PackDemandOut(label=label, name=str(evidence.LABELS.get(label, label)), is_there=label in there)
                for label in wanted
                if label in evidence.FOR_HANDLING
            ],
        )


def _grouped(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _photo(file: StoredFile) -> PackPhotoOut:
    return PackPhotoOut(
        key=str(file.key), kind=file.kind, label=file.label, seconds=file.seconds, has_thumb=file.has_thumb
    )  # fmt: skip


def _line(entry: Entry) -> PackTraceOut:
    return PackTraceOut(at=entry.at, label=label_of(entry.action), who=entry.actor_label, note=entry.note[:200])


def _party(lead: Assignment | None, numbers: Mapping[str, int]) -> str:
    found = unit(lead.unit_id, numbers) if lead is not None and lead.unit_id is not None else None
    return (found.short_name or found.name) if found else ""


def _mine(actor: Actor, numbers: Mapping[str, int]) -> list[PackOwnCaseOut]:
    rows = Case.objects.filter(reporter_id=actor.account_id).select_related("category").order_by("-reported_at", "-id")
    settings = flow_settings(numbers)
    found = []
    for case in rows.defer("words", "proposal", "text")[:_MINE]:
        lead = unit(case.lead_unit_id, numbers) if case.lead_unit_id is not None else None
        found.append(
            PackOwnCaseOut(
                number=case.number, title=case.title, stage=case.stage,
                stage_label=settings.stage_label(case.stage), handler=(lead.short_name or lead.name) if lead else "",
                point=point_out(case.point), category=case.category.code if case.category else "",
                reported_at=case.reported_at, due_at=case.due_at, is_open=case.is_open,
            )
        )  # fmt: skip
    return found


def _nearby(actor: Actor, numbers: Mapping[str, int]) -> list[PackNearbyCaseOut]:
    ground = own_ground(actor, "cases.view")
    if ground is None:
        return []
    settings = flow_settings(numbers)
    rows = Case.objects.visible_to(actor).open().filter(within(ground)).exclude(point=None).order_by("-reported_at")
    names = ("id", "number", "version", "title", "stage", "point", "reported_at", "category", "category__code")
    return [
        PackNearbyCaseOut(
            number=case.number, version=case.version, title=case.title, stage_label=settings.stage_label(case.stage),
            category=case.category.code if case.category else "", point=place, reported_at=case.reported_at,
        )
        for case in rows.select_related("category").only(*names)[:_NEARBY]
        if (place := point_out(case.point)) is not None
    ]  # fmt: skip
