"""Stations of the made-up county: where to sit, drink, charge, ask."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Role
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel import ids
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.geometry.points import Point
from lianxin.work.stations import actions
from lianxin.work.stations.rules import Wanted, kinds

MOST = 40
_SPREAD = 0.0016  # degrees around the middle of a community
_OFFICE = {str(day): [["08:30", "12:00"], ["14:00", "17:30"]] for day in range(1, 6)}
_LONG = {str(day): [["08:00", "21:00"]] for day in range(1, 8)}
_ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(1, 8)}
_MEALS = {str(day): [["10:30", "13:00"], ["16:30", "18:30"]] for day in range(1, 7)}
_KINDS = {
    "zero_distance": (_LONG, ("饮水", "休息", "充电", "雨具", "法律咨询"), "大门口右手"),
    "party_centre": (_OFFICE, ("办事窗口", "卫生间", "无障碍", "阅读"), "办公楼一楼"),
    "police_room": (_ALWAYS, ("饮水", "药箱"), "小区东门旁"),
    "rider_rest": (_LONG, ("饮水", "热饭", "充电", "卫生间"), "菜场南侧"),
    "library": (_LONG, ("阅读", "无线网"), "综合楼二楼"),
    "canteen": (_MEALS, ("热饭", "无障碍"), "北楼一楼"),
    "clinic": (_OFFICE, ("量血压", "药箱", "轮椅"), "小区中心花园旁"),
    "window": (_OFFICE, ("办事窗口", "代收快递"), "主干道路口"),
}
# How many of the kinds a community has, by its place in the list: the first have more.
_SETS = (("zero_distance", "party_centre", "police_room", "rider_rest", "canteen"), ("zero_distance", "party_centre"))


def make(*, seed: int, now: datetime) -> int:
    """Put some forty stations on the map, most where most people live; returns how many."""
    rng = Random(f"stations {seed}")
    known, made = kinds(), 0
    for number, community in enumerate(_communities(now)):
        for kind in _SETS[0] if number < 4 else _SETS[1]:
            if made >= MOST:
                return made
            if kind in known:
                made += _open(community, kind, known[kind], rng=rng, at=now - timedelta(days=200 - number))
    return made


def _communities(now: datetime) -> list[AreaNode]:
    found = [node for node in areas.atlas(now) if node.role == Role.COMMUNITY and node.center is not None]
    return sorted(found, key=lambda node: node.code)


def _open(community: AreaNode, kind: str, label: str, *, rng: Random, at: datetime) -> int:
    hours, offers, where = _KINDS[kind]
    center = community.center
    if center is None:
        return 0
    point = Point(
        round(center.lon + rng.uniform(-_SPREAD, _SPREAD), 6), round(center.lat + rng.uniform(-_SPREAD, _SPREAD), 6)
    )
    short = community.name.removesuffix("社区").removesuffix("村")
    wanted = Wanted(
        kind=kind, name=f"{short}{label}", address=f"{community.name}{where}", hours=hours, offers=offers,
        point=point if areas.locate(point.lon, point.lat, at) is not None else center,
        phone=f"0556-{rng.randrange(6_100_000, 6_200_000)}", note="节假日照常" if hours in (_LONG, _ALWAYS) else "",
    )  # fmt: skip
    key = UUID(int=(ids.uuid7(at).int >> 76 << 76) | (7 << 76) | (2 << 62) | rng.getrandbits(62))
    try:
        actions.open_station(SYSTEM, key=key, wanted=wanted, at=at)
    except LianxinError:
        return 0  # the middle of a community may lie outside its borders
    return 1
