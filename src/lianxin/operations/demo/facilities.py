"""The facilities of a made-up county, as a survey writes them down: along its roads, in its estates and hamlets.

Pure: the same county, count and seed give the same rows, and exactly so many.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, pairwise
from random import Random
from typing import Final

from shapely.geometry import Polygon

from .county import Estate, Geography, Road

_METRE: Final = 1 / 111_320.0  # degrees of latitude
HEAD: Final = (
    "标识码", "部件名称", "小类", "主管单位", "权属单位", "养护单位", "状态", "普查日期", "数据来源", "定位精度",
    "经度", "纬度", "位置描述", "备注",
)  # fmt: skip

# Class → who manages, owns and maintains, by codes of units; the first that the place has.
_CITY, _WATER, _DRAIN, _POWER = "chengguan", "shuigongsi", "zhujian", "gongdian"
_KEEPERS: Final = {
    "0101": (_DRAIN, _WATER, _WATER), "0102": (_DRAIN, _DRAIN, _DRAIN), "0103": (_DRAIN, _DRAIN, _DRAIN),
    "0104": (_DRAIN, _DRAIN, "huanwei"), "0105": (_POWER, _POWER, _POWER), "0107": ("tongxin", "tongxin", "tongxin"),
    "0111": (_DRAIN, "ranqi", "ranqi"), "0127": ("tongxin", "tongxin", "tongxin"), "0128": (_POWER, _POWER, _POWER),
    "0130": (_POWER, _POWER, _POWER), "0137": (_CITY, _CITY, _POWER), "0146": ("wenlv", "wenlv", "wenlv"),
    "0198": ("xiaofang", _WATER, _WATER), "0204": ("jiaotong", "gongjiao", "gongjiao"),
    "0212": ("minzheng", "minzheng", _CITY), "0299": (_CITY, _POWER, _POWER), "0304": (_CITY, "huanwei", "huanwei"),
    "0305": (_CITY, "huanwei", "huanwei"), "0308": (_CITY, _CITY, _CITY), "0398": (_CITY, "huanwei", "huanwei"),
    "0402": (_CITY, _CITY, _CITY), "0407": (_CITY, _CITY, _CITY), "0401": ("linye", "linye", "linye"),
}  # fmt: skip
_NAMES: Final = {
    "0101": "上水井盖", "0102": "污水井盖", "0103": "雨水井盖", "0104": "雨水箅子", "0105": "电力井盖",
    "0107": "通信井盖", "0111": "燃气井盖", "0127": "通信交接箱", "0128": "配电箱", "0130": "电力立杆",
    "0137": "路灯", "0146": "健身器材", "0198": "消火栓", "0204": "公交站牌", "0212": "路名牌", "0299": "充电车棚",
    "0304": "垃圾中转站", "0305": "果皮箱", "0308": "宣传栏", "0398": "分类垃圾亭", "0402": "行道树",
    "0407": "座椅", "0401": "古树",
}  # fmt: skip
# Along a road: class, metres apart, metres from its middle (both sides; 0: in the middle), where it begins.
_ALONG: Final = {
    "main": (("0137", 38, 11.0, 6), ("0402", 13, 12.5, 3), ("0104", 46, 8.5, 20), ("0102", 52, 0.0, 14),
             ("0107", 84, 0.0, 33), ("0105", 120, 0.0, 51), ("0101", 96, 0.0, 70), ("0305", 90, 13.0, 28),
             ("0198", 150, 13.5, 62), ("0204", 620, 13.5, 260), ("0407", 240, 14.0, 115)),
    "street": (("0137", 42, 8.0, 8), ("0402", 15, 9.0, 4), ("0104", 48, 6.0, 22), ("0102", 52, 0.0, 12),
               ("0107", 90, 0.0, 37), ("0111", 130, 0.0, 58), ("0101", 100, 0.0, 66), ("0305", 95, 9.5, 31),
               ("0198", 160, 9.5, 72), ("0204", 700, 9.5, 300)),
    "lane": (("0137", 46, 4.0, 10), ("0104", 52, 2.8, 25), ("0102", 55, 0.0, 15), ("0305", 130, 4.2, 40),
             ("0130", 60, 4.4, 27)),
}  # fmt: skip
# In an estate: class and how many.
_INSIDE: Final = (
    ("0102", 7), ("0103", 4), ("0101", 3), ("0137", 8), ("0398", 2), ("0198", 3), ("0146", 3), ("0308", 1),
    ("0128", 2), ("0127", 1), ("0407", 3), ("0299", 1),
)  # fmt: skip
_HAMLET: Final = (("0137", 1), ("0305", 1))
_AMISS: Final = (("破损", 0.021), ("丢失", 0.004), ("占用", 0.005), ("废弃", 0.003), ("移除", 0.001))
_BROKEN: Final = {
    "0137": "灯不亮", "0402": "树干倾斜", "0104": "箅条断了两根", "0102": "井盖松动", "0305": "箱体破裂",
    "0204": "站牌褪色", "0398": "投放口卡住", "0146": "扶手断裂", "0198": "闷盖缺失",
}  # fmt: skip
_SIDES: Final = ("北侧", "南侧")


@dataclass(frozen=True, slots=True)
class Facility:
    """One facility: its class, what it is called, where it stands."""

    category: str
    name: str
    lon: float
    lat: float
    address: str


def rows(
    county: Geography, units: Sequence[str], *, count: int, seed: int, today: date, known: frozenset[str]
) -> Iterator[list[str]]:
    """Yield so many lines of the survey's table, by class. `known` are the classes of the place."""
    rng = Random(f"facilities {county.division} {seed}")
    spread = _spread(county, count, known)
    found = sorted(islice(_facilities(county, spread, Random(seed), known), count), key=lambda one: one.category)
    serials: Counter[str] = Counter()
    for one in found:
        serials[one.category] += 1
        number = f"{county.division}{one.category}{serials[one.category]:06d}"
        state, note = _state(one.category, rng)
        how, accuracy = rng.choices((("实测", "A"), ("实测", "B"), ("地图采集", "C")), (5, 4, 1))[0]
        yield [
            number, one.name, one.category, *_keepers(one.category, units), state, _surveyed(today, rng).isoformat(),
            how, accuracy, f"{one.lon:.7f}", f"{one.lat:.7f}", one.address, note,
        ]  # fmt: skip


