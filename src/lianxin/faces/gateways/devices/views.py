"""Take what devices and systems post: any adapter, one message or many, each item answered for."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lianxin.faces.acts.problems import MEDIA_TYPE, Problem, problem, problem_of
from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import LianxinError
from lianxin.registry.sensors import adapters, counting, partitions
from lianxin.registry.sensors.adapters import ADAPTERS, Adapter, Context, Parsed
from lianxin.registry.sensors.counting import Refusal
from lianxin.registry.sensors.keys import Caller
from lianxin.work.alarms.intake import take

from .calling import caller

log = logging.getLogger(__name__)
LARGEST = 1024 * 1024  # bytes of one body
_PAUSE = 5  # seconds to wait where the database is away


@csrf_exempt
def post(request: HttpRequest, adapter: str, topic: str = "") -> HttpResponse:
    """Take a body as `adapter` reads it. What fails leaves as problem+json; nothing sent ever breaks us."""
    found = ADAPTERS.get(adapter)
    if found is None:
        return _problem(request, problem(404, _("没有这种接入方式。")))
    if request.method != "POST":
        response = _problem(request, problem(405))
        response["Allow"] = "POST"
        return response
    try:
        return _taken(cast("Request", request), found, topic)
    except LianxinError as error:
        return _problem(request, problem_of(error))
    except (OperationalError, InterfaceError):
        log.warning("The database did not take what a device posted.", exc_info=True)
        told = _problem(request, problem(503, _("暂时收不了，请稍后原样重送。")))
        told["Retry-After"] = str(_PAUSE)
        return told


def _taken(request: Request, adapter: Adapter, topic: str) -> HttpResponse:
    who = caller(request, at=request.at)
    if who is None:
        sentence = _("编号或密钥不对。用 HTTP Basic 认证：设备编号（或系统代码）和密钥。")
        told = _problem(request, replace(problem(401, sentence, code="wrong_key"), title=_("密钥不对")))
        told["WWW-Authenticate"] = 'Basic realm="devices", charset="UTF-8"'
        return told
    if not request.META.get("CONTENT_LENGTH") and request.headers.get("Transfer-Encoding"):
        sentence = _("请在请求头里写明 Content-Length，不要分块发送。")
        return _problem(request, replace(problem(411, sentence, code="length_required"), title=_("不知道有多长")))
    body = _body(request)
    if body is None:
        large = Refusal(0, "too_large", who.number, _("内容超过 1 MB。"), who.device_id, who.system_id)
        counting.note({}, [large], at=request.at)
        return _problem(request, problem(413, _("内容超过 1 MB，请分几次送。"), code="too_large"))
    context = Context(request.at, device=who.number, system=who.system, topic=topic)
    return _stored(request, adapter, _own(adapters.read(adapter.code, body, context), who), who)


def _body(request: HttpRequest) -> bytes | None:
    """Return the body; None for one that is too large, which is not read to its end."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST:
        return None
    body = request.read(LARGEST + 1)
    return body if len(body) <= LARGEST else None


def _own(parsed: Parsed, who: Caller) -> Parsed:
    """Leave out what a device says in the name of another."""
    if not who.number:
        return parsed
    kept = Parsed(broken=parsed.broken)
    for item, message in zip(parsed.items, parsed.messages, strict=True):
        if message.device.upper() == who.number:
            kept.add(item, message)
        else:
            sentence = _("这把密钥只能送自己的读数。")
            kept.broken.append(Refusal(item, "unknown_device", message.device[:40], sentence))
    return kept


def _stored(request: Request, adapter: Adapter, parsed: Parsed, who: Caller) -> HttpResponse:
    partitions.ready(at=request.at)
    broken = [
        Refusal(one.index, one.reason, one.device, one.sentence, who.device_id, who.system_id) for one in parsed.broken
    ]
    counting.note({}, broken, at=request.at)
    done = take(parsed.messages, at=request.at)
    refused = broken + [
        Refusal(parsed.items[one.index], one.reason, one.device, one.sentence) for one in done.refused
    ]  # fmt: skip
    told = {"taken": len(done.fresh), "repeated": done.repeated, "refused": _told(refused)}
    if refused and not done.fresh and not done.repeated and len({one.index for one in refused}) >= _count(parsed):
        return _refused(request, refused, told)
    return HttpResponse(json.dumps(told, ensure_ascii=False), status=adapter.done, content_type="application/json")


def _count(parsed: Parsed) -> int:
    return len({*parsed.items, *(one.index for one in parsed.broken)})


def _told(refused: Sequence[Refusal]) -> list[dict[str, Any]]:
    ordered = sorted(refused, key=lambda one: one.index)
    return [{"item": one.index, "reason": one.reason, "detail": one.sentence} for one in ordered]


def _refused(request: Request, refused: Sequence[Refusal], told: dict[str, Any]) -> HttpResponse:
    """Answer that nothing of it was taken, by the first reason."""
    first = refused[0]
    status = {"too_large": 413, "flood": 429, "broken": 400}.get(first.reason, 422)
    response = _problem(request, problem(status, first.sentence, code=first.reason), told)
    if status == 429:
        response["Retry-After"] = "60"
    return response


def _problem(request: HttpRequest, told: Problem, more: dict[str, Any] | None = None) -> HttpResponse:
    document = told.document(instance=request.path, request_id=getattr(request, "request_id", "")) | (more or {})
    content = json.dumps(document, ensure_ascii=False)
    response = HttpResponse(content, status=told.status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if told.retry_after is not None:
        response["Retry-After"] = str(told.retry_after)
    return response
