"""For those who steer and those who watch: what dispatch would do, how often it was right, the audit, the feed."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from lianxin.faces.acts.inputs import HolderLevelIn
from lianxin.faces.acts.kinds import Input, Instant, Line, PointIn
from lianxin.foundation.audit import queries as audit
from lianxin.kernel.errors import Invalid
from lianxin.kernel.journal.listening import entries_after
from lianxin.work.cases.models import Case
from lianxin.work.dispatch.queries import shadow_report
from lianxin.work.dispatch.routing import propose

from .calling import Call, answer
from .paging import BeforeIn, linked
from .routes import Route, route
from .shapes import Out, area_out

router = Router(tags=["派遣、审计、订阅"])


class ProposeIn(Input):
    """Words and a place, as a report would bring them."""

    text: Annotated[Line, Field(min_length=1, max_length=20_000, title="发生了什么")]
    title: Annotated[Line, Field(max_length=60, title="标题")] = ""
    point: PointIn | None = None
    level: Annotated[HolderLevelIn, Field(title="由哪一级派遣")] = HolderLevelIn.CITY


class ProposedOut(Out):
    """What dispatch would propose, with its reasons; `area` is where the point lies."""

    area: str | None
    proposal: dict[str, Any]


@route(
    router, "POST", "/dispatch/propose", "智能派遣建议", out=ProposedOut,
    rules=Route(body=ProposeIn, permission="cases.view"),
)  # fmt: skip
def preview(call: Call, data: ProposeIn) -> HttpResponse:
    """Say what a report would be filed as and who would lead. Writes nothing."""
    point = data.point.point if data.point else None
    found = propose(data.text, title=data.title, point=point, level=data.level, at=call.at, numbers=call.numbers)
    area = area_out(found.area.id if found.area else None, call.numbers)
    document = found.as_document()
    document.pop("area_id")
    return answer(ProposedOut(area=area.code if area else None, proposal=document))


class SpanIn(Input):
    """From when to when; the last thirty days unless told."""

    since: Annotated[Instant | None, Field(title="从")] = None
    until: Annotated[Instant | None, Field(title="到（不含）")] = None


class ShadowLineOut(Out):
    """How dispatch would have done in one category."""

    category: str
    name: str
    proposed: int
    decided: int
    right: int
    sure: int
    sure_right: int
    wrong_category: int
    wrong_unit: int
    right_share: float | None
    sure_error: float | None


class ShadowOut(Out):
    """The shadow report."""

    since: datetime
    until: datetime
    items: list[ShadowLineOut]


@route(
    router, "GET", "/dispatch/shadow", "影子模式报告", out=ShadowOut,
    rules=Route(query=SpanIn, permission="dispatch.view_report"),
)  # fmt: skip
def shadow(call: Call, query: SpanIn) -> HttpResponse:
    """Tell what dispatch would have done and how often it was right."""
    until = query.until or call.at
    since = query.since or until - timedelta(days=30)
    if since >= until:
        raise Invalid({"since": _("开始时间要早于结束时间。")})
    items = [
        ShadowLineOut.model_validate({name: getattr(line, name) for name in ShadowLineOut.model_fields})
        for line in shadow_report(since, until)
    ]
    return answer(ShadowOut(since=since, until=until, items=items))


class AuditIn(BeforeIn):
    """Which entries."""

    action: Annotated[Line, Field(max_length=60, title="动作，如 cases.reveal；以点结尾表示整类")] = ""
    actor: Annotated[int | None, Field(ge=1, le=2**63 - 1, title="谁（账号）")] = None
    since: Annotated[Instant | None, Field(title="从")] = None
    until: Annotated[Instant | None, Field(title="到（不含）")] = None


class AuditEntryOut(Out):
    """One audited act."""

    id: int
    at: datetime
    actor_id: int | None
    actor_label: str
    address: str | None
    action: str
    subject_kind: str
    subject_label: str
    fields: list[str]
    reason: str


class AuditOut(Out):
    """Entries, the latest first; `next` goes into `before`."""

    items: list[AuditEntryOut]
    next: int | None


@route(router, "GET", "/audit", "审计", out=AuditOut, rules=Route(query=AuditIn, permission="audit.read"))
def audit_entries(call: Call, query: AuditIn) -> HttpResponse:
    """List who looked at, changed or took out what is sensitive."""
    wanted = audit.Filter(actor_id=query.actor, action=query.action, since=query.since, until=query.until)
    page = audit.entries(call.actor, wanted, before=query.before, limit=query.size)
    items = [
        AuditEntryOut.model_validate({name: getattr(entry, name) for name in AuditEntryOut.model_fields})
        for entry in page.entries
    ]
    return linked(call, AuditOut(items=items, next=page.before), name="before")


class FeedIn(Input):
    """From which number on."""

    after: Annotated[int, Field(ge=0, le=2**63 - 1, title="上次读到的编号")] = 0
    size: Annotated[int, Field(ge=1, le=200, title="最多几条")] = 100


class FeedEntryOut(Out):
    """One act on a case that the caller may see. No words of the case, no names."""

    feed: int
    at: datetime
    number: str
    version: int
    action: str
    source: str
    target: str


class FeedOut(Out):
    """Acts in order; go on with `after` = `last`, even when it is empty."""

    items: list[FeedEntryOut]
    last: int


@route(router, "GET", "/feed", "订阅变化", out=FeedOut, rules=Route(query=FeedIn, permission="cases.view"))
def feed(call: Call, query: FeedIn) -> HttpResponse:
    """Give what happened after a number, gapless, to partners that keep up by asking again."""
    entries = entries_after(query.after, query.size)
    ids = {entry.subject_id for _number, entry in entries if entry.subject_kind == "case"}
    scope = call.actor.scope("cases.view")
    seen = dict(Case.objects.for_post(scope).filter(pk__in=ids).values_list("pk", "number")) if scope and ids else {}
    items = [
        FeedEntryOut(
            feed=number,
            at=entry.at,
            number=seen[entry.subject_id],
            version=entry.version,
            action=entry.action,
            source=entry.source,
            target=entry.target,
        )
        for number, entry in entries
        if entry.subject_kind == "case" and entry.subject_id in seen
    ]
    return answer(FeedOut(items=items, last=entries[-1][0] if entries else query.after))
