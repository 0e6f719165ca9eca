"""Whatever fails, a browser gets words: an answer without a body is shown as a fault of the connection."""

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import OperationalError
from django.test import Client

from addresses import addresses
from lianxin.faces.identity import middleware
from lianxin.faces.identity.cookies import SESSION
from lianxin.kernel import versions

BUTTONS = sorted(
    {route for method, route in addresses() if method == "POST" and "<" not in route and not route.startswith("api")}
    - {route for method, route in addresses() if method == "GET"}
)


@pytest.mark.django_db
@pytest.mark.parametrize("route", BUTTONS)
def test_an_address_that_only_takes_what_is_sent_says_so_when_it_is_opened(route: str) -> None:
    answer = Client(headers={"Accept": "text/html"}).get(f"/{route}")

    assert answer.status_code in {302, 404, 405}
    if answer.status_code == 405:
        assert "POST" in answer["Allow"]
        assert "按钮" in answer.content.decode()


@pytest.mark.django_db
def test_without_a_database_there_is_still_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: object, **_told: object) -> None:
        raise OperationalError("no connection within 10 s")

    monkeypatch.setattr(middleware, "load_actor", gone)
    monkeypatch.setattr(versions, "read", gone)
    client = Client(raise_request_exception=False)
    client.cookies[SESSION] = "k" * 43

    for path in ("/console/", "/console/cases", "/", "/screen/", "/worker/"):
        answer = client.get(path)
        assert answer.status_code in {200, 500}, path
        assert answer.content, path
    assert "我们这边出了问题" in client.get("/console/cases").content.decode()


@pytest.mark.django_db
def test_a_page_of_failure_that_fails_is_still_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lost(*_args: object, **_told: object) -> None:
        raise ValueError("The file 'lx.css' could not be found")

    monkeypatch.setattr(staticfiles_storage, "url", lost)
    answer = Client(raise_request_exception=False).get("/")

    assert answer.status_code == 500
    assert "我们这边出了问题" in answer.content.decode()
    assert "lx.css" in caplog.text
