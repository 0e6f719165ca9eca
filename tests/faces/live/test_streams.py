"""Consoles hear what happens, from real processes: who hears what, what is told again, and how streams end."""

import asyncio
import json
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.db import connection

import factories
from lianxin.faces.identity.cookies import SESSION
from lianxin.faces.live import asgi, hub, streams
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import ANONYMOUS, SYSTEM
from lianxin.foundation.accounts.models import Session
from lianxin.kernel import versions
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.journal.models import Entry, Feed
from lianxin.operations.supervisor import ports, process, services
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from lianxin.work.dispatch.models import Category
from serving import Served

PATIENCE = 15.0


class Console:
    """A page that listens, in a thread of its own."""

    def __init__(self, served: Served, key: str, last: str = "") -> None:
        headers = {"Cookie": f"{SESSION}={key}", **({"Last-Event-ID": last} if last else {})}
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        self.ended = threading.Event()
        self._client = httpx.Client(timeout=httpx.Timeout(5, read=60))
        request = self._client.build_request("GET", f"{served.live_url}/live/stream", headers=headers)
        self.response = self._client.send(request, stream=True)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        event: dict[str, Any] = {}
        try:
            for line in self.response.iter_lines():
                name, _colon, value = line.partition(": ")
                if not line and "data" in event:
                    self.events.put(event | {"data": json.loads(event["data"])})
                event = {} if not line else event | {name: value}
        except httpx.HTTPError:
            pass
        finally:
            self.ended.set()

    def hear(self) -> dict[str, Any]:
        """Return the next event."""
        return self.events.get(timeout=PATIENCE)

    def ready(self) -> "Console":
        """Wait until the stream stands."""
        assert self.response.status_code == 200
        assert self.hear()["event"] == "ready"
        return self

    def leave(self) -> None:
        """Close the page."""
        self.response.close()
        self._client.close()


@pytest.fixture(scope="module")
def county(served: Served) -> factories.County:
    """The tiny county in the served database."""
    found = factories.make_county()
    staff = factories.make_staff
    staff("jiedao1", "介道", "street_seat", area=found.street(1))
    staff("jiedao2", "介达", "street_seat", area=found.street(2))
    staff("zuoxi", "左夕", "seat", area=found.city)
    staff("chengguan", "程管", "handler", unit=found.units["cgj"])
    return found


@pytest.fixture
def consoles(served: Served, county: factories.County) -> Iterator[Any]:
    """Open consoles that are closed again."""
    opened: list[Console] = []

    def open_one(username: str, last: str = "") -> Console:
        told_all()
        opened.append(Console(served, signed_in(username).key, last))
        return opened[-1].ready()

    yield open_one
    for console in opened:
        console.leave()


def told_all() -> None:
    """Wait until the relay has passed on what happened so far, so that nobody hears of it as of something new."""

    def is_passed_on() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT NOT EXISTS (SELECT FROM outbox)")
            return bool(cursor.fetchone()[0])

    assert process.wait_until(is_passed_on, seconds=PATIENCE)


def signed_in(username: str) -> accounts.Entered:
    """Sign in as a member of staff."""
    return accounts.sign_in(
        username=username, password=factories.PASSWORD, device="test", address=None, at=datetime.now(UTC)
    )


def reported(lon: float = 117.01) -> Case:
    """Report something in street 1 (lon 117.00 … 117.04) or street 2."""
    told = cases.Report(text="路灯不亮，晚上看不清路。", point=Point(lon, 31.01))
    return cases.report(ANONYMOUS, client_id=uuid4(), report=told, at=datetime.now(UTC))


def test_a_console_hears_what_its_posts_may_see_and_no_words_of_it(consoles: Any) -> None:
    city, first, second = consoles("zuoxi"), consoles("jiedao1"), consoles("jiedao2")

    here, there = reported(117.01), reported(117.05)

    assert [city.hear()["data"]["number"] for _ in range(2)] == [here.number, there.number]
    heard = first.hear()
    assert heard["data"] == {
        "feed": int(heard["id"]), "number": here.number, "version": 1, "action": "report", "stage": "reported",
        "from": "",
    }  # fmt: skip
    assert second.hear()["data"]["number"] == there.number
    assert first.events.empty()
    assert second.events.empty()


