"""Words of a report that fit where it lies: the places that the examples name become places of the made-up county."""

import re
from dataclasses import dataclass
from random import Random
from typing import Final

from shapely import STRtree, contains_xy
from shapely.geometry import Point

from .county import Area, Building, Estate, Geography, Landmark, Road

_METRES_PER_DEGREE: Final = 111_320.0
_BESIDE: Final = 0.00025  # degrees, some 25 m

# What the examples call places of each sort, longer names first.
_NAMED: Final = {
    "crossing": "公园路与太平路交口 同安路与盛唐路口 文昌大道与和平路路口 龙眠东路和东环路交叉口 云兴大街与文化路口 "
    "振兴路和东街路口 (?:北大街|西大街)十字路口 南演路丁字路口 南关路丁字口 (?:望溪|文昌|武州)路口",
    "road": "文昌大道 盛唐路 龙眠东路 公园路 [北西云东]大街 东环路 同安路 南演路 望溪路 和平路 太平路 兴尔旺路 "
    "新渡街 向阳路 步行街 振兴路 云兴大街 文化路 府前街 武州北路 美食街 北关巷 南关路 环城西路 东街 "
    "老城西巷 西环路 龙腾商业街 云兴商业街 河滨步道 城东(?=安置房) 老水泥厂(?=拆迁)",
    "estate": "金桂园 西苑小区 文苑小区 和平新村 碧峰苑 锦绣华庭 龙腾嘉园 紫来佳苑 桂花苑小区 桂花苑 同安新村 "
    "安居小区 望溪花园 盛世家园 供销社家属院 老粮站宿舍 云西苑小区 云西苑 锦绣小区 府前花园 新时代小区 "
    "惠民小区 康乐小区 富民小区 白羊家园 和谐苑 武州新村 化肥厂家属楼 粮食局宿舍 煤运家属院 水利局院内",
    "village": "中心村 桃园村 红旗村 古塘村 石桥村 柳河村 杨庄村 松林村 大塘村 双溪村 新安村 青山村 东关村 西关村 "
    "南八里 北辛庄",
    "school": "实验小学 第[一二]小学 望溪小学 向阳路小学 云西小学 城关中学 文昌中学 第三中学 高级中学",
    "kindergarten": "龙腾幼儿园 南街幼儿园 县幼儿园",
    "market": "(?:西苑|文昌|南街)农贸市场 小商品市场 北门集贸市场 东[门关]菜市场 西关早市",
    "clinic": "中医院 人民医院 县医院 社区医院",
    "park": "望溪公园 体育公园 东门小游园 文昌广场 人民广场 文化广场 人民公园 河滨公园 城墙遗址公园 体育广场 "
    "龙眠河公园",
    "water": "东门大塘 大塘 南塘 西大沟 龙眠河 挂车河 孔城老河 排洪渠 南河槽 北河湾 十里河 村前水塘",
    "place": "老车站 汽车站 客运站 体育馆 市政府 老城墙根 棚户区那片 平房区",
}
_BUILDING: Final = r"(?:\d+(?:号楼|栋))?(?:[一二三四五\d]单元)?"
_KINDS = re.compile(
    "|".join(
        f"(?P<{kind}>(?:{names.replace(' ', '|')}){_BUILDING if kind == 'estate' else ''})"
        for kind, names in _NAMED.items()
    )
)
# Kinds of known places that may stand for a sort of place; "place": any.
_KNOWN: Final = {
    "school": ("小学",), "kindergarten": ("幼儿园", "小学"), "market": ("农贸市场", "超市"),
    "clinic": ("卫生服务站", "卫生室"), "park": ("小游园", "文化广场", "文化站"),
}  # fmt: skip
_TOWN = re.compile(
    "小区|单元|电梯|安置房|拆迁地块|底商|楼|物业|业主|商场|商业街|步行街|大街|红绿灯|信号灯|共享|地锁|城区|城管|夜市|早市|KTV"
    "|门店|商户|店|车位|盲道|人行道|广告|灯箱|二次供水|公交|网约车|斑马线|环城|暖气|供热|停车场|门禁"
)
_COUNTRY = re.compile("村|田|庄稼|秸秆|稻|果园|梨|大棚|灌溉|农药|养鸭|宅基地|猪|羊|牛|稻草|组里|山上|林场")
_ESTATE = re.compile("小区|单元|电梯|物业|业主|商场")
_FIELDS = re.compile("村|田|庄稼|秸秆|稻|果园|梨|大棚|农药")
# Words that say where one lives, which suit a person and not a patrol.
_PERSONAL = re.compile("我|咱|您|你好|反映|请问|想问|麻烦|投诉|谢|盼|求|领导|同志|家里|孩子|请|上门")


@dataclass(frozen=True, slots=True)
class Saying:
    """An example: its words, the sort of place it names, and where it may be said (town, country)."""

    text: str
    kind: str
    span: tuple[int, int]  # where it names it
    grounds: frozenset[str]
    is_personal: bool


def saying(text: str) -> Saying:
    """Read an example."""
    found = list(_KINDS.finditer(text))
    named = found[0] if found else None
    return Saying(
        text, named.lastgroup or "" if named else "", named.span() if named else (0, 0),
        _grounds(text, {match.lastgroup for match in found}), bool(_PERSONAL.search(text)),
    )  # fmt: skip


