"""Cards: names nobody can count up, tags and pictures for chats, gone with their thing, no person on them."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from casework import Desk
from lianxin.faces.resident.cards import drawing
from lianxin.faces.resident.cards.kinds import link
from lianxin.faces.resident.cards.links import Shared, opened, seal
from lianxin.work.cases.models import Case
from lianxin.work.disclosure.models import Notice, State
from lianxin.work.stations.models import Station

from .conftest import Phone, text_of

pytestmark = pytest.mark.django_db


@given(kind=st.sampled_from("nmsp"), pk=st.integers(0, 2**63 - 1))
def test_a_name_opens_to_its_thing_and_any_other_to_nothing(kind: str, pk: int) -> None:
    name = seal(Shared(kind, pk))

    assert opened(name) == Shared(kind, pk)
    for place in range(0, len(name), 5):
        other = name[:place] + ("A" if name[place] != "A" else "B") + name[place + 1 :]
        assert opened(other) is None


def test_names_of_neighbours_have_nothing_in_common() -> None:
    names = [seal(Shared("m", pk)) for pk in range(1000, 1200)]

    assert len(set(names)) == 200
    assert all(len({name[place] for name in names}) > 20 for place in range(24))
    assert [opened(name) for name in ("", "a" * 24, names[0] + "a", "é" * 24)] == [None] * 4


def notice(desk: Desk, **more: object) -> Notice:
    """Put a notice of community 11 out."""
    area = desk.cast.county.community(11)
    now = datetime.now(UTC)
    told = {
        "kind": "utility", "state": State.PUBLISHED, "title": "周一停水检修",
        "body": "11月23日 9:00–12:00，同安新村 1–8 栋",
        "to_public": True, "area_ids": [area.id], "area_id": area.id, "street_id": area.street_id,
        "community_id": area.id, "signed": "东苑社区", "created_at": now, "published_at": now,
    }  # fmt: skip
    return Notice.objects.create(key=uuid4(), **told | more)


def test_a_notice_is_a_card_until_it_is_withdrawn_or_over(desk: Desk, phone: Phone) -> None:
    shown = notice(desk)
    at = link("notice", shown.pk)

    page = text_of(phone.open(at))
    tags = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', page))
    assert (tags["title"], tags["url"]) == ("周一停水检修", f"http://testserver{at}")
    assert f'href="/notices/{shown.key}' in page
    for shape, size in drawing.SHAPES.items():
        answer = phone.open(f"{at}/{shape}.jpg")
        assert Image.open(BytesIO(answer.content)).size == size
        assert answer["Cache-Control"] == "public, max-age=600"
    assert tags["image"] == f"http://testserver{at}/wide.jpg"

    Notice.objects.update(valid_until=datetime.now(UTC) - timedelta(hours=1))
    assert phone.open(at).status_code == phone.open(f"{at}/5x4.jpg").status_code == 410
    Notice.objects.update(valid_until=None, state=State.WITHDRAWN, withdrawn_at=datetime.now(UTC))
    gone = phone.open(at)
    assert (gone.status_code, "周一停水检修" in text_of(gone)) == (410, False)


def test_what_is_not_for_the_public_has_no_card(desk: Desk, phone: Phone) -> None:
    inner = notice(desk, to_public=False, to_roles=["grid_worker"])

    assert phone.open(link("notice", inner.pk)).status_code == 410


def test_a_matter_shows_category_and_grid_and_no_word_of_its_reporter(desk: Desk, phone: Phone) -> None:
    case = desk.filed(at=datetime.now(UTC) - timedelta(hours=2), text="王秀英家门口的路灯坏了", phone="13855500001")
    at = link("matter", case.pk)

    page = text_of(phone.open(at))

    assert phone.open(at).status_code == 200
    assert not any(word in page for word in ("王秀英", "13855500001", case.number))
    Case.objects.filter(pk=case.pk).update(is_confidential=True)
    assert phone.open(at).status_code == 410


def test_a_station_and_the_report_page_of_a_place(desk: Desk, phone: Phone) -> None:
    area = desk.cast.county.community(11)
    now = datetime.now(UTC)
    station = Station.objects.create(
        key=uuid4(), kind="service", name="东苑党群服务站", address="同安路 8 号", area_id=area.id,
        street_id=area.street_id, community_id=area.id, created_at=now, changed_at=now,
    )  # fmt: skip

    assert f'href="/stations/{station.key}' in text_of(phone.open(link("station", station.pk)))
    assert f'href="/here/{area.code}"' in text_of(phone.open(link("place", area.id)))
    Station.objects.update(ended_at=now)
    assert phone.open(link("station", station.pk)).status_code == 410


def test_without_a_font_the_picture_is_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "chinese", lambda **_: None)

    data = drawing.picture("wide", "通知", "没有字体的机器", "一行", "连心")

    assert Image.open(BytesIO(data)).size == drawing.SHAPES["wide"]


def test_wechats_script_is_let_in_on_shared_pages_only_and_only_where_asked_for(
    desk: Desk, phone: Phone, settings: Any
) -> None:
    at, script = link("place", desk.cast.county.community(11).id), "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
    settings.WECHAT_APPID, settings.WECHAT_SDK_URL = "", script
    assert "res.wx.qq.com" not in text_of(phone.open(at)) + phone.open(at)["Content-Security-Policy"]

    settings.WECHAT_APPID = "wx1"

    shown = phone.open(at)
    assert f'<script src="{script}">' in text_of(shown)
    assert "script-src 'self' https://res.wx.qq.com" in shown["Content-Security-Policy"]
    assert "res.wx.qq.com" not in phone.open("/report")["Content-Security-Policy"]
