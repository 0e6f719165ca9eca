from datetime import UTC, date, datetime, time

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.worktime import actions, queries, statutory
from lianxin.kernel.worktime.models import CalendarDay, DaySource
from lianxin.kernel.worktime.rules import STANDARD_HOURS, Calendar, Limit, Season, Unit, due

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
SUMMER = Season(((time(8), time(12)), (time(15), time(18, 30))), first=(6, 1), last=(9, 30))
HOURS = [("全年", Season(STANDARD_HOURS)), ("夏季", SUMMER)]


@pytest.fixture
def county() -> Calendar:
    actions.put_calendar("county", name="县级机关", seasons=HOURS, is_default=True)
    actions.load_statutory("county", at=NOW)
    return queries.calendar()


def test_without_any_calendar_the_national_one_serves() -> None:
    calendar = queries.calendar()

    assert calendar.code == "national"
    assert 2026 in calendar.confirmed_years
    assert not calendar.is_workday(date(2026, 10, 1))
    assert calendar.is_workday(date(2026, 10, 10))
    with pytest.raises(NotFound, match="county"):
        queries.calendar("county")


def test_a_calendar_comes_back_as_it_was_put(county: Calendar) -> None:
    assert county.seasons == (Season(STANDARD_HOURS), SUMMER)
    assert county.code == "county"
    assert county == queries.calendar("county")
    assert county.confirmed_years == frozenset(statutory.known_years())
    assert county.version != queries._national().version
    assert county.periods(date(2026, 7, 1)) == SUMMER.periods


def test_loading_again_changes_nothing(county: Calendar) -> None:
    before = versions.read()["worktime"]

    assert actions.load_statutory("county", at=NOW) == 0
    assert versions.read()["worktime"] == before


def test_the_cache_follows_every_change_and_costs_one_query(
    county: Calendar, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fair = date(2026, 11, 25)
    actions.put_day("county", fair, kind="holiday", name="本地庙会", at=NOW, by_id=7)
    assert not queries.calendar().is_workday(fair)
    assert CalendarDay.objects.get(day=fair).changed_by_id == 7

    with django_assert_num_queries(1):
        queries.calendar()
    numbers = versions.read()
    with django_assert_num_queries(0):
        queries.calendar("county", numbers)

    actions.clear_day("county", fair)
    assert queries.calendar().is_workday(fair)


def test_a_rolled_back_change_leaves_no_trace_in_the_cache(county: Calendar) -> None:
    day = date(2026, 11, 25)
    with transaction.atomic():
        actions.put_day("county", day, kind="holiday", name="取消了", at=NOW)
        assert not queries.calendar().is_workday(day)
        transaction.set_rollback(True)

    assert queries.calendar().is_workday(day)
    actions.put_day("county", date(2026, 11, 26), kind="holiday", name="本地", at=NOW)
    assert queries.calendar().is_workday(day)


def test_local_days_survive_a_load(county: Calendar) -> None:
    national_day = date(2026, 10, 1)
    actions.put_day("county", national_day, kind="workday", name="值班", at=NOW)

    actions.load_statutory("county", at=NOW, years=[2026])

    assert queries.calendar().is_workday(national_day)


def test_a_year_entered_ahead_stays_unconfirmed_until_its_notice(county: Calendar) -> None:
    assert 2027 not in county.confirmed_years
    actions.put_day(
        "county",
        date(2027, 2, 8),
        kind="holiday",
        name="春节（预计）",
        at=NOW,
        source=DaySource.STATUTORY,
        is_confirmed=False,
    )

    calendar = queries.calendar()
    assert 2027 not in calendar.confirmed_years
    start = datetime(2027, 2, 5, 9, tzinfo=UTC)  # Friday 17:00 in Shanghai
    assert due(start, Limit(2, Unit.WORK_HOUR), calendar) == datetime(2027, 2, 9, 1, tzinfo=UTC)
    assert calendar.unconfirmed_years(start, start) == [2027]


def test_an_unknown_year_is_told(county: Calendar) -> None:
    with pytest.raises(Invalid, match="2027"):
        actions.load_statutory("county", at=NOW, years=[2027])


def test_wrong_input_is_told(county: Calendar) -> None:
    with pytest.raises(Invalid, match="工作时段"):
        actions.put_calendar("idle", name="无", seasons=[("空", Season(()))])
    with pytest.raises(Invalid, match="放假"):
        actions.put_day("county", date(2026, 1, 1), kind="maybe", name="", at=NOW)
    with pytest.raises(NotFound, match="nowhere"):
        actions.put_day("nowhere", date(2026, 1, 1), kind="holiday", name="", at=NOW)


def test_only_one_calendar_is_the_default(county: Calendar) -> None:
    actions.put_calendar("centre", name="指挥中心", seasons=HOURS[:1], is_default=True)

    assert queries.calendar().code == "centre"
    assert queries.calendar("county").code == "county"


@pytest.mark.parametrize(
    ("day", "is_off", "name"),
    [
        (date(2026, 2, 17), True, "春节"),
        (date(2026, 10, 1), True, "国庆节"),
        (date(2026, 10, 10), False, "国庆节"),
    ],
)
def test_statutory_days_carry_their_names(day: date, is_off: bool, name: str) -> None:
    assert statutory.StatutoryDay(day, is_off, name) in set(statutory.days_of(2026))
