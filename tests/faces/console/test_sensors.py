"""Devices at the desk: lists with their health, one with its chart and key, what was refused, kinds, systems."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import sensing
from casework import Desk
from faces.console.conftest import SignIn
from importing import Desk as Importer
from lianxin.faces.console.sensing import RANGES
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.registry.sensors import history, keys
from lianxin.registry.sensors.models import Device, DeviceKey, Stream, System
from lianxin.registry.sensors.settings import practice

_S = "/console/sensors/"


@pytest.fixture
def scene(desk: Desk) -> tuple[Device, System]:
    return sensing.make_scene(at=datetime.now(UTC))


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def numbers(page: str) -> list[str]:
    """Return the numbers of the devices that the list shows."""
    return re.findall(r'<span class="code">([A-Z]+-[0-9]+)</span>', page)


def test_counters_of_health_open_their_lists(scene: tuple[Device, System], sign_in: SignIn) -> None:
    client = sign_in("admin")
    page = text(client, _S)

    assert numbers(page) == ["MH-0001", "WL-0001"]
    counters = re.findall(r'href="(/console/sensors/[^"]*)" data-count="(\d+)"', page)
    assert counters
    for url, count in counters:
        assert len(numbers(text(client, url))) == int(count), url
    assert ("/console/sensors/?health=silent", "1") in counters


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=市场", ["MH-0001"]), ("q=wl-", ["WL-0001"]), ("kind=water_level", ["WL-0001"]), ("system=water", ["WL-0001"]),
     ("system=none", ["MH-0001"]), ("state=retired", []), ("q=%00'%", []),
     ("health=nonsense&state=x", ["MH-0001", "WL-0001"])],
)  # fmt: skip
def test_the_list_is_narrowed_by_its_address(
    scene: tuple[Device, System], sign_in: SignIn, query: str, found: list[str]
) -> None:
    assert numbers(text(sign_in("admin"), f"{_S}?{query}")) == found


def test_a_list_costs_the_same_however_many_there_are(scene: tuple[Device, System], sign_in: SignIn) -> None:
    client = sign_in("admin")

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            text(client, _S)
        return len(seen)

    text(client, _S)
    few = cost()
    for place in range(8):
        sensing.make_device(f"MH-01{place}", at=datetime.now(UTC))
    text(client, _S)
    assert cost() == few


def test_a_device_shows_its_readings_over_any_time(scene: tuple[Device, System], sign_in: SignIn) -> None:
    client, url = sign_in("admin"), f"{_S}{scene[0].key}/"

    page = text(client, url)
    assert "关好" in page
    assert "80%" in page
    assert "没有收下的" in page  # one tilt of 400 degrees
    for span in ("day", "week", "month", "year"):
        assert 'data-chart="line"' in text(client, f"{url}?measure=tilt&range={span}")
    assert "这段时间没有读数" in text(client, f"{url}?measure=water")
    assert sign_in("grid_worker_next_door").get(url).status_code == 404


def test_a_key_is_shown_once_and_works(scene: tuple[Device, System], sign_in: SignIn) -> None:
    client, url = sign_in("admin"), f"{_S}{scene[0].key}/"

    answer = client.post(f"{url}key")
    key = re.search(r'<code class="secret" id="key">([^<]+)</code>', answer.content.decode())
    assert key is not None
    assert "no-store" in answer["Cache-Control"]
    caller = keys.authenticate("MH-0001", key[1], at=datetime.now(UTC))
    assert caller is not None
    assert key[1] not in text(client, url)
    assert DeviceKey.objects.filter(device=scene[0]).count() == 2

    client.post(f"{url}revoke", {"go": "1"})
    assert keys.authenticate("MH-0001", key[1], at=datetime.now(UTC)) is None
    assert sign_in("grid_worker").post(f"{url}key").status_code == 403


def test_registering_names_faults_at_their_fields(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in("admin")
    told = {"number": "mh-7", "kind": "manhole", "lon": "117.005", "lat": "31.005"}

    wrong = client.post(f"{_S}add", {**told, "lon": "7", "owning_unit": "水务集团"})
    assert wrong.status_code == 422
    assert "没有叫“水务集团”的单位" in wrong.content.decode()
    lost = client.post(f"{_S}add", {**told, "lon": "", "lat": ""}).content.decode()
    assert 'id="id_lon"' in lost
    assert "请在地图上点出它在哪里" in lost

    made = client.post(f"{_S}add", told)
    device = Device.objects.get(number="MH-7")
    assert made["Location"] == f"{_S}{device.key}/"
    client.post(f"{_S}{device.key}/edit", {**told, "name": "桥头井盖", "seen": "1"})
    client.post(f"{_S}{device.key}/pause", {"why": "修理"})
    assert (Device.objects.get().name, Device.objects.get().state) == ("桥头井盖", "paused")
    stale = client.post(f"{_S}{device.key}/edit", {**told, "name": "又一个", "seen": "1"})
    assert "刚被别人改过" in stale.content.decode()


def test_refusals_tell_reasons_and_never_what_was_sent(scene: tuple[Device, System], sign_in: SignIn) -> None:
    page = text(sign_in("admin"), f"{_S}refusals")

    assert "数值不可信" in page
    assert "MH-0001" in page
    assert not re.search(r"\b400\b", page)  # keys of the page may hold these digits among others
    assert "没有拒收的消息" in text(sign_in("grid_worker_next_door"), f"{_S}refusals")


def test_limits_and_kinds_are_changed_with_a_reason(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in("admin")
    limits = {name: str(value) for name, value in asdict(practice().limits).items()}

    assert client.post(f"{_S}kinds/limits", {**limits, "raw_days": "45", "reason": ""}).status_code == 422
    client.post(f"{_S}kinds/limits", {**limits, "raw_days": "45", "reason": "存储够用"})
    assert practice().limits.raw_days == 45

    kind = {"label": "智能井盖", "expected_every": "1800", "reason": "厂家换了",
            "measures": "is_open，井盖，关着/开了\ntilt，倾角，°，0，90\ngas，沼气，%LEL，0，100"}  # fmt: skip
    client.post(f"{_S}kinds/manhole/", kind)
    changed = practice().kind("manhole")
    assert (changed.own, changed.expected_every) == (("is_open", "tilt", "gas"), 1800)
    assert changed.measures["is_open"].words == ("关着", "开了")
    wrong = client.post(f"{_S}kinds/add", {**kind, "code": "bell", "measures": "rung，响了"})
    assert "这一行看不懂" in wrong.content.decode()
    # Of one unit only: what concerns everybody is not theirs to change.
    assert sign_in("handler").post(f"{_S}kinds/manhole/", kind).status_code == 403


def test_systems_are_joined_closed_and_opened_again(scene: tuple[Device, System], sign_in: SignIn) -> None:
    client = sign_in("admin")
    told = {"code": "gas", "name": "燃气监测平台", "joined_on": "2026-01-02", "adapter": "senml"}

    client.post(f"{_S}systems/add", told)
    system = System.objects.get(code="gas")
    url = f"{_S}systems/{system.key}/"
    answer = client.post(f"{url}key").content.decode()
    assert "/devices/senml" in answer
    client.post(f"{url}close", {"why": "并入城市物联平台"})
    assert "燃气监测平台" in text(client, f"{_S}systems/?state=closed")
    client.post(f"{url}reopen", {"go": "1"})
    assert System.objects.get(code="gas").closed_on is None
    assert sign_in("handler").post(f"{url}close", {"why": "不行"}).status_code == 403


def test_the_table_taken_out_can_be_brought_in_again(scene: tuple[Device, System], sign_in: SignIn) -> None:
    content = sign_in("admin").get(f"{_S}devices.csv").content
    assert content.decode("utf-8-sig").count("\n") == 3

    desk = Importer(SYSTEM, at=datetime.now(UTC) + timedelta(seconds=1))
    run = desk.check(desk.bring("devices", content, "设备.csv"))
    assert desk.verdicts(run) == {2: "same", 3: "same"}


@pytest.mark.parametrize(
    ("every", "span"), [(600, "day"), (1_800, "day"), (7_000, "day"), (21_600, "week"), (1_800, "month")]
)
def test_who_speaks_regularly_is_a_line_and_silence_a_gap(desk: Desk, sign_in: SignIn, every: int, span: str) -> None:
    """Whatever the device was said to do; readings wander by some seconds."""
    now = datetime.now(UTC)
    device = sensing.make_device("WL-0007", at=now - timedelta(days=40), kind="water_level", expected_every=60)
    stream = Stream.objects.get(device=device, measure="level")
    since = now - RANGES[span][1]
    silent = (since + (now - since) * 0.5, since + (now - since) * 0.8)
    many = int((now - since).total_seconds() // every)
    ats = [now - timedelta(seconds=every * place + place * 7 % 11) for place in range(1, many)]
    history.bring([(stream.pk, at, 1.5) for at in ats if not silent[0] < at < silent[1]], back=40, at=now)

    page = text(sign_in("admin"), f"{_S}{device.key}/?measure=level&range={span}")

    data = re.search(r'<script type="application/json">(.*?)</script>', page)
    assert data is not None
    values = json.loads(data[1])["series"][0]["values"]
    runs = [known for known, _group in groupby(value is not None for value in values)]
    # The first and the last piece may hold nothing yet.
    assert runs.count(True) == 2, values


def test_the_map_s_portrait_tells_the_last_readings_to_who_sees_the_device(
    scene: tuple[Device, System], sign_in: SignIn
) -> None:
    url = f"/console/map/portrait/sensor/{scene[0].key}"

    page = text(sign_in("seat"), url)
    assert "市场门口井盖" in page
    assert "倾角" in page
    assert sign_in("grid_worker_next_door").get(url).status_code == 404
    assert sign_in("seat").get("/console/map/portrait/sensor/nonsense").status_code == 404
