"""Posts, duty, substitutes, keys and short elevations: who gives them, and what they let one do."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cast import Cast
from factories import account_of, act_as, give_post, make_account, make_resident, post_of
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts import permissions, queries
from lianxin.foundation.accounts.actions import RoleRow
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Elevation, Post, Role
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import actions as units
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, Refused
from lianxin.kernel.journal.listening import consumers, follow
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.journal.relay import relay_batch

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def row(node: AreaNode) -> Area:
    """Return the row of a node."""
    return Area.objects.get(pk=node.id)


def again(actor: Actor, at: datetime = AT) -> Actor:
    """Return who an actor is now."""
    return act_as(account_of(actor), at)


def test_a_post_lets_one_act_in_its_area_and_nowhere_else(cast: Cast) -> None:
    grid, next_door = cast.county.grid(111), cast.county.grid(112)

    assert cast.grid_worker.may("cases.check", grid)
    assert not cast.grid_worker.may("cases.check", next_door)
    assert cast.community_clerk.may("cases.file", next_door)
    assert not cast.community_clerk.may("cases.file", cast.county.grid(121))
    assert cast.seat.may("cases.file", cast.county.grid(222))
    assert not cast.resident.may("cases.view", grid)


def test_a_unit_post_covers_the_units_below_and_no_area(cast: Cast) -> None:
    worker = make_account("zhujian")
    give_post(worker, "handler", unit=cast.county.units["zjj"])
    handler = act_as(worker, AT)

    assert handler.may("cases.handle", unit_id=cast.county.units["paishui"].id)
    assert not cast.assist_handler.may("cases.handle", unit_id=cast.county.units["zjj"].id)
    assert not handler.may("cases.handle", cast.county.city)


def test_a_post_begins_and_ends_on_time(cast: Cast) -> None:
    given = accounts.give_post(
        cast.admin,
        account=account_of(cast.leader),
        role=Role.objects.get(code="grid_worker"),
        area=row(cast.county.grid(211)),
        valid_from=AT + timedelta(days=1),
        valid_to=AT + timedelta(days=2),
        at=AT,
    )

    may = [again(cast.leader, AT + timedelta(hours=12 * n)).may("cases.check", cast.county.grid(211)) for n in range(5)]
    assert may == [False, False, True, True, False]
    ended = accounts.end_post(cast.admin, post=given, reason="不去了", at=AT)
    assert ended.valid_to == given.valid_from


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        ("grid_worker", {}, "invalid"),
        ("handler", {"area": "city"}, "invalid"),
        ("grid_worker", {"area": "grid"}, "post_held"),
    ],
)
def test_posts_that_do_not_fit_are_refused(cast: Cast, role: str, place: dict[str, str], code: str) -> None:
    areas = {"city": cast.county.city, "grid": cast.county.grid(111)}
    where: Any = {name: row(areas[which]) for name, which in place.items()}

    with pytest.raises(LianxinError) as told:
        accounts.give_post(
            cast.admin, account=account_of(cast.grid_worker), role=Role.objects.get(code=role), at=AT, **where
        )
    assert told.value.code == code


def test_residents_disabled_accounts_and_ended_units_get_no_posts(cast: Cast) -> None:
    role = Role.objects.get(code="handler")
    unit = Unit.objects.get(code="wuye")
    with pytest.raises(Invalid):
        accounts.give_post(cast.admin, account=make_resident("甲"), role=role, unit=unit, at=AT)
    disabled = accounts.disable_account(cast.admin, account=account_of(cast.leader), reason="", at=AT)
    with pytest.raises(Refused):
        accounts.give_post(cast.admin, account=disabled, role=role, unit=unit, at=AT)
    Unit.objects.filter(pk=unit.pk).update(valid_to=AT)
    unit.refresh_from_db()
    with pytest.raises(Invalid):
        accounts.give_post(cast.admin, account=account_of(cast.seat), role=role, unit=unit, at=AT)


def street_admin(cast: Cast) -> Actor:
    """Return somebody who manages accounts in street 1 only."""
    Role.objects.create(
        code="street_admin", label="街道管理员", scope="area", permissions=["accounts.manage", "accounts.read"]
    )
    manager = make_account("jdgl", "街管")
    give_post(manager, "street_admin", area=cast.county.street(1))
    return act_as(manager, AT)


def test_who_manages_a_street_manages_nothing_else_and_lifts_nobody_up(cast: Cast) -> None:
    manager, new = street_admin(cast), make_account("xin")
    worker, admin = Role.objects.get(code="grid_worker"), Role.objects.get(code="admin")

    accounts.give_post(manager, account=new, role=worker, area=row(cast.county.grid(111)), at=AT)
    with pytest.raises(NotAllowed):
        accounts.give_post(manager, account=new, role=worker, area=row(cast.county.grid(211)), at=AT)
    with pytest.raises(NotAllowed) as told:
        accounts.give_post(manager, account=new, role=admin, area=row(cast.county.street(1)), at=AT)
    assert told.value.rule == "role_is_central"
    with pytest.raises(NotAllowed):
        accounts.reset_password(manager, account=account_of(cast.admin), at=AT)
    with pytest.raises(NotAllowed):
        accounts.disable_account(manager, account=account_of(cast.seat), reason="", at=AT)
    accounts.reset_password(manager, account=account_of(cast.grid_worker), at=AT)


def test_nobody_gives_a_post_to_themselves_while_another_could(cast: Cast) -> None:
    role, city = Role.objects.get(code="seat"), row(cast.county.city)
    give_post(make_account("second"), "admin", area=cast.county.city)

    with pytest.raises(NotAllowed) as told:
        accounts.give_post(cast.admin, account=account_of(cast.admin), role=role, area=city, at=AT)
    assert told.value.rule == "post_for_oneself"


def test_the_only_administrator_may_since_nobody_else_can(cast: Cast) -> None:
    role, city = Role.objects.get(code="seat"), row(cast.county.city)

    assert accounts.give_post(cast.admin, account=account_of(cast.admin), role=role, area=city, at=AT).pk


def rows(changed: Iterable[str] = ()) -> list[RoleRow]:
    """Return the administrator's role, with other permissions."""
    return [RoleRow("admin", "系统管理员", tuple(changed), "area", 8)]


