"""Every page × everybody who sees another one: axe finds nothing, fingers hit, nothing scrolls sideways.

Pages come from the URL map (`pages.py` names what stands in an address), are made by the test client, and are shown
by Chromium as if served: so no server is needed and each is made once. A page without a part that others have not
is not looked at again.
"""

import mimetypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker

import alarming
import factories
import filming
import sensing
import weathering
from addresses import addresses
from casework import Desk, make_desk
from cast import make_cast
from homes import make_building, make_care, make_dwellings, make_establishment, make_estate, make_household, make_person
from lianxin.faces.identity.cookies import SESSION
from lianxin.faces.resident.cards.kinds import link
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.models import Account
from lianxin.insight.views import actions as views
from lianxin.work.cases import actions as cases
from lianxin.work.contractors import actions as contractors
from lianxin.work.desk import calls, templates
from lianxin.work.disclosure.models import Notice, State
from lianxin.work.stations.models import Station
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes.models import Side
from pages import NO_PAGES, PAGES, RESIDENTS, STAFF, Look, look_at
from register import load_register
from standing_on import make_component

pytestmark = pytest.mark.browser
BUILT = Path(__file__).resolve().parents[2] / "src/lianxin/faces/static_build"
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
HOUR = timedelta(hours=1)
MOST_BYTES = 40_000  # of any page, before it is packed
FULL = 24  # cases more than a list shows
RULES = {"resultTypes": ["violations"]}
# Contrast costs as much as all other rules together: it is asked of the first look at each page. Pairs of tokens are
# checked by number in tests/faces/parts.
WITHOUT_CONTRAST = RULES | {"rules": {"color-contrast": {"enabled": False}}}


def routes() -> list[str]:
    """Return all addresses that give a page, outside of the interface for programs."""
    found = {route for method, route in addresses() if method == "GET" and "api" not in route.split("/")[0]}
    return sorted(route for route in found if _is_page(route))


def _is_page(route: str) -> bool:
    try:
        return look_at(route) is not None
    except KeyError:
        return False  # said by test_every_page_has_a_rule


ROUTES = routes()
STAFFED = ("console", "screen")
CONSOLE = [route for route in ROUTES if route.startswith(STAFFED)]
OPEN = [route for route in ROUTES if not route.startswith(STAFFED)]


def test_every_page_has_a_rule() -> None:
    found = {route for method, route in addresses() if method == "GET" and "api" not in route.split("/")[0]}
    forgotten = []
    for route in sorted(found):
        try:
            look_at(route)
        except KeyError:
            forgotten.append(route)

    assert forgotten == [], "new pages: say in pages.py what stands in their address, or why they are no pages"
    assert set(PAGES) - found == set(), "lines of pages.py that lead nowhere"
    used = {pattern for pattern, _why in NO_PAGES for route in found if re.fullmatch(pattern, route)}
    unused = [pattern for pattern, _why in NO_PAGES if pattern not in used]
    assert [pattern for pattern in unused if "visits" not in pattern and "sign" not in pattern] == []


@dataclass
class Scene:
    """Something of everything, and everybody signed in."""

    desk: Desk
    things: dict[str, str]
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """Return the browser of one of the cast, or of a stranger who has reported and written."""
        if who not in self.clients:
            client = Client(raise_request_exception=False)
            if who != "stranger":
                account = Account.objects.get(pk=getattr(self.desk.cast, who).account_id)
                client.cookies[SESSION] = begin_session(account, device="t", address=None, at=datetime.now(UTC)).key
                client.cookies["lx_place"] = self.desk.cast.county.community(11).code
            self.clients[who] = client
        return self.clients[who]

    def path(self, route: str, look: Look) -> str:
        """Return the address with the things of the scene in it."""
        filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: self.things[look.values[part[1]]], route)
        return f"/{filled}" + (f"?{look.query.format(**self.things)}" if look.query else "")


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Make everything the pages show, gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        desk = make_desk(make_cast(factories.make_county()))
        yield Scene(desk, _things(desk, datetime.now(UTC)))
        transaction.set_rollback(True)