def test_a_unit_hears_of_a_case_when_it_gets_it_and_when_it_loses_it(consoles: Any, county: factories.County) -> None:
    unit, seat = consoles("chengguan"), consoles("zuoxi")
    category = Category.objects.create(code="0101", depth=1, name="市容", kind="problem")
    versions.bump("categories")
    case = reported()
    case = cases.file(SYSTEM, case=case, seen=None, at=datetime.now(UTC), filing=cases.Filing(category_id=category.pk))
    # What was told while nobody had it is told; who may hear is asked when an entry is told.
    assert [seat.hear()["data"]["action"] for _ in range(2)] == ["report", "file"]
    lead = cases.Target(unit_id=county.units["cgj"].id)
    case = cases.dispatch(SYSTEM, case=case, seen=None, at=datetime.now(UTC), lead=lead)
    case = cases.recall(SYSTEM, case=case, seen=None, at=datetime.now(UTC))

    assert [unit.hear()["data"]["action"] for _ in range(2)] == ["dispatch", "recall"]


def test_nothing_is_missed_over_a_break(consoles: Any) -> None:
    console = consoles("jiedao1")
    reported()
    last = console.hear()["id"]
    console.leave()

    away = [reported().number for _ in range(3)]
    reported(117.05)
    again = consoles("jiedao1", last)
    now = reported().number

    assert [again.hear()["data"]["number"] for _ in range(4)] == [*away, now]


def test_all_of_many_at_once_are_heard_in_order(consoles: Any) -> None:
    console = consoles("zuoxi")
    made: list[str] = []

    def make() -> None:
        made.extend([reported().number for _ in range(15)])
        connection.close()

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard = [console.hear() for _ in range(45)]

    assert sorted(event["data"]["number"] for event in heard) == sorted(made)
    ids = [int(event["id"]) for event in heard]
    assert ids == sorted(set(ids))


def test_who_was_away_too_long_reads_anew(served: Served, county: factories.County) -> None:
    key = signed_in("jiedao1").key
    console = Console(served, key, last=str(10**12))  # from another life of the database

    heard = console.hear()
    console.leave()

    assert heard["event"] == "reset"
    assert int(heard["id"]) == heard["data"]["feed"] < 10**12


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Cookie": f"{SESSION}=nonsense"}, 401), ({"Authorization": "Bearer nonsense"}, 401)],
)
def test_strangers_hear_nothing(served: Served, headers: dict[str, str], status: int) -> None:
    response = httpx.get(f"{served.live_url}/live/stream", headers=headers)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == "请先登录"


def test_a_resident_hears_nothing(served: Served) -> None:
    account = factories.make_resident("陈晨")
    key = begin_session(account, device="", address=None, at=datetime.now(UTC)).key

    response = httpx.get(f"{served.live_url}/live/stream", headers={"Cookie": f"{SESSION}={key}"})

    assert response.status_code == 403


def test_only_pages_of_this_host_may_read(served: Served, county: factories.County) -> None:
    address = f"{served.live_url}/live/stream"

    ours = httpx.options(address, headers={"Origin": served.url, "Access-Control-Request-Headers": "last-event-id"})
    theirs = httpx.options(address, headers={"Origin": "http://evil.example"})

    assert ours.headers["access-control-allow-origin"] == served.url
    assert ours.headers["access-control-allow-credentials"] == "true"
    assert "last-event-id" in ours.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in theirs.headers
    assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 400
    assert httpx.post(address).status_code == 405
    assert httpx.get(f"{served.live_url}/nothing").status_code == 404
    assert httpx.get(f"{served.live_url}/healthz").json() == {"status": "ok"}


def test_streams_end_when_the_process_is_asked_to_stop(served: Served, county: factories.County) -> None:
    with ExitStack() as closing:
        claim = ports.claim(None)
        closing.callback(claim.release)
        service = services.live("127.0.0.1", claim.port)
        # The fixture's own environment, on another port.
        child = process.start(service.argv, env=environment_of(served, claim.port))
        closing.callback(process.stop, child)
        here = replace(served, live_url=f"http://127.0.0.1:{claim.port}")
        assert process.wait_until(lambda: is_there(here.live_url), seconds=20)
        console = Console(here, signed_in("zuoxi").key).ready()

        begun = time.monotonic()
        child.terminate()
        child.wait(timeout=20)

        assert console.ended.wait(5)
        assert time.monotonic() - begun < 5
        console.leave()


