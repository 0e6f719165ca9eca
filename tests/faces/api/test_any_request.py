"""No request of any shape makes the API fail, and all it answers is what its document says."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cast import Cast
from factories import account_of
from lianxin.faces.api.urls import api
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.kernel.geometry.points import Point
from lianxin.work.cases import actions as cases

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("default")]
PEOPLE = ("stranger", "resident", "grid_worker", "seat", "handler", "supervisor", "admin", "auditor")
EXAMPLES = 4
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip

document = api.get_openapi_schema(path_prefix="/api/v1/")
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document)))
operations: list[Any] = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


@pytest.fixture
def keys(cast: Cast) -> dict[str, str]:
    """A session's key for each of PEOPLE but the stranger."""
    at = datetime.now(UTC)
    return {
        name: begin_session(account_of(getattr(cast, name)), device="", address=None, at=at).key
        for name in PEOPLE
        if name != "stranger"
    }


@pytest.fixture
def number(cast: Cast) -> str:
    """A case everybody of PEOPLE may have to do with."""
    told = cases.Report(text="路灯不亮，晚上看不清路。", point=Point(117.01, 31.01))
    case = cases.report(cast.resident, client_id=uuid4(), report=told, at=datetime.now(UTC))
    return case.number


@pytest.fixture(scope="module")
def wsgi() -> Iterator[Any]:
    """The application as the server calls it, but for the test's transaction, which must outlive a request."""
    for told in (request_started, request_finished):
        told.disconnect(close_old_connections)
    yield get_wsgi_application()
    for told in (request_started, request_finished):
        told.connect(close_old_connections)


@pytest.mark.parametrize("operation", operations, ids=[operation.label for operation in operations])
def test_whatever_comes_is_answered_as_described(operation: Any, keys: dict[str, str], number: str, wsgi: Any) -> None:
    @hypothesis.given(case=operation.as_strategy(), who=strategies.sampled_from(PEOPLE), is_real=strategies.booleans())
    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    def ask(case: Any, who: str, is_real: bool) -> None:
        if is_real and "number" in case.path_parameters:
            case.path_parameters["number"] = number
        if who in keys:
            case.cookies = {SESSION: keys[who]}
        # Called without a network, nothing unpacks what is packed.
        case.headers = {**(case.headers or {}), "Accept-Encoding": "identity"}
        with transaction.atomic():
            response = case.call(session=None, app=wsgi)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    ask()