def _things(desk: Desk, now: datetime) -> dict[str, str]:
    """Make a case in hand, one closed, homes and people, a letter, a notice, a station."""
    cast, area = desk.cast, desk.cast.county.community(11)
    load_register()
    handling, closed = desk.handling(at=now - HOUR, name="王芳", phone="13855500001"), desk.closed(at=now - 20 * HOUR)
    other = desk.filed(at=now - 2 * HOUR, text="路灯不亮好几天了")
    for number in range(FULL):
        long = f"第 {number} 处：小区门口的窨井盖松动，车一过就响，老人孩子走过不安全，盼着早点来看看。"
        desk.reported(at=now - HOUR, text=long, severity="urgent")
    estate = make_estate(cast.county.grid(111))
    building = make_building(estate)
    homes = make_dwellings(building)
    person = make_person(home=homes[0], phone="13855512345", id_number="11010519491231002X")
    neighbour = make_person("王秀英", home=homes[1])
    household = make_household(homes[0], person)
    care = make_care(person)
    letter = wishes.put(
        cast.resident, key=uuid4(), area_id=area.id, topic="dispute", words="楼上夜里拖椅子", at=now - 3 * HOUR
    )
    wishes.take(cast.community_clerk, letter=letter, at=now - 2 * HOUR)
    wishes.reply(cast.community_clerk, letter=letter, key=uuid4(), words="我去问问", at=now - HOUR)
    wishes.ask_for_case(cast.community_clerk, letter=letter, words="三幢夜间噪声", at=now - HOUR)
    told = {
        "kind": "utility", "title": "周一停水检修", "body": "9 点到 12 点停水，请提前备水。", "signed": "东苑社区",
        "area_ids": [area.id], "area_id": area.id, "street_id": area.street_id, "community_id": area.id,
    }  # fmt: skip
    notice = Notice.objects.create(
        key=uuid4(), state=State.PUBLISHED, to_public=True, created_at=now, published_at=now, **told
    )
    station = Station.objects.create(
        key=uuid4(), kind="service", name="东苑党群服务站", address="同安路 8 号", phone="0556-6123456",
        area_id=area.id, street_id=area.street_id, community_id=area.id, created_at=now, changed_at=now,
    )  # fmt: skip
    cases.reply(cast.seat, case=handling, seen=None, at=now, note="师傅下午到")
    # Who sees the act's form sees the template in it, too.
    wanted = templates.Wanted("已派人", "您反映的{事由}已派{单位}，{时限}前办好。", ["reply"])
    template = templates.make(cast.admin, key=uuid4(), wanted=wanted, at=now)
    calls.save(cast.seat, key=uuid4(), words="问路灯什么时候修", phone="13855500001", step=1, at=now)
    wanted_units = [cast.county.units[code].id for code in ("cgj", "jiaojing")]
    cases.whistle(cast.street_seat, case=other, seen=None, at=now - HOUR, units=wanted_units, note="一起看")
    part = handling.assignments.get(part="lead")
    crew = contractors.issue(
        cast.handler, assignment_id=part.pk, at=now - HOUR, crew="安达市政", person="孙师傅", phone="13800138000",
        task="换两块砖", days=7,
    )  # fmt: skip
    filmed = filming.camera(cast, point=handling.point, height_m=6.0, address="同安路口东北角")
    waiting = filming.camera(cast, 2, point=filming.PLACE, angle=360)
    running = filming.granted(cast, filmed, at=now - HOUR)
    filming.look(cast, running, at=now - HOUR)
    paishui = cast.county.units["paishui"].id
    assert handling.point is not None
    cover = make_component(handling.point, at=now - 30 * HOUR, address="同安路 8 号门前", maintaining_unit_id=paishui)
    cases.amend(cast.seat, case=other, seen=None, at=now, component=cover.key)
    device, system = sensing.make_scene(at=now, component_id=cover.pk)
    warned = weathering.made(cast, now)
    called = alarming.make_scene(device, at=now)
    view = views.save(
        cast.seat, key=uuid4(), page="seat", wanted=views.Wanted("超时的", "role", QueryDict("clock=overdue")), at=now
    )
    return {
        "community": area.code, "case": handling.number, "other_case": other.number, "closed": closed.number,
        "layer": "cases", "kind": "area",
        "act": "annotate", "estate": estate.code, "building": building.code, "dwelling": homes[0].code,
        "shop": make_establishment(estate).code, "person": str(person.key), "other_person": str(neighbour.key),
        "household": str(household.key), "care": str(care.key), "letter": str(letter.key),
        "letter_number": Side.objects.get(letter=letter).number, "notice": str(notice.key),
        "station": str(station.key), "card": link("notice", notice.pk).rsplit("/", 1)[1], "field": "person.phone",
        "check": "person_missing", "target": "places", "role": "seat", "unit": "cgj", "text_group": "sms",
        "staff": str(cast.handler.account_id), "template": str(template.key), "view": str(view.key),
        "device": str(device.key), "device_kind": "manhole", "system": str(system.key),
        "camera": str(filmed.key), "running": str(running.key), "platform": filmed.system,
        "access": str(filming.asked(cast, waiting, at=now - HOUR).key),
        "component": str(cover.key), "component_number": cover.number,
        **warned, **called,
        "whistle": str(other.whistle_set.get().pk), "link": str(crew.link.key), "crew": crew.token,
    }  # fmt: skip


class Shower:
    """Shows made pages in Chromium; files of the front end come from the build and are kept, all else is not there."""

    def __init__(self, context: BrowserContext, origin: str, made: dict[str, bytes]) -> None:
        context.add_init_script(Axe().axe_script)  # once told, it stands in every page
        self.page = context.new_page()
        self._origin, self._made = origin, made

    def show(self, path: str, body: bytes) -> None:
        """Show a page at its address."""
        self._made.clear()
        self._made[path] = body
        self.page.goto(f"{self._origin}{path}", wait_until="load")