def environment_of(served: Served, port: int) -> dict[str, str]:
    return services.environment(
        {
            "DJANGO_ALLOW_ASYNC_UNSAFE": "",
            "DATABASE_URL": served.database_url,
            "DATABASE_DIRECT_URL": served.database_url,
            "LIANXIN_DATA": str(settings.DATA),
            "LIANXIN_SECRET_KEY": settings.SECRET_KEY,
            "LIANXIN_KEYS_FILE": str(settings.KEYS_FILE),
            "LIANXIN_DEMO": "1",
            "LIANXIN_LIVE_PORT": str(port),
        }
    )


def is_there(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


class Page:
    """A client of the application in this process, without a server between."""

    def __init__(self, key: str) -> None:
        headers = [(b"host", b"localhost"), (b"cookie", f"{SESSION}={key}".encode())]
        self.scope = {"type": "http", "method": "GET", "path": "/live/stream", "headers": headers}
        self.heard = b""
        self.pause = 0.0
        self.is_over = False

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        await asyncio.sleep(self.pause)
        self.heard += message.get("body", b"")
        self.is_over = message["type"] == "http.response.body" and not message["more_body"]

    async def serve(self) -> None:
        await asgi.application(self.scope, self.receive, self.send)

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                await asyncio.sleep(0.02)


def listening(key: str, act: Callable[[Page], Awaitable[None]]) -> None:
    """Serve one page while `act` goes on."""

    async def both() -> None:
        page = Page(key)
        serving = asyncio.create_task(page.serve())
        await page.until(lambda: b"event: ready" in page.heard)
        await act(page)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        asgi._hubs.pop(asyncio.get_running_loop()).end()

    # The signal's handler belongs to a server's main thread, not to this test's.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, both()).result()


def test_a_quiet_stream_shows_that_it_lives(served: Served, county: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BEAT", 0.05)

    async def wait(page: Page) -> None:
        await page.until(lambda: page.heard.endswith(b"\n\n: \n\n: \n\n"))
        assert not page.is_over

    listening(signed_in("zuoxi").key, wait)


def test_a_stream_ends_soon_after_its_session(served: Served, county: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BEAT", 0.05)
    monkeypatch.setattr(streams, "ASK_AGAIN", 0.1)
    entered = signed_in("zuoxi")

    async def revoke(page: Page) -> None:
        await asyncio.sleep(0.3)
        assert not page.is_over
        await asyncio.to_thread(_revoke, entered)
        await page.until(lambda: page.is_over)

    listening(entered.key, revoke)


def _revoke(entered: accounts.Entered) -> None:
    Session.objects.filter(pk=entered.session.pk).update(revoked_at=datetime.now(UTC))
    connection.close()


def test_who_reads_too_slowly_is_told_to_read_anew(
    served: Served, county: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "WAITING", 8)  # one report is told of in fewer words, a dozen in more

    async def flood(page: Page) -> None:
        page.pause = 1.0
        await asyncio.to_thread(_report_many, 12)
        page.pause = 0.0
        await page.until(lambda: b"event: reset" in page.heard)
        again = await asyncio.to_thread(_report_many, 1)
        await page.until(lambda: again.encode() in page.heard)
        ids = [int(line[4:]) for line in page.heard.splitlines() if line.startswith(b"id: ")]
        # It may have been told so more than once; what counts is the last time.
        anew = int(page.heard.rsplit(b"event: reset", 1)[0].rsplit(b"id: ", 1)[1])
        assert ids[-1] - ids[0] > len(ids) - 1, "something was left out"
        assert ids[ids.index(anew) :] == list(range(anew, ids[-1] + 1)), "after the word to read anew nothing is"

    listening(signed_in("zuoxi").key, flood)


def _report_many(count: int) -> str:
    numbers = [reported().number for _ in range(count)]
    last = Entry.objects.latest("pk").pk
    while not Feed.objects.filter(entry_id=last).exists():  # until the relay has told all of them
        time.sleep(0.02)
    time.sleep(0.2)
    connection.close()
    return numbers[-1]
