"""Units and the responsibility list on pages."""

from typing import Any

import pytest

from lianxin.foundation.organizations.models import Responsibility, Unit

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def test_units_are_found_by_kind_and_name(sign_in: Any, django_assert_num_queries: Any) -> None:
    seat = sign_in("seat")
    seat.get("/console/units/")

    with django_assert_num_queries(3):  # who asks, unread, people by unit
        said = text(seat.get("/console/units/?kind=department&words=城"))

    assert "桐城市城市管理局" in said
    assert "桐城市排水所" in said
    assert "东苑物业" not in said


def test_a_unit_says_what_it_leads_and_who_works_there(sign_in: Any) -> None:
    said = text(sign_in("seat").get("/console/unit/cgj/"))

    assert "《城市市容和环境卫生管理条例》" in said
    assert "程*" in said
    assert "/console/cases?unit=cgj" in said


def test_a_unit_is_added_renamed_and_ended(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")

    wrong = admin.post("/console/units/add", {"name": "桐城市林业局", "code": "林业", "kind": "", "level": "city"})
    assert wrong.status_code == 422
    assert "桐城市林业局" in text(wrong)

    row = {
        "name": "桐城市林业局",
        "short_name": "市林业局",
        "code": "linye",
        "kind": "department",
        "level": "city",
        "parent": "",
        "area": "桐城市",
    }
    # The tiny county has no profile, so no kinds to choose from: the form says so instead of guessing.
    assert admin.post("/console/units/add", row).status_code == 422

    renamed = admin.post("/console/unit/wuye/rename", {"name": "东苑物业集团", "short_name": "", "reason": "改制"})
    assert renamed.status_code == 302
    assert Unit.objects.get(code="wuye").name == "东苑物业集团"

    refused = admin.post("/console/unit/cgj/end", {"note": "机构改革"})
    assert refused.status_code == 422
    assert "牵头" in text(refused)
    assert admin.post("/console/unit/jiaojing/end", {"note": ""}).status_code == 422
    assert Unit.objects.get(code="cgj").valid_to is None


def test_rows_are_filtered_added_and_ended(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")

    shown = text(admin.get("/console/duties/?unit=排水所"))
    assert "排水所" in shown
    assert "去掉这个条件" in shown

    row = {
        "number": "9",
        "category": "01",
        "level": "city",
        "area": "龙眠街道 东苑社区",
        "lead": "市住建局",
        "assists": "排水所、市城管局",
    }
    assert admin.post("/console/duties/add", row).status_code == 302
    made = Responsibility.objects.get(number="9")
    assert made.lead is not None
    assert made.area is not None
    assert (made.lead.code, len(made.assists), made.area.name) == ("zjj", 2, "东苑社区")

    twice = admin.post("/console/duties/add", row)
    assert twice.status_code == 422
    assert "已经在用" in text(twice)
    none = admin.post("/console/duties/add", row | {"number": "10", "lead": "没有这个局"})
    assert "没有叫“没有这个局”的单位" in text(none)

    assert admin.post(f"/console/duties/{made.pk}/end", {"note": "清单调整"}).status_code == 302
    assert Responsibility.objects.get(number="9").valid_to is not None


def test_gaps_and_conflicts_are_shown(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")
    assert "没有空白" in text(admin.get("/console/duties/gaps"))
    row = {"number": "1b", "category": "01", "level": "city", "area": "", "lead": "zjj"}
    assert admin.post("/console/duties/add", row).status_code == 302

    said = text(admin.get("/console/duties/gaps"))

    assert "第 1、1b 条" in said


def test_words_and_a_place_are_tried(sign_in: Any, desk: Any) -> None:
    said = text(sign_in("seat").post("/console/duties/try", {"text": "路灯坏了", "area": "东苑社区", "level": "city"}))

    assert "权责清单第" in said
    assert "龙眠街道 › 东苑社区" in said


def test_suggestions_hold_what_was_typed(sign_in: Any) -> None:
    seat = sign_in("seat")

    assert "龙眠街道 东苑社区" in text(seat.get("/console/suggest/area?area=东苑"))
    assert "桐城市排水所" in text(seat.get("/console/suggest/unit?lead=排水"))
    assert text(seat.get("/console/suggest/person?person=")).strip() == ""
