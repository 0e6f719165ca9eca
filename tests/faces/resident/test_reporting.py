"""Reporting without script: once whatever is pressed twice, nothing typed is lost, neighbours are joined."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from casework import GRID_111, OUTSIDE, Desk
from lianxin.kernel.files.models import StoredFile
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case, Reporter

from .conftest import PHONE, Phone, photo, text_of

pytestmark = pytest.mark.django_db


def test_three_steps_give_a_number_a_promise_and_a_way_to_follow(phone: Phone) -> None:
    page = text_of(phone.report(photos=[photo()], address="同安路与盛唐路口"))

    case = Case.objects.get()
    assert case.number in page
    assert "前受理" in page
    assert f'href="/follow/{case.number}"' in page
    assert (case.address, case.is_reachable) == ("同安路与盛唐路口", True)
    assert StoredFile.objects.get().subject_id == case.pk
    assert Reporter.objects.get().phone == PHONE


def test_the_same_form_sent_twice_is_one_report_with_its_photos_once(phone: Phone) -> None:
    form = {"client_id": str(uuid4())}

    first, second = phone.report(photos=[photo()], **form), phone.report(photos=[photo()], **form)

    assert first.redirect_chain == second.redirect_chain
    assert (Case.objects.count(), StoredFile.objects.count()) == (1, 1)


def test_another_report_in_the_form_of_the_first_is_not_lost(phone: Phone) -> None:
    form = {"client_id": str(uuid4())}
    phone.report(**form)

    again = phone.report(text="楼道灯不亮", **form)

    assert again.status_code == 409
    assert "楼道灯不亮" in text_of(again)
    assert form["client_id"] not in text_of(again)
    assert "再按一次" in text_of(again)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": "  "}, "请写几句发生了什么"),
        ({"phone": "12345"}, "手机号是 11 位"),
        ({"area": "999999"}, "没有这个社区或网格"),
        ({"lon": "abc", "lat": "1"}, "坐标应是两个数"),
        ({"lon": str(OUTSIDE.lon), "lat": str(OUTSIDE.lat)}, "不在本地辖区内"),
        ({"lon": "nan", "lat": "nan"}, "坐标不在地球上"),
        ({"text": "井盖" * 10_001}, "太长"),
        ({"address": "路" * 201}, "200"),
        ({"text": "井\0盖"}, "不能识别"),
        ({"files": "no-uuid"}, "36 位"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stays(phone: Phone, wrong: dict[str, str], said: str) -> None:
    typed = {"name": "王小芳", "address": "同安路口", "text": "井盖没了"} | wrong

    answer = phone.report(**typed)

    page = text_of(answer)
    assert answer.status_code == 422
    assert said in page
    assert "王小芳" in page
    assert typed["address"][:20] in page
    assert not Case.objects.exists()


def test_photos_of_a_refused_form_need_not_be_chosen_again(phone: Phone) -> None:
    refused = text_of(phone.report(photos=[photo()], phone="1"))
    kept = re.findall(r'name="files" value="([^"]+)"', refused)

    phone.report(files=kept)

    assert len(kept) == 1
    assert [str(file.key) for file in StoredFile.objects.filter(subject_id=Case.objects.get().pk)] == kept


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("a.jpg", b"", content_type="image/jpeg"), "空"),
        (SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>" * 40, content_type="image/jpeg"), "不是照片"),
        (SimpleUploadedFile("a.mp3", b"MZ" * 500, content_type="audio/mpeg"), "不是照片、视频或录音"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_in_words(phone: Phone, file: SimpleUploadedFile, said: str) -> None:
    file.seek(0)
    answer = phone.report(photos=[file])

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Case.objects.exists()


def test_ten_files_are_too_many(phone: Phone) -> None:
    answer = phone.report(photos=[photo(size=(40 + n, 40)) for n in range(10)])

    assert answer.status_code == 422
    assert "最多 9 个" in text_of(answer)


def test_a_photo_says_enough(phone: Phone) -> None:
    phone.report(text="", photos=[photo()])

    assert "请看照片" in Case.objects.get().text


def test_nobody_learns_who_reports_anonymously_yet_this_phone_follows(phone: Phone, stranger: Phone) -> None:
    number = phone.number(is_anonymous="on", name="王芳", phone=PHONE)

    assert not Reporter.objects.exists()
    assert "您反映了这件事" in text_of(phone.open(f"/follow/{number}"))
    assert "这部手机上能看" in text_of(phone.open(f"/report/{number}/sent"))
    assert "您反映了这件事" not in text_of(stranger.open(f"/follow/{number}"))


def test_wishes_about_one_s_name_are_kept(phone: Phone) -> None:
    phone.report(is_confidential="on", has_consent="on")

    case = Case.objects.get()
    assert (case.is_confidential, case.has_consent, case.is_anonymous) == (True, True, False)


def test_a_form_cannot_claim_another_channel_or_category(phone: Phone) -> None:
    phone.report(channel="leader", category="010101", severity="urgent", kind="hazard")

    case = Case.objects.get()
    assert (case.channel, case.category_id) == ("resident", None)


def near(desk: Desk, **more: object) -> Case:
    """Return a neighbour's open case in grid 111, told just now."""
    return desk.filed(at=datetime.now(UTC), code="020301", text="路口井盖没了，雨后看不见洞", **more)


