"""Check-ins: exactly once, one a point and round, by sticker, place, tag or hand; what comes late still counts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import patrolling as ground
from cast import Cast
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.ids import uuid7
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import stickers
from lianxin.work.patrols.models import CheckIn, Point, Round, Stop
from lianxin.work.patrols.words import RoundState
from patrolling import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def points(cast: Cast) -> list[Point]:
    return ground.make_points(cast.community_clerk, cast.county, 3)


@pytest.fixture
def walk(cast: Cast, points: list[Point]) -> Round:
    plan = ground.make_plan(cast.community_clerk, ground.make_route(cast.community_clerk, points))
    return ground.round_of(plan)


def test_the_same_record_again_is_the_same_checkin(cast: Cast, walk: Round, points: list[Point]) -> None:
    visit = ground.scan(walk, points[0], clock(8.2))

    first = patrols.check_in(cast.grid_worker, visit=visit, at=clock(8.3))
    again = patrols.check_in(cast.grid_worker, visit=visit, at=clock(9))

    assert first.checkin.pk == again.checkin.pk
    assert CheckIn.objects.count() == 1
    walk.refresh_from_db()
    assert (walk.state, walk.started_at) == (RoundState.RUNNING, clock(8.2))


def test_a_point_counts_once_a_round_and_words_of_the_second_are_not_lost(
    cast: Cast, walk: Round, points: list[Point]
) -> None:
    patrols.check_in(cast.grid_worker, visit=ground.scan(walk, points[0], clock(8.2)), at=clock(8.3))

    again = patrols.check_in(cast.community_clerk, visit=ground.scan(walk, points[0], clock(8.5)), at=clock(8.6))
    assert not again.is_first
    visit = ground.scan(walk, points[0], clock(8.5), answers={"fire": "problem"})
    with pytest.raises(Refused, match=r"08:12 已经打过卡.*登记成隐患"):
        patrols.check_in(cast.grid_worker, visit=visit, at=clock(8.6))

    assert CheckIn.objects.get().by_id == cast.grid_worker.account_id


def test_two_hundred_come_in_few_statements(cast: Cast) -> None:
    clerk = cast.community_clerk
    there = [ground.make_point(clerk, ground.spot(cast.county), name=f"{number}号点") for number in range(80)]
    plan = ground.make_plan(clerk, ground.make_route(clerk, there))
    ground.make_plan(clerk, ground.make_route(clerk, there, "另一线"))
    rounds = list(Round.objects.filter(day=ground.DAY).order_by("pk"))
    visits = [ground.scan(row, point, clock(8.5)) for row in [ground.round_of(plan), rounds[-1]] for point in there]

    with CaptureQueriesContext(
        connection,
    ) as told:
        results = patrols.check_in_many(cast.grid_worker, visits=visits, at=clock(9))

    assert [type(result) for result in results] == [patrols.Taken] * 160
    assert CheckIn.objects.count() == 160
    assert len(told) <= 12, [query["sql"][:120] for query in told]


@pytest.mark.parametrize(
    ("told", "off_site"), [((40, 5), False), ((90, 60), False), ((90, 5), True), ((400, 900), True)]
)
def test_place_counts_within_radius_and_what_the_phone_is_unsure_of(
    cast: Cast, walk: Round, points: list[Point], told: tuple[int, int], *, off_site: bool
) -> None:
    metres, accuracy = told
    place = Place(points[0].place.lon, points[0].place.lat + metres * ground.METRE)
    visit = ground.scan(walk, points[0], clock(8.2), how="gps", sticker="", place=place, accuracy=accuracy)

    made = patrols.check_in(cast.grid_worker, visit=visit, at=clock(8.3)).checkin

    assert made.is_off_site is off_site
    assert made.distance == pytest.approx(metres, abs=1)


def test_a_sticker_alone_is_enough_upstairs_and_an_old_one_is_not(cast: Cast, walk: Round, points: list[Point]) -> None:
    old = ground.scan(walk, points[0], clock(8.2))
    patrols.renew_sticker(cast.community_clerk, point=points[0], at=clock(1))
    with pytest.raises(Refused, match="已经换过"):
        patrols.check_in(cast.grid_worker, visit=old, at=clock(8.3))

    # Read at the place, it counts by the place: the walker cannot help an old sticker.
    at_place = replace(old, place=points[0].place, accuracy=10)
    assert patrols.check_in(cast.grid_worker, visit=at_place, at=clock(8.3)).checkin.how == "gps"

    other = ground.scan(walk, points[1], clock(8.4), sticker=stickers.typed_of(points[1]).lower())
    assert not patrols.check_in(cast.grid_worker, visit=other, at=clock(8.5)).checkin.is_off_site


def test_a_sticker_of_another_point_opens_nothing(cast: Cast, walk: Round, points: list[Point]) -> None:
    visit = ground.scan(walk, points[0], clock(8.2), sticker=stickers.text_of(points[1]))
    with pytest.raises(Refused) as refusal:
        patrols.check_in(cast.grid_worker, visit=visit, at=clock(8.3))
    assert refusal.value.rule == "sticker_old"


def test_by_hand_wants_a_reason_and_a_tag_its_own_point(cast: Cast, walk: Round, points: list[Point]) -> None:
    visit = ground.scan(walk, points[0], clock(8.2), how="hand", sticker="")
    with pytest.raises(Invalid, match="写一句原因"):
        patrols.check_in(cast.grid_worker, visit=visit, at=clock(8.3))

    patrols.bind_tag(cast.community_clerk, point=points[1], serial="04:A2:2F:1B", at=clock(1))
    tagged = ground.scan(walk, points[1], clock(8.2), how="nfc", sticker="", tag=stickers.tag_hash("04a22f1b"))
    assert patrols.check_in(cast.grid_worker, visit=tagged, at=clock(8.3)).checkin.how == "nfc"
    with pytest.raises(Refused, match="不是这个点"):
        patrols.check_in(cast.grid_worker, visit=replace(tagged, key=uuid7(), point=points[2].key), at=clock(8.3))


def test_missed_is_what_nobody_reached_in_time_and_late_news_take_the_mark_away(
    cast: Cast, walk: Round, points: list[Point]
) -> None:
    patrols.check_in(cast.grid_worker, visit=ground.scan(walk, points[0], clock(8.2)), at=clock(8.3))
    assert patrols.judge(at=clock(9.9)) == 0

    assert patrols.judge(at=clock(10)) == 1
    assert patrols.judge(at=clock(10.1)) == 0
    assert _missed(walk) == {points[1].pk, points[2].pk}

    # Upstairs without signal: made in time, told at noon. The other was reached too late.
    patrols.check_in(cast.grid_worker, visit=ground.scan(walk, points[1], clock(9.5)), at=clock(12))
    late = patrols.check_in(cast.grid_worker, visit=ground.scan(walk, points[2], clock(11)), at=clock(12)).checkin
    assert late.is_late
    assert _missed(walk) == {points[2].pk}


def _missed(row: Round) -> set[int]:
    return set(Stop.objects.filter(round=row, missed_at__isnull=False).values_list("point_id", flat=True))


def test_nobody_walked(cast: Cast, walk: Round) -> None:
    patrols.judge(at=clock(10))
    walk.refresh_from_db()
    assert walk.state == RoundState.MISSED
    reasons = {stop.point.key: patrols.Reason("weather") for stop in walk.stops.select_related("point")}
    patrols.excuse(cast.grid_worker, round_key=walk.key, reasons=reasons, at=clock(11))
    assert set(walk.stops.values_list("excuse", flat=True)) == {"weather"}


def test_who_is_elsewhere_does_not_see_the_round(cast: Cast, walk: Round, points: list[Point]) -> None:
    visit = ground.scan(walk, points[0], clock(8.2))
    for actor in (cast.grid_worker_next_door, cast.resident, cast.handler):
        with pytest.raises(NotFound):
            patrols.check_in(actor, visit=visit, at=clock(8.3))
    with pytest.raises(NotFound):  # sees it, does not walk it
        patrols.check_in(cast.leader, visit=visit, at=clock(8.3))


def test_a_route_across_grids_is_every_worker_of_its_role(cast: Cast) -> None:
    clerk = cast.community_clerk
    across = [*ground.make_points(clerk, cast.county, 1), *ground.make_points(clerk, cast.county, 1, grid=112)]
    row = ground.round_of(ground.make_plan(clerk, ground.make_route(clerk, across)))
    assert row.grid_id is None

    for actor, point in zip((cast.grid_worker, cast.grid_worker_next_door), across, strict=True):
        patrols.check_in(actor, visit=ground.scan(row, point, clock(8.2)), at=clock(8.3))
    assert row.checkins.count() == 2


def test_made_at_is_never_after_now(cast: Cast, walk: Round, points: list[Point]) -> None:
    visit = ground.scan(walk, points[0], clock(8.2) + timedelta(days=3))
    assert patrols.check_in(cast.grid_worker, visit=visit, at=clock(8.3)).checkin.made_at == clock(8.3)
