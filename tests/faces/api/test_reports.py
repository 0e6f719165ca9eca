"""Reports by API: once, whole, followed by whoever made them, and refused in words when they cannot be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from lianxin.faces.acts import tracking
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases.models import Case, Reporter


def test_a_stranger_reports_and_follows(cast: Any, stranger: Any) -> None:
    answer = stranger.report(phone="138 0000 1234", name="王阿姨")

    told = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/reports/{told['number']}"
    assert told["stage"] == "reported"
    assert told["promise"]["words"] == "给您受理答复"
    case = Case.objects.get(number=told["number"])
    assert case.grid_id == cast.county.grid(111).id
    assert case.reporter.phone == "13800001234"
    by_key = type(stranger)(bearer=told["key"]).get(f"/reports/{told['number']}")
    assert by_key.json()["status"] == "已收到，等待受理"
    assert stranger.get(f"/reports/{told['number']}").status_code == 404


def test_the_same_report_sent_again_is_the_same(cast: Any, stranger: Any) -> None:
    key = str(uuid4())
    first = stranger.report(key)
    again = stranger.report(key)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert Case.objects.count() == Entry.objects.filter(subject_kind="case").count() == 1


def test_another_report_under_the_same_key_is_refused(cast: Any, stranger: Any) -> None:
    key = str(uuid4())
    stranger.report(key)

    answer = stranger.report(key, text="井盖没了")

    assert answer.status_code == 409
    assert answer.json()["code"] == "client_id_reused"
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_report_from_several_connections_at_once_is_one(cast: Any, stranger: Any) -> None:
    key = str(uuid4())

    def send(_number: int) -> tuple[int, str]:
        try:
            answer = type(stranger)().report(key)
            return answer.status_code, answer.json()["number"]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(send, range(6)))

    assert sorted(status for status, _number in answers) == [200, 200, 200, 200, 200, 201]
    assert len({number for _status, number in answers}) == 1
    assert Case.objects.count() == 1


def test_a_report_needs_a_key(cast: Any, stranger: Any) -> None:
    for key in ("", "5", "not-a-uuid", "{" + str(uuid4()) + "}"):
        answer = stranger.post("/reports", {"text": "路灯不亮"}, idempotency_key=key)
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == ["Idempotency-Key"]
    assert not Case.objects.exists()


FAR = datetime.now(UTC) + timedelta(days=2)
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"text": ""}, "text", "请写几句发生了什么。"),
    ({"text": " \n　"}, "text", "请写几句发生了什么。"),
    ({"text": None}, "text", "这里要填文字。"),
    ({"text": 5}, "text", "这里要填文字。"),
    ({"text": ["路灯"]}, "text", "这里要填文字。"),
    ({"text": "长" * 100_000}, "text", "太长（100000 字），请不超过 20000 字。"),
    ({"text": "a\0b"}, "text", "有不能识别的字符，请删去。"),
    ({"title": "长" * 61}, "title", "太长（61 字），请不超过 60 字。"),
    ({"address": "长" * 201}, "address", "太长（201 字），请不超过 200 字。"),
    ({"name": "长" * 61}, "name", "太长（61 字），请不超过 60 字。"),
    ({"phone": "12345"}, "phone", "手机号是 11 位。请核对，或留空匿名反映。"),
    ({"phone": "1" * 40}, "phone", "太长（40 字），请不超过 30 字。"),
    ({"kind": "nonsense"}, "kind", "没有这个选项。"),
    ({"severity": "极其紧急"}, "severity", "没有这个选项。"),
    ({"channel": "'; DROP TABLE cases; --"}, "channel", "没有这个选项。"),
    ({"category": "9999"}, "category", "没有这个分类，或它已停用。"),
    ({"area": "110000"}, "area", "没有这个社区或网格，请重新选择。"),
    ({"point": {"lon": 500, "lat": 31}}, "point.lon", "不能大于 180.0。"),
    ({"point": {"lon": 117}}, "point.lat", "请填写。"),
    ({"point": [117, 31]}, "point", "这里要填一组名称和值。"),
    ({"point": {"lon": "东", "lat": 31}}, "point.lon", "这里要填数字。"),
    (
        {"point": {"lon": 100.0, "lat": 31.0}},
        "point",
        "这个位置不在本地辖区内。请在图上重新点，或只写地点，由坐席来定位。",
    ),
    ({"accuracy_metres": -1}, "accuracy_metres", "不能小于 0。"),
    ({"claimed_at": "去年"}, "claimed_at", "时间格式不正确，请写成 2026-11-21T14:05:00+08:00 这样。"),
    ({"claimed_at": "2026-02-30"}, "claimed_at", "时间格式不正确，请写成 2026-11-21T14:05:00+08:00 这样。"),
    ({"claimed_at": FAR.isoformat()}, "claimed_at", "发生时间在以后。请核对日期。"),
    ({"claimed_at": "1912-01-01T00:00:00Z"}, "claimed_at", "发生时间太早。请核对日期。"),
    ({"claimed_at": "0001-01-01T00:00:00Z"}, "claimed_at", "年份不对，请核对日期。"),
    ({"files": [str(uuid4())] * 10}, "files", "最多 9 个。"),
    ({"files": [str(uuid4())]}, "files", "有文件找不到了，可能已经过期。请重新上传。"),
    ({"files": ["x"]}, "files.0", "编号格式不正确，应为 36 位的 UUID。"),
    ({"is_anonymous": "也许"}, "is_anonymous", "请填是或否。"),
    ({"reporter_id": 1}, "reporter_id", "没有这一项，请核对名称。"),
]


@pytest.mark.parametrize(
    ("data", "field", "sentence"), BAD, ids=[f"{field}-{n}" for n, (_, field, _s) in enumerate(BAD)]
)
def test_what_cannot_be_is_told_by_field_and_nothing_is_kept(
    cast: Any, stranger: Any, data: dict[str, Any], field: str, sentence: str
) -> None:
    answer = stranger.report(**data)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"] == {field: sentence}
    assert not Case.objects.exists()
    assert not Entry.objects.filter(subject_kind="case").exists()
    assert not Reporter.objects.exists()


def test_all_that_is_wrong_is_told_at_once(cast: Any, stranger: Any) -> None:
    answer = stranger.report(text=5, title="长" * 99, kind="x", extra=1)

    assert set(answer.json()["errors"]) == {"text", "title", "kind", "extra"}


RAW = [
    (b"{", "application/json", 422),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b"\xff\xfe", "application/json", 422),
    (b'{"text": "\\ud800"}', "application/json", 422),
    (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json", 422),
    (b'{"text": "a"}', "text/plain", 415),
    (b"text=a", "application/x-www-form-urlencoded", 415),
    (b"--x\r\n", "multipart/form-data; boundary=x", 415),
    (b'{"text": "' + b"a" * 3_000_000 + b'"}', "application/json", 413),
    (b'{"point": {"lon": 1e999, "lat": NaN}, "text": "a"}', "application/json", 422),
    (b'{"accuracy_metres": ' + b"9" * 5000 + b', "text": "a"}', "application/json", 422),
]


@pytest.mark.parametrize(("body", "kind", "status"), RAW, ids=[str(number) for number in range(len(RAW))])
def test_bodies_of_any_shape_are_answered(cast: Any, stranger: Any, body: bytes, kind: str, status: int) -> None:
    answer = stranger.raw("POST", "/reports", body, kind, idempotency_key=str(uuid4()))

    assert answer.status_code == status
    told = answer.json()
    assert told["status"] == status
    assert told["request_id"] == answer["X-Request-Id"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["detail"])
    assert not Case.objects.exists()


def test_hostile_words_are_words(cast: Any, stranger: Any, seat: Any) -> None:
    text = "<script>alert(1)</script> Robert'); DROP TABLE cases;-- ${7*7} {{7*7}} %s %(x)s 井盖"

    number = stranger.report(text=text, title="<b>x</b>").json()["number"]

    assert seat.get(f"/cases/{number}").json()["text"] == text
    assert seat.get(f"/cases/{number}").json()["title"] == "<b>x</b>"


def test_thirteen_thousand_characters_go_through(cast: Any, stranger: Any) -> None:
    assert stranger.report(text="路灯不亮。" * 2600).status_code == 201


def test_a_resident_cannot_speak_for_a_grid_worker_or_a_hotline(cast: Any, resident: Any) -> None:
    for channel in ("worker", "call", "hotline", "leader"):
        assert resident.report(channel=channel).status_code == 403
    assert not Case.objects.exists()


def test_one_lists_ones_own_reports(cast: Any, resident: Any, stranger: Any, number: str) -> None:
    stranger.report()
    resident.report(is_anonymous=True)

    assert [row["number"] for row in resident.get("/reports").json()["items"]] == [number]
    assert stranger.get("/reports").status_code == 401


def test_number_and_phone_open_a_report(cast: Any, stranger: Any) -> None:
    number = stranger.report(phone="13800001234").json()["number"]

    answer = stranger.post("/tracking", {"number": number, "phone": "+86 138-0000-1234"})

    assert answer.json()["report"]["number"] == number
    key = type(stranger)(bearer=answer.json()["key"])
    assert key.get(f"/reports/{number}").status_code == 200
    assert key.get(f"/cases/{number}").status_code == 403, "the key opens the public trace, not the case"
    assert key.act(number, "urge").status_code == 200
    assert key.act(number, "void", reason="test", note="x").status_code == 403


def test_a_wrong_number_and_a_wrong_phone_sound_the_same(cast: Any, stranger: Any) -> None:
    number = stranger.report(phone="13800001234").json()["number"]

    wrong_phone = stranger.post("/tracking", {"number": number, "phone": "13900000000"})
    wrong_number = stranger.post("/tracking", {"number": "340000-20261121-000000", "phone": "13800001234"})

    assert wrong_phone.status_code == wrong_number.status_code == 404
    assert wrong_phone.json()["detail"] == wrong_number.json()["detail"]


def test_who_tries_phones_on_a_number_is_stopped(cast: Any, stranger: Any) -> None:
    number = stranger.report(phone="13800001234").json()["number"]
    tries = [
        stranger.post("/tracking", {"number": number, "phone": f"139000000{count:02d}"}).status_code
        for count in range(tracking.PER_NUMBER + 1)
    ]

    right = stranger.post("/tracking", {"number": number, "phone": "13800001234"})

    assert tries == [404] * tracking.PER_NUMBER + [429]
    assert right.status_code == 429
    assert 0 < int(right["Retry-After"]) <= 3600


@pytest.mark.parametrize("key", ["lxt_", "lxt_zzzz", "lxt_" + "A" * 40, "lxt_\u4e2d".encode().decode("latin-1")])
def test_made_up_keys_open_nothing(cast: Any, stranger: Any, key: str, number: str) -> None:
    answer = type(stranger)(bearer=key).get(f"/reports/{number}")

    assert answer.status_code == 401
    assert answer.json()["code"] == "bad_key"


def test_a_key_opens_one_case_for_a_while(cast: Any, stranger: Any, number: str) -> None:
    case = Case.objects.get(number=number)
    other = stranger.report().json()["number"]
    old = tracking.new_key(case.pk, at=datetime.now(UTC) - timedelta(hours=3))
    fresh = tracking.new_key(case.pk, at=datetime.now(UTC))

    assert type(stranger)(bearer=fresh).get(f"/reports/{number}").status_code == 200
    assert type(stranger)(bearer=fresh).get(f"/reports/{other}").status_code == 404
    assert type(stranger)(bearer=old).get(f"/reports/{number}").status_code == 401


def test_what_is_not_there_is_a_problem_too(db: None) -> None:
    for path in ("/api", "/api/", "/api/v1/nothing", "/api/v2/cases", "/api/v1/cases/%00", "/api/v1/reports/%FF%FE"):
        answer = Client().get(path)
        assert answer.status_code == 404, path
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["instance"].startswith("/api")


def test_one_address_sends_so_many_a_minute_and_is_told_when_to_come_back(
    cast: Any, stranger: Any, settings: Any
) -> None:
    settings.REPORTS_A_MINUTE = 2

    answers = [stranger.report() for _time in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert answers[2]["Content-Type"].startswith("application/problem+json")
    assert "太频繁" in answers[2].json()["detail"]
    assert Case.objects.count() == 2


def test_files_are_counted_apart_and_staff_not_at_all(stranger: Any, seat: Any, settings: Any) -> None:
    settings.REPORTS_A_MINUTE = 1
    announced = {"kind": "photo", "size": 1000}

    strangers = [stranger.post("/files", announced).status_code for _time in range(11)]
    staff = [seat.post("/files", announced).status_code for _time in range(11)]

    assert strangers == [201] * 10 + [429]
    assert staff == [201] * 11
