"""Departments ask through one list; it says what each request costs the grid, and it ends by itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cast import Cast
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.models import Area, Redivision, Succession
from lianxin.foundation.notifications.models import Message
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.registry.sources import requests
from lianxin.registry.sources.loads import added, load
from lianxin.registry.sources.models import DataRequest
from lianxin.registry.sources.requests import Wanted
from register import load_register

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
WANTED = Wanted(
    title="独居老人冬季取暖摸底",
    subject="person",
    fields=("person.phone", "person.home"),
    purpose="安排取暖补助",
    legal_basis="《社会救助暂行办法》第十条",
    minutes_each=10,
    expected_count=112,
    from_date=date(2026, 11, 21),
    until_date=date(2026, 12, 4),
)


@pytest.fixture(autouse=True)
def _register(cast: Cast) -> None:
    load_register()


def asked(cast: Cast, **changes: Any) -> DataRequest:
    unit = cast.county.units["cgj"].id
    return requests.ask(cast.handler, unit_id=unit, wanted=replace(WANTED, **changes), at=NOW)


def approved(cast: Cast, **changes: Any) -> DataRequest:
    return requests.decide(cast.data_officer, request=asked(cast, **changes), approve=True, reason="确有需要", at=NOW)


def told(actor: Actor) -> list[str]:
    return list(Message.objects.filter(recipient_id=actor.account_id).order_by("pk").values_list("title", flat=True))


def test_a_request_is_decided_with_a_reason_and_both_sides_hear_of_it(cast: Cast) -> None:
    request = asked(cast)
    assert told(cast.data_officer) == ["市城管局申请采集：独居老人冬季取暖摸底"]

    with pytest.raises(Invalid):
        requests.decide(cast.data_officer, request=request, approve=True, reason=" ", at=NOW)
    requests.decide(cast.data_officer, request=request, approve=True, reason="确有需要", at=NOW)

    request.refresh_from_db()
    assert (request.state, request.decision, request.version) == ("approved", "确有需要", 1)
    assert told(cast.handler) == ["采集申请已准入：独居老人冬季取暖摸底"]
    assert told(cast.community_clerk) == ["市城管局的采集任务"]
    with pytest.raises(Refused):
        requests.decide(cast.data_officer, request=request, approve=False, reason="再想想", at=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"purpose": ""}, "purpose"),
        ({"legal_basis": ""}, "legal_basis"),
        ({"fields": ()}, "fields"),
        ({"fields": ("person.faith",)}, "fields"),
        ({"subject": "building"}, "fields"),
        ({"minutes_each": 0}, "minutes_each"),
        ({"minutes_each": 121}, "minutes_each"),
        ({"expected_count": 0}, "expected_count"),
        ({"until_date": date(2026, 11, 20)}, "until_date"),
        ({"from_date": date(2026, 11, 1), "until_date": date(2026, 11, 20)}, "until_date"),
        ({"until_date": date(2027, 11, 23)}, "until_date"),
        ({"every_days": 0}, "every_days"),
    ],
)
def test_a_request_says_what_why_by_which_rule_and_until_when(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        asked(cast, **changes)

    assert list(refusal.value.fields) == [field]


def test_only_ones_own_unit_asks_and_somebody_else_decides_where_they_may(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        requests.ask(cast.handler, unit_id=cast.county.units["jiaojing"].id, wanted=WANTED, at=NOW)
    whole, street = asked(cast), asked(cast, area_id=cast.county.street(1).id)

    with pytest.raises(NotAllowed):
        requests.decide(cast.street_seat, request=whole, approve=True, reason="好", at=NOW)
    with pytest.raises(NotAllowed):
        requests.decide(cast.community_clerk, request=street, approve=True, reason="好", at=NOW)
    assert requests.decide(cast.street_seat, request=street, approve=False, reason="已有", at=NOW).state == "declined"

    DataRequest.objects.filter(pk=whole.pk).update(asked_by_id=cast.data_officer.account_id)
    with pytest.raises(Refused, match="由别人"):
        requests.decide(cast.data_officer, request=whole, approve=True, reason="好", at=NOW)
    with pytest.raises(Stale):
        requests.decide(cast.data_officer, request=whole, approve=True, reason="好", at=NOW, seen=7)


def test_who_sees_which_requests(cast: Cast) -> None:
    asked(cast)
    seen = {
        name: DataRequest.objects.visible_to(getattr(cast, name)).count()
        for name in ("handler", "handler_next_door", "grid_worker", "data_officer", "resident", "auditor")
    }

    assert seen == {
        "handler": 1, "handler_next_door": 0, "grid_worker": 1, "data_officer": 1, "resident": 0, "auditor": 0,
    }  # fmt: skip


def test_the_load_falls_on_the_grid_workers_of_the_area(cast: Cast) -> None:
    # 112 records of 10 minutes in two weeks: 560 minutes a week on 8 grids of 400 households.
    whole = load(NOW)
    assert (whole.mean, whole.by_unit) == (0, {})
    approved(cast)

    now = load(NOW)

    assert now.mean == 70
    assert now.by_unit == {cast.county.units["cgj"].id: 560}
    assert [round(grid.minutes) for grid in now.grids] == [70] * 8


def test_before_it_is_decided_one_sees_what_it_adds_and_for_whom_it_is_too_much(cast: Cast) -> None:
    approved(cast)
    request = asked(cast, area_id=cast.county.community(11).id, expected_count=80)

    more = added(request, NOW)

    assert (more.before, more.minutes, more.after) == (70, 200, 270)
    assert [grid.area.id for grid in more.too_much] == [cast.county.grid(111).id, cast.county.grid(112).id]


def test_a_community_stays_out_for_itself_and_its_workers_are_spared(cast: Cast) -> None:
    request, community = approved(cast), cast.county.community(11)

    with pytest.raises(Invalid):
        requests.abstain(cast.community_clerk, request=request, area_id=community.id, reason="", at=NOW)
    requests.abstain(cast.community_clerk, request=request, area_id=community.id, reason="上月刚做过", at=NOW)

    spared = {grid.area.code: grid.minutes for grid in load(NOW).grids}
    assert spared[cast.county.grid(111).code] == 0
    assert spared[cast.county.grid(121).code] == 70
    assert told(cast.handler)[-1] == "东苑社区不承接：独居老人冬季取暖摸底"
    with pytest.raises(Refused):
        requests.abstain(cast.community_clerk, request=request, area_id=community.id, reason="又", at=NOW)
    with pytest.raises(NotAllowed):
        requests.abstain(
            cast.community_clerk, request=request, area_id=cast.county.community(12).id, reason="忙", at=NOW
        )
    with pytest.raises(NotFound):
        requests.abstain(cast.community_clerk, request=request, area_id=cast.county.grid(111).id, reason="忙", at=NOW)

    requests.take_on(cast.community_clerk, request=request, area_id=community.id, at=NOW)
    assert load(NOW).mean == 70


def test_it_ends_by_itself_on_its_day_and_both_sides_are_told_once(cast: Cast) -> None:
    request, never = approved(cast), asked(cast)
    last_minute = datetime(2026, 12, 4, 15, 59, tzinfo=UTC)  # 23:59 here

    assert requests.end_due(at=last_minute) == 0
    assert requests.end_due(at=last_minute + timedelta(minutes=1)) == 2
    assert requests.end_due(at=last_minute + timedelta(minutes=1)) == 0

    assert {one.state for one in DataRequest.objects.filter(pk__in=[request.pk, never.pk])} == {"ended"}
    assert told(cast.community_clerk).count("采集到期：独居老人冬季取暖摸底") == 2
    assert load(last_minute + timedelta(minutes=1)).mean == 0


def test_the_asker_takes_it_back(cast: Cast) -> None:
    request = approved(cast)

    with pytest.raises(NotAllowed):
        requests.withdraw(cast.handler_next_door, request=request, at=NOW)
    requests.withdraw(cast.handler, request=request, at=NOW)

    assert load(NOW).mean == 0
    with pytest.raises(Refused):
        requests.withdraw(cast.handler, request=request, at=NOW)


def test_a_request_goes_on_where_its_area_was_divided(cast: Cast) -> None:
    request = approved(cast, area_id=cast.county.community(11).id, expected_count=28)
    assert sum(grid.minutes for grid in load(NOW).grids) == 140
    old, heir = cast.county.community(11), cast.county.community(12)
    plan = Redivision.objects.create(kind="merge", effective_at=NOW, reason="合并", plan={}, created_at=NOW)
    Succession.objects.create(redivision=plan, old_id=old.id, new_id=heir.id)
    Area.objects.filter(path__startswith=Area.objects.get(pk=old.id).path).update(valid_to=NOW)
    versions.bump("areas")

    later = {grid.area.id: grid.minutes for grid in load(NOW + timedelta(hours=1)).grids}

    assert requests.reach(request) == [heir.id]
    assert {later[cast.county.grid(number).id] for number in (121, 122)} == {70}
