"""Cases from the field: a report, an act on a case, and what was put right where it was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import NAMESPACE_OID, uuid5

from django.utils.translation import gettext as _
from pydantic import Field

from lianxin.faces.acts import performing
from lianxin.faces.acts.inputs import (
    Address,
    ChannelIn,
    KindIn,
    Place,
    ReportIn,
    ResolveIn,
    SaidStateIn,
    SeverityIn,
    Title,
)
from lianxin.faces.acts.kinds import BIGGEST_VERSION, CategoryCode, ComponentNumber, Input, Line, Number, Prose, kind
from lianxin.faces.acts.parsing import parse_data
from lianxin.faces.acts.seeing import demand_inside
from lianxin.faces.sync.files import FilesIn, attach, demand_ready
from lianxin.faces.sync.records import Conflict, Outcome, Record, done, takes
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import LianxinError, Refused, Stale
from lianxin.work.cases import rules
from lianxin.work.cases.actions.intake import MAX_TEXT
from lianxin.work.cases.change import Change
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries.since import Since, since

# What others did meanwhile that takes nothing away from what was seen and done at the place.
_BESIDE = frozenset(
    {"warn", "overdue", "urge", "thank", "annotate", "contact", "replan", "rehome", "supervise", "reply"}
)


class FieldReportIn(Input):
    """What a grid worker reports (上报); `made_at` of the record is when it was found."""

    text: Annotated[Line, Field(max_length=MAX_TEXT, title="发生了什么", json_schema_extra=kind("prose"))]
    title: Title = ""
    kind: Annotated[KindIn | None, Field(title="类型")] = None
    severity: Annotated[SeverityIn | None, Field(title="等级")] = None
    category: Annotated[CategoryCode | None, Field(title="分类")] = None
    point: Place = None
    accuracy_metres: Annotated[int | None, Field(ge=0, le=100_000, title="定位误差（米）")] = None
    address: Address = ""
    component: Annotated[ComponentNumber | None, Field(title="部件")] = None
    component_state: Annotated[SaidStateIn | None, Field(title="部件怎么了")] = None
    name: Annotated[Line, Field(max_length=60, title="谁说的")] = ""
    phone: Annotated[Line, Field(max_length=30, title="电话", description="只用来回复，办理单位看不到")] = ""
    has_consent: Annotated[bool, Field(title="同意办理单位联系")] = False
    files: FilesIn = []


class SpotIn(FieldReportIn):
    """What was found and put right on the spot (自行处置): photos of before and after with their labels."""

    note: Annotated[Prose, Field(title="怎么解决的")]


class CaseActIn(Input):
    """An act on a case, of `act`'s own input; photos of evidence come with their labels."""

    number: Number
    act: Annotated[Line, Field(max_length=40, title="做什么")]
    seen: Annotated[int, Field(ge=0, le=BIGGEST_VERSION, title="看到的版本")]
    data: Annotated[dict[str, Any], Field(title="内容")] = {}
    files: FilesIn = []
    overrides: Annotated[
        int | None,
        Field(ge=0, le=BIGGEST_VERSION, title="看过的新版本", description="看过冲突里的改动，仍要这样做"),
    ] = None


@takes("case.report", FieldReportIn, label="上报")
def report(
    actor: Actor, record: Record, data: FieldReportIn, /, *, at: datetime, numbers: Mapping[str, int]
) -> Outcome:
    """Take a report."""
    case = _reported(actor, record, data, at=at, numbers=numbers)
    return done(case.number, case.version)


@takes("case.spot", SpotIn, label="当场解决")
def spot(actor: Actor, record: Record, data: SpotIn, /, *, at: datetime, numbers: Mapping[str, int]) -> Outcome:
    """Take a report with its solution: one case, filed and handled; somebody else looks at it after."""
    case = _reported(actor, record, data, at=at, numbers=numbers, is_solved=True)
    solved = performing.perform(
        actor, "resolve_on_spot", case=case, seen=None, at=at, client_id=uuid5(NAMESPACE_OID, f"{record.id} spot"),
        data=ResolveIn(note=data.note, category=data.category), numbers=numbers,
    )  # fmt: skip
    return done(solved.number, solved.version)


def _reported(
    actor: Actor,
    record: Record,
    data: FieldReportIn,
    *,
    at: datetime,
    numbers: Mapping[str, int],
    is_solved: bool = False,
) -> Case:
    demand_ready(actor, [file.key for file in data.files])
    told = {name: getattr(data, name) for name in FieldReportIn.model_fields if name != "files"}
    given = ReportIn(channel=ChannelIn.WORKER, claimed_at=record.made_at, **told)
    case = performing.report(actor, client_id=record.id, data=given, at=at, numbers=numbers, is_solved=is_solved)
    attach(actor, data.files, kind="case", subject_id=case.pk, at=at)
    return case


