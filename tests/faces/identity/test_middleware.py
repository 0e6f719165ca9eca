"""Who sends a request, from the cookie or the key, with one statement."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views.decorators.http import require_POST

from cast import Cast
from factories import PASSWORD, account_of, post_of
from lianxin.faces.identity import cookies
from lianxin.faces.identity.request import Request, address_of, device_of
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actions import Entered
from lianxin.foundation.accounts.models import Account, Session, Token


def who(request: Request) -> HttpResponse:
    """Tell who asks."""
    actor = request.actor
    return JsonResponse(
        {
            "name": actor.name,
            "kind": actor.kind,
            "files": actor.may("cases.file"),
            "cases": sorted(actor.case_ids),
            "areas": request.numbers.get("areas"),
            "channel": actor.channel,
        }
    )


@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """Prove a case as number and phone do."""
    response = HttpResponse()
    cookies.remember_case(request, response, int(request.POST["case"]))
    return response


urlpatterns = [path("who", who), path("prove", prove)]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def only_ours(settings) -> None:
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
    settings.MIDDLEWARE = [
        "lianxin.faces.identity.middleware.IdentityMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ]


def enter(username: str = "jiedao", at: datetime | None = None) -> Entered:
    """Sign in as one of the cast."""
    at = at or datetime.now(UTC)
    return accounts.sign_in(username=username, password=PASSWORD, device="", address=None, at=at)


@pytest.fixture
def client_of() -> Callable[[Entered], Client]:
    def make(entered: Entered) -> Client:
        response = HttpResponse()
        cookies.enter(RequestFactory().get("/"), response, entered)
        client = Client()
        client.cookies = response.cookies
        return client

    return make


def test_nobody_is_anonymous(cast: Cast) -> None:
    told = Client().get("/who").json()

    assert (told["name"], told["kind"], told["files"]) == ("", "anonymous", False)
    assert told["areas"] > 0


def test_the_cookie_tells_who_with_one_statement(cast: Cast, client_of, django_assert_num_queries) -> None:
    client = client_of(enter())
    client.get("/who")

    with django_assert_num_queries(1):
        told = client.get("/who").json()

    assert (told["name"], told["files"], told["channel"]) == ("介道", True, "web")


def test_the_cookie_is_out_of_reach_of_scripts(cast: Cast) -> None:
    response = HttpResponse()
    cookies.enter(RequestFactory().get("/", secure=True), response, enter())

    cookie = response.cookies[cookies.SESSION]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["max-age"]) == (True, "Lax", True, 43200)


def test_who_leaves_a_post_has_lost_it_with_the_next_request(cast: Cast, client_of) -> None:
    client = client_of(enter())
    assert client.get("/who").json()["files"]

    post = post_of(cast.street_seat)
    accounts.end_post(cast.admin, post=post, reason="调离", at=datetime.now(UTC) - timedelta(seconds=1))

    assert not client.get("/who").json()["files"]


def test_who_must_change_the_password_has_no_posts_until_then(cast: Cast, client_of) -> None:
    Account.objects.filter(pk=account_of(cast.street_seat).pk).update(password_changed_at=None)

    told = client_of(enter()).get("/who").json()

    assert (told["name"], told["files"]) == ("介道", False)


def test_a_sign_of_life_is_noted(cast: Cast, client_of) -> None:
    entered = enter(at=datetime.now(UTC) - timedelta(minutes=5))
    client_of(entered).get("/who")

    assert Session.objects.get().seen_at > entered.session.seen_at + timedelta(minutes=4)


def test_a_key_acts_within_its_scopes_and_needs_no_csrf_token(cast: Cast) -> None:
    account = account_of(cast.street_seat)
    from_admin: dict[str, Any] = {"account": account, "name": "数据上报", "days": 30, "at": datetime.now(UTC)}
    narrow, narrow_key = accounts.create_token(cast.admin, scopes=["accounts.read"], **from_admin)
    client = Client(enforce_csrf_checks=True)

    told = client.get("/who", headers={"Authorization": f"Bearer {narrow_key}"}).json()

    assert (told["name"], told["files"], told["channel"]) == ("介道", False, "api")
    assert Token.objects.get().used_at is not None
    posted = client.post("/prove", {"case": 5}, headers={"Authorization": f"Bearer {narrow_key}"})
    assert posted.status_code == 200
    assert client.post("/prove", {"case": 5}).status_code == 403

    accounts.revoke_token(cast.admin, token=narrow, at=datetime.now(UTC))
    told = client.get("/who", headers={"Authorization": f"Bearer {narrow_key}"}).json()
    assert told["kind"] == "anonymous"


def test_proved_cases_stay_with_the_browser_and_cannot_be_forged(cast: Cast) -> None:
    client = Client()
    for case in (3, 5, 3):
        client.post("/prove", {"case": case})
    assert client.get("/who").json()["cases"] == [3, 5]

    client.cookies[cookies.CASES] = "[1,2]:forged"
    assert client.get("/who").json()["cases"] == []


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.7", "10.0.0.7"),
        (2, "6.6.6.6, 10.0.0.7, 10.0.0.1", "10.0.0.7"),
        (1, "'; drop table", None),
        (2, "10.0.0.7", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies: int, forwarded: str, address: str | None) -> None:
    settings.PROXIES = proxies

    assert address_of(RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})) == address


def test_devices_are_named_in_words_people_know() -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/120 Mobile Safari MicroMessenger/8.0"

    assert device_of(RequestFactory().get("/", headers={"User-Agent": agent})) == "微信 · Android"
    assert device_of(RequestFactory().get("/")) == "其他设备"