def _grounds(text: str, kinds: set[str | None]) -> frozenset[str]:
    """Return where such words may be said; nowhere what speaks of fields in an estate, or of lifts in a village."""
    rest = _KINDS.sub("", text)
    is_town = "estate" in kinds or bool(_TOWN.search(rest))
    is_country = "village" in kinds or bool(_COUNTRY.search(rest))
    if is_town != is_country:
        return frozenset({"urban" if is_town else "rural"})
    if not is_town:
        return frozenset({"urban", "rural"})
    if "village" in kinds:
        return frozenset() if _ESTATE.search(rest) else frozenset({"rural"})
    if "estate" in kinds:
        return frozenset() if _FIELDS.search(rest) else frozenset({"urban"})
    return frozenset({"rural" if _FIELDS.search(rest) else "urban"})


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a report lies, as people would say it, and what stands for the place that its words name."""

    lon: float
    lat: float
    grid: str
    address: str
    name: str


class Ground:
    """The county by grid: where something of a sort lies."""

    def __init__(self, county: Geography) -> None:
        """Sort estates, buildings and known places by grid and community."""
        self._county = county
        self._estates: dict[str, list[Estate]] = {}
        self._buildings: dict[str, list[Building]] = {}
        self._landmarks: dict[str, list[Landmark]] = {}
        for estate in county.estates:
            self._estates.setdefault(estate.grid, []).append(estate)
        for building in county.buildings:
            self._buildings.setdefault(building.estate + building.grid, []).append(building)
        for landmark in county.landmarks:
            self._landmarks.setdefault(county.by_code[landmark.grid].parent, []).append(landmark)
        self._roads = (list(county.roads), STRtree([road.line for road in county.roads]))

    def spot(self, kind: str, grid: Area, rng: Random) -> Spot | None:
        """Return a place in or beside the grid that such words fit; None where there is none."""
        if kind == "estate":
            return self._at_home(grid, rng)
        if kind in _KNOWN or kind == "place":
            return self._known(kind, grid, rng)
        lon, lat = self._county.point_in(grid.code, rng)
        if kind in {"road", "crossing"}:
            return self._along(kind, grid, lon, lat)
        community = self._county.by_code[grid.parent].name
        stem = community.removesuffix("社区").removesuffix("村")
        name = {"village": community, "water": f"{stem}河"}.get(kind, "")
        return Spot(lon, lat, grid.code, self._county.address_near(lon, lat), name)

    def _at_home(self, grid: Area, rng: Random) -> Spot | None:
        estates = [each for each in self._estates.get(grid.code, ()) if each.kind != "hamlet"]
        if not estates:
            return None
        estate = rng.choice(estates)
        buildings = self._buildings.get(estate.name + grid.code)
        if not buildings:
            return self._beside(estate.gate, grid.code, f"{estate.name}门口", estate.name, rng)
        building = rng.choice(buildings)
        name = f"{estate.name}{building.name}"
        return self._beside(building.footprint.representative_point(), grid.code, name, name, rng, at_most=0.00008)

    def _known(self, kind: str, grid: Area, rng: Random) -> Spot | None:
        known = self._landmarks.get(grid.parent, [])
        able = [each for each in known if kind == "place" or each.kind in _KNOWN[kind]]
        if not able:
            return None
        landmark = rng.choice(able)
        return self._beside(landmark.point, landmark.grid, f"{landmark.name}附近", landmark.name, rng)

    def _beside(
        self, point: Point, grid: str, address: str, name: str, rng: Random, *, at_most: float = _BESIDE
    ) -> Spot:
        lon = round(point.x + rng.uniform(-at_most, at_most), 7)
        lat = round(point.y + rng.uniform(-at_most, at_most), 7)
        if not contains_xy(self._county.by_code[grid].polygon, lon, lat):
            lon, lat = round(point.x, 7), round(point.y, 7)
        return Spot(lon, lat, grid, address, name)

    def _along(self, kind: str, grid: Area, lon: float, lat: float) -> Spot | None:
        roads, tree = self._roads
        near = tree.nearest(Point(lon, lat))
        if near is None:
            return None
        road: Road = roads[int(near)]
        at = road.line.interpolate(road.line.project(Point(lon, lat)))
        # Just inside the grid: a road is often its border.
        middle = Point(lon, lat)
        distance = at.distance(middle)
        part = min(1.0, 0.00015 / distance) if distance else 0.0
        x, y = round(at.x + (lon - at.x) * part, 7), round(at.y + (lat - at.y) * part, 7)
        if not contains_xy(grid.polygon, x, y):
            return None
        address = self._county.address_near(x, y)
        name = address if kind == "crossing" and "路口" in address else road.name
        return Spot(x, y, grid.code, address if road.name in address else f"{road.name}边", name)


def worded(said: Saying, spot: Spot) -> str:
    """Return the words of an example with the place that it names replaced by the one where the report lies."""
    begin, end = said.span
    return said.text[:begin] + (spot.name if said.kind else "") + said.text[end:]