@takes("case.act", CaseActIn, label="案件操作")
def act(actor: Actor, record: Record, data: CaseActIn, /, *, at: datetime, numbers: Mapping[str, int]) -> Outcome:
    """Take an act, unless the case has moved on in a way that bears on it."""
    given = parse_data(performing.act_named(data.act).schema, data.data)
    case = _found(actor, data.number)
    if case is None:
        before = performing.taken_before(data.act, number=data.number, client_id=record.id, data=given)
        if before is None:
            raise Refused("gone", _("这件事已经不在您这里了。请下拉刷新，看看它现在归谁。"))
        return done(before.number, before.version)
    demand_ready(actor, [file.key for file in data.files])
    if data.files:
        demand_inside(actor, case)
        attach(actor, data.files, kind="case", subject_id=case.pk, at=at)
    acted = _Acting(actor, record, data, given, at, numbers).perform(case)
    return done(acted.number, acted.version)


# What is looked at before the act itself loads and locks the case: where it lies, whose it is, how far it is.
_LOOKED_AT = (
    "number", "version", "stage", "reported_at", "ended_at", "parent_id", "category_id", "area_now_id", "street_id",
    "community_id", "grid_id", "lead_unit_id", "lead_post_id", "party_unit_ids", "party_post_ids", "reporter_id",
)  # fmt: skip


def _found(actor: Actor, number: str) -> Case | None:
    """Return a case the actor sees, with what an act looks at; the whole row would cost as much as the act."""
    visible = Case.objects.visible_to(actor).filter(number=number).only(*_LOOKED_AT)
    return next(iter(visible[:1]), None)


@dataclass(frozen=True, slots=True)
class _Acting:
    """One act on a case that may have changed since it was seen."""

    actor: Actor
    record: Record
    data: CaseActIn
    given: Input
    at: datetime
    numbers: Mapping[str, int]

    @property
    def seen(self) -> int:
        """The version that was seen, or looked at again in a conflict."""
        return self.data.seen if self.data.overrides is None else self.data.overrides

    def perform(self, case: Case) -> Case:
        """Take the act; what came meanwhile and does not bear on it does not stop it."""
        try:
            return self._perform(case, self.seen)
        except Stale as stale:
            return self._again(case, stale)
        except Refused as refusal:
            raise self._told(case, refusal) from refusal

    def _since(self, case: Case) -> Since:
        return since(case, self.seen, self.numbers, by_others_than=self.actor.account_id)

    def _perform(self, case: Case, seen: int) -> Case:
        return performing.perform(
            self.actor, self.data.act, case=case, seen=seen, at=self.at, client_id=self.record.id, data=self.given,
            numbers=self.numbers,
        )  # fmt: skip

    def _again(self, case: Case, stale: Stale) -> Case:
        now = Case.objects.get(pk=case.pk)
        stopped = rules.obstacle(rules.FLOW[self.data.act], Change(now, self.actor, self.at, self.numbers).asking)
        if stopped is not None:
            raise self._told(now, stopped) from stale
        came = self._since(now)
        if all(each in _BESIDE for each in came.actions):
            return self._perform(now, now.version)
        raise Conflict(
            _("您看过以后，%(who)s又动过这件事（%(told)s）。看看改动，再决定要不要照您的来。")
            % {"who": came.who, "told": "；".join(came.changes)},
            theirs=_theirs(now, came), subject=now.number, version=now.version,
        ) from stale  # fmt: skip

    def _told(self, case: Case, stopped: LianxinError) -> LianxinError:
        """Return the refusal with what became of the case, and what is left to do."""
        came = self._since(case)
        if not came.actions:
            return stopped
        if case.is_open:
            words = _("%(why)s%(who)s已经动过它（%(told)s）。请刷新看看现在到了哪一步；您的照片和说明还在这台手机上。")
        else:
            words = _("这件事已经%(stage)s（%(who)s），不用再办了。现场若还有问题，请当一件新的上报。")
        told = {"why": stopped.sentence, "stage": came.stage, "who": came.who, "told": "；".join(came.changes)}
        return Refused(stopped.code, words % told)


def _theirs(case: Case, came: Since) -> dict[str, Any]:
    return {
        "number": case.number,
        "version": case.version,
        "stage": case.stage,
        "stage_label": came.stage,
        "who": came.who,
        "at": came.at.isoformat() if came.at else None,
        "changes": came.changes,
    }
