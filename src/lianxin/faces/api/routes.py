"""The router: paths, checks and the OpenAPI document come from one declaration a route."""

import inspect
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import HttpError
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from lianxin.faces.acts.problems import MEDIA_TYPE, problem, problem_of
from lianxin.kernel.errors import LianxinError

from .calling import Failure, begin
from .edge import problem_response

log = logging.getLogger(__name__)

View = Callable[..., HttpResponse]
_REF = "#/components/schemas/{model}"
_bodies: set[type[BaseModel]] = set()


class ProblemOut(BaseModel):
    """RFC 9457: what went wrong, in words for the user."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    errors: dict[str, str] | None = None
    changes: list[str] | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """What one route takes beside its path, and who may call it."""

    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    signed_in: bool = False
    permission: str = ""
    headers: Mapping[str, str] | None = None  # request header → what it is for


def route(
    router: Router, method: str, path: str, summary: str, *, out: Any = None, status: int | tuple[int, ...] = 200,
    rules: Route = Route(), name: str = "", media: str = "",
) -> Callable[[View], View]:  # fmt: skip
    """Serve `path` by the function below: it gets the Call, the path's parts, and `data` or `query` as declared."""

    def declare(view: View) -> View:
        params = re.findall(r"{(\w+)}", path)

        def respond(request: HttpRequest, **parts: Any) -> HttpResponse:
            call = begin(request)
            if rules.permission:
                call.demand(rules.permission)
            elif rules.signed_in:
                call.demand_signed_in()
            if rules.query is not None:
                parts["query"] = call.query(rules.query)
            if rules.body is not None:
                parts["data"] = call.body(rules.body)
            return view(call, **parts)

        respond.__name__ = name or view.__name__
        respond.__doc__ = view.__doc__
        respond.__module__ = view.__module__
        respond.__signature__ = _signature(params)  # type: ignore[attr-defined]
        statuses = (status,) if isinstance(status, int) else status
        router.api_operation(
            [method],
            path,
            summary=summary,
            operation_id=f"{view.__module__.rpartition('.')[2]}_{name or view.__name__}",
            url_name=f"{view.__module__.rpartition('.')[2]}-{name or view.__name__}",
            response={each: None if each == 304 else out for each in statuses},
            openapi_extra=_described(rules, method, media, has_path=bool(params)),
        )(respond)
        return view

    return declare


def _signature(params: list[str]) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    found = [inspect.Parameter("request", kind, annotation=HttpRequest)]
    found += [inspect.Parameter(name, kind, annotation=str) for name in params]
    return inspect.Signature(found)


def _described(rules: Route, method: str, media: str, *, has_path: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"responses": _failures(method, has_path=has_path)}
    if media:
        content = {media: {"schema": {"type": "string", "format": "binary"}}}
        # A number, as the router's own: a word beside it would be the same key twice.
        told["responses"][200] = {"description": "The bytes", "content": content}
    if rules.body is not None:
        _bodies.add(rules.body)
        content = {"application/json": {"schema": {"$ref": _REF.format(model=rules.body.__name__)}}}
        told["requestBody"] = {"content": content, "required": _is_required(rules.body)}
    told["parameters"] = [
        {"in": "header", "name": header, "required": False, "description": words, "schema": {"type": "string"}}
        for header, words in (rules.headers or {}).items()
    ]
    if rules.query is not None:
        told["parameters"] += _query_parameters(rules.query)
    return told


def _is_required(schema: type[BaseModel]) -> bool:
    return any(field.is_required() for field in schema.model_fields.values())


def _failures(method: str, *, has_path: bool) -> dict[str, Any]:
    codes = [400, 401, 403, 422]
    codes += [404] if has_path or method != "GET" else []
    codes += [409, 413, 415, 428, 429] if method not in {"GET", "HEAD"} else []
    content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="ProblemOut")}}}
    # An answer to HEAD has no body to describe.
    shown = {} if method == "HEAD" else {"content": content}
    return {str(code): {"description": problem(code).title, **shown} for code in codes}


def _query_parameters(schema: type[BaseModel]) -> list[dict[str, Any]]:
    document = schema.model_json_schema(ref_template=_REF)
    _bodies.add(schema)
    required = document.get("required", [])
    return [
        {
            "in": "query", "name": name, "required": name in required, "schema": part,
            "description": part.get("title", ""), **({"explode": False} if _is_list(part) else {}),
        }
        for name, part in document["properties"].items()
    ]  # fmt: skip


def _is_list(part: Mapping[str, Any]) -> bool:
    return part.get("type") == "array"


class Api(NinjaAPI):
    """The API with our own failures and the bodies we read ourselves in its document."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> Any:
        """Return the OpenAPI document."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        wanted: list[type[BaseModel]] = sorted({*_bodies, ProblemOut}, key=lambda model: str(model.__name__))
        _map, found = models_json_schema([(model, "validation") for model in wanted], ref_template=_REF)
        components = document["components"]
        components.setdefault("schemas", {}).update(found.get("$defs", {}))
        components["securitySchemes"] = {
            "session": {"type": "apiKey", "in": "cookie", "name": "lx_session"},
            "bearer": {"type": "http", "scheme": "bearer"},
        }
        document["security"] = [{}, {"session": []}, {"bearer": []}]
        return document


def make_api(**options: Any) -> Api:
    """Return an API that answers every expected failure with a problem."""
    api = Api(**options)

    @api.exception_handler(LianxinError)
    def _expected(request: HttpRequest, error: LianxinError) -> HttpResponse:
        if isinstance(error, Failure):
            return problem_response(request, problem(error.status, error.sentence, code=error.own_code))
        return problem_response(request, problem_of(error))

    @api.exception_handler(HttpError)
    def _by_router(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem_response(request, problem(error.status_code))

    @api.exception_handler(OperationalError)
    def _busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
        log.error("the database did not answer", exc_info=error)
        response = problem_response(request, problem(503))
        response["Retry-After"] = "2"
        return response

    return api
