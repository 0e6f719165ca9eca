"""Colleagues on pages: accounts, posts, the rota, short elevations."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lianxin.foundation.accounts.models import Account, DutyShift, Elevation, Post

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def of(desk: Any, name: str) -> Account:
    return Account.objects.get(pk=getattr(desk.cast, name).account_id)


def test_colleagues_are_found(sign_in: Any, desk: Any, django_assert_num_queries: Any) -> None:
    admin = sign_in("admin")
    admin.get("/console/staff/")

    with django_assert_num_queries(6):  # who asks, unread, the page, its posts, how many, roles
        said = text(admin.get("/console/staff/?role=handler"))

    assert "程管" in said
    assert "王格" not in said
    assert "王格" in text(admin.get("/console/staff/?words=wangge"))
    assert "王格" in text(admin.get("/console/staff/?area=340881001"))
    assert "焦警" not in text(admin.get("/console/staff/?area=340881001"))


def test_who_manages_only_there_sees_only_there(sign_in: Any, desk: Any) -> None:
    clerk = sign_in("community_clerk")

    assert "李格" in text(clerk.get("/console/staff/"))
    assert "关礼" not in text(clerk.get("/console/staff/"))
    assert clerk.get(f"/console/staff/{of(desk, 'admin').pk}/").status_code == 404
    assert "重设密码" not in text(clerk.get(f"/console/staff/{of(desk, 'grid_worker').pk}/"))


def test_a_new_colleague_gets_a_password_once_and_a_post(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")

    made = admin.post("/console/staff/add", {"name": "姚新", "username": "yaoxin", "phone": "13912345678"})
    password = re.search(r'class="secret">([^<]+)<', text(made))
    account = Account.objects.get(username="yaoxin")

    assert made["Cache-Control"].startswith("max-age=0")
    assert password is not None
    assert account.check_password(password[1])
    assert password[1] not in text(admin.get(f"/console/staff/{account.pk}/"))

    wrong = admin.post(f"/console/staff/{account.pk}/posts", {"role": "grid_worker", "area": "第一网格"})
    assert "不止一个" in text(wrong)
    given = admin.post(
        f"/console/staff/{account.pk}/posts", {"role": "grid_worker", "area": "龙眠街道 东苑社区 第一网格"}
    )
    assert given.status_code == 302
    post = Post.objects.get(account=account)
    assert post.area is not None
    assert post.area.code == "34088100100101"

    left = admin.post(f"/console/posts/{post.pk}/end", {"note": "调走"})
    assert left.status_code == 302
    assert Post.objects.get(pk=post.pk).valid_to is not None


def test_a_disabled_colleague_is_out_at_once(sign_in: Any, desk: Any) -> None:
    admin, worker, account = sign_in("admin"), sign_in("grid_worker"), of(desk, "grid_worker")
    assert worker.get("/console/areas/").status_code == 200

    assert admin.post(f"/console/staff/{account.pk}/disable", {"note": "离职"}).status_code == 302

    assert worker.get("/console/areas/").status_code == 302
    assert "恢复账号" in text(admin.get(f"/console/staff/{account.pk}/"))
    assert admin.post(f"/console/staff/{account.pk}/enable", {"note": "回来了"}).status_code == 302


def test_the_last_administrator_stays(sign_in: Any, desk: Any) -> None:
    post = Post.objects.get(account=of(desk, "admin"))

    answer = sign_in("admin").post(f"/console/posts/{post.pk}/end", {"note": "想走"})

    assert answer.status_code == 422
    assert "最后一位" in text(answer)


def test_a_session_is_ended_only_through_its_owner(sign_in: Any, desk: Any) -> None:
    admin, worker = sign_in("admin"), sign_in("grid_worker")
    session = of(desk, "grid_worker").sessions.latest("pk")

    through_another = admin.post(f"/console/staff/{of(desk, 'seat').pk}/sessions/{session.pk}")
    assert through_another.status_code == 422
    assert admin.post(f"/console/staff/{of(desk, 'grid_worker').pk}/sessions/{session.pk}").status_code == 302
    assert worker.get("/console/areas/").status_code == 302


def test_a_week_of_shifts(sign_in: Any, desk: Any) -> None:
    admin, post = sign_in("admin"), Post.objects.get(account=of(desk, "grid_worker"))
    day = (datetime.now(UTC) + timedelta(days=1, hours=8)).date()
    address = f"/console/rota/?area=34088100100101&week={day.isoformat()}"
    shift = {"post": str(post.pk), "day": day.isoformat(), "starts": "18:00", "ends": "08:00"}

    assert admin.post(address, shift).status_code == 302
    made = DutyShift.objects.get(post=post)
    assert made.ends_at - made.starts_at == timedelta(hours=14)
    assert "18:00–08:00" in text(admin.get(address))

    again = admin.post(address, shift)
    assert again.status_code == 422
    assert "已经排了班" in text(again)
    assert admin.post(f"/console/rota/{made.pk}/remove").status_code == 302
    assert not DutyShift.objects.exists()


def test_power_for_an_hour_is_asked_for_and_granted_by_another(sign_in: Any, desk: Any) -> None:
    admin, seat = sign_in("admin"), sign_in("seat")
    asked = {"wanted": ["audit.read"], "minutes": "60", "reason": "查一次误操作"}

    assert seat.get("/console/audit/").status_code == 403
    assert seat.post("/console/elevations/", asked).status_code == 302
    elevation = Elevation.objects.get()
    assert "左*" in text(admin.get("/console/elevations/"))
    assert "左*" not in text(sign_in("handler").get("/console/elevations/"))
    assert seat.post(f"/console/elevations/{elevation.pk}/decide", {"decision": "approve"}).status_code == 403

    assert admin.post(f"/console/elevations/{elevation.pk}/decide", {"decision": "approve"}).status_code == 302
    assert seat.get("/console/audit/").status_code == 200

    assert seat.post(f"/console/elevations/{elevation.pk}/end").status_code == 302
    assert seat.get("/console/audit/").status_code == 403


def test_a_stranger_is_sent_to_sign_in() -> None:
    answer = Client().get("/console/staff/")

    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]
