"""One request as a route sees it: who asks, when, with which version and client id; and how answers are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TypeVar, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from ninja.utils import check_csrf
from pydantic import BaseModel

from lianxin.faces.acts import tracking
from lianxin.faces.acts.parsing import parse_data, parse_json
from lianxin.faces.identity.cookies import SESSION
from lianxin.faces.identity.request import Request, address_of, device_of
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import was_revoked
from lianxin.kernel import ids
from lianxin.kernel.errors import NotAllowed, Refused

M = TypeVar("M", bound=BaseModel)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
JSON = "application/json"
_ETAG = re.compile(r'(?:W/)?"(\d{1,10})"')


class Failure(Refused):
    """A request that cannot be served as it came, by its HTTP status."""

    def __init__(self, status: int, sentence: str = "", *, code: str = "") -> None:
        super().__init__(code, sentence)
        self.status = status
        self.own_code = code


@dataclass(frozen=True)
class Call:
    """One request to the API."""

    request: HttpRequest
    actor: Actor
    at: datetime

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The version numbers that key the caches: read with the session, or when first asked for."""
        return cast("Request", self.request).numbers

    @property
    def address(self) -> str | None:
        """Where the request came from, for limits."""
        return address_of(self.request)

    @property
    def device(self) -> str:
        """What the client calls itself."""
        return device_of(self.request)

    @property
    def client_id(self) -> UUID | None:
        """The client-made id of this act (Idempotency-Key), if it sent one. Raises Invalid."""
        given = self.request.headers.get("Idempotency-Key", "").strip('"')
        return ids.parse(given, field="Idempotency-Key") if given else None

    @property
    def seen(self) -> int | None:
        """The version named by If-Match; None for `*` or none at all."""
        given = self.request.headers.get("If-Match", "").strip()
        if given in {"", "*"}:
            return None
        found = _ETAG.fullmatch(given)
        if found is None or int(found[1]) >= 2**31:
            raise Failure(400, _('If-Match 应是您看到的版本，例如 "3"。'), code="bad_version")
        return int(found[1])

    @property
    def names_version(self) -> bool:
        """Whether the request has an If-Match at all."""
        return bool(self.request.headers.get("If-Match", "").strip())

    def body(self, schema: type[M]) -> M:
        """Return the JSON body, typed. Raises Invalid or Failure."""
        kind = self.request.content_type or ""
        content = self.raw()
        if kind != JSON and (kind or content):
            raise Failure(415)
        return parse_json(schema, content)

    def query(self, schema: type[M]) -> M:
        """Return the query string, typed; a field named several times, or with commas, is a list."""
        given = self.request.GET
        lists = schema.model_config.get("json_schema_extra") or {}
        many = cast("dict[str, list[str]]", lists).get("x-lists", [])
        values: dict[str, object] = {}
        for name in given:
            found = [value for value in given.getlist(name) if value != ""]
            if found:
                values[name] = [part for value in found for part in value.split(",")] if name in many else found[-1]
        return parse_data(schema, values)

    def raw(self) -> bytes:
        """Return the body's bytes. Raises Failure."""
        try:
            return self.request.body
        except RequestDataTooBig:
            limit = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024 // 1024
            raise Failure(413, _("内容太大，请压到 %(limit)d MB 以内。") % {"limit": limit}, code="too_large") from None
        except UnreadablePostError:
            raise Failure(400, _("内容没有收全，请重新发送。"), code="cut_short") from None

    def demand(self, permission: str) -> None:
        """Raise unless some post of the asker gives this permission."""
        self.demand_signed_in()
        if not self.actor.may(permission):
            raise NotAllowed(permission, _("您的岗位不能看这里。"))

    def demand_signed_in(self) -> int:
        """Return the account that asks, or raise."""
        if self.actor.account_id is None:
            raise _signed_out(self.request)
        return self.actor.account_id


def begin(request: HttpRequest) -> Call:
    """Return the call. Raises Failure for a key that opens nothing, and for a page of another site that posts."""
    asked = cast("Request", request)
    actor, at = asked.actor, asked.at
    scheme, _blank, key = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        actor = _by_key(actor, scheme, key.strip(), at)
    elif request.method not in SAFE and _has_cookie(actor) and check_csrf(request) is not None:
        # A cookie comes along with any request a browser makes; only our own pages know the token.
        raise Failure(403, _("请求没有带上页面的校验码。请刷新页面再试。"), code="csrf")
    return Call(request, actor, at)


def _signed_out(request: HttpRequest) -> Failure:
    """Return why nobody is signed in; a device of the field wipes what it keeps when its session was taken back."""
    key = request.COOKIES.get(SESSION, "")
    if key and was_revoked(key):
        return Failure(401, _("这台设备上的登录已被收回。请重新登录。"), code="signed_out")
    return Failure(401)


def _has_cookie(actor: Actor) -> bool:
    return bool(actor.session_key or actor.case_ids)


def _by_key(actor: Actor, scheme: str, key: str, at: datetime) -> Actor:
    if scheme.lower() != "bearer":
        raise Failure(401, _("请用 Authorization: Bearer 密钥。"), code="bad_key")
    if key.startswith(tracking.PREFIX):
        return replace(actor, case_ids=actor.case_ids | {tracking.case_of(key, at=at)})
    if actor.account_id is None:
        raise Failure(401, _("密钥无效、已停用或已过期。"), code="bad_key")
    return actor


def answer(out: BaseModel, *, status: int = 200, etag: str = "", **headers: str) -> HttpResponse:
    """Return a typed answer; what depends on who asks is never kept by caches in between."""
    response = HttpResponse(out.__pydantic_serializer__.to_json(out), status=status, content_type=JSON)
    return dressed(response, etag=etag, **headers)


def dressed(response: HttpResponse, *, etag: str = "", **headers: str) -> HttpResponse:
    """Add the headers of an answer; `Link="…"`."""
    response["Cache-Control"] = "private, no-cache" if etag else "private, no-store"
    response["Vary"] = "Cookie, Authorization"
    if etag:
        response["ETag"] = f'"{etag}"'
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def is_unchanged(call: Call, etag: str) -> bool:
    """Tell whether the client holds this version already."""
    given = call.request.headers.get("If-None-Match", "")
    return given.strip() == "*" or f'"{etag}"' in given


def unchanged(etag: str) -> HttpResponse:
    """Return 304."""
    return dressed(HttpResponse(status=304), etag=etag)


def identifier(text: str) -> int:
    """Return a row's id from a path; raise Failure (404) for what cannot be one."""
    if not text.isascii() or not text.isdecimal() or not 1 <= len(text) <= 18:
        raise Failure(404)
    return int(text)
