"""The notice pasted as it was published, hours by season: what changes is told first, clocks that move are counted."""

import html
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

import casework
import factories
from cast import Cast
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.kernel.worktime import notice
from lianxin.kernel.worktime.actions import put_calendar
from lianxin.kernel.worktime.calendars import STANDARD_HOURS, Season
from lianxin.kernel.worktime.models import CalendarDay
from lianxin.kernel.worktime.queries import calendar

NOTICE = """经国务院批准，现将2027年元旦、春节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。
三、国庆节：9月30日至10月6日放假调休，共7天。
2027-12-25\t放假\t文都节
端午节：6月9日左右
"""


def test_a_notice_is_read_as_it_was_published() -> None:
    days, unread = notice.read(NOTICE, 2027)
    found = {one.day: (one.is_off, one.name) for one in days}
    assert [day for day in found if found[day] == (True, "元旦")] == [date(2027, 1, day) for day in (1, 2, 3)]
    assert found[date(2027, 2, 11)] == (True, "春节")
    assert found[date(2027, 1, 31)] == found[date(2027, 2, 20)] == (False, "春节")
    assert (date(2027, 9, 30) in found, date(2027, 10, 6) in found, date(2027, 10, 7) in found) == (True, True, False)
    assert found[date(2027, 12, 25)] == (True, "文都节")
    assert unread == ["端午节：6月9日左右"]


@pytest.fixture
def admin(cast: Cast) -> Client:
    put_calendar("place", name="工作时间", seasons=[("全年", Season(periods=STANDARD_HOURS))], is_default=True)
    entered = begin_session(factories.account_of(cast.admin), device="", address=None, at=datetime.now(UTC))
    client = Client()
    client.cookies[SESSION] = entered.key
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.django_db
def test_what_changes_is_told_before_it_is_loaded(admin: Client) -> None:
    address = "/console/profile/calendar/2027/notice"
    told = text(admin.post(address, {"text": NOTICE, "preview": "1"}))
    assert "读到 20 天" in told
    assert "端午节：6月9日左右" in told
    assert not CalendarDay.objects.exists()

    assert admin.post(address, {"text": NOTICE, "reason": ""}).status_code == 422
    assert admin.post(address, {"text": NOTICE, "reason": "国办发明电〔2026〕7号"}).status_code == 302
    now = calendar()
    assert 2027 in now.confirmed_years
    assert not now.is_workday(date(2027, 2, 8))
    assert now.is_workday(date(2027, 1, 31))
    # Another notice for the year takes the place of this one; a day of local decision stays.
    assert (
        admin.post(
            "/console/profile/calendar/2027-03-01", {"kind": "holiday", "name": "本地", "reason": "文"}
        ).status_code
        == 302
    )
    admin.post(address, {"text": "元旦：1月1日放假。", "reason": "更正"})
    assert set(CalendarDay.objects.values_list("day", flat=True)) == {date(2027, 1, 1), date(2027, 3, 1)}


@pytest.mark.django_db
def test_hours_by_season_move_open_clocks_and_say_how_many(admin: Client, cast: Cast) -> None:
    casework.make_desk(cast).dispatched(at=datetime.now(UTC) - timedelta(minutes=5))
    address = "/console/profile/calendar/hours"
    assert "看不懂" in text(
        admin.post(address, {"name": "工作时间", "text": "夏令 13月1日–9月30日 08:00–12:00", "reason": "a"})
    )
    hours = "全年 1月1日–12月31日 09:30–11:00"
    told = text(admin.post(address, {"name": "工作时间", "text": hours, "preview": "1"}))
    assert "个会变" in told
    assert admin.post(address, {"name": "工作时间", "text": hours, "reason": "作息通知"}).status_code == 302
    assert calendar().seasons[0].periods[0][0].hour == 9


def book(rows: list[list[Any]]) -> SimpleUploadedFile:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    return SimpleUploadedFile("2027放假.xlsx", content.getvalue())


SHEET: list[list[Any]] = [
    ["2027年放假安排表"],
    ["日期", "星期", "安排", "节日"],
    [date(2027, 1, 1), "周五", "放假", "元旦"],
    ["2027年2月20日", "周六", "调休上班", "春节"],
    ["2027-04-05", "周一", "法定节假日", "清明节"],
    ["2027-05-08", "周六", "调休", "劳动节"],
]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_sheet_of_days_stands_in_the_form_before_it_is_loaded(admin: Client, cast: Cast, kind: str) -> None:
    now = datetime.now(UTC)
    casework.make_desk(cast).dispatched(at=now - timedelta(minutes=5))
    address = "/console/profile/calendar/2027/notice"
    rows = [*SHEET, *([(now + timedelta(days=step)).date(), "", "放假", "长假"] for step in range(12))]
    lines = "\n".join(",".join(map(str, row)) for row in rows)
    file = book(rows) if kind == "xlsx" else SimpleUploadedFile("放假.csv", lines.encode("gb18030"))

    # Sent without "preview" (return in the reason): still only shown.
    told = text(admin.post(address, {"file": file, "text": "", "reason": "国办发明电"}))
    assert "读到 15 天" in told
    assert "2027-05-08" in told.split("没有读懂")[1]  # 调休 alone says neither
    assert "个会变" in told
    assert not CalendarDay.objects.exists()

    kept = html.unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", told, re.DOTALL)[0]).strip()
    assert admin.post(address, {"text": kept, "reason": "国办发明电〔2026〕7号"}).status_code == 302
    days = {
        row.day: (row.kind, row.name) for row in CalendarDay.objects.filter(day__year=2027, day__lt=date(2027, 5, 1))
    }
    assert days == {
        date(2027, 1, 1): ("holiday", "元旦"),
        date(2027, 2, 20): ("workday", "春节"),
        date(2027, 4, 5): ("holiday", "清明节"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0", "节日,名称\n元旦,新年\n".encode(), b""])
def test_what_is_no_sheet_of_days_is_refused_with_what_to_do(admin: Client, content: bytes) -> None:
    answer = admin.post(
        "/console/profile/calendar/2027/notice", {"file": SimpleUploadedFile("a.xlsx", content), "reason": "a"}
    )
    assert answer.status_code == 422
    assert not CalendarDay.objects.exists()
