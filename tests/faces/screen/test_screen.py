"""The big screen: right numbers, nobody named, nobody beyond their post; walls are connected and cut off."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

import factories
from casework import GRID_222, Desk
from lianxin.faces.identity.cookies import SESSION
from lianxin.faces.screen import actions, blocks, layouts, walls
from lianxin.faces.screen.layouts import Arrangement
from lianxin.faces.screen.models import Layout, Wall
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.insight.statistics import folding
from lianxin.kernel.errors import Invalid, NotAllowed, Refused, Stale

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WORDS = "住三单元五零二的王秀英家门口堆了垃圾"


@pytest.fixture
def look() -> Callable[[Actor], Client]:
    """Sign somebody in."""

    def sign_in(actor: Actor) -> Client:
        client = Client()
        key = begin_session(factories.account_of(actor), device="t", address=None, at=datetime.now(UTC)).key
        client.cookies[SESSION] = key
        return client

    return sign_in


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Six cases open in two streets, one of them late, and one closed."""
    now = datetime.now(UTC)
    for _number in range(3):
        desk.filed(at=now - 2 * HOUR, text=WORDS, name="王秀英", phone="13855512345")
    desk.handling(at=now - 300 * HOUR, text=WORDS)
    desk.filed(at=now - HOUR, point=GRID_222)
    desk.filed(at=now - HOUR, is_confidential=True)
    desk.closed(at=now - HOUR)
    folding.fold_all(at=now)
    return desk


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, f"{path}: {answer.status_code}"
    return answer.content.decode()


def figure(text: str, label: str) -> str:
    found = re.search(r"<dd>([\d,.—]+)<i>[^<]*</i></dd><dt>" + label, text)
    assert found is not None, label
    return found[1]


def test_figures_are_those_of_the_county(busy: Desk, look: Callable[[Actor], Client]) -> None:
    text = text_of(look(busy.cast.leader), "/screen/")

    assert figure(text, "超时在办") == "1"
    assert "在办 6 件" in text
    counts = dict(re.findall(r"<title>([^<]+) · (\d+) 件</title>", text))
    assert sum(map(int, counts.values())) == 6


def test_nobody_is_named_on_any_page(busy: Desk, look: Callable[[Actor], Client]) -> None:
    client = look(busy.cast.leader)
    for number in range(1, len(layouts.OWN) + 1):
        text = text_of(client, f"/screen/page?page={number}")
        for told in (WORDS, "王秀英", "五零二", "1385551", "程管", busy.cast.handler.name):
            assert told not in text, f"page {number} says {told}"


def test_a_street_sees_its_own_and_no_other(busy: Desk, look: Callable[[Actor], Client]) -> None:
    county, client = busy.cast.county, look(busy.cast.street_seat)
    own = text_of(client, "/screen/")

    assert "在办 5 件" in own
    assert text_of(client, f"/screen/of/{county.community(11).code}/")
    text_of(client, f"/screen/of/{county.street(2).code}/", 404)
    text_of(client, f"/screen/of/{county.city.code}/", 404)


def test_a_closer_look_goes_down_to_the_grids(busy: Desk, look: Callable[[Actor], Client]) -> None:
    community = busy.cast.county.community(11)
    text = text_of(look(busy.cast.leader), f"/screen/of/{community.code}/")

    counts = dict(re.findall(r"<title>([^<]+) · (\d+) 件</title>", text))
    assert counts[busy.cast.county.grid(111).name] == "5"


