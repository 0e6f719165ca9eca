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
    city, units = county.city, county.units
    staff = {
        "grid_worker": ("wangge", "王格", "grid_worker", county.grid(111), None),
        "grid_worker_next_door": ("lige", "李格", "grid_worker", county.grid(112), None),
        "community_clerk": ("shequ", "佘曲", "community_clerk", county.community(11), units["community11"]),
        "street_seat": ("jiedao", "介道", "street_seat", county.street(1), units["street1"]),
        "seat": ("zuoxi", "左夕", "seat", city, units["centre"]),
        "supervisor": ("ducha", "杜查", "supervisor", city, None),
        "handler": ("chengguan", "程管", "handler", None, units["cgj"]),
        "handler_next_door": ("jiaojing", "焦警", "handler", None, units["jiaojing"]),
        "assist_handler": ("paishui", "白水", "handler", None, units["paishui"]),
        "verifier": ("hecha", "何查", "verifier", city, None),
        "leader": ("lingdao", "凌导", "leader", city, None),
        "admin": ("guanli", "关礼", "admin", city, None),
        "auditor": ("shenji", "申济", "auditor", city, None),
        "data_officer": ("shuju", "舒菊", "data_officer", city, None),
    }
    resident = factories.act_as(factories.make_resident())
    return Cast(
        county=county, resident=resident, **dict(zip(staff, factories.make_staffs(staff.values()), strict=True))
    )
