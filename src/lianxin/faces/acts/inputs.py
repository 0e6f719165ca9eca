"""What each act is told, one class an act that needs more than words. Titles and hints are what forms show."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from lianxin.work.cases.actions.intake import MAX_TEXT, MAX_TITLE

from .kinds import (
    AreaCode,
    CategoryCode,
    ComponentNumber,
    Id,
    Input,
    Instant,
    LimitIn,
    Line,
    Number,
    PointIn,
    Prose,
    Reason,
    StandardRow,
    Stars,
    StarsByUnit,
    TargetIn,
    UnitCode,
    kind,
)


class KindIn(StrEnum):
    """What sort of matter it is."""

    PROBLEM = "problem"
    HAZARD = "hazard"
    DISPUTE = "dispute"
    DEMAND = "demand"
    ENQUIRY = "enquiry"
    SUGGESTION = "suggestion"


class SeverityIn(StrEnum):
    """How pressing it is."""

    NORMAL = "normal"
    PRESSING = "pressing"
    URGENT = "urgent"


class ChannelIn(StrEnum):
    """How a report came in."""

    RESIDENT = "resident"
    WORKER = "worker"
    CALL = "call"
    HOTLINE = "hotline"
    SENSOR = "sensor"
    VIDEO = "video"
    LEADER = "leader"
    MEDIA = "media"
    PARTNER = "partner"


class SaidStateIn(StrEnum):
    """How a report says a component is."""

    DAMAGED = "damaged"
    MISSING = "missing"
    OCCUPIED = "occupied"


class SeenStateIn(StrEnum):
    """How somebody found a component."""

    INTACT = "intact"
    DAMAGED = "damaged"
    MISSING = "missing"
    OCCUPIED = "occupied"
    DISUSED = "disused"
    REMOVED = "removed"


class SolvedIn(StrEnum):
    """Whether the matter is solved, in the reporter's eyes."""

    SOLVED = "solved"
    PARTLY = "partly"
    NOT = "not"


class SatisfactionIn(StrEnum):
    """How satisfied the reporter is."""

    SATISFIED = "satisfied"
    BASICALLY = "basically"
    NOT = "not"


class HolderLevelIn(StrEnum):
    """A level that can hold a case."""

    COMMUNITY = "community"
    STREET = "street"
    CITY = "city"


Title = Annotated[Line, Field(max_length=MAX_TITLE, title="标题")]
Address = Annotated[Line, Field(max_length=200, title="地点", description="路名、小区、门牌，或旁边有什么")]
Note = Annotated[Prose, Field(title="说明")]
Place = Annotated[PointIn | None, Field(title="位置", json_schema_extra=kind("point"))]
Files = Annotated[
    list[UUID], Field(max_length=9, title="照片、视频", description="最多 9 个", json_schema_extra=kind("files"))
]


SeenState = Annotated[
    SeenStateIn | None,
    Field(title="部件状态", description="现在怎么样", json_schema_extra=kind("component_state")),
]


class OnComponent(Input):
    """The component a case is about, by the number on its label, and what is amiss with it."""

    component: Annotated[ComponentNumber | None, Field(title="部件")] = None
    component_state: Annotated[SaidStateIn | None, Field(title="部件怎么了", json_schema_extra=kind("said_state"))] = (
        None
    )


class ReportIn(OnComponent):
    """A report. Without a point, an area or a component the seat places it."""

    text: Annotated[Line, Field(max_length=MAX_TEXT, title="发生了什么", json_schema_extra=kind("prose"))]
    title: Title = ""
    channel: Annotated[ChannelIn, Field(title="来源")] = ChannelIn.RESIDENT
    kind: Annotated[KindIn | None, Field(title="类型")] = None
    severity: Annotated[SeverityIn | None, Field(title="等级")] = None
    category: Annotated[CategoryCode | None, Field(title="分类")] = None
    point: Place = None
    accuracy_metres: Annotated[int | None, Field(ge=0, le=100_000, title="定位误差（米）")] = None
    area: Annotated[AreaCode | None, Field(title="社区或网格")] = None
    address: Address = ""
    claimed_at: Annotated[Instant | None, Field(title="发生时间")] = None
    name: Annotated[Line, Field(max_length=60, title="称呼")] = ""
    phone: Annotated[Line, Field(max_length=30, title="电话", description="只用来回复您，办理单位看不到")] = ""
    is_anonymous: Annotated[bool, Field(title="不留姓名")] = False
    is_confidential: Annotated[bool, Field(title="请保密")] = False
    has_consent: Annotated[bool, Field(title="同意办理单位联系我")] = False
    files: Files = []


class Bare(Input):
    """Nothing more to say."""


class Noted(Input):
    """Words that the act needs."""

    note: Note


class Remarked(Input):
    """Words that may be left out."""

    note: Note = ""


class PlaceIn(Input):
    """Where a case belongs: a point, or an area."""

    point: Place = None
    area: Annotated[AreaCode | None, Field(title="社区或网格")] = None
    address: Address = ""


class CheckIn(Input):
    """A request to look whether it is so."""

    request: Annotated[Line, Field(max_length=200, title="请核实什么", json_schema_extra=kind("prose"))] = ""
    post: Annotated[Id | None, Field(title="请谁去", json_schema_extra=kind("post"))] = None


class ForwardIn(Input):
    """Who is to decide a request."""

    post: Annotated[Id, Field(title="转给谁审", json_schema_extra=kind("decider"))]
    note: Note = ""


class ReportCheckIn(Input):
    """What the field saw."""

    passed: Annotated[bool, Field(title="情况属实")]
    note: Note
    point: Place = None
    is_hazard: Annotated[bool, Field(title="是公共安全隐患")] = False


