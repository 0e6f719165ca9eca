"""The app's page, its service worker, its manifest, and what it is told of its sign-in."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from cast import Cast
from factories import account_of
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


def browser(actor: Actor) -> tuple[Client, int]:
    """Return a browser at which somebody is signed in, and their session."""
    entered = begin_session(account_of(actor), device="test", address=None, at=datetime.now(UTC))
    client = Client()
    client.cookies[SESSION] = entered.key
    return client, entered.session.pk


def told(client: Client) -> dict[str, Any]:
    """Return what the app is told of its sign-in."""
    answer: dict[str, Any] = client.get("/worker/session").json()
    return answer


def is_there(address: str) -> bool:
    """Tell whether a static file of this address was built."""
    return finders.find(address.removeprefix("/static/")) is not None


def test_the_page_is_the_same_for_everybody_at_every_address_below(cast: Cast) -> None:
    client, _ = browser(cast.grid_worker)

    pages = [Client().get("/worker/"), client.get("/worker/"), client.get("/worker/case/340881-1")]

    assert len({page.content for page in pages}) == 1, "a phone keeps this page for whoever uses it next"
    text = pages[0].content.decode()
    links = re.findall(r'(?:src|href)="(/static/[^"]+)"', text)
    assert any(link.endswith(".css") for link in links)
    assert any(re.search(r"/worker/app-[\w-]{8}\.js$", link) for link in links)
    assert all(is_there(link) for link in links)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=", text), "the policy refuses what stands inline"
    assert "'unsafe" not in pages[0]["Content-Security-Policy"]


def test_the_service_worker_keeps_files_that_are_there_and_changes_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Client().get("/worker/sw.js")
    first = answer.content.decode().split("\n", 1)[0]
    lists = json.loads(first.removeprefix("self.LX=").removesuffix(";"))

    assert answer["Service-Worker-Allowed"] == "/worker/"
    assert answer["Cache-Control"] == "no-cache", "or a phone would wait a day for a new version"
    assert lists["shell"] == "/worker/"
    assert all(is_there(each) for each in [*lists["files"], *lists["later"]])
    assert not [each for each in lists["files"] if each.startswith("/api/")]

    monkeypatch.setattr("lianxin.faces.worker.listing.ICONS", "icon.svg")
    monkeypatch.setattr("lianxin.faces.worker.listing._read", _uncached())
    other = Client().get("/worker/sw.js").content.decode().split("\n", 1)[0]
    assert json.loads(other.removeprefix("self.LX=").removesuffix(";"))["version"] != lists["version"]


def _uncached() -> Any:
    from lianxin.faces.worker import listing

    return listing._read.__wrapped__


def test_the_manifest_has_pictures_that_are_there() -> None:
    answer = Client().get("/worker/manifest.webmanifest").json()

    assert answer["scope"] == answer["start_url"] == "/worker/"
    assert answer["name"].endswith("网格员")
    assert {icon["purpose"] for icon in answer["icons"]} == {"any", "maskable"}
    assert all(is_there(icon["src"]) for icon in answer["icons"])


def test_the_seal_is_the_accounts_own_and_told_to_nobody_else(cast: Cast) -> None:
    first, _ = browser(cast.grid_worker)
    second, _ = browser(cast.grid_worker)
    other, _ = browser(cast.grid_worker_next_door)

    assert told(first)["seal"] == told(second)["seal"], "the next sign-in must open what the last one sealed"
    assert told(first)["seal"] != told(other)["seal"]
    assert set(told(Client())) == {"state", "csrf"}
    assert "no-store" in first.get("/worker/session")["Cache-Control"]


def test_the_app_learns_whether_its_sign_in_ran_out_or_was_taken_back(cast: Cast) -> None:
    lost, session = browser(cast.grid_worker)
    here, _ = browser(cast.grid_worker)
    assert (told(lost)["state"], told(Client())["state"]) == ("in", "out")

    accounts.revoke_session(cast.grid_worker, session_id=session, at=datetime.now(UTC))

    assert told(lost)["state"] == "revoked"
    assert "seal" not in told(lost)
    assert told(here)["state"] == "in"


@pytest.mark.parametrize(
    ("username", "agent", "place"),
    [
        ("wangge", PHONE, "/worker/"),
        ("wangge", "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0", "/console/"),
        ("shequ", PHONE, "/console/"),
    ],
)
def test_who_works_outside_and_comes_by_phone_begins_in_the_app(
    cast: Cast, username: str, agent: str, place: str
) -> None:
    account = account_of(cast.grid_worker if username == "wangge" else cast.community_clerk)
    account.set_password("a-password-of-one's-own")
    account.password_changed_at = datetime.now(UTC)
    account.save()

    answer = Client(headers={"user-agent": agent}).post(
        "/console/sign-in", {"username": username, "password": "a-password-of-one's-own"}
    )

    assert answer.status_code == 302
    assert answer["Location"].startswith(place)
    assert (place == "/worker/") == (answer["Location"] == "/worker/")


def test_the_desk_leads_who_works_outside_to_the_app(cast: Cast) -> None:
    worker, _ = browser(cast.grid_worker)
    clerk, _ = browser(cast.community_clerk)

    assert "手机版" in worker.get("/console/").content.decode()
    assert "手机版" not in clerk.get("/console/").content.decode()
