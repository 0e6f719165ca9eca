"""Where a row lies: estate, building, dwelling from columns or one address; found, or made where they are not yet."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import likeness, search_vector
from lianxin.registry.imports.copying import copy_rows
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.fields import ImportField, words
from lianxin.registry.imports.problems import SKIP, Problem, Remedy
from lianxin.registry.places import addresses, codes, naming
from lianxin.registry.places.models import Building, Dwelling, Estate
from lianxin.registry.sources.models import Source

from .protocol import Frame
from .spots import HOT, Spot, Where, copy_revisions, holds, hot_of

_VILLAGE = ("组", "村", "庄", "屯", "湾", "队")

PLACE_FIELDS = (
    ImportField("estate", "小区", words(80), ("小区名称", "楼盘", "村民组", "小区村民组", "自然村", "院落",
                "所属小区", "小组"), example="和平小区", register="estate.name"),
    ImportField("building", "楼栋", words(60), ("楼号", "幢", "栋", "幢号", "栋号", "楼栋号", "楼幢", "门牌号", "门牌"),
                example="3幢", register="building.name"),
    ImportField("entrance", "单元", words(12), ("单元号", "门洞"), example="2"),
    ImportField("room", "房号", words(16), ("室号", "房间号", "户室", "室", "户号室", "房屋号", "房间"), example="302"),
    ImportField("address", "现住址", words(200), ("住址", "地址", "居住地址", "详细地址", "家庭住址", "现居住地",
                "房屋地址", "居住地"), example="", hint="没有分列的，写成一格也行：和平小区3幢2单元302室"),
    ImportField("community", "社区", words(80), ("所属社区", "村居", "村社区", "社区名称", "村", "所属村居"),
                example=""),
    ImportField("grid", "网格", words(80), ("所属网格", "网格名称", "网格编码", "网格编号"), example="第一网格"),
)  # fmt: skip


_TOLD = tuple(field.code for field in PLACE_FIELDS)


class Placer:
    """All estates and buildings in memory for one pass; dwellings are looked up batch by batch."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.atlas = frame, areas.atlas(frame.at)
        self.scope = frame.actor.scope("people.import")
        self.default = self.atlas.by_id.get(frame.area_id) if frame.area_id else None
        self.by_name: dict[str, list[AreaNode]] = {}
        for node in self.atlas:
            for name in {folded(node.name), folded(node.code), folded(node.full_name)}:
                self.by_name.setdefault(name, []).append(node)
        self.estates: dict[str, list[Spot]] = {}
        self.buildings: dict[tuple[int, str], Spot] = {}  # (id of the estate's Spot object, bare name)
        self.dwellings: dict[tuple[int, str, str], Spot] = {}
        self._load()

    def _load(self) -> None:
        by_id: dict[int, Spot] = {}
        rows = Estate.objects.now().values_list("id", "name", "other_names", *HOT).order_by("id")
        for pk, name, others, *hot in rows:
            spot = by_id[pk] = Spot(pk, name, tuple(hot))
            for each in (name, *others):
                self.estates.setdefault(folded(each), []).append(spot)
        self.loose = Spot(-1, "", (None, None, None, None))  # of houses without an estate
        houses = Building.objects.now().values_list("id", "estate_id", "name", "address", *HOT)
        for pk, estate_id, name, address, *hot in houses.iterator(chunk_size=5000):
            estate = by_id.get(estate_id or 0, self.loose)
            self.buildings[id(estate), _bare(name)] = Spot(pk, name, tuple(hot), address, estate)

    def find(self, drafts: Sequence[Draft], mapping_has_place: bool) -> None:  # noqa: FBT001 - a fact
        """Set `where` of each row; rows that say nothing of a place lie in the run's own area."""
        before: tuple[Any, ...] | None = None
        where = Where()
        for draft in drafts:
            told = tuple(map(draft.values.get, _TOLD))
            # Most rows lie where the row above does.
            if told != before or draft.answers:
                sound = len(draft.problems)
                where = Where(area=self._area(draft))
                if mapping_has_place:
                    self._place(draft, where)
                before = told if len(draft.problems) == sound and not draft.answers else None
            draft.data = where
        self._look_up([draft.data for draft in drafts if draft.data.building is not None])

    def _area(self, draft: Draft) -> AreaNode | None:
        found = self.default
        community = self._named(draft, "community", None)
        grid = self._named(draft, "grid", community or found)
        return grid or community or found

    def _named(self, draft: Draft, name: str, around: AreaNode | None) -> AreaNode | None:
        written = draft.values.get(name)
        if not written:
            return None
        found = self.by_name.get(folded(written)) or [
            node for key, nodes in self.by_name.items() if key.startswith(folded(written)) for node in nodes
        ]
        inside = [node for node in found if around is None or around.id in node.path_ids]
        within = inside or found
        ours = [node for node in within if holds(self.scope, hot_of(node))] or within
        if len(ours) == 1 or (ours and len({node.name for node in ours}) == 1 and around is not None and inside):
            return ours[0]
        names = (node.full_name for node in ours[:3]) if ours else self._near(written)
        remedies = tuple(Remedy(_("改成“{name}”").format(name=each), {name: each}) for each in names)
        sentence = _("叫“{name}”的不止一个，是哪一个？") if ours else _("没有叫“{name}”的网格或社区。")
        draft.blame(Problem(name, "unknown", sentence.format(name=written), remedies, written=written))
        return None

    def _near(self, written: str) -> list[str]:
        return sorted((node.full_name for node in self.atlas), key=lambda name: -likeness(name, written))[:2]

    def _place(self, draft: Draft, where: Where) -> None:
        values = draft.values
        told = _elements(values.get("address", ""))
        name = values.get("estate") or told.name or (f"{told.group}组" if told.group else "")
        house = values.get("building") or told.building or ("" if name else told.door)
        where.entrance = _entrance(values.get("entrance") or told.entrance)
        where.room = _room(values.get("room") or told.room)
        if not name and not house and not where.room:
            return
        if told.community and not values.get("community"):
            near = self.by_name.get(folded(told.community), [])
            where.area = near[0] if len(near) == 1 else where.area
        where.estate = self._estate(draft, name, where) if name else None
        if name and where.estate is None:
            return
        if not house:
            self._lacks_building(draft, where)
            return
        self._building(draft, where, house)

    def _lacks_building(self, draft: Draft, where: Where) -> None:
        if where.room:
            sentence = _("写了房号 {room}，没写楼栋，不知道是哪一幢。").format(room=where.room)
            draft.blame(Problem("building", "missing", sentence, (SKIP,)))

    def _estate(self, draft: Draft, name: str, where: Where) -> Spot | None:
        found = self.estates.get(folded(name), [])
        if len(found) > 1 and where.area is not None:
            inside = [each for each in found if where.area.id in each.hot]
            found = inside or found
        ours = [each for each in found if holds(self.scope, each.hot)]
        if len(ours) == 1 or (ours and all(each is ours[0] for each in ours)):
            return ours[0]
        code = "estate" if draft.values.get("estate") else "address"
        if found and not ours:
            sentence = _("“{name}”不在您负责的区域，请交给当地导入。").format(name=name)
            draft.blame(Problem(code, "outside", sentence, (SKIP,), written=name))
            return None
        if ours:
            sentence = _("叫“{name}”的小区有 {count} 个，请在“社区”一列写明是哪个社区的。")
            draft.blame(Problem(code, "unknown", sentence.format(name=name, count=len(ours)), (SKIP,), written=name))
            return None
        return self._new_estate(draft, name, where, code)

    def _new_estate(self, draft: Draft, name: str, where: Where, code: str) -> Spot | None:
        area = where.area
        may = area is not None and area.community_id is not None and holds(self.scope, hot_of(area))
        if area is not None and may and (self.frame.is_trusted or draft.answers.get("estate") == "new"):
            kind = Estate.Kind.VILLAGE_GROUP if name.endswith(_VILLAGE) else Estate.Kind.ESTATE
            spot = Spot(0, name, hot_of(area), kind=kind)
            self.estates.setdefault(folded(name), []).append(spot)
            return spot
        near = self._near_estates(name)
        remedies = [Remedy(_("改成“{name}”").format(name=each), {"estate": each}) for each in near]
        if may and area is not None:
            remedies.append(
                Remedy(_("在{area}新建“{name}”").format(area=area.name, name=name), answer={"estate": "new"})
            )
        sentence = _("没有小区“{name}”。").format(name=name)
        if near:
            sentence += _("最像的是“{near}”。").format(near=near[0])
        draft.blame(Problem(code, "unknown", sentence, (*remedies, SKIP), written=name))
        return None

    def _near_estates(self, name: str) -> list[str]:
        seen = {each.name for spots in self.estates.values() for each in spots if holds(self.scope, each.hot)}
        near = sorted(((likeness(each, name), each) for each in seen), reverse=True)[:2]
        return [each for score, each in near if score >= 0.2]

    def _building(self, draft: Draft, where: Where, house: str) -> None:
        estate = where.estate or self.loose
        key = (id(estate), _bare(house))
        spot = self.buildings.get(key)
        if spot is None:
            hot = where.estate.hot if where.estate else hot_of(where.area) if where.area else None
            if hot is None or hot[2] is None:
                sentence = _("不知道“{name}”在哪个社区，请选小区，或写上社区、网格。").format(name=house)
                draft.blame(Problem("building", "unknown", sentence, (SKIP,), written=house))
                return
            if where.area is not None and hot[2] == where.area.community_id and where.area.grid_id is not None:
                hot = hot_of(where.area)
            name = f"{house}幢" if house.isdigit() and not _is_house(where.estate) else house
            if house.isdigit() and _is_house(where.estate):
                name = f"{house}号"
            kind = Building.Kind.HOUSE if _is_house(where.estate) or where.estate is None else Building.Kind.RESIDENTIAL
            spot = self.buildings[key] = Spot(0, name[:60], hot, parent=where.estate, kind=kind)
        if not holds(self.scope, spot.hot):
            sentence = _("“{name}”不在您负责的区域，请交给当地导入。").format(name=spot.name)
            draft.blame(Problem("building", "outside", sentence, (SKIP,), written=house))
            return
        where.building = spot
        where.room = where.room or ("1" if spot.kind == Building.Kind.HOUSE else "")

    def _look_up(self, wheres: Iterable[Where]) -> None:
        waiting: dict[tuple[int, str, str], list[Where]] = {}
        for where in wheres:
            if where.building is None or not where.room:
                continue
            key = (id(where.building), where.entrance, where.room)
            known = self.dwellings.get(key)
            if known is not None:
                where.dwelling = known
            else:
                waiting.setdefault(key, []).append(where)
        by_building = {
            where.building.id: id(where.building) for each in waiting.values() for where in each if where.building
        }
        asked = [
            (each[0].building.id, key[1], key[2])
            for key, each in waiting.items()
            if each[0].building and each[0].building.id > 0
        ]
        for pk, building_id, entrance, number, address, *hot in _dwellings(asked):
            self.dwellings[by_building[building_id], entrance, number] = Spot(pk, number, tuple(hot), address)
        for key, each in waiting.items():
            spot = self.dwellings.get(key)
            if spot is None:
                building = each[0].building
                spot = self.dwellings[key] = Spot(
                    0, key[2], building.hot if building else (), parent=building, kind=key[1]
                )
            for where in each:
                where.dwelling = spot

    def touches(self, where: Where) -> list[str]:
        """Return what would be made for this row, each place once."""
        found = []
        for name, spot in (("estate", where.estate), ("building", where.building), ("dwelling", where.dwelling)):
            if spot is not None and spot.id == 0 and not spot.is_told:
                spot.is_told = True
                found.append(name)
        return found

    def forget(self) -> None:
        """Let go of dwellings between batches, so that memory stays small."""
        if len(self.dwellings) > 60_000:
            self.dwellings = {key: spot for key, spot in self.dwellings.items() if spot.id == 0}

    def make(self, wheres: Sequence[Where], source: Source) -> None:
        """Write the estates, buildings and dwellings these rows need that are not there yet."""
        spots = [where.estate for where in wheres if where.estate is not None and where.estate.id == 0]
        self._make_estates(_unique(spots), source)
        spots = [where.building for where in wheres if where.building is not None and where.building.id == 0]
        self._make_buildings(_unique(spots), source)
        spots = [where.dwelling for where in wheres if where.dwelling is not None and where.dwelling.id == 0]
        self._make_dwellings(_unique(spots), source)

    def _make_estates(self, spots: Sequence[Spot], source: Source) -> None:
        rows = []
        for spot, pk in zip(spots, codes.new_ids("estate", len(spots)), strict=True):
            spot.id = pk
            estate = Estate(id=pk, code=codes.place_code("estate", self._division(spot), pk), kind=spot.kind,
                            name=spot.name, valid_from=self.frame.at, **dict(zip(HOT, spot.hot,
                            strict=True)))  # fmt: skip
            naming.name_estate(estate)
            rows.append(estate)
        Estate.objects.bulk_create(rows, batch_size=500)
        self.record("estate", [spot.id for spot in spots], source)

    def _make_buildings(self, spots: Sequence[Spot], source: Source) -> None:
        names = ("id", "code", "kind", "name", "number", "address", "words", "valid_from", "estate_id", *HOT)
        rows = []
        for spot, pk in zip(spots, codes.new_ids("building", len(spots)), strict=True):
            spot.id = pk
            spot.address = f"{self._words(spot)}{spot.parent.name if spot.parent else ''}{spot.name}"[:200]
            code = codes.place_code("building", self._division(spot), pk)
            rows.append((pk, code, str(spot.kind), spot.name, addresses.figure_in(spot.name), spot.address,
                         search_vector(spot.address), self.frame.at, spot.parent.id if spot.parent else None,
                         *spot.hot))  # fmt: skip
        copy_rows(Building, names, rows)
        self.record("building", [spot.id for spot in spots], source)

    def _make_dwellings(self, spots: Sequence[Spot], source: Source) -> None:
        names = ("id", "code", "building_id", "entrance", "floor", "number", "address", "valid_from", "confirmed_at",
                 "confirmed_by_id", *HOT)  # fmt: skip
        rows, account = [], self.frame.actor.account_id
        for spot, pk in zip(spots, codes.new_ids("dwelling", len(spots)), strict=True):
            spot.id, building = pk, spot.parent
            if building is None:
                continue
            spot.address = naming.dwelling_address(building.address, spot.kind, spot.name)
            code = codes.place_code("dwelling", self._division(spot), pk)
            rows.append((pk, code, building.id, spot.kind, addresses.floor_of(spot.name), spot.name, spot.address,
                         self.frame.at, self.frame.at, account, *spot.hot))  # fmt: skip
        copy_rows(Dwelling, names, rows)
        self.record("dwelling", [spot.id for spot in spots], source)

    def record(self, subject: str, ids: Sequence[int], source: Source) -> None:
        """Note that records were made."""
        copy_revisions(self.frame, source, ((subject, pk, 1, "create", [], None) for pk in ids))

    def _division(self, spot: Spot) -> str:
        node = self.atlas.by_id.get(spot.hot[0] or 0)
        return node.code[:6] if node and node.code[:6].isdigit() else ""

    def _words(self, spot: Spot) -> str:
        nodes = (self.atlas.by_id.get(pk) for pk in spot.hot[1:3] if pk)
        return "".join(node.name for node in nodes if node)