class FilingIn(Input):
    """What a case is filed as; what is left out stays as it is."""

    category: Annotated[CategoryCode | None, Field(title="分类")] = None
    standard: Annotated[StandardRow | None, Field(title="立案标准")] = None
    severity: Annotated[SeverityIn | None, Field(title="等级")] = None
    kind: Annotated[KindIn | None, Field(title="类型")] = None


class FileIn(FilingIn):
    """File the case."""

    note: Note = ""


class AmendIn(FilingIn, OnComponent):
    """Correct the case. `detach`: it is not about its component after all."""

    point: Place = None
    area: Annotated[AreaCode | None, Field(title="社区或网格")] = None
    address: Address = ""
    title: Title = ""
    detach: Annotated[bool, Field(title="不再关联部件", json_schema_extra=kind("detach"))] = False
    note: Note = ""


class ResolveIn(Input):
    """Solved where it was found."""

    note: Note
    category: Annotated[CategoryCode | None, Field(title="分类")] = None


class Reasoned(Input):
    """A reason from the list, and words if there are any."""

    reason: Annotated[Reason, Field(title="原因")]
    note: Note = ""


class ReasonedNoted(Input):
    """A reason from the list, and words."""

    reason: Annotated[Reason, Field(title="原因")]
    note: Note


class DispatchIn(Input):
    """Whose it is: one lead, any number of assists."""

    lead: Annotated[TargetIn, Field(title="主办")]
    assists: Annotated[list[TargetIn], Field(max_length=20, title="协办")] = []
    note: Note = ""


class RuleIn(DispatchIn):
    """The supervisor's ruling."""

    note: Note


class AssistsIn(Input):
    """More units to assist."""

    assists: Annotated[list[TargetIn], Field(min_length=1, max_length=20, title="协办")]
    note: Note = ""


class AssignIn(Input):
    """One of the unit's people, or a crew."""

    handler: Annotated[Id | None, Field(title="同事", json_schema_extra=kind("handler"))] = None
    crew: Annotated[Line, Field(max_length=60, title="队伍")] = ""


class ProgressIn(Input):
    """How far it is."""

    note: Note
    is_public: Annotated[bool, Field(title="上报人可见")] = False


class HandleIn(Input):
    """What was done."""

    note: Note
    is_public: Annotated[bool, Field(title="上报人可见")] = True


class ExtendIn(Input):
    """More time."""

    more: Annotated[LimitIn, Field(title="延长", json_schema_extra=kind("limit"))]
    note: Note


class ReviewIn(Input):
    """A stand-still until a day."""

    review_at: Annotated[Instant, Field(title="何时再看")]
    note: Note


class FieldIn(Input):
    """What was found at the place, if one went there."""

    note: Note = ""
    point: Place = None


class VerifyIn(FieldIn):
    """It is done; how the component is, where the case is about one."""

    component_state: SeenState = None


class CloseIn(Remarked):
    """Closed; how the component is, where the case is about one."""

    component_state: SeenState = None


class ForceCloseIn(ReasonedNoted):
    """Ended by force; how the component is then must be said."""

    component_state: SeenState = None


class ReworkIn(Input):
    """What is not done yet."""

    note: Note
    point: Place = None


class MergeIn(Input):
    """The open case it becomes part of."""

    into: Annotated[Number, Field(title="并入哪一件", description="案件编号")]


class PartIn(FilingIn):
    """One of the cases a case is split into."""

    title: Title = ""


class SplitIn(Input):
    """What a case is split into, one an owner."""

    parts: Annotated[list[PartIn], Field(min_length=2, max_length=9, title="分成")]


class WhistleIn(Input):
    """Which units are called, to where, and why."""

    units: Annotated[list[UnitCode], Field(min_length=1, max_length=30, title="叫哪些单位")]
    note: Note
    place: Annotated[Line, Field(max_length=200, title="到哪里")] = ""
    is_urgent: Annotated[bool, Field(title="紧急，30 分钟内到")] = False


class ConsultIn(Input):
    """Minutes and plan, and who does what."""

    note: Annotated[Prose, Field(title="会商纪要")]
    plan: Annotated[Prose, Field(title="办理方案")] = ""
    lead: Annotated[TargetIn | None, Field(title="主办")] = None
    assists: Annotated[list[TargetIn], Field(max_length=20, title="协办")] = []


class RateIn(Input):
    """One to five stars for each unit that was called."""

    stars: Annotated[StarsByUnit, Field(title="评分")]
    note: Note = ""


class SuperviseIn(Input):
    """A leader's word, and by when."""

    note: Note
    due_at: Annotated[Instant | None, Field(title="限办时间")] = None


class HandOverIn(Input):
    """Which level takes it."""

    level: Annotated[HolderLevelIn, Field(title="交给哪一级")]
    note: Note


class CallBackIn(Input):
    """What the reporter said on the telephone."""

    solved: Annotated[SolvedIn, Field(title="是否解决")]
    satisfaction: Annotated[SatisfactionIn, Field(title="是否满意")]
    note: Note = ""


class EvaluateIn(Input):
    """What the reporter thinks of the outcome."""

    stars: Annotated[Stars, Field(title="打几分")]
    solved: Annotated[SolvedIn | None, Field(title="是否解决")] = None
    satisfaction: Annotated[SatisfactionIn | None, Field(title="是否满意")] = None
    note: Note = ""
    tags: Annotated[list[Annotated[Line, Field(max_length=20)]], Field(max_length=8, title="印象")] = []


class AddIn(Input):
    """More words or photos."""

    note: Note
    files: Files = []
