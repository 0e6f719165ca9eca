"""Reports come in, and are followed by who made them."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, ConfigDict

from lianxin.faces.acts import limits, performing, tracking
from lianxin.faces.acts.inputs import ReportIn
from lianxin.faces.acts.kinds import Code, Line
from lianxin.faces.acts.seeing import INNER_LABELS
from lianxin.kernel.errors import Invalid
from lianxin.kernel.files.queries import files_of
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case

from .calling import Call, answer
from .paging import Page, PageIn, linked
from .routes import Route, route
from .shapes import OwnRowOut, PromiseOut, PublicOut, ReportedOut, file_out

router = Router(tags=["上报"])
_KEY = {"Idempotency-Key": "UUID made by the client; the same one sent again has no second effect."}
_NEXT = {"reported": "给您受理答复", "filed": "安排好办理单位", "dispatched": "由办理单位接单"}


@route(router, "POST", "/reports", "上报", out=ReportedOut, status=(201, 200), rules=Route(body=ReportIn, headers=_KEY))
def report(call: Call, data: ReportIn) -> HttpResponse:
    """Take a report; anonymous callers too. 201 for a new one, 200 when the same Idempotency-Key came before."""
    client_id = call.client_id
    if client_id is None:
        raise Invalid({"Idempotency-Key": _("请在请求头 Idempotency-Key 里带上一个 UUID，重发时用同一个。")})
    limits.count_report(call.actor, call.address, at=call.at)
    case = performing.report(call.actor, client_id=client_id, data=data, at=call.at)
    out = ReportedOut(
        number=case.number,
        version=case.version,
        stage=case.stage,
        promise=_promise(case),
        key=tracking.new_key(case.pk, at=call.at, lives=tracking.LIVES_AFTER_REPORT),
    )
    is_new = case.reported_at == call.at
    return answer(out, status=201 if is_new else 200, etag=str(case.version), Location=f"/api/v1/reports/{case.number}")


def _promise(case: Case) -> PromiseOut | None:
    words = _NEXT.get(case.stage)
    return PromiseOut(at=case.due_at, words=_(words)) if words and case.due_at else None


class OwnPageOut(Page):
    """One's own reports."""

    items: list[OwnRowOut]


@route(router, "GET", "/reports", "我反映的", out=OwnPageOut, rules=Route(query=PageIn, signed_in=True))
def own_reports(call: Call, query: PageIn) -> HttpResponse:
    """List what the signed-in account reported, the latest first."""
    mine = Case.objects.filter(reporter_id=call.demand_signed_in())
    rows, following = query.cut(
        mine.only("id", "number", "title", "stage", "reported_at", "ended_at"), "-reported_at", "-id"
    )
    items = [
        OwnRowOut(
            number=case.number, title=case.title, stage=case.stage, is_open=case.is_open, reported_at=case.reported_at
        )
        for case in rows
    ]
    return linked(call, OwnPageOut(items=items, next=following))


@route(router, "GET", "/reports/{number}", "看进度", out=PublicOut)
def follow(call: Call, number: str) -> HttpResponse:
    """Show a report as its reporter follows it; by account, or by the key that number and phone gave."""
    case = queries.find(call.actor, number)
    return answer(public(call, case))


def public(call: Call, case: Case) -> PublicOut:
    """Return the public view with the photos that show the place."""
    files = [file_out(file) for file in files_of("case", case.pk) if file.label not in INNER_LABELS]
    return PublicOut.of(queries.public_view(case, at=call.at), files)


class TrackIn(BaseModel):
    """The number from the message, and the phone given with the report."""

    model_config = ConfigDict(extra="forbid")
    number: Code
    phone: Line


class TrackedOut(BaseModel):
    """The report, and a key (Bearer) that opens it for two hours."""

    key: str
    expires_in: int
    report: PublicOut


@route(router, "POST", "/tracking", "用编号和手机号查", out=TrackedOut, rules=Route(body=TrackIn))
def track(call: Call, data: TrackIn) -> HttpResponse:
    """Open a report by number and phone. 404 in the same words whichever is wrong; 429 when tried too often."""
    found = tracking.track(number=data.number, phone=data.phone, address=call.address, at=call.at)
    return answer(
        TrackedOut(key=found.key, expires_in=int(tracking.LIVES.total_seconds()), report=public(call, found.case))
    )
