"""What a role may do changes when two people want it, and never so that a place is locked out or an officer is two."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cast import Cast
from factories import account_of, make_staff
from lianxin.foundation.accounts import actions
from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Role, RoleChange
from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.errors import LianxinError, NotAllowed, Stale
from lianxin.kernel.journal.listening import consumers, follow
from lianxin.kernel.journal.relay import relay_batch

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def officer(cast: Cast) -> Actor:
    """The security officer: agrees to changes, makes none."""
    Role.objects.create(
        code="security", label="安全管理员", scope="area", permissions=["accounts.elevate", "audit.read"]
    )
    Role.objects.filter(code="admin").update(
        permissions=[one for one in Role.objects.get(code="admin").permissions if one != "accounts.elevate"]
    )
    return make_staff("anquan", "安全", "security", area=cast.county.city)


def ask(actor: Actor, code: str, *, add: Any = (), take: Any = (), **more: Any) -> RoleChange:
    """Ask for permissions to be added to a role and taken from it."""
    role = Role.objects.get(code=code)
    wanted = (set(role.permissions) | set(add)) - set(take)
    return actions.ask_role_change(
        actor, role=role, wanted=wanted, at=AT, **{"seen": role.permissions, "reason": "月报要用"} | more
    )


def admin_of(cast: Cast) -> Actor:
    """Return the administrator with the powers of now."""
    found = accounts.actor_of(account_of(cast.admin).pk, at=AT)
    assert found is not None
    return found


def test_nothing_changes_until_a_second_person_agrees(cast: Cast, officer: Actor) -> None:
    change = ask(admin_of(cast), "leader", add=["cases.dispatch"])
    assert change.holders == 1
    assert "cases.dispatch" not in Role.objects.get(code="leader").permissions

    actions.decide_role_change(officer, change=change, grant=True, at=AT)

    leader = accounts.actor_of(account_of(cast.leader).pk, at=AT)
    assert leader is not None
    assert leader.may("cases.dispatch", cast.county.city)
    relay_batch()
    while follow(consumers["audit"], at=AT):
        pass
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True))[-2:] == [
        "accounts.ask_role",
        "accounts.set_role",
    ]


def test_a_refused_or_withdrawn_change_leaves_all_as_it_was(cast: Cast, officer: Actor) -> None:
    before = Role.objects.get(code="leader").permissions
    with pytest.raises(LianxinError, match="为什么不同意"):
        actions.decide_role_change(
            officer, change=ask(admin_of(cast), "leader", add=["cases.file"]), grant=False, at=AT
        )
    change = RoleChange.objects.get()
    actions.decide_role_change(officer, change=change, grant=False, remark="不需要", at=AT)
    with pytest.raises(LianxinError, match="已经有结果"):
        actions.decide_role_change(officer, change=change, grant=True, at=AT)

    second = ask(admin_of(cast), "leader", add=["cases.file"])
    with pytest.raises(NotAllowed):
        actions.withdraw_role_change(officer, change=second, at=AT)
    actions.withdraw_role_change(admin_of(cast), change=second, at=AT)
    assert Role.objects.get(code="leader").permissions == before


def test_nobody_agrees_to_what_they_asked_for(cast: Cast) -> None:
    change = ask(cast.admin, "leader", add=["cases.file"])  # who may both ask and agree

    with pytest.raises(NotAllowed, match="自己提出"):
        actions.decide_role_change(cast.admin, change=change, grant=True, at=AT)
    assert "cases.file" not in Role.objects.get(code="leader").permissions


@pytest.mark.parametrize("who", ["seat", "leader", "auditor", "grid_worker"])
def test_only_administrators_ask_and_only_officers_agree(cast: Cast, officer: Actor, who: str) -> None:
    with pytest.raises(NotAllowed):
        ask(getattr(cast, who), "leader", add=["cases.file"])
    change = ask(admin_of(cast), "leader", add=["cases.file"])
    with pytest.raises(NotAllowed):
        actions.decide_role_change(getattr(cast, who), change=change, grant=True, at=AT)


@pytest.mark.parametrize(
    ("code", "changes", "rule"),
    [
        ("admin", {"take": ["accounts.manage"]}, "last_administrator"),
        ("admin", {"add": ["audit.export"]}, "officers_apart"),
        ("auditor", {"add": ["accounts.elevate"]}, "officers_apart"),
        ("security", {"add": ["accounts.manage"]}, "officers_apart"),
        ("leader", {"add": ["world.rule"]}, "invalid"),
        ("leader", {}, "invalid"),
        ("leader", {"add": ["cases.file"], "reason": " "}, "invalid"),
        ("leader", {"add": ["cases.file"], "seen": ["cases.view"]}, "stale"),
    ],
)
def test_what_would_harm_is_refused_when_asked_for(
    cast: Cast, officer: Actor, code: str, changes: Any, rule: str
) -> None:
    before = Role.objects.get(code=code).permissions
    with pytest.raises(LianxinError) as told:
        ask(admin_of(cast), code, **changes)

    assert told.value.code == rule
    assert Role.objects.get(code=code).permissions == before
    assert not RoleChange.objects.exists()


def test_one_change_waits_at_a_time_and_a_stale_one_is_not_put(cast: Cast, officer: Actor) -> None:
    change = ask(admin_of(cast), "leader", add=["cases.file"])
    with pytest.raises(LianxinError, match="等着审批"):
        ask(admin_of(cast), "leader", add=["cases.dispatch"])

    role = Role.objects.get(code="leader")
    role.permissions = [*role.permissions, "cases.file"]
    role.save()
    with pytest.raises(Stale):
        actions.decide_role_change(officer, change=change, grant=True, at=AT)