HERE = {"lon": f"{GRID_111.lon}", "lat": f"{GRID_111.lat}"}


def test_a_neighbour_s_report_is_shown_before_sending_and_only_once(phone: Phone, desk: Desk) -> None:
    near(desk)
    asked = text_of(phone.report(**HERE))

    assert Case.objects.count() == 1
    assert "窨井盖" in asked
    assert "离这里 50 米内" in asked
    assert "路口的井盖没了" in asked

    sent = phone.report(seen=re.findall(r'name="seen" value="([^"]+)"', asked), **HERE)

    assert "已收到" in text_of(sent)
    assert Case.objects.count() == 2


def test_joining_makes_one_s_own_report_that_follows_the_neighbour_s(phone: Phone, desk: Desk) -> None:
    other = near(desk)
    token = re.findall(r'name="join" value="([^"]+)"', text_of(phone.report(**HERE)))[0]

    number = phone.number(join=token, **HERE)

    mine = Case.objects.get(number=number)
    assert mine.merged_into_id == other.pk
    lead = desk.unit("cgj")
    cases.dispatch(desk.cast.seat, case=other, seen=None, at=datetime.now(UTC), lead=lead)
    page = text_of(phone.open(f"/follow/{number}"))
    assert "合在一起办" in page
    assert "已派给市城管局" in page
    assert other.number not in page


def test_joining_twice_is_one_report(phone: Phone, desk: Desk) -> None:
    near(desk)
    token = re.findall(r'name="join" value="([^"]+)"', text_of(phone.report(**HERE)))[0]
    form = {"client_id": str(uuid4()), "join": token, **HERE}

    assert phone.report(**form).redirect_chain == phone.report(**form).redirect_chain
    assert Case.objects.count() == 2


def test_what_has_ended_meanwhile_cannot_be_joined_so_the_report_stands_alone(phone: Phone, desk: Desk) -> None:
    other = near(desk)
    token = re.findall(r'name="join" value="([^"]+)"', text_of(phone.report(**HERE)))[0]
    cases.void(desk.cast.supervisor, case=other, seen=None, at=datetime.now(UTC), reason="test", note="演练")

    number = phone.number(join=token, **HERE)

    assert Case.objects.get(number=number).merged_into_id is None


def test_a_forged_token_joins_nothing(phone: Phone, desk: Desk) -> None:
    other = near(desk)

    phone.report(join=str(other.pk), **HERE)

    assert not Case.objects.filter(merged_into=other).exists()


def test_confidential_matters_are_never_offered(phone: Phone, desk: Desk) -> None:
    near(desk, is_confidential=True)

    assert "已收到" in text_of(phone.report(**HERE))


def test_the_piece_for_scripts_shows_the_same(phone: Phone, desk: Desk) -> None:
    near(desk)

    piece = text_of(phone.open(f"/report/nearby?lon={HERE['lon']}&lat={HERE['lat']}&text=井盖"))

    assert "我也是这件事" in piece
    assert "窨井盖" in piece
    assert text_of(phone.open("/report/nearby?lon=x&lat=1")).strip() == ""


def test_too_many_reports_from_one_address_are_stopped_and_nothing_typed_is_lost(phone: Phone, settings: Any) -> None:
    settings.REPORTS_A_MINUTE = 1
    phone.number()

    answer = phone.report(text="巷口的窨井盖翻了，晚上容易踩空。")

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "太频繁" in text_of(answer)
    assert "巷口的窨井盖翻了" in answer.content.decode()
    assert Case.objects.count() == 1
