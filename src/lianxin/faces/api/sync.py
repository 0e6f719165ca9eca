"""What a grid worker's device brings and carries: records made without signal, and the pack it works from."""

import gzip
import logging
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field, create_model

from lianxin.faces.acts.kinds import Input, Line
from lianxin.faces.sync import packs  # noqa: F401  they register themselves
from lianxin.faces.sync.engine import Batch
from lianxin.faces.sync.records import Outcome
from lianxin.faces.sync.sections import SECTIONS, Made, answered, in_order, make
from lianxin.faces.sync.wire import batch_schema, items_of
from lianxin.kernel.errors import NotAllowed
from lianxin.kernel.throttle.counting import count
from lianxin.kernel.worktime.calendars import ZONE

from .calling import JSON, Call, Failure, answer, dressed
from .routes import Route, route
from .shapes import Out

log = logging.getLogger(__name__)
router = Router(tags=["网格员应用"])
LARGEST = 1024 * 1024  # bytes of one batch
_EFFORT = 5  # of gzip: 3 ms for a pack of 130 kB, within a hundredth of its best
# A worker back from three days in the hills sends hundreds of records in a minute; a loop gone mad sends thousands.
BATCHES, PACKS, SPAN = 120, 60, timedelta(minutes=1)


class OutcomeOut(Out):
    """What became of one record. `refused` needs a person; `waiting` is sent again as it is."""

    id: str
    state: Literal["done", "refused", "conflict", "waiting"]
    code: str
    detail: str
    fields: dict[str, str] | None
    subject: str
    version: int | None
    theirs: dict[str, Any] | None


class SyncedOut(Out):
    """Outcomes in the order sent, and the server's time."""

    now: datetime
    outcomes: list[OutcomeOut]


def _demand_staff(call: Call) -> int:
    """Return the account; raise for anybody but a member of staff at a device of their own."""
    account_id = call.demand_signed_in()
    if call.actor.kind != "staff" or call.actor.allowed is not None:
        raise NotAllowed("staff_only", _("这里只给登录的工作人员用。"))
    return account_id


@route(router, "POST", "/sync", "送来记录", out=SyncedOut, rules=Route(body=batch_schema(), signed_in=True))
def sync(call: Call, data: BaseModel) -> HttpResponse:
    """Take up to 200 records (1 MB) in their order, each with an outcome of its own; the same record again is safe."""
    account_id = _demand_staff(call)
    if len(call.raw()) > LARGEST:
        raise Failure(413, _("一次送得太多，请分几次送。"), code="too_large")
    count("sync", str(account_id), most=BATCHES, span=SPAN, at=call.at)
    items = items_of(data, at=call.at)
    batch = Batch(call.actor, call.at, call.numbers, request_id=getattr(call.request, "request_id", ""))
    outcomes = batch.take(items)
    told = [_outcome(item.id, outcome) for item, outcome in zip(items, outcomes, strict=True)]
    return answer(SyncedOut(now=call.at, outcomes=told))


def _outcome(record_id: str, outcome: Outcome) -> OutcomeOut:
    return OutcomeOut(
        id=record_id,
        state=outcome.state.value,
        code=outcome.code,
        detail=outcome.detail,
        fields=dict(outcome.fields) if outcome.fields else None,
        subject=outcome.subject,
        version=outcome.version,
        theirs=dict(outcome.theirs) if outcome.theirs is not None else None,
    )


class PackIn(Input):
    """Which sections the device has already, as `name:tag`, with commas between."""

    have: Annotated[Line, Field(max_length=2_000, title="设备上已有的")] = ""


def _section_model(name: str, out: type[BaseModel]) -> type[BaseModel]:
    title = "".join(part.title() for part in name.split("_")) + "SectionOut"
    fields: dict[str, Any] = {"tag": (str, ...), "data": (out, ...)}
    return create_model(title, __base__=Out, __doc__=f"The section {name}, and the tag of what it holds.", **fields)


def _pack_model() -> type[BaseModel]:
    fields: dict[str, Any] = {each.name: (_section_model(each.name, each.out) | None, None) for each in in_order()}
    doc = "Sections that differ from what the device has; null: not for this person any more."
    sections = create_model("PackSectionsOut", __base__=Out, __doc__=doc, **fields)
    whole: dict[str, Any] = {"now": (datetime, ...), "day": (date, ...), "sections": (sections, ...)}
    return create_model("PackOut", __base__=Out, __doc__="What a device works from without signal.", **whole)


@route(router, "GET", "/pack", "随身数据", out=_pack_model(), rules=Route(query=PackIn, signed_in=True))
def pack(call: Call, query: PackIn) -> HttpResponse:
    """Give what a worker needs for a day without signal: of their own area only, masked, the parts that changed."""
    account_id = _demand_staff(call)
    count("pack", str(account_id), most=PACKS, span=SPAN, at=call.at)
    have = dict(part.split(":", 1) for part in query.have.split(",") if ":" in part)
    made = {name: each for name, each in _made(call) if (each.tag if each else None) != have.get(name)}
    gone: dict[str, Made | None] = {name: None for name in have if name not in SECTIONS}
    day = call.at.astimezone(ZONE).date()
    body = b'{"now":"%s","day":"%s","sections":%s}' % (
        call.at.isoformat().encode(), day.isoformat().encode(), answered(made | gone),
    )  # fmt: skip
    return _packed(call, body)


def _packed(call: Call, body: bytes) -> HttpResponse:
    """Return the pack in a quarter of its bytes to who can read that; nothing in it is a secret of the session."""
    is_read = "gzip" in call.request.headers.get("Accept-Encoding", "")
    content = gzip.compress(body, _EFFORT, mtime=0) if is_read else body
    response = dressed(HttpResponse(content, content_type=JSON))
    response["Vary"] = f"{response['Vary']}, Accept-Encoding"
    if is_read:
        response["Content-Encoding"] = "gzip"
    return response


def _made(call: Call) -> list[tuple[str, Made | None]]:
    """Make all sections; one that fails is left out, so that the device keeps what it has of it."""
    found: list[tuple[str, Made | None]] = []
    for each in in_order():
        try:
            found.append((each.name, make(each, call.actor, at=call.at, numbers=call.numbers)))
        except Exception:
            log.exception("the section %s failed; request %s", each.name, getattr(call.request, "request_id", ""))
    return found
