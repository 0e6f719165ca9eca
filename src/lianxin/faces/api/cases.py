"""Cases as those see them who move them: list, page, trace, what may be done now, and every act."""

from typing import Annotated, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from lianxin.faces.acts import performing
from lianxin.faces.acts.inputs import ChannelIn, KindIn, SeverityIn
from lianxin.faces.acts.kinds import AreaCode, CategoryCode, Input, Instant, Line, UnitCode
from lianxin.faces.acts.resolving import Resolver
from lianxin.faces.acts.seeing import demand_inside
from lianxin.faces.acts.table import ACTS, Act
from lianxin.kernel.errors import NotFound
from lianxin.work.cases import queries, rules
from lianxin.work.cases.change import Change
from lianxin.work.cases.models import Case
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import Stage
from lianxin.work.dispatch.queries import catalogue

from .calling import Call, Failure, answer, is_unchanged, unchanged
from .paging import Page, PageIn, linked
from .routes import Route, route
from .shapes import ActedOut, CaseOut, CaseRowOut, SimilarOut, StepOut, TraceOut

router = Router(tags=["案件"])
_LISTS: JsonDict = {"x-lists": ["stage"]}
StageWord = Literal[
    "reported", "filed", "dispatched", "handling", "handled", "verified", "closed", "answered", "declined", "referred",
    "merged", "withdrawn", "void",
]  # fmt: skip


class CasesIn(PageIn):
    """What to list; nothing means all open cases one may see, what falls due first on top."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_LISTS)
    stage: Annotated[list[StageWord], Field(max_length=13, title="阶段，可用逗号隔开几个")] = []
    severity: Annotated[SeverityIn | None, Field(title="等级")] = None
    category: Annotated[CategoryCode | None, Field(title="分类编码，含下级")] = None
    area: Annotated[AreaCode | None, Field(title="区域编码，含下级")] = None
    unit: Annotated[UnitCode | None, Field(title="参与单位")] = None
    channel: Annotated[ChannelIn | None, Field(title="来源")] = None
    kind: Annotated[KindIn | None, Field(title="类型")] = None
    clock: Annotated[Literal["overdue", "warn", "paused"] | None, Field(title="时限")] = None
    flag: Annotated[
        Literal["supervised", "approval", "follow_up", "whistled", "unplaced"] | None, Field(title="标记")
    ] = None
    mine: Annotated[bool, Field(title="只看归我的")] = False
    words: Annotated[Line, Field(max_length=100, title="文字或编号")] = ""
    reported_from: Annotated[Instant | None, Field(title="上报时间从")] = None
    reported_to: Annotated[Instant | None, Field(title="上报时间到（不含）")] = None
    state: Annotated[Literal["open", "ended", "all"], Field(title="在办、办结或全部")] = "open"
    order: Annotated[Literal["due", "newest", "oldest"], Field(title="排序")] = "due"


class CasesOut(Page):
    """A page of cases."""

    items: list[CaseRowOut]


_ENDED = {"open": False, "ended": True, "all": None}
_ENDS = frozenset(stage.value for stage in Stage) - {
    "reported",
    "filed",
    "dispatched",
    "handling",
    "handled",
    "verified",
}


def _filters(call: Call, query: CasesIn) -> queries.Filters:
    resolver = Resolver(call.actor, call.numbers, call.at)
    area_id = resolver.area(query.area)
    ended = _ENDED[query.state]
    if query.state == "open" and set(query.stage) & _ENDS:
        ended = None  # who names an end wants to see it
    return queries.Filters(
        stages=tuple(query.stage),
        severity=query.severity or "",
        category_ids=_below(call, resolver.category(query.category)),
        area_ids=(area_id,) if area_id is not None else (),
        unit_id=resolver.unit(query.unit) if query.unit else None,
        channel=query.channel or "",
        kind=query.kind or "",
        clock=query.clock or "",
        flag=query.flag or "",
        mine=query.mine,
        words=query.words,
        reported_from=query.reported_from,
        reported_to=query.reported_to,
        ended=ended,
        order=query.order,
    )


def _below(call: Call, category_id: int | None) -> tuple[int, ...]:
    """Return a category and all below it."""
    if category_id is None:
        return ()
    nodes = catalogue(call.numbers)
    wanted = [category_id]
    for found in wanted:
        wanted += [node.id for node in nodes.children(found)]
    return tuple(wanted)


@route(
    router, "GET", "/cases", "案件列表", out=CasesOut, rules=Route(query=CasesIn, permission="cases.view"), name="list"
)
def cases(call: Call, query: CasesIn) -> HttpResponse:
    """List the cases the caller's posts let it see."""
    filters = _filters(call, query)
    rows, following = query.cut(queries.queue(call.actor, filters, at=call.at), *filters.ordering)
    settings = flow_settings(call.numbers)
    items = [CaseRowOut.row(case, settings, call.numbers, call.at) for case in rows]
    return linked(call, CasesOut(items=items, next=following))