def _spread(county: Geography, count: int, known: frozenset[str]) -> float:
    """Return by how much all distances are stretched, so that a little more than the count is found."""
    lengths = [(road.kind, _Line(road).length) for road in county.roads if road.kind in _ALONG]
    inside = sum(
        sum(most for category, most in (_INSIDE if estate.kind == "estate" else _HAMLET) if category in known)
        for estate in county.estates
    )
    low, high = 0.05, 20.0
    for _step in range(20):
        middle = math.sqrt(low * high)
        if inside + sum(_standing(kind, length, middle, known) for kind, length in lengths) > count:
            low = middle
        else:
            high = middle
    return low * 0.98  # what would stand a little before or behind its road is left out


def _standing(kind: str, length: float, spread: float, known: frozenset[str]) -> int:
    """Return about how many stand along so many metres of a kind of road."""
    return sum(
        max(0, math.ceil((length - begin * min(spread, 1.0)) / (apart * spread))) * (2 if off else 1)
        for category, apart, off, begin in _ALONG[kind] if category in known
    )  # fmt: skip


def _facilities(county: Geography, spread: float, rng: Random, known: frozenset[str]) -> Iterator[Facility]:
    """Yield estates first, then the roads from the widest down, then hamlets: what is cut off is far out."""
    urban = [estate for estate in county.estates if estate.kind == "estate"]
    for estate in urban:
        yield from _of_estate(estate, _INSIDE, rng, known)
    for kind in ("main", "street", "lane"):
        for road in county.roads:
            if road.kind == kind:
                yield from _along(road, spread, rng, known)
    for estate in county.estates:
        if estate.kind != "estate":
            yield from _of_estate(estate, _HAMLET, rng, known)


