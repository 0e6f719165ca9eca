"""The gateway of warnings: posted by a source, whatever comes; given out as a feed; fetched from a real server."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from lxml import etree

from cast import Cast
from lianxin.faces.gateways.cap import pulling, views
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.work.warnings import cap, sources
from lianxin.work.warnings.models import Source, State, WarningMessage
from weathering import after, alert, coded, make_source, send

pytestmark = pytest.mark.django_db
CITY = coded("340881")


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def rain(**more: Any) -> cap.Alert:
    """Return a warning of this hour."""
    return alert(CITY, sent=now() - timedelta(minutes=5), onset=now(), expires=now() + timedelta(hours=3), **more)


@pytest.fixture
def office(cast: Cast) -> tuple[Source, str]:
    """Return a weather office and its key."""
    source = make_source(cast)
    return sources.renew_key(SYSTEM, source=source, at=now())


def post(client: Client, key: str, body: bytes, *, code: str = "qixiang", kind: str = "application/cap+xml") -> Any:
    return client.post(f"/gateways/cap/{code}", body, content_type=kind, headers={"Authorization": f"Bearer {key}"})


class TestPost:
    def test_a_message_is_taken_once(self, client: Client, office: tuple[Source, str]) -> None:
        body = cap.write(rain(name="r1"))
        first, again = post(client, office[1], body), post(client, office[1], body)

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["state"] == State.RUNNING
        assert first.json() == again.json()
        assert WarningMessage.objects.count() == 1

    @pytest.mark.parametrize("key", ["", "wrong", "中文"])
    def test_without_its_key_nothing_is_read(self, client: Client, office: tuple[Source, str], key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key.isascii() else {}
        told = client.post("/gateways/cap/qixiang", b"<", content_type="application/cap+xml", headers=headers)

        assert (told.status_code, told["Content-Type"]) == (401, "application/problem+json")
        assert post(client, office[1], b"<", code="nobody").status_code == 401
        assert Source.objects.get(code="qixiang").faults == 0

    def test_a_renewed_or_closed_key_opens_nothing(self, client: Client, office: tuple[Source, str]) -> None:
        source, old = office
        _source, new = sources.renew_key(SYSTEM, source=source, at=now())
        assert [post(client, key, cap.write(rain())).status_code for key in (old, new)] == [401, 201]

        sources.close(SYSTEM, source=source, at=now())
        assert post(client, new, cap.write(rain())).status_code == 401

    def test_a_fault_names_the_element_and_is_shown_on_the_source(
        self, client: Client, office: tuple[Source, str]
    ) -> None:
        body = cap.write(rain()).replace(b"<severity>Moderate</severity>", b"<severity>Huge</severity>")
        told = post(client, office[1], body)

        assert (told.status_code, told["Content-Type"]) == (422, "application/problem+json")
        assert "Extreme" in told.json()["errors"]["severity"]
        source = Source.objects.get(pk=office[0].pk)
        assert (source.faults, "severity" in source.fault) == (1, True)

        post(client, office[1], cap.write(rain()))
        assert Source.objects.get(pk=source.pk).faults == 0

    def test_too_large_another_kind_and_another_method(self, client: Client, office: tuple[Source, str]) -> None:
        key = office[1]
        assert post(client, key, b" " * (views.MOST_BYTES + 1)).status_code == 413
        assert post(client, key, b" " * (3 * 1024 * 1024)).status_code == 413
        assert post(client, key, b"{}", kind="application/json").status_code == 415
        assert client.get("/gateways/cap/qixiang").status_code == 405

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(some.data())
    def test_whatever_comes_it_is_never_our_fault(self, client: Client, office: tuple[Source, str], data: Any) -> None:
        body = bytearray(cap.write(rain()))
        for _turn in range(data.draw(some.integers(0, 5))):
            body[data.draw(some.integers(0, len(body) - 1))] = data.draw(some.integers(0, 255))
        sent = data.draw(some.sampled_from([bytes(body), data.draw(some.binary(max_size=300))]))

        told = post(client, office[1], sent)

        assert told.status_code in {200, 201, 403, 409, 415, 422, 429}  # with nothing in it the client names no kind
        assert told["Content-Type"] in {"application/json", "application/problem+json"}


class TestFeed:
    def test_it_gives_out_what_runs_and_is_public(self, client: Client, cast: Cast) -> None:
        source = make_source(cast)
        shown = send(source, rain(name="office/2026:1"), at=now())
        send(source, rain(scope="Restricted", restriction="防汛"), at=now())
        send(source, rain(status="Exercise"), at=now())

        told = client.get("/cap/feed")

        root = etree.fromstring(told.content)
        atom = "{http://www.w3.org/2005/Atom}"
        assert (told.status_code, told["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
        assert [node.text for node in root.findall(f"{atom}entry/{atom}title")] == [shown.headline]
        assert all(root.find(f"{atom}{name}") is not None for name in ("id", "title", "updated", "author"))
        href = root.find(f"{atom}entry/{atom}link").get("href")
        message = client.get(href[href.index("/cap/") :])
        assert cap.read(message.content).identifier == "office/2026:1"
        assert message["Content-Type"] == "application/cap+xml; charset=utf-8"

    def test_the_same_again_is_told_in_a_word(self, client: Client, cast: Cast) -> None:
        source, first = make_source(cast), rain()
        send(source, first, at=now())
        told = client.get("/cap/feed")
        asked = {"If-None-Match": told["ETag"]}
        assert client.get("/cap/feed", headers=asked).status_code == 304
        assert client.get("/cap/feed", headers={"If-Modified-Since": told["Last-Modified"]}).status_code == 304

        send(source, after(first, msg_type="Cancel"), at=now() + timedelta(minutes=6))
        anew = client.get("/cap/feed", headers=asked)
        assert (anew.status_code, b"<entry>" in anew.content) == (200, False)

    @pytest.mark.parametrize("name", ["nothing", "../secret", "%00", "a/b"])
    def test_what_is_not_there_is_not_there(self, client: Client, cast: Cast, name: str) -> None:
        assert client.get(f"/cap/{name}.xml").status_code == 404


@dataclass
class Office:
    """A feed on a port of this machine, as an office serves it."""

    url: str = ""
    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    etag: str = '"1"'

    def answer(self, path: str, known: str) -> tuple[int, bytes]:
        self.asked.append((path, known))
        if path == "/feed" and known == self.etag:
            return 304, b""
        return (200, self.pages[path]) if path in self.pages else (404, b"")


@pytest.fixture
def served_office() -> Iterator[Office]:
    """Serve it."""
    office = Office()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = office.answer(self.path, self.headers.get("If-None-Match", ""))
            self.send_response(status)
            self.send_header("ETag", office.etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    office.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield office
    server.shutdown()
    server.server_close()
    thread.join()


def atom_of(*links: str) -> bytes:
    entries = "".join(
        f'<entry><title>x</title><link href="/page"/><link type="application/cap+xml" href="{link}"/></entry>'
        for link in links
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{entries}</feed>'.encode()


class TestPull:
    def test_a_feed_is_followed_and_asked_again_only_when_it_changed(self, cast: Cast, served_office: Office) -> None:
        office = served_office
        office.pages = {"/feed": atom_of("/a.xml", "b.xml"), "/a.xml": cap.write(rain()), "/b.xml": cap.write(rain())}
        source = make_source(cast, feed_url=f"{office.url}/feed")

        assert pulling.pull_all(at=now()) == 2
        assert pulling.pull_all(at=now()) == 0
        assert office.asked == [("/feed", ""), ("/a.xml", ""), ("/b.xml", ""), ("/feed", '"1"')]

        office.etag, office.pages["/feed"] = '"2"', atom_of("/a.xml", "/c.xml")
        office.pages["/c.xml"] = cap.write(rain())
        assert pulling.pull(Source.objects.get(pk=source.pk), at=now()) == 1
        assert WarningMessage.objects.running().count() == 3

    def test_one_bad_message_keeps_none_of_the_others_and_is_asked_for_again(
        self, cast: Cast, served_office: Office
    ) -> None:
        office = served_office
        office.pages = {
            "/feed": atom_of("/bad.xml", "/gone.xml", "/a.xml"),
            "/bad.xml": b"<",
            "/a.xml": cap.write(rain()),
        }
        source = make_source(cast, feed_url=f"{office.url}/feed")

        assert pulling.pull(source, at=now()) == 1
        source.refresh_from_db()
        assert (source.feed_etag, source.faults) == ("", 2)

    def test_a_single_message_and_rss_are_read_too(self, cast: Cast, served_office: Office) -> None:
        office = served_office
        office.pages = {
            "/one": cap.write(rain()),
            "/rss": b"<rss><channel><item><link>/a.xml</link></item></channel></rss>",
            "/a.xml": cap.write(rain()),
        }
        assert pulling.pull(make_source(cast, feed_url=f"{office.url}/one"), at=now()) == 1
        assert pulling.pull(make_source(cast, code="rss", feed_url=f"{office.url}/rss"), at=now()) == 1

    def test_no_feed_leads_us_to_another_machine(self, cast: Cast, served_office: Office) -> None:
        office = served_office
        other = office.url.replace("127.0.0.1", "localhost")
        office.pages = {"/feed": atom_of(f"{other}/a.xml", "file:///etc/passwd"), "/a.xml": cap.write(rain())}

        assert pulling.pull(make_source(cast, feed_url=f"{office.url}/feed"), at=now()) == 0
        assert [path for path, _known in office.asked] == ["/feed"]

    def test_a_machine_that_is_away_is_noted(self, cast: Cast) -> None:
        source = make_source(cast, feed_url="http://127.0.0.1:9/feed")

        assert pulling.pull(source, at=now()) == 0
        source.refresh_from_db()
        assert (source.faults, source.fault) == (1, "对方的网址连不上。")