def test_the_last_administrator_cannot_lock_everybody_out(cast: Cast) -> None:
    for attempt in (
        lambda: accounts.end_post(cast.admin, post=post_of(cast.admin), reason="", at=AT),
        lambda: accounts.disable_account(cast.admin, account=account_of(cast.admin), reason="", at=AT),
        lambda: accounts.load_roles(SYSTEM, rows(["areas.manage"]), at=AT),
    ):
        with pytest.raises(Refused) as told:
            attempt()
        assert told.value.rule == "last_administrator"
    assert again(cast.admin).may("accounts.manage")

    give_post(make_account("second"), "admin", area=cast.county.city)
    accounts.end_post(cast.admin, post=post_of(cast.admin), reason="交接", at=AT)
    assert not again(cast.admin).may("accounts.manage")


def test_an_administrator_with_an_end_in_sight_does_not_count(cast: Cast) -> None:
    second = give_post(make_account("second"), "admin", area=cast.county.city)
    Post.objects.filter(pk=second.pk).update(valid_to=AT + timedelta(days=1))

    with pytest.raises(Refused):
        accounts.end_post(cast.admin, post=post_of(cast.admin), reason="", at=AT)


def test_roles_load_again_without_harm_and_know_their_permissions(cast: Cast) -> None:
    role = RoleRow("window", "窗口", ("accounts.read",), "unit")

    assert accounts.load_roles(SYSTEM, [role], at=AT) == ["window"]
    assert accounts.load_roles(SYSTEM, [role], at=AT) == []
    with pytest.raises(Invalid, match=r"fly\.away"):
        accounts.load_roles(SYSTEM, [RoleRow("window", "窗口", ("fly.away",), "unit")], at=AT)


def test_a_permission_is_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        permissions.register("别处", {"accounts.manage": "另一种管理"})
    permissions.register("组织和区域", {"areas.manage": "管理区域"})
    assert permissions.label("areas.manage") == "管理区域"


def test_posts_end_with_their_unit(cast: Cast) -> None:
    unit = Unit.objects.get(code="jiaojing")
    Unit.objects.get(code="jiaojing").leads.all().delete()

    units.end_unit(cast.admin, unit=unit, reason="划转", at=AT)
    relay_batch()
    while follow(consumers["accounts"], at=AT):
        pass

    assert not again(cast.handler_next_door).holdings