def test_one_block_that_fails_does_not_take_the_others(
    busy: Desk, look: Callable[[Actor], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_asked: blocks.Asked) -> blocks.Told | None:
        raise DatabaseError

    known = blocks.known()
    monkeypatch.setattr(blocks, "_widgets", known | {"late": replace(known["late"], make=fails)})

    text = text_of(look(busy.cast.leader), "/screen/")

    assert "这一块暂时算不出来" in text
    assert figure(text, "超时在办") == "1"


@pytest.fixture
def wall(busy: Desk) -> tuple[Client, Wall]:
    """A wall that the city's desk has connected."""
    browser = Client()
    browser.post("/screen/ask")
    code = Wall.objects.get().code
    assert f"{code[:3]} {code[3:]}" in text_of(browser, "/screen/connect")
    return browser, actions.pair(busy.cast.seat, code=code, name="大厅左墙", at=datetime.now(UTC))


def test_a_wall_shows_what_its_post_may_see_and_opens_nothing_else(wall: tuple[Client, Wall]) -> None:
    browser, _wall = wall

    assert "在办 6 件" in text_of(browser, "/screen/")
    assert browser.get("/screen/now").json()["feed"] >= 0
    for closed in ("/console/work", "/console/cases", "/screen/arrange", "/screen/walls"):
        assert browser.get(closed).status_code == 302, closed
    assert browser.get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize("ends", ["revoked", "post over", "disabled", "expired"])
def test_a_wall_goes_dark_with_what_it_hangs_on(wall: tuple[Client, Wall], busy: Desk, ends: str) -> None:
    browser, row = wall
    now = datetime.now(UTC)
    if ends == "revoked":
        actions.revoke(busy.cast.seat, key=row.key, at=now)
    elif ends == "post over":
        Post.objects.filter(pk=row.post_id or 0).update(valid_to=now)
    elif ends == "disabled":
        account = factories.account_of(busy.cast.seat)
        account.disabled_at = now
        account.save(update_fields=["disabled_at"])
    else:
        Wall.objects.update(expires_at=now)

    assert browser.get("/screen/").status_code == 302
    assert browser.get("/screen/page").status_code == 401


def test_a_code_connects_once_and_not_for_ever(busy: Desk) -> None:
    now = datetime.now(UTC)
    wall, _secret = actions.begin(at=now)
    code = wall.code

    with pytest.raises(Refused):
        actions.pair(busy.cast.seat, code=code, name="", at=now + walls.CODE_LASTS)
    with pytest.raises(NotAllowed):
        actions.pair(busy.cast.handler, code=code, name="", at=now)
    actions.pair(busy.cast.seat, code=code, name="", at=now)
    with pytest.raises(Refused):
        actions.pair(busy.cast.leader, code=code, name="", at=now)
    with pytest.raises(Refused):
        actions.pair(busy.cast.leader, code="", name="", at=now)


def test_walls_never_connected_are_forgotten(busy: Desk) -> None:
    now = datetime.now(UTC)
    actions.begin(at=now - timedelta(days=1))
    kept, _secret = actions.begin(at=now)

    assert walls.forget(at=now) == 1
    assert Wall.objects.get().pk == kept.pk


def test_a_post_arranges_its_own_screen(busy: Desk, look: Callable[[Actor], Client]) -> None:
    now = datetime.now(UTC)
    narrow, wide = list(blocks.known("narrow")), list(blocks.known("wide"))
    wanted = [Arrangement("只看超时", ("late",), "heat", ())]

    actions.arrange(busy.cast.seat, pages=wanted, narrow=narrow, wide=wide, at=now)

    assert "只看超时" in text_of(look(busy.cast.seat), "/screen/")
    assert "只看超时" not in text_of(look(busy.cast.leader), "/screen/")
    with pytest.raises(Stale):
        actions.arrange(busy.cast.seat, pages=wanted, narrow=narrow, wide=wide, at=now, seen=0)
    actions.restore(busy.cast.seat, at=now)
    assert "只看超时" not in text_of(look(busy.cast.seat), "/screen/")


@pytest.mark.parametrize(
    "page",
    [
        Arrangement("", ("late",), "map", ()),
        Arrangement("没有中间", ("late",), "", ()),
        Arrangement("两次", ("late", "late"), "map", ()),
        Arrangement("不认得", ("nonsense",), "map", ()),
        Arrangement("太多", ("late", "today", "stuck", "units"), "map", ()),
        Arrangement("窄的放中间", (), "late", ()),
    ],
)
def test_a_page_that_cannot_be_drawn_is_refused(busy: Desk, page: Arrangement) -> None:
    with pytest.raises(Invalid):
        actions.arrange(
            busy.cast.seat, pages=[page], narrow=list(blocks.known("narrow")), wide=list(blocks.known("wide")),
            at=datetime.now(UTC),
        )  # fmt: skip
    assert not Layout.objects.exists()
