"""CAP over HTTP: a source posts its messages; anybody fetches the feed of what is in force, and each message."""

import json
import re
from datetime import timedelta
from hashlib import sha256
from typing import cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lianxin.faces.acts.problems import MEDIA_TYPE as PROBLEM
from lianxin.faces.acts.problems import Problem, problem, problem_of
from lianxin.faces.identity.request import Request, address_of
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.throttle.counting import count
from lianxin.work.warnings import cap, queries, receiving, sources
from lianxin.work.warnings.cap.message import MEDIA_TYPE
from lianxin.work.warnings.models import Source, WarningMessage

from . import feed as feeds

MOST_BYTES = 512 * 1024
_TYPES = frozenset({MEDIA_TYPE, "application/xml", "text/xml"})
_MOST_AN_HOUR = 1_200
_BEARER = "Bearer "
_NAME = re.compile(r"[^\s\x00-\x1f,<&]{1,200}")
_FRESH = 30  # seconds a proxy may keep what everybody may read


@csrf_exempt  # a program with a key of its own, not a browser with a cookie
def post(request: HttpRequest, code: str) -> HttpResponse:
    """Take one CAP message of a source, whose key stands in `Authorization: Bearer …`."""
    asked = cast("Request", request)
    if request.method != "POST":
        return _refused(request, problem(405), Allow="POST")
    try:
        count("cap", address_of(request) or "", most=_MOST_AN_HOUR, span=timedelta(hours=1), at=asked.at)
        source = sources.by_key(code, _key(request))
        if source is None:
            told = problem(401, _("没有这个来源，或密钥不对。"), code="wrong_key")
            return _refused(request, told, **{"WWW-Authenticate": 'Bearer realm="cap"'})
        return _take(asked, source)
    except LianxinError as error:
        return _refused(request, problem_of(error))


def _key(request: HttpRequest) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix(_BEARER).strip() if header.startswith(_BEARER) else ""


def _take(asked: Request, source: Source) -> HttpResponse:
    if asked.content_type not in _TYPES:
        return _refused(asked, problem(415, _("请用 {kind} 发送。").format(kind=MEDIA_TYPE)))
    document = _body(asked)
    if document is None:
        return _refused(asked, problem(413, _("一条消息最多 {most} KB。").format(most=MOST_BYTES // 1024)))
    try:
        came = receiving.receive(source, document=document, at=asked.at)
    except cap.Faulty as faulty:
        receiving.note_fault(source, sentence=str(faulty), at=asked.at)
        told = problem(422, str(faulty))
        return _refused(asked, Problem(told.status, told.code, told.title, told.detail, errors=faulty.fields))
    except LianxinError as error:
        receiving.note_fault(source, sentence=error.sentence, at=asked.at)
        raise
    return JsonResponse(_told(came.warning), status=201 if came.is_new else 200)


def _body(request: HttpRequest) -> bytes | None:
    """Return what was sent; None for too much, nothing for what broke off."""
    try:
        document = request.body
    except RequestDataTooBig:
        return None
    except UnreadablePostError:
        return b""
    return document if len(document) <= MOST_BYTES else None


def _told(row: WarningMessage) -> dict[str, str]:
    return {
        "identifier": row.identifier, "state": row.state, "state_label": row.get_state_display(), "why": row.why,
        "url": feeds.message_url(row),
    }  # fmt: skip


def _refused(request: HttpRequest, told: Problem, **headers: str) -> HttpResponse:
    number = getattr(request, "request_id", "")
    body = json.dumps(told.document(instance=request.path, request_id=number), ensure_ascii=False)
    response = HttpResponse(body, status=told.status, content_type=PROBLEM, headers=headers)
    response["Cache-Control"] = "no-store"
    if told.retry_after is not None:
        response["Retry-After"] = str(told.retry_after)
    return response


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Give out what is in force; the same again is told by 304."""
    asked = cast("Request", request)
    rows, changed_at = queries.feed(asked.at), queries.feed_changed_at() or asked.at.replace(hour=0, minute=0, second=0)
    return _kept(asked, feeds.write(rows, changed_at), feeds.ATOM_TYPE, int(changed_at.timestamp()))


@require_safe
def message(request: HttpRequest, identifier: str) -> HttpResponse:
    """Give out one public message, over ones too."""
    row = queries.published(identifier) if _NAME.fullmatch(identifier) else None
    if row is None:
        return _refused(request, problem(404, _("没有这条预警。")))
    return _kept(cast("Request", request), row.document.encode(), MEDIA_TYPE, int(row.received_at.timestamp()))


def _kept(request: Request, body: bytes, kind: str, modified: int) -> HttpResponse:
    etag = quote_etag(sha256(body).hexdigest()[:32])
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={_FRESH}"
    told = get_conditional_response(request, etag=etag, last_modified=modified, response=response)
    if told is None or told.status_code == 412:
        told = response
    told["ETag"] = etag
    told.setdefault("Last-Modified", http_date(modified))
    return told
