"""The cast everyone knows: one person for each kind of post in the tiny county of `factories`."""

from dataclasses import dataclass

import pytest

import factories
from factories import County
from lianxin.foundation.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class Cast:
    """Actors by what they do. `…_next_door` has the same role in another grid or unit."""

    county: County
    resident: Actor
    grid_worker: Actor  # grid 111
    grid_worker_next_door: Actor  # grid 112
    community_clerk: Actor  # community 11
    street_seat: Actor  # street 1
    seat: Actor  # the city's centre
    supervisor: Actor
    handler: Actor  # 市城管局
    handler_next_door: Actor  # 市交警大队
    assist_handler: Actor  # 排水所, below 市住建局
    verifier: Actor
    leader: Actor
    admin: Actor
    auditor: Actor
    data_officer: Actor


@pytest.fixture
def county(db: None) -> County:
    """Areas, units, responsibility list and roles."""
    return factories.make_county()


@pytest.fixture
def cast(county: County) -> Cast:
    """Everyone."""
    return make_cast(county)


def make_cast(county: County) -> Cast:
    """Make an account with its post for each of the cast."""
    staff, city, units = factories.make_staff, county.city, county.units
    return Cast(
        county=county,
        resident=factories.act_as(factories.make_resident()),
        grid_worker=staff("wangge", "王格", "grid_worker", area=county.grid(111)),
        grid_worker_next_door=staff("lige", "李格", "grid_worker", area=county.grid(112)),
        community_clerk=staff("shequ", "佘曲", "community_clerk", area=county.community(11), unit=units["community11"]),
        street_seat=staff("jiedao", "介道", "street_seat", area=county.street(1), unit=units["street1"]),
        seat=staff("zuoxi", "左夕", "seat", area=city, unit=units["centre"]),
        supervisor=staff("ducha", "杜查", "supervisor", area=city),
        handler=staff("chengguan", "程管", "handler", unit=units["cgj"]),
        handler_next_door=staff("jiaojing", "焦警", "handler", unit=units["jiaojing"]),
        assist_handler=staff("paishui", "白水", "handler", unit=units["paishui"]),
        verifier=staff("hecha", "何查", "verifier", area=city),
        leader=staff("lingdao", "凌导", "leader", area=city),
        admin=staff("guanli", "关礼", "admin", area=city),
        auditor=staff("shenji", "申济", "auditor", area=city),
        data_officer=staff("shuju", "舒菊", "data_officer", area=city),
    )
