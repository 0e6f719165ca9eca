"""WeChat's gateway against a fake that speaks the documented interface: one flight, expiry, refusals in plain words."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client

from lianxin.faces.gateways.wechat import keeping
from lianxin.faces.gateways.wechat.client import WechatRefused
from lianxin.faces.gateways.wechat.models import Lent
from lianxin.faces.gateways.wechat.signing import signature
from racing import at_once

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Wechat:
    """Answers as the documents say: each new token makes the older ones void."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.tokens = 0
        self.refuse: dict[str, int] = {}  # path → errcode
        self.slow = 0.0

    def answer(self, path: str, query: dict[str, list[str]]) -> dict[str, Any]:
        """Return what the interface says."""
        self.asked.append(path)
        sleep(self.slow)
        if code := self.refuse.get(path):
            return {"errcode": code, "errmsg": "refused"}
        if path == "/cgi-bin/token":
            if (query["appid"], query["secret"]) != (["wx1"], ["s3cret"]):
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.tokens += 1
            return {"access_token": f"token-{self.tokens}", "expires_in": 7200}
        if query["access_token"] != [f"token-{self.tokens}"]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return {"errcode": 0, "errmsg": "ok", "ticket": f"ticket-{self.tokens}", "expires_in": 7200}


@pytest.fixture
def wechat(settings: Any) -> Iterator[Wechat]:
    """Serve the fake on a port of this machine and switch the gateway on."""
    fake = Wechat()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            data = json.dumps(fake.answer(parts.path, parse_qs(parts.query))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.WECHAT_URL = f"http://127.0.0.1:{server.server_port}"
        settings.WECHAT_APPID, settings.WECHAT_SECRET = "wx1", "s3cret"
        yield fake
        server.shutdown()


def test_the_example_of_the_documents() -> None:
    told = signature(
        ticket="sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        nonce="Wm3WZYTPz0wzccnW", timestamp=1414587457, url="http://mp.weixin.qq.com?params=value#later",
    )  # fmt: skip

    assert told == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


@pytest.mark.django_db
def test_off_it_does_not_exist(settings: Any) -> None:
    settings.WECHAT_APPID = ""
    assert Client().get("/wechat/js-config?url=http://testserver/").status_code == 404


@pytest.mark.django_db
def test_it_signs_our_own_pages_only(wechat: Wechat, settings: Any) -> None:
    settings.PUBLIC_URL = "https://lianxin.example"
    client = Client()

    for url in ("http://testserver/c/abc?x=1#part", "https://lianxin.example/c/abc"):
        told = client.get("/wechat/js-config", {"url": url}).json()
        assert told["signature"] == signature(
            ticket="ticket-1", nonce=told["nonceStr"], timestamp=told["timestamp"], url=url
        )
        assert told["appId"] == "wx1"
    for url in ("", "https://evil.example/", "javascript:alert(1)", "//testserver/", "http://testserver.evil.example/"):
        assert client.get("/wechat/js-config", {"url": url}).status_code == 422
    assert wechat.asked == ["/cgi-bin/token", "/cgi-bin/ticket/getticket"]


@pytest.mark.django_db
def test_it_is_kept_sealed_until_shortly_before_its_end(wechat: Wechat) -> None:
    assert keeping.ticket(at=NOW) == keeping.ticket(at=NOW + HOUR) == "ticket-1"
    assert len(wechat.asked) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM wechat_lent")
        assert not any(b"ticket-1" in bytes(row[0]) or b"token-1" in bytes(row[0]) for row in cursor.fetchall())

    assert keeping.ticket(at=NOW + 2 * HOUR - timedelta(minutes=4)) == "ticket-2"


@pytest.mark.django_db
def test_a_token_that_was_made_void_elsewhere_is_asked_anew_once(wechat: Wechat) -> None:
    keeping.ticket(at=NOW)
    wechat.tokens += 1  # somebody else asked with our keys
    Lent.objects.filter(pk=keeping.TICKET).update(expires_at=None)

    assert keeping.ticket(at=NOW + HOUR) == "ticket-3"

    wechat.refuse["/cgi-bin/ticket/getticket"] = 42001
    Lent.objects.filter(pk=keeping.TICKET).update(expires_at=None)
    with pytest.raises(WechatRefused):
        keeping.ticket(at=NOW + HOUR)
    assert wechat.asked.count("/cgi-bin/token") == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "words", "pause"), [(45009, "次数用完", HOUR), (40164, "白名单", HOUR / 60), (-1, "微信", HOUR / 60)]
)
def test_a_refusal_is_plain_and_not_asked_again_at_once(
    wechat: Wechat, code: int, words: str, pause: timedelta
) -> None:
    wechat.refuse["/cgi-bin/token"] = code
    client = Client()

    for _ in range(3):
        answer = client.get("/wechat/js-config?url=http://testserver/")
        assert (answer.status_code, words in answer.json()["detail"]) == (502, True)
    assert len(wechat.asked) == 1

    wechat.refuse.clear()
    assert keeping.ticket(at=datetime.now(UTC) + pause * 1.1) == "ticket-1"


@pytest.mark.django_db
def test_when_nobody_answers_it_says_so(settings: Any) -> None:
    settings.WECHAT_APPID, settings.WECHAT_URL = "wx1", "http://127.0.0.1:9"

    answer = Client().get("/wechat/js-config?url=http://testserver/")

    assert (answer.status_code, answer.json()["detail"][:8]) == (502, "微信现在连不上，")


@pytest.mark.django_db(transaction=True)
def test_of_many_that_need_one_only_one_asks(wechat: Wechat) -> None:
    wechat.slow = 0.2

    found = at_once(*[lambda: keeping.ticket(at=NOW)] * 6)

    assert set(found) == {"ticket-1"}
    assert wechat.asked == ["/cgi-bin/token", "/cgi-bin/ticket/getticket"]
