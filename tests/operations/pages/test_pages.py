"""The profile on pages: what differs from the files, loading them, a day of the calendar, roles, history."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

import factories
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.areas.queries import atlas
from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.configuration.actions import put
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.worktime.models import CalendarDay
from lianxin.kernel.worktime.queries import calendar
from lianxin.operations.profiles import loader
from lianxin.operations.profiles.reader import read

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def admin(db: None) -> Client:
    """The administrator of 桐城, whose profile has been loaded."""
    loader.apply(read("tongcheng"), SYSTEM, at=factories.BEGIN)
    city = next(iter(atlas(datetime.now(UTC)).children(None)))
    actor = factories.make_staff("guanli", "关礼", "admin", area=city)
    entered = begin_session(factories.account_of(actor), device="", address=None, at=datetime.now(UTC))
    client = Client()
    client.cookies[SESSION] = entered.key
    return client


def test_what_was_changed_here_stands_beside_the_file_and_goes_back(admin: Client) -> None:
    assert "与文件一致" in text(admin.get("/console/profile/"))
    was = current("place")["slogan"]
    put("place", current("place") | {"slogan": "换了一句"}, at=datetime.now(UTC), source="page", reason="试一试")
    Role.objects.filter(code="leader").update(permissions=["cases.view", "cases.void"])

    home = text(admin.get("/console/profile/"))
    assert "换了一句" in home
    assert was in home
    roles = text(admin.get("/console/profile/roles?role=leader&differing=on"))
    assert '作废<code>cases.void</code><td class="m-asked changed">理由' in roles
    assert "派遣、加协办<code>" not in roles
    assert "试一试" in text(admin.get("/console/profile/history?key=place"))
    told = text(admin.get("/console/profile/load"))
    assert "流程与配置" in told
    assert current("place")["slogan"] == "换了一句"  # told, not done

    assert admin.post("/console/profile/load", {"reason": ""}).status_code == 422
    assert admin.post("/console/profile/load", {"reason": "回到文件"}).status_code == 302

    assert current("place")["slogan"] == was
    assert "与文件一致" in text(admin.get("/console/profile/"))
    assert AuditEntry.objects.latest("id").action == "config.load"


def test_a_day_is_made_a_holiday_and_counts(admin: Client) -> None:
    address = "/console/profile/calendar/2026-12-25"
    assert admin.post(address, {"kind": "holiday", "name": "文都节", "reason": ""}).status_code == 422
    assert not CalendarDay.objects.filter(day=date(2026, 12, 25)).exists()

    assert admin.post(address, {"kind": "holiday", "name": "文都节", "reason": "桐政办〔2026〕8号"}).status_code == 302

    assert not calendar().is_workday(date(2026, 12, 25))
    page = text(admin.get("/console/profile/calendar?year=2026&starts=2026-12-24T17:00&value=2&unit=work_hour"))
    assert "文都节" in page
    assert "12月28日 09:30" in page  # Friday is off, then the weekend
    assert admin.post(address, {"kind": "", "name": "", "reason": "取消"}).status_code == 302
    assert calendar().is_workday(date(2026, 12, 25))


def test_a_year_without_a_notice_is_said_and_cannot_be_taken(admin: Client) -> None:
    assert "还没有收录" in text(admin.get("/console/profile/calendar?year=2028"))
    assert admin.post("/console/profile/calendar/2028/load").status_code == 422
    assert admin.get("/console/profile/calendar/2026-13-45").status_code == 404


def test_lists_leave_in_the_form_of_the_files(admin: Client) -> None:
    answer = admin.get("/console/profile/export/responsibilities.csv")

    assert answer.content.decode().startswith("row,category,area,level,lead,assists,basis")
    assert admin.get("/console/profile/export/accounts.csv").status_code == 404


def test_standards_are_found(admin: Client) -> None:
    page = text(admin.get("/console/profile/standards?words=井盖"))

    assert "井盖" in page
    assert "暴露垃圾" not in page
    assert len(page) < 40_000


def test_the_hub_has_the_roofs_cards(admin: Client) -> None:
    page = text(admin.get("/console/admin/"))

    assert "profiles/tongcheng" in page
    assert "工作日历" in page