def _along(road: Road, spread: float, rng: Random, known: frozenset[str]) -> Iterator[Facility]:
    line = _Line(road)
    for category, apart, off, begin in _ALONG[road.kind]:
        if category not in known:
            continue
        step, number = apart * spread, 0
        along = begin * min(spread, 1.0)
        while along < line.length:
            for side in (0, 1) if off else (0,):
                # The two sides are half a step apart, as lamps stand.
                at = along + side * step / 2 + rng.uniform(-0.8, 0.8)
                if not 0 <= at < line.length:
                    continue
                number += 1
                lon, lat = line.at(at, (off if side == 0 else -off) + rng.uniform(-0.3, 0.3))
                name = f"{road.name}{number}号{_NAMES[category]}"
                yield Facility(category, name, lon, lat, f"{road.name}{_SIDES[side] if off else '路中'}")
            along += step
    if "0212" in known:
        for end, place in (("起点", 3.0), ("终点", max(0.0, line.length - 3.0))):
            yield Facility("0212", f"{road.name}{_NAMES['0212']}（{end}）", *line.at(place, 6.0), f"{road.name}{end}")


class _Line:
    """A road in metres along it; points beside it."""

    def __init__(self, road: Road) -> None:
        corners = list(road.line.coords)
        self.squeeze = math.cos(math.radians(corners[0][1]))
        self.parts: list[tuple[float, float, tuple[float, float], tuple[float, float]]] = []
        begun = 0.0
        for one, other in pairwise(corners):
            east = (other[0] - one[0]) * self.squeeze / _METRE
            north = (other[1] - one[1]) / _METRE
            length = math.hypot(east, north)
            if length > 0.5:
                self.parts.append((begun, length, (one[0], one[1]), (east / length, north / length)))
                begun += length
        self.length = begun
        self._last = 0

    def at(self, along: float, off: float) -> tuple[float, float]:
        """Return the point so many metres along, and so many to the left."""
        place = self._last if self.parts[self._last][0] <= along else 0
        while place + 1 < len(self.parts) and self.parts[place + 1][0] <= along:
            place += 1
        self._last = place
        begun, _length, (lon, lat), (east, north) = self.parts[place]
        metres = along - begun
        x, y = east * metres - north * off, north * metres + east * off
        return round(lon + x * _METRE / self.squeeze, 7), round(lat + y * _METRE, 7)


def _of_estate(
    estate: Estate, inside: Sequence[tuple[str, int]], rng: Random, known: frozenset[str]
) -> Iterator[Facility]:
    inner = estate.polygon.buffer(-4 * _METRE)
    ring = inner.exterior if isinstance(inner, Polygon) and not inner.is_empty else None
    for category, most in inside:
        if category not in known:
            continue
        for number in range(1, most + 1):
            spot = estate.gate if ring is None else ring.interpolate(rng.random(), normalized=True)
            name = f"{estate.name}{number}号{_NAMES[category]}" if most > 1 else f"{estate.name}{_NAMES[category]}"
            yield Facility(category, name, round(spot.x, 7), round(spot.y, 7), estate.name)


def _keepers(category: str, units: Sequence[str]) -> tuple[str, ...]:
    wanted = _KEEPERS.get(category, (_CITY, _CITY, _CITY))
    return tuple(code if code in units else _CITY for code in wanted)


def _state(category: str, rng: Random) -> tuple[str, str]:
    luck = rng.random()
    for state, share in _AMISS:
        luck -= share
        if luck < 0:
            return state, _BROKEN.get(category, "") if state == "破损" else ""
    return "完好", ""


def _surveyed(today: date, rng: Random) -> date:
    """Return a day of last year's survey, from March to November; for a few one of this year's additions."""
    last = date(today.year - 1, 3, 5) + timedelta(days=rng.randint(0, 250))
    if rng.random() < 0.12:
        return min(today - timedelta(days=3), date(today.year, 1, 10) + timedelta(days=rng.randint(0, 250)))
    return last
