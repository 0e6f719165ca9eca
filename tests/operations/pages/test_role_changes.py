"""A role is changed on pages: ticked, its effect told, sent for approval, agreed to by another."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

import factories
from cast import Cast
from factories import account_of, make_staff
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts import permissions
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Role, RoleChange
from lianxin.operations.pages import reach, roles

pytestmark = pytest.mark.django_db
ADDRESS = "/console/profile/roles/leader"


def text(response: Any) -> str:
    return str(response.content.decode())


def enter(actor: Actor) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    entered = begin_session(account_of(actor), device="test", address=None, at=datetime.now(UTC))
    client.cookies[SESSION] = entered.key
    return client


def test_ticks_are_told_then_sent_then_agreed_to(cast: Cast) -> None:
    Role.objects.create(
        code="security", label="安全管理员", scope="area", permissions=["accounts.elevate", "audit.read"]
    )
    admin, officer = enter(cast.admin), enter(make_staff("anquan", "安全", "security", area=cast.county.city))
    now = Role.objects.get(code="leader").permissions
    sent = {"seen": " ".join(now), "permissions": [*now, "cases.dispatch"]}

    told = text(admin.post(ADDRESS, sent))
    assert "影响 1 人" in told
    assert "<ins>能</ins>" in told
    assert not RoleChange.objects.exists()  # told, not done
    assert admin.post(ADDRESS, sent | {"reason": " "}).status_code == 422
    assert admin.post(ADDRESS, sent | {"reason": "月报要用"}).status_code == 302

    change = RoleChange.objects.get()
    decide = f"/console/profile/roles/changes/{change.pk}/decide"
    assert "撤回" in text(admin.get("/console/profile/roles"))
    assert admin.post(decide, {"verdict": "grant"}).status_code == 403
    assert "同意，马上生效" in text(officer.get("/console/profile/roles"))
    assert officer.get(ADDRESS).status_code == 403
    assert officer.post(decide, {"verdict": "nonsense"}).status_code == 302
    assert officer.post(decide, {"verdict": "grant"}).status_code == 302

    assert "cases.dispatch" in Role.objects.get(code="leader").permissions
    said = text(admin.get("/console/profile/roles"))
    assert "最近改过的" in said
    assert "月报要用" in said


def test_what_would_lock_everybody_out_is_told_on_the_page(cast: Cast) -> None:
    admin = enter(cast.admin)
    now = Role.objects.get(code="admin").permissions
    sent = {"seen": " ".join(now), "permissions": [one for one in now if one != "accounts.manage"], "reason": "精简"}

    answer = admin.post("/console/profile/roles/admin", sent)

    assert answer.status_code == 422
    assert "最后一位" in text(answer)
    assert factories.ROLES["admin"][2] == now


def test_the_matrix_says_how_far_folds_what_is_much_and_goes_back_to_the_files(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = enter(cast.admin)
    matrix = text(admin.get("/console/profile/roles?q=cases.void&role=supervisor"))
    assert "m-asked>理由" in matrix  # every step that asks for it asks for a reason
    assert "m-unit>单位" in text(admin.get("/console/profile/roles?q=cases.handle&role=handler"))
    assert "没有这样的权限" in text(admin.get("/console/profile/roles?q=没有"))

    monkeypatch.setattr(roles, "MOST_CELLS", 200)
    whole = text(admin.get("/console/profile/roles"))
    assert "accounts.manage</code>" in whole
    assert "cases.void</code>" not in whole
    folded = re.findall(r'<a class=fold href="(\?group=[^"]+)">案件：督查', whole)
    assert "cases.void</code>" in text(admin.get("/console/profile/roles" + folded[0]))


def test_every_permission_that_asks_for_a_reason_is_one_there_is() -> None:
    assert reach.asked_for() <= set(permissions.catalogue())
    assert "cases.void" in reach.asked_for()
    assert "cases.dispatch" not in reach.asked_for()