def test_the_nearest_holders_are_found_first(cast: Cast) -> None:
    grid = cast.county.grid(111)

    assert queries.holders("cases.check", at=AT, place=grid) == [cast.grid_worker.account_id]
    assert queries.holders("cases.file", at=AT, place=grid) == [cast.community_clerk.account_id]
    assert queries.holders("cases.file", at=AT, place=cast.county.grid(211)) == [cast.seat.account_id]
    assert queries.holders("cases.handle", at=AT, unit_id=cast.county.units["cgj"].id) == [cast.handler.account_id]
    assert queries.members(cast.county.units["paishui"].id, at=AT) == [cast.assist_handler.account_id]


def test_who_is_on_duty_is_known_by_place_and_hour(cast: Cast) -> None:
    night = AT.replace(hour=14)
    accounts.add_shift(
        cast.street_seat, post=post_of(cast.grid_worker), starts_at=night, ends_at=night + timedelta(hours=10), at=AT
    )
    accounts.add_shift(cast.admin, post=post_of(cast.seat), starts_at=night, ends_at=night + timedelta(hours=10), at=AT)

    def on_duty(grid: int, at: datetime) -> list[int]:
        return queries.on_duty(at=at, place=cast.county.grid(grid))

    assert on_duty(111, night) == [cast.grid_worker.account_id]
    assert on_duty(112, night) == [cast.seat.account_id]
    assert on_duty(111, night + timedelta(hours=10)) == []
    assert queries.on_duty(at=night, permission="cases.reveal") == [cast.seat.account_id]


def test_shifts_have_length_do_not_overlap_and_stay_in_ones_own_street(cast: Cast) -> None:
    worker, hour = post_of(cast.grid_worker), timedelta(hours=1)
    shift = accounts.add_shift(cast.street_seat, post=worker, starts_at=AT, ends_at=AT + 8 * hour, at=AT)

    with pytest.raises(Invalid):
        accounts.add_shift(cast.street_seat, post=worker, starts_at=AT, ends_at=AT, at=AT)
    with pytest.raises(Refused):
        accounts.add_shift(cast.street_seat, post=worker, starts_at=AT + 7 * hour, ends_at=AT + 9 * hour, at=AT)
    other = Post.objects.create(
        account=make_account("far"), role_id="grid_worker", area=row(cast.county.grid(211)), valid_from=AT
    )
    with pytest.raises(NotAllowed):
        accounts.add_shift(cast.street_seat, post=other, starts_at=AT, ends_at=AT + hour, at=AT)

    assert accounts.load_rota(cast.admin, [(worker, AT, AT + 8 * hour)], at=AT) == 0
    accounts.remove_shift(cast.street_seat, shift=shift, at=AT + hour)
    assert queries.on_duty(at=AT + 2 * hour) == []
    with pytest.raises(Refused):
        accounts.remove_shift(cast.street_seat, shift=shift, at=AT + 2 * hour)


def test_one_names_ones_own_substitute_but_not_oneself(cast: Cast) -> None:
    mine = post_of(cast.handler)
    accounts.set_substitute(cast.handler, post=mine, substitute=account_of(cast.assist_handler), at=AT)
    assert queries.substitutes([mine.account_id], at=AT) == {mine.account_id: cast.assist_handler.account_id}

    with pytest.raises(Invalid):
        accounts.set_substitute(cast.handler, post=mine, substitute=account_of(cast.handler), at=AT)
    with pytest.raises(NotAllowed):
        accounts.set_substitute(cast.seat, post=mine, substitute=None, at=AT)


def ask(actor: Actor, at: datetime = AT, **changes: Any) -> Elevation:
    """Ask for the audit for an hour."""
    wanted: dict[str, Any] = {"wanted": ["audit.read"], "minutes": 60, "reason": "核查投诉"} | changes
    return accounts.request_elevation(actor, at=at, **wanted)


