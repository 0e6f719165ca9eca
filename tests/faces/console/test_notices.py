"""Notices from a desk without script: written, seen, sent, amended, withdrawn; questions, stations, months."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from casework import Desk
from lianxin.insight.months.models import Appeal
from lianxin.work.disclosure import questions
from lianxin.work.disclosure.models import Notice, Question, Receipt, State
from lianxin.work.stations.models import Station
from telling import published

from .conftest import SignIn, text_of

pytestmark = pytest.mark.django_db
KEY = "0198a000-0000-7000-8000-000000000001"


@pytest.fixture
def clerk(sign_in: SignIn) -> Client:
    return sign_in("community_clerk")


def written(desk: Desk, **more: object) -> dict[str, object]:
    return {
        "client_id": KEY, "kind": "utility", "title": "周一上午停水检修",
        "body": "周一上午 9 点到 12 点停水。\n请先存水。",
        "area_ids": [str(desk.cast.county.community(11).id)], "to_public": "on", "to_roles": ["grid_worker"],
        "points": "上午停，中午来\n提醒老人存水", **more,
    }  # fmt: skip


def test_a_notice_is_written_seen_and_sent_with_its_number(clerk: Client, desk: Desk) -> None:
    assert "发到哪里" in text_of(clerk.get("/console/notices/add"))
    first = clerk.post("/console/notices/add", written(desk), follow=True)
    page = text_of(first)
    assert "存为草稿" in page
    assert "请先存水。" in page
    notice = Notice.objects.get()
    assert notice.points == ["上午停，中午来", "提醒老人存水"]

    asked = text_of(clerk.get(f"/console/notices/{notice.key}/publish"))
    assert "2 名工作人员会收到" in asked
    assert "发给 2 人" in asked
    assert notice.state == State.DRAFT

    sent = clerk.post(f"/console/notices/{notice.key}/publish")
    assert sent.status_code == 302
    notice.refresh_from_db()
    assert notice.state == State.PUBLISHED
    assert "0/2" in text_of(clerk.get("/console/notices/"))


def test_the_same_form_sent_twice_is_one_notice(clerk: Client, desk: Desk) -> None:
    for _ in range(2):
        clerk.post("/console/notices/add", written(desk))
    assert Notice.objects.count() == 1


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(clerk: Client, desk: Desk) -> None:
    answer = clerk.post("/console/notices/add", written(desk, title="停水", to_public="", to_roles=[]))
    assert answer.status_code == 422
    page = text_of(answer)
    assert "标题请写 4 个字以上" in page
    assert "请选择发给谁" in page
    assert "请先存水。" in page
    assert not Notice.objects.exists()


def test_a_worker_reads_confirms_and_asks_and_the_clerk_answers(desk: Desk, clerk: Client, sign_in: SignIn) -> None:
    at = datetime.now(UTC)
    notice = published(desk.cast, at=at - timedelta(hours=1), confirm_by=at + timedelta(days=1))
    worker = sign_in("grid_worker")
    path = f"/console/notices/in/{notice.key}"

    assert "没看" in text_of(worker.get("/console/notices/in/"))
    assert "已确认" in text_of(worker.get(path))
    assert Receipt.objects.get(notice=notice, account_id=desk.cast.grid_worker.account_id or 0).read_at is not None
    worker.post(f"{path}/confirm", {"what": "explained"})
    receipts = text_of(clerk.get(f"/console/notices/{notice.key}/receipts"))
    assert "2 人里 1 人看过，1 人已确认" in receipts
    assert "王*" in receipts
    assert "王格" not in receipts

    client_id = re.findall(r'name="client_id" value="([^"]+)"', text_of(worker.get(path)))[0]
    worker.post(path, {"words": "三栋也停水吗？", "client_id": client_id})
    question = Question.objects.get()
    assert "三栋也停水吗？" in text_of(clerk.get("/console/notices/questions/"))
    clerk.post(
        f"/console/notices/questions/{question.key}",
        {"answer": "三栋也停。", "to_all": "on", "public_words": "三栋停不停？"},
    )
    assert "三栋停不停？" in text_of(worker.get(path))


def test_a_resident_who_asks_is_nobody_to_the_desk(desk: Desk, clerk: Client) -> None:
    at = datetime.now(UTC)
    notice = published(desk.cast, at=at - timedelta(hours=1))
    asked = questions.ask(desk.cast.resident, key=notice.key, notice_key=notice.key, words="几点来水？", at=at)
    page = text_of(clerk.get(f"/console/notices/questions/{asked.key}"))
    assert "居民" in page
    assert "王阿姨" not in page


def test_amending_and_withdrawing_from_the_page(desk: Desk, clerk: Client) -> None:
    notice = published(desk.cast, at=datetime.now(UTC) - timedelta(hours=1))
    told = {"title": notice.title, "body": "改到下午 2 点到 5 点停水。", "changed": "改到下午", "seen": notice.version}
    assert clerk.post(f"/console/notices/{notice.key}/amend", told).status_code == 302
    late = clerk.post(f"/console/notices/{notice.key}/amend", told)
    assert late.status_code == 422
    assert "刚被别人改过" in text_of(late)

    clerk.post(f"/console/notices/{notice.key}/withdraw", {"note": "不停了"})

    notice.refresh_from_db()
    assert notice.state == State.WITHDRAWN
    assert "不停了" in text_of(clerk.get(f"/console/notices/{notice.key}/"))


def test_a_station_is_opened_with_its_hours_and_seen_by_residents(desk: Desk, clerk: Client) -> None:
    told = {
        "client_id": KEY, "kind": "window", "name": "东苑便民点", "address": "菜场对面", "area": "东苑社区 第一网格",
        "day1": "8:30-12:00", "day2": "九点", "offers": ["饮水"], "more": "打气筒、针线",
    }  # fmt: skip
    wrong = clerk.post("/console/stations/add", told)
    assert wrong.status_code == 422
    assert "请写成 8:30-12:00" in text_of(wrong)

    clerk.post("/console/stations/add", told | {"day2": "全天"})

    station = Station.objects.get()
    assert station.offers == ["饮水", "打气筒", "针线"]
    assert station.hours["2"] == [["00:00", "24:00"]]
    assert "东苑便民点" in text_of(clerk.get("/console/stations/"))
    assert Client().get(f"/stations/{station.key}").status_code == 200
    kept = text_of(clerk.get(f"/console/stations/{station.key}/edit"))
    assert "08:30-12:00" in kept
    assert "打气筒、针线" in kept


def test_one_s_own_month_with_an_appeal_and_its_answer(desk: Desk, clerk: Client, sign_in: SignIn) -> None:
    worker = sign_in("grid_worker")
    page = text_of(worker.get("/console/me/month"))
    assert "办好的事" in page
    assert "只有您自己看得到" in page
    assert worker.get("/console/me/month?month=2026-13").status_code == 404
    assert worker.get("/console/me/month/appeal?figure=nothing").status_code == 404

    path = "/console/me/month/appeal?figure=handled"
    client_id = re.findall(r'name="client_id" value="([^"]+)"', text_of(worker.get(path)))[0]
    worker.post(path, {"words": "少算了一件路灯", "client_id": client_id})
    appeal = Appeal.objects.get()

    assert "少算了一件路灯" in text_of(clerk.get("/console/appeals/"))
    assert sign_in("street_seat").get(f"/console/appeals/{appeal.key}").status_code == 200
    clerk.post(f"/console/appeals/{appeal.key}", {"ruling": "stands", "answer": "那件是上个月办的"})

    assert "那件是上个月办的" in text_of(worker.get(f"/console/me/month?month={appeal.month:%Y-%m}"))
    assert "少算了一件路灯" not in text_of(sign_in("grid_worker_next_door").get("/console/me/month"))


@pytest.mark.parametrize(
    "path", ["/console/notices/", "/console/notices/questions/", "/console/stations/", "/console/appeals/"]
)
def test_an_empty_page_says_what_would_be_there(clerk: Client, path: str) -> None:
    page = text_of(clerk.get(f"/console/{path}"))
    assert 'class="empty' in page or "state" in page
    assert len(page) < 40_000