@contextmanager
def _serving() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Serve what stands in a dictionary by path, and the built files; yields the address and the dictionary."""
    made: dict[str, bytes] = {}

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.partition("?")[0].removeprefix("/static/")
            if self.path in made:
                self._send(200, made[self.path], "text/html; charset=utf-8", "no-store")
            elif self.path.startswith("/static/") and (found := _built(name))[0] is not None:
                self._send(200, found[0], found[1], "max-age=3600")
            else:
                self._send(404, b"", "text/plain", "no-store")

        def _send(self, status: int, body: bytes, kind: str, keep: str) -> None:
            self.send_response(status)
            for header, value in (("Content-Type", kind), ("Content-Length", len(body)), ("Cache-Control", keep)):
                self.send_header(header, str(value))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", made
    server.shutdown()
    server.server_close()
    thread.join()


@cache
def _built(name: str) -> tuple[bytes | None, str]:
    file = BUILT / name
    is_there = file.is_file() and file.resolve().is_relative_to(BUILT.resolve())
    return (file.read_bytes() if is_there else None), mimetypes.guess_type(name)[0] or "application/octet-stream"


@pytest.fixture(scope="module")
def shower(browser: Browser) -> Iterator[Shower]:
    """One page of one browser for all."""
    if not (BUILT / "lx.css").exists():
        pytest.skip("the front end is not built")
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    with _serving() as (origin, made):
        yield Shower(context, origin, made)
        context.close()


def _parts(body: bytes) -> frozenset[bytes]:
    """Return what a page is made of: its tags with their classes inside main, without words and names of things."""
    main = body.partition(b"<main")[2]
    tags = re.findall(rb'<(\w+)(?:[^>]*? class="([^"]*)")?', main)
    return frozenset(tag + b"." + classes for tag, classes in tags)


def _pages(scene: Scene, route: str, people: tuple[str, ...]) -> Iterator[tuple[str, str, bytes]]:
    """Yield who, path and body for each person of these whose page has parts that no page before had."""
    look = look_at(route)
    assert look is not None
    path = scene.path(route, look)
    seen: set[bytes] = set()
    for who in people:
        answer = scene.client(who).get(path, follow=True)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        assert len(answer.content) < MOST_BYTES, f"{who} {path}: {len(answer.content)} bytes"
        parts = _parts(answer.content)
        if not parts <= seen:
            seen |= parts
            yield who, path, answer.content


def _violations(page: Page, *, with_contrast: bool) -> list[str]:
    found = page.evaluate(_FAULTS, RULES if with_contrast else WITHOUT_CONTRAST)
    return [f"{rule}: {html[:160]}" for rule, html in found]


# Only what is wrong comes back: what passed is a hundred times as much.
_FAULTS = """async (options) => (await axe.run(options)).violations.map((fault) => [fault.id, fault.nodes[0].html])"""
_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Inline links in running text are read, not aimed at; what is hidden or covered by a label is measured with it.
_SMALL = """(least) => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: false}))
  .filter((one) => !one.closest('.hear, .skip, [hidden], .stars, video, audio') && one.tabIndex >= 0)
  .filter((one) => !(one.matches('p a, li a, dd a, small a') && getComputedStyle(one).display === 'inline'))
  .map((one) => [one.closest('label') ?? one, one])
  .map(([area, one]) => [area.getBoundingClientRect(), one])
  .filter(([box]) => box.width > 0 && box.height > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
  .map(([box, one]) => Math.round(box.width) + '×' + Math.round(box.height) + ' ' + one.outerHTML.slice(0, 110))"""


@pytest.mark.parametrize("route", CONSOLE)
def test_pages_of_the_console(scene: Scene, shower: Shower, route: str) -> None:
    faults, looked = [], 0
    for who, path, body in _pages(scene, route, STAFF if route != "console/sign-in" else ("stranger",)):
        looked += 1
        shower.page.set_viewport_size(DESK)  # type: ignore[arg-type]
        shower.show(path, body)
        faults += [f"{who} {path}: {fault}" for fault in _violations(shower.page, with_contrast=looked == 1)]
        shower.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if (over := shower.page.evaluate(_WIDE)) > 0:
            faults.append(f"{who} {path}: scrolls sideways by {over} at {PHONE['width']}")

    assert looked, f"nobody of {STAFF} gets a page at {route}: its rule in pages.py names nothing that is there"
    assert faults == []


@pytest.mark.parametrize("is_elder", [False, True], ids=["plain", "elder"])
@pytest.mark.parametrize("route", OPEN)
def test_pages_of_residents(scene: Scene, shower: Shower, route: str, is_elder: bool) -> None:
    faults, looked, least = [], 0, 60 if is_elder else 44
    for who in RESIDENTS:
        scene.client(who).cookies["lx_elder"] = "1" if is_elder else "0"
    shower.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for who, path, body in _pages(scene, route, RESIDENTS):
        looked += 1
        shower.show(path, body)
        page = shower.page
        faults += [f"{who} {path}: {fault}" for fault in _violations(page, with_contrast=looked == 1)]
        faults += [f"{who} {path}: too small to hit: {small}" for small in page.evaluate(_SMALL, least)]
        if (over := page.evaluate(_WIDE)) > 0:
            faults.append(f"{who} {path}: scrolls sideways by {over} at {PHONE['width']}")

    assert looked or route == "services", f"no resident gets a page at {route}"
    assert faults == []
