"""Cameras at the desk, without script: list and page, asking, deciding, opening, the record; platforms; a case."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

import filming
from casework import Desk
from lianxin.kernel.ids import uuid7
from lianxin.registry.cameras import actions, exporting
from lianxin.registry.cameras.models import Access, Camera, Opening, Platform

from .conftest import SignIn, text_of

ASKED = {"purpose": "看路口积水到哪里", "hours": "8"}


@pytest.fixture
def camera(desk: Desk) -> Camera:
    return filming.camera(desk.cast)


def url(name: str, *args: Any) -> str:
    return reverse(f"console:{name}", args=args)


def asked_for(client: Any, camera: Camera, **more: str) -> Access:
    sent = ASKED | {"client_id": str(uuid7(datetime.now(UTC)))} | more
    answer = client.post(url("camera_ask", camera.key), sent)
    assert answer.status_code == 302, text_of(answer)[-2500:]
    return Access.objects.latest("pk")


def test_from_the_case_to_the_record(desk: Desk, sign_in: SignIn, camera: Camera, ago: datetime) -> None:
    case = desk.reported(at=ago)
    Camera.objects.filter(pk=camera.pk).update(point=case.point)
    seat, police = sign_in("seat"), sign_in("handler_next_door")
    page = text_of(seat.get(url("case", case.number)))
    assert camera.name in page
    assert f"{url('camera_ask', camera.key)}?case={case.number}" in page
    assert camera.name in text_of(seat.get(f"{url('seat')}?case={case.number}"))

    access = asked_for(seat, camera, case_number=case.number)
    waits = text_of(police.get(url("cameras_waiting")))
    assert "看路口积水到哪里" in waits
    assert "左*" in waits
    assert "左夕" not in waits
    decided = {"decision": "approve", "hours": "8", "seen": str(access.version)}
    assert police.post(url("camera_decide", access.key), decided).status_code == 302
    opened = seat.post(url("camera_open", access.key))
    assert f'href="https://{filming.HOST}/live?device={camera.number}"' in text_of(opened)
    assert 'rel="noopener noreferrer"' in text_of(opened)
    assert opened["Cache-Control"].startswith("max-age=0") or "no-store" in opened["Cache-Control"]

    for who in ("handler_next_door", "auditor"):
        record = text_of(sign_in(who).get(url("cameras_records")))
        assert "看路口积水到哪里" in record
        assert case.number in record
    page = text_of(police.get(url("camera", camera.key)))
    assert "左*" in page
    assert "看路口积水到哪里" in page


def test_the_page_of_one_tells_its_number_in_parts_and_where_pictures_are(sign_in: SignIn, camera: Camera) -> None:
    page = text_of(sign_in("seat").get(url("camera", camera.key)))

    for words in ("34088100", "网络摄像机（IPC）", "监控专网", "社会治安 · 路面接入", "正东 · 60° · 100 米",
                  "没有人脸识别，不能按人找", "这里不存、不录、不分析"):  # fmt: skip
        assert words in page
    assert filming.HOST not in page, "the address is given by opening only"


def test_others_openings_are_not_told_to_who_only_sees_the_camera(desk: Desk, sign_in: SignIn, camera: Camera) -> None:
    now = datetime.now(UTC)
    filming.look(desk.cast, filming.granted(desk.cast, camera, at=now), at=now)

    page = text_of(sign_in("community_clerk").get(url("camera", camera.key)))
    assert "看路口积水到哪里" not in page
    assert "别人的记录给权属单位和审计看" in page
    assert re.search(r'data-count="1"', page), "how often this month, everybody may know"


def test_the_list_is_narrowed_by_its_address(desk: Desk, sign_in: SignIn, camera: Camera) -> None:
    other = filming.camera(desk.cast, 2, name="龙眠广场东", kind="ball", state="off", point=filming.OTHER_PLACE)
    seat = sign_in("seat")

    def shown(query: str) -> tuple[bool, bool]:
        page = text_of(seat.get(f"{url('cameras')}?{query}")).partition("<table")[2]
        return camera.name in page, other.name in page

    assert shown("") == (True, True)
    assert shown("owner=jiaojing&kind=ball") == (False, True)
    assert shown("state=on") == (True, False)
    assert shown("q=000002") == (False, True)
    assert shown("q=龙眠广场") == (False, True)
    assert shown("area=340881002001") == (False, True)
    assert shown("owner=nobody&kind=%00") == (True, True), "what stands for nothing is passed over"


def test_what_is_refused_says_so_and_keeps_what_was_typed(desk: Desk, sign_in: SignIn, camera: Camera) -> None:
    seat = sign_in("seat")
    sent = {"purpose": "找 13812341234", "hours": "8", "client_id": str(uuid7(datetime.now(UTC)))}
    answer = seat.post(url("camera_ask", camera.key), sent)
    assert answer.status_code == 422
    assert "走公安的手续" in text_of(answer)
    assert "13812341234" in text_of(answer)
    answer = seat.post(url("camera_ask", camera.key), sent | ASKED | {"case_number": "340881-20260101-000000"})
    assert "没有这件案卷" in text_of(answer)

    access = asked_for(seat, camera)
    gone = seat.post(url("camera_open", access.key), follow=True)
    assert "现在不能打开" in text_of(gone)
    assert not Opening.objects.exists()


def test_waiting_shows_elsewhere_too_and_own_requests_do_not(desk: Desk, sign_in: SignIn, camera: Camera) -> None:
    asked_for(sign_in("seat"), camera)

    assert "调阅：1 件等批准" in text_of(sign_in("leader").get(url("approvals")))
    assert "1 件调阅等您批" in text_of(sign_in("handler_next_door").get(url("work")))
    assert "看路口积水到哪里" in text_of(sign_in("leader").get(url("camera", camera.key)))


def test_an_opening_needs_a_press_and_belongs_to_one(desk: Desk, sign_in: SignIn, camera: Camera) -> None:
    now = datetime.now(UTC)
    access = filming.granted(desk.cast, camera, at=now - timedelta(minutes=1))
    assert sign_in("seat").get(url("camera_open", access.key)).status_code == 405
    assert sign_in("street_seat").post(url("camera_open", access.key)).status_code == 404
    assert sign_in("leader").post(url("camera_open", access.key)).status_code == 403
    assert not Opening.objects.exists()


def test_registering_by_numbers_and_amending(desk: Desk, sign_in: SignIn) -> None:
    filming.platform(desk.cast)
    admin = sign_in("admin")
    told = {
        "number": "34088100 00 132 0 000077", "name": "文昌阁西", "owner_unit": "市交警大队", "system": "jiaojing",
        "kind": "fixed", "state": "on", "lon": "117.01", "lat": "31.01", "bearing": "270", "angle": "50",
        "reach_m": "120",
    }  # fmt: skip
    assert admin.post(url("camera_add"), told).status_code == 302
    made = Camera.objects.get(number=filming.number(77))
    assert (made.bearing, made.reach_m) == (270, 120)
    wrong = text_of(admin.post(url("camera_add"), told | {"number": "34088100001180000001", "lon": "x"}))
    assert "第 11–13 位" in wrong
    assert admin.post(url("camera_edit", made.key), told | {"name": "文昌阁东", "seen": "1"}).status_code == 302
    assert "刚被别人改过" in text_of(admin.post(url("camera_edit", made.key), told | {"seen": "1"}))
    cover = admin.get(url("camera_cover", made.key)).json()
    assert [each["geometry"]["type"] for each in cover["features"]] == ["Polygon", "Point"]


def test_platforms_are_the_administrators(desk: Desk, sign_in: SignIn) -> None:
    filming.settings()
    told = {
        "code": "jiaojing",
        "name": "交警视频平台",
        "unit": "市交警大队",
        "template": filming.TEMPLATE,
        "reason": "接入",
    }
    assert sign_in("leader").post(url("camera_platform_add"), told).status_code == 403
    admin = sign_in("admin")
    refused = admin.post(url("camera_platform_add"), told | {"template": "https://evil.example/{number}"})
    assert "不在允许的名单里" in text_of(refused)
    assert admin.post(url("camera_platform_add"), told).status_code == 302
    assert "&#123;" not in text_of(admin.get(url("camera_platforms")))
    changed = told | {"name": "交警视频共享平台", "seen": "1"}
    assert admin.post(url("camera_platform", "jiaojing"), changed).status_code == 302
    assert Platform.objects.get().name == "交警视频共享平台"


def test_what_leaves_has_the_columns_of_an_import_and_is_noted(desk: Desk, sign_in: SignIn, camera: Camera) -> None:
    admin = sign_in("admin")
    assert admin.post(url("cameras_export"), {"purpose": ""}).status_code == 422
    answer = admin.post(url("cameras_export"), {"purpose": "核对台账"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.values)
    assert rows[0] == exporting.HEAD
    assert [row[0] for row in rows[1:]] == [camera.number]


def test_a_camera_that_is_gone_says_so(desk: Desk, sign_in: SignIn, camera: Camera) -> None:
    actions.end(desk.cast.admin, camera=camera, reason="道路改造", at=datetime.now(UTC))
    page = text_of(sign_in("seat").get(url("camera", camera.key)))

    assert "已注销" in page
    assert "申请调阅…" not in page
    assert "还没有登记视频点位" in text_of(sign_in("admin").get(url("cameras")))
