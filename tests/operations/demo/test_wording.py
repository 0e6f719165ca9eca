"""What people of a made-up county report fits the place, the teller and the hour; what is answered fits the matter."""

import re
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

import pytest

from lianxin.kernel.worktime.calendars import ZONE
from lianxin.operations.demo.county import Geography
from lianxin.operations.demo.geography import make_geography
from lianxin.operations.demo.people import people
from lianxin.operations.demo.telling import Teller, Told
from lianxin.operations.demo.wording import saying
from lianxin.operations.profiles.reader import profiles, read
from lianxin.operations.simulation.matters import lines

NOW = datetime(2026, 11, 21, 16, tzinfo=UTC)
Month = tuple[Geography, list[Told]]


@pytest.fixture(scope="module", params=profiles())
def month(request: pytest.FixtureRequest) -> Month:
    """The reports of a month in each place."""
    profile = read(request.param)
    county = make_geography(profile, 1)
    teller = Teller(profile, county, list(islice(people(Random(1)), 50)), Random(1))
    return county, teller.reports(600, since=NOW - timedelta(days=30), until=NOW)


def test_a_report_lies_in_the_grid_that_it_names(month: Month) -> None:
    county, reports = month

    for told in reports:
        assert told.point is None or county.grid_at(told.point.lon, told.point.lat).code == told.grid, told  # type: ignore[union-attr]


def test_nothing_of_the_town_is_reported_from_a_village_and_nothing_of_the_fields_from_the_town(month: Month) -> None:
    county, reports = month

    for told in reports:
        is_rural = county.by_code[told.grid].kind == "rural"
        assert not re.search("单元|电梯|物业|步行街" if is_rural else "庄稼|秸秆|稻草|果园", told.text), told


def test_places_of_the_examples_become_places_of_the_county(month: Month) -> None:
    county, reports = month
    own = {road.name for road in county.roads} | {estate.name for estate in county.estates}
    own |= {landmark.name for landmark in county.landmarks} | {area.name for area in county.areas}

    for told in reports:
        read = saying(told.text)
        named = told.text[slice(*read.span)]
        assert not named or any(named in name or name in named for name in own), told


def test_grid_workers_report_by_day_in_plain_words(month: Month) -> None:
    walked = [told for told in month[1] if told.channel == "worker"]

    assert walked
    assert all(7 <= told.at.astimezone(ZONE).hour < 19 for told in walked)
    assert not [told.text for told in walked if re.search("我家|您好|谢谢|盼", told.text)]


@pytest.mark.parametrize(
    ("matter", "fitting"),
    [
        ("路灯不亮", "路灯|损坏"),
        ("暴露垃圾", "清"),
        ("邻里纠纷", "双方|当事人"),
        ("流动摊贩", "占道|当事人|整改"),
        ("道路积水内涝", "排水|积水"),
        ("偷排污水", "排口|水面"),
        ("政策咨询", "答复|采纳|说明"),
        ("机动车乱停", "车|通道|处置"),
    ],
)
def test_what_was_done_is_told_in_the_words_of_the_matter(matter: str, fitting: str) -> None:
    assert all(re.search(fitting, line) for line in lines("handle", matter))
    assert matter == "暴露垃圾" or not any("清运" in line for line in lines("handle", matter))


@pytest.mark.parametrize("name", profiles())
def test_every_problem_of_a_profile_has_words_of_its_own(name: str) -> None:
    plain = lines("handle", "")

    assert [each.name for each in read(name).leaves() if lines("handle", each.name) == plain] == []