def test_an_elevation_needs_a_second_person_ends_by_itself_and_is_on_record(cast: Cast) -> None:
    asked = ask(cast.supervisor)
    assert not again(cast.supervisor).may("audit.read")
    assert list(queries.elevations_waiting(AT)) == [asked]

    accounts.decide_elevation(cast.admin, elevation=asked, grant=True, at=AT)

    assert again(cast.supervisor, AT + timedelta(minutes=59)).may("audit.read")
    assert not again(cast.supervisor, AT + timedelta(minutes=60)).may("audit.read")
    entry = Entry.objects.get(subject_kind="account", action="elevate")
    assert (entry.note, entry.after["alone"], entry.actor_id) == ("核查投诉", False, cast.admin.account_id)


def test_nobody_grants_their_own_while_another_can(cast: Cast) -> None:
    give_post(make_account("second"), "admin", area=cast.county.city)
    asked = ask(cast.admin)

    assert asked.starts_at is None
    with pytest.raises(NotAllowed):
        accounts.decide_elevation(cast.admin, elevation=asked, grant=True, at=AT)


def test_where_nobody_else_can_it_starts_at_once_and_says_so(cast: Cast) -> None:
    asked = ask(cast.admin)

    assert asked.starts_at == AT
    assert Entry.objects.get(action="elevate").after["alone"]
    ended = accounts.end_elevation(again(cast.admin), elevation=asked, at=AT)
    assert not again(cast.admin).may("audit.read")
    with pytest.raises(Refused):
        accounts.end_elevation(cast.admin, elevation=ended, at=AT)


@pytest.mark.parametrize(
    "changes",
    [{"minutes": 241}, {"minutes": 0}, {"reason": " "}, {"wanted": []}, {"wanted": ["fly.away"]},
     {"wanted": ["accounts.elevate"]}],
)  # fmt: skip
def test_elevations_have_bounds(cast: Cast, changes: Any) -> None:
    with pytest.raises(Invalid):
        ask(cast.supervisor, **changes)
    assert not Elevation.objects.exists()


def test_requests_are_decided_once_in_time_and_by_the_right_person(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        ask(cast.resident)
    asked = ask(cast.supervisor)
    with pytest.raises(Refused):
        ask(cast.supervisor)
    with pytest.raises(NotAllowed):
        accounts.decide_elevation(cast.leader, elevation=asked, grant=True, at=AT)
    with pytest.raises(Refused):
        accounts.decide_elevation(cast.admin, elevation=asked, grant=True, at=AT + timedelta(days=1))

    accounts.decide_elevation(cast.admin, elevation=asked, grant=False, at=AT)
    with pytest.raises(Refused):
        accounts.decide_elevation(cast.admin, elevation=asked, grant=True, at=AT)
    assert not again(cast.supervisor).may("audit.read")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"scopes": []}, "scopes"), ({"days": 400}, "days"), ({"scopes": ["x.y"]}, "permissions")],
)
def test_keys_have_a_name_scopes_and_an_end(cast: Cast, changes: Any, field: str) -> None:
    wanted = {"name": "热线", "scopes": ["accounts.read"], "days": 30} | changes
    with pytest.raises(Invalid) as told:
        accounts.create_token(cast.admin, account=account_of(cast.seat), at=AT, **wanted)
    assert list(told.value.fields) == [field]


def test_a_key_ends_by_time_and_by_hand(cast: Cast) -> None:
    token, key = accounts.create_token(
        cast.admin, account=account_of(cast.seat), name="热线", scopes=["accounts.read"], days=30, at=AT
    )
    assert queries.load_actor(token_key=key, at=AT + timedelta(days=29)) is not None
    assert queries.load_actor(token_key=key, at=AT + timedelta(days=30)) is None

    with pytest.raises(NotAllowed):
        accounts.revoke_token(cast.handler, token=token, at=AT)
    accounts.revoke_token(cast.seat, token=token, at=AT)
    assert queries.load_actor(token_key=key, at=AT) is None
    with pytest.raises(Refused):
        accounts.revoke_token(cast.seat, token=token, at=AT)


def test_people_see_the_staff_of_their_own_ground(cast: Cast) -> None:
    everyone = set(queries.visible_staff(cast.admin, at=AT).values_list("username", flat=True))
    street = set(queries.visible_staff(street_admin(cast), at=AT).values_list("username", flat=True))

    assert {"wangge", "shenji"} <= everyone
    assert {"wangge", "lige", "shequ", "jiedao", "jdgl"} == street