def _unique(spots: Iterable[Spot]) -> list[Spot]:
    return list({id(spot): spot for spot in spots}.values())


_LOOK = """
SELECT d.id, d.building_id, d.entrance, d.number, d.address, d.area_id, d.street_id, d.community_id, d.grid_id
FROM unnest(%s::bigint[], %s::varchar[], %s::varchar[]) AS k (b, e, n)
JOIN dwelling d ON d.building_id = k.b AND d.entrance = k.e AND d.number = k.n AND d.valid_to IS NULL
"""


def _dwellings(keys: Sequence[tuple[int, str, str]]) -> list[tuple[Any, ...]]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [list(column) for column in zip(*keys, strict=True)])
        return list(cursor.fetchall())


def has_place(mapping: Mapping[str, int]) -> bool:
    """Tell whether a table says where its rows lie."""
    return bool({"estate", "building", "room", "address"} & set(mapping))


def _is_house(estate: Spot | None) -> bool:
    return estate is not None and (estate.kind == Estate.Kind.VILLAGE_GROUP or estate.name.endswith(_VILLAGE))


@lru_cache(maxsize=20_000)
def _bare(name: str) -> str:
    return naming.bare(name)


@lru_cache(maxsize=4_000)
def _elements(address: str) -> addresses.Elements:
    return addresses.parse(address) if address else addresses.Elements()


@lru_cache(maxsize=2_000)
def _entrance(text: str) -> str:
    return addresses.plain(text).upper().removesuffix("单元").removesuffix("门")[:12] if text else ""


@lru_cache(maxsize=20_000)
def _room(text: str) -> str:
    if not text or (text.isascii() and text.isalnum()):
        return text.upper()
    return addresses.plain(text).upper().removesuffix("室").removesuffix("房").removesuffix("户")[:16]
