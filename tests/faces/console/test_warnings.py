"""Pages of warnings: the board by tabs, deciding, issuing with a look before, the key that is shown once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

import factories
from cast import Cast
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.warnings import cap, issuing, queries, sources
from lianxin.work.warnings.issuing import WarningIn
from lianxin.work.warnings.models import Source, State, WarningMessage
from weathering import alert, coded, made, make_source, notice_of, send

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def scene(cast: Cast) -> dict[str, str]:
    """An orange warning of street 1, one that waits, one of our own in street 2."""
    return made(cast, now())


def at_desk(actor: Actor) -> Client:
    client = Client()
    entered = begin_session(factories.account_of(actor), device="t", address=None, at=datetime.now(UTC))
    client.cookies[SESSION] = entered.key
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


class TestBoard:
    def test_each_tab_shows_what_stands_so(self, cast: Cast, scene: dict[str, str]) -> None:
        desk = at_desk(cast.seat)
        running, waiting = text(desk.get("/console/warnings/")), text(desk.get("/console/warnings/?state=waiting"))

        assert f"/console/warnings/{scene['warning']}/" in running
        assert "暴雨橙色预警" in running
        assert "停气蓝色预警" in running
        assert scene["waiting_warning"] not in running
        assert f"/console/warnings/{scene['waiting_warning']}/" in waiting
        assert "剩 " in running

    def test_who_does_not_decide_sees_nothing_that_was_not_told(self, cast: Cast, scene: dict[str, str]) -> None:
        worker = at_desk(cast.grid_worker)

        assert scene["own_warning"] not in text(worker.get("/console/warnings/"))
        assert scene["waiting_warning"] not in text(worker.get("/console/warnings/?state=waiting"))
        assert worker.get(f"/console/warnings/{scene['waiting_warning']}/").status_code == 404
        assert worker.get(f"/console/warnings/{scene['own_warning']}/").status_code == 404
        assert worker.get(f"/console/warnings/{scene['warning']}/").status_code == 200

    def test_a_strip_on_every_page_of_those_it_concerns(self, cast: Cast, scene: dict[str, str]) -> None:
        assert "cap-strip" in text(at_desk(cast.grid_worker).get("/console/work"))
        assert "cap-strip" not in text(at_desk(cast.handler).get("/console/work"))

    def test_the_map_gets_what_was_drawn(self, cast: Cast, scene: dict[str, str]) -> None:
        told = at_desk(cast.seat).get(f"/console/warnings/{scene['warning']}/shapes.geojson").json()

        assert {feature["properties"]["level"] for feature in told["features"]} == {"cap-orange"}


class TestDeciding:
    def test_let_out_from_the_page(self, cast: Cast, scene: dict[str, str]) -> None:
        desk = at_desk(cast.street_seat)
        path = f"/console/warnings/{scene['waiting_warning']}/approve"
        assert "名工作人员收到" in text(desk.get(path))
        assert desk.post(path).status_code == 302
        assert WarningMessage.objects.get(key=scene["waiting_warning"]).state == State.RUNNING

    def test_refusing_and_stopping_need_a_reason(self, cast: Cast, scene: dict[str, str]) -> None:
        desk = at_desk(cast.street_seat)
        for key, act in ((scene["waiting_warning"], "refuse"), (scene["warning"], "cancel")):
            assert desk.post(f"/console/warnings/{key}/{act}", {"note": ""}).status_code == 422
            assert desk.post(f"/console/warnings/{key}/{act}", {"note": "与上一条重复"}).status_code == 302
        states = WarningMessage.objects.filter(key__in=[scene["waiting_warning"], scene["warning"]]).order_by("pk")
        assert list(states.values_list("state", flat=True)) == [State.CANCELLED, State.REFUSED]


def form(area: int, **more: str) -> dict[str, Any]:
    """Return the form as somebody fills it in."""
    over = (now() + timedelta(hours=6)).astimezone(ZONE)
    return {
        "event": "停气", "category": "Infra", "colour": "orange", "area_ids": [str(area)], "more": "", "begins_at": "",
        "expires_at": f"{over:%Y-%m-%dT%H:%M}", "headline": "龙眠街道燃气管线抢修停气",
        "description": "今天下午抢修，停气约六小时。",
        "instruction": "关好灶具阀门。\n闻到燃气味先开窗，不开灯。", **more,
    }  # fmt: skip


class TestIssuing:
    def test_a_look_before_it_is_sent(self, cast: Cast) -> None:
        desk, area = at_desk(cast.street_seat), cast.county.street(1).id
        key = re.search(r'name="client_id" value="([^"]+)"', text(desk.get("/console/warnings/issue")))
        assert key is not None
        given = form(area) | {"client_id": key[1]}

        looked = text(desk.post("/console/warnings/issue", given | {"step": "look"}))
        assert "停气橙色预警" in looked
        assert "名工作人员收到，同时发短信" in looked
        assert not WarningMessage.objects.exists()

        for _twice in range(2):
            assert desk.post("/console/warnings/issue", given | {"step": "send"}).status_code == 302
        row = WarningMessage.objects.get()
        assert (str(row.key), row.state, row.made_by_id) == (key[1], State.RUNNING, cast.street_seat.account_id)
        assert notice_of(row).is_urgent

    def test_all_faults_are_told_and_what_was_typed_stays(self, cast: Cast) -> None:
        told = at_desk(cast.street_seat).post(
            "/console/warnings/issue",
            form(cast.county.street(1).id, headline="停气", description="短") | {"step": "send"},
        )

        assert told.status_code == 422
        assert "标题请写 4 到 60 字" in text(told)
        assert "关好灶具阀门" in text(told)
        assert not WarningMessage.objects.exists()

    def test_characters_no_file_can_hold_do_no_harm(self, cast: Cast, client: Client) -> None:
        given = form(
            cast.county.street(1).id, headline="龙眠街道\uffff抢修停气", instruction="关好\x0b阀门，开窗。\ufffe"
        )
        assert at_desk(cast.street_seat).post("/console/warnings/issue", given | {"step": "send"}).status_code == 302

        row = WarningMessage.objects.get()
        assert cap.read(row.document.encode()).infos[0].headline == "龙眠街道抢修停气"
        assert client.get("/cap/feed").status_code == 200

    def test_nobody_warns_beyond_their_own_areas(self, cast: Cast) -> None:
        told = WarningIn(
            "停气", "red", "文昌街道停气", "今天下午抢修，停气约六小时。", "关好灶具阀门。", [cast.county.street(2).id],
            now() + timedelta(hours=1),
        )  # fmt: skip
        for actor in (cast.street_seat, cast.leader, cast.grid_worker):
            with pytest.raises(NotAllowed):
                issuing.issue(actor, key=uuid4(), told=told, at=now())

    def test_what_we_issue_leaves_as_cap_and_its_end_names_it(self, cast: Cast, client: Client) -> None:
        told = WarningIn(
            "停气", "red", "龙眠街道燃气抢修停气", "今天下午抢修，停气约六小时。", "关好灶具阀门。",
            [cast.county.street(1).id], now() + timedelta(hours=6),
        )  # fmt: skip
        first = issuing.issue(cast.seat, key=uuid4(), told=told, at=now())
        longer = WarningIn(**{**_plain(told), "expires_at": now() + timedelta(hours=9)})
        second = issuing.update(cast.seat, warning=first, key=uuid4(), told=longer, at=now())
        issuing.cancel(cast.seat, warning=second, key=uuid4(), reason="抢修完成", at=now())

        first.refresh_from_db()
        written = [cap.read(row.document.encode()) for row in reversed(queries.chain(first))]
        assert {one.msg_type for one in written} == {"Alert", "Update", "Cancel"}
        ending = next(one for one in written if one.msg_type == "Cancel")
        assert {one.identifier for one in ending.references} == {first.identifier, second.identifier}
        opening = next(one for one in written if one.msg_type == "Alert")
        assert opening.infos[0].severity == "Extreme"
        assert opening.infos[0].areas[0].polygons
        assert opening.infos[0].areas[0].geocodes[0].value == cast.county.street(1).code
        assert client.get(f"/cap/{ending.identifier}.xml").status_code == 200
        second.refresh_from_db()
        assert (first.state, second.state, second.why) == (State.REPLACED, State.CANCELLED, "抢修完成")

    def test_others_are_stopped_not_rewritten(self, cast: Cast, scene: dict[str, str]) -> None:
        row = WarningMessage.objects.get(key=scene["warning"])
        with pytest.raises(Refused):
            issuing.cancel(cast.seat, warning=row, key=uuid4(), reason="不要了", at=now())


def _plain(told: WarningIn) -> dict[str, Any]:
    return {name: getattr(told, name) for name in told.__dataclass_fields__}


class TestSources:
    def test_a_key_is_shown_once_and_only_its_hash_is_kept(self, cast: Cast) -> None:
        desk = at_desk(cast.admin)
        given = {"name": "市气象台", "code": "weather", "area": "340881", "senders": "a@b\nc@d", "feed_url": ""}
        assert desk.post("/console/warnings/sources/add", given).status_code == 302
        source = Source.objects.get(code="weather")
        assert (source.senders, source.secret_hash, source.is_trusted) == (["a@b", "c@d"], "", False)

        shown = text(desk.post(f"/console/warnings/sources/{source.key}/key"))
        secret = re.search(r'id="secret">([^<]+)<', shown)
        assert secret is not None
        source.refresh_from_db()
        assert source.secret_hash == sources.hash_of(secret[1])
        assert secret[1] not in text(desk.get(f"/console/warnings/sources/{source.key}/"))

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "http://user:pw@host/feed", "nonsense", "http://[bad/"])
    def test_only_plain_addresses_are_fetched(self, cast: Cast, url: str) -> None:
        told = sources.SourceIn("office", "市气象台", cast.county.city.id, feed_url=url)
        with pytest.raises(Invalid):
            sources.join(cast.admin, key=uuid4(), told=told, at=now())

    def test_only_who_manages_the_whole_place(self, cast: Cast) -> None:
        told = sources.SourceIn("office", "市气象台", cast.county.city.id)
        for actor in (cast.seat, cast.street_seat, cast.leader):
            with pytest.raises(NotAllowed):
                sources.join(actor, key=uuid4(), told=told, at=now())

    def test_its_page_tells_what_went_wrong(self, cast: Cast, client: Client) -> None:
        source, key = sources.renew_key(cast.admin, source=make_source(cast), at=now())
        client.post(
            f"/gateways/cap/{source.code}", b"<alert/>", content_type="application/cap+xml",
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip

        page = text(at_desk(cast.admin).get(f"/console/warnings/sources/{source.key}/"))
        assert "连着 1 次没有收成" in page
        assert "urn:oasis:names:tc:emergency:cap:1.2" in page


def test_a_long_board_is_turned_by_pages_and_costs_no_more(cast: Cast, django_assert_max_num_queries: Any) -> None:
    source = make_source(cast)
    span = {"sent": now() - timedelta(minutes=5), "onset": now(), "expires": now() + timedelta(hours=3)}
    for _number in range(35):
        send(source, alert(coded("340881"), **span), at=now())
    desk = at_desk(cast.seat)
    desk.get("/console/warnings/")

    with django_assert_max_num_queries(16):
        page = desk.get("/console/warnings/")
    assert len(page.content) < 40_000
    after = re.search(r"after=[^\"]+first=31", text(page))
    assert after is not None
    assert "31–35" in text(desk.get(f"/console/warnings/?{after[0].replace('&amp;', '&')}"))