class CountsOut(BaseModel):
    """Open cases by stage, with `all` and `overdue`."""

    counts: dict[str, int]


@route(router, "GET", "/cases/counts", "各阶段件数", out=CountsOut, rules=Route(permission="cases.view"))
def counts(call: Call) -> HttpResponse:
    """Count open cases by stage."""
    return answer(CountsOut(counts=queries.queue_counts(call.actor, at=call.at)))


def _inside(call: Call, number: str) -> Case:
    case = queries.find(call.actor, number)
    demand_inside(call.actor, case)
    return case


@route(router, "GET", "/cases/{number}", "案件", out=CaseOut, status=(200, 304), name="detail")
def detail(call: Call, number: str) -> HttpResponse:
    """Show a case. Its ETag is the version that acts name in If-Match."""
    case = _inside(call, number)
    etag = str(case.version)
    if is_unchanged(call, etag):
        return unchanged(etag)
    page = queries.case_page(call.actor, case, at=call.at, numbers=dict(call.numbers))
    return answer(CaseOut.of_page(page, call.numbers, call.at), etag=etag)


class TraceListOut(BaseModel):
    """The journal of a case, newest first."""

    items: list[TraceOut]


@route(router, "GET", "/cases/{number}/trace", "轨迹", out=TraceListOut)
def trace(call: Call, number: str) -> HttpResponse:
    """Show who did what when, and how long each stage took."""
    case = _inside(call, number)
    page = queries.case_page(call.actor, case, at=call.at, numbers=dict(call.numbers))
    return answer(TraceListOut(items=[TraceOut.of(line) for line in page.trace]), etag=str(case.version))


class StepsOut(BaseModel):
    """What may be done now, by the one who asks."""

    number: str
    version: int
    items: list[StepOut]


@route(router, "GET", "/cases/{number}/acts", "现在能做什么", out=StepsOut)
def steps(call: Call, number: str) -> HttpResponse:
    """List the acts the caller may take on the case now; reporters see theirs."""
    case = queries.find(call.actor, number)
    change = Change(case, call.actor, call.at, call.numbers)
    settings = flow_settings(call.numbers)
    items = [StepOut.of(step, settings) for step in rules.steps_for(change.asking)]
    return answer(StepsOut(number=case.number, version=case.version, items=items), etag=str(case.version))


class SimilarListOut(BaseModel):
    """Candidates, the likest first."""

    items: list[SimilarOut]


@route(router, "GET", "/cases/{number}/similar", "相似案件", out=SimilarListOut)
def similar(call: Call, number: str) -> HttpResponse:
    """List cases that may be the same matter, as far as the caller may see them."""
    found = queries.similar_to(_inside(call, number), flow_settings(call.numbers), limit=20)
    seen = set(
        Case.objects.visible_to(call.actor).filter(pk__in=[each.case.pk for each in found]).values_list("pk", flat=True)
    )
    return answer(SimilarListOut(items=[SimilarOut.of(each) for each in found if each.case.pk in seen][:5]))


# Acts.

_HEADERS = {
    "If-Match": 'The version you saw, such as "3"; `*` acts on whatever it is now.',
    "Idempotency-Key": "UUID made by the client; the same one sent again has no second effect.",
}


def _demand_version(call: Call, act: Act[Input]) -> None:
    """Let nobody overwrite what they have not seen; the reporter's own acts add, so they need no version."""
    if act.step.tie != "reporter" and not call.names_version:
        raise Failure(428, _('请用 If-Match 带上您看到的版本，例如 "3"；确实不论版本就写 *。'), code="version_needed")


def _declare(act: Act[Input]) -> None:
    @route(
        router, "POST", f"/cases/{{number}}/{act.name}", str(act.step.label), out=ActedOut,
        rules=Route(body=act.schema, headers=_HEADERS), name=f"act_{act.name}",
    )  # fmt: skip
    def take(call: Call, number: str, data: Input) -> HttpResponse:
        try:
            case = queries.find(call.actor, number)
        except NotFound:
            done = performing.taken_before(act.name, number=number, client_id=call.client_id, data=data)
            if done is None:
                raise
        else:
            _demand_version(call, act)
            done = performing.perform(
                call.actor, act.name, case=case, seen=call.seen, at=call.at, client_id=call.client_id, data=data,
                numbers=call.numbers,
            )  # fmt: skip
        return answer(ActedOut.of(done, flow_settings(call.numbers)), etag=str(done.version))

    take.__doc__ = act.call.__doc__


for _act in ACTS.values():
    _declare(_act)
