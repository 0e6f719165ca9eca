"""What is told of a place when it is registered or amended: checked, tidied, with every problem named at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, Self

from django.db.models import Model
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import clean

from .codes import is_credit_code, tidy_credit_code
from .models import Building, Dwelling, Establishment, Estate

TALLEST = 120  # storeys; more is a slip of the finger
FIRST_YEAR, LAST_YEAR = 1600, 2100


@dataclass(frozen=True, slots=True)
class _Told:
    """What all places are told by: `area_id` counts where neither a point nor a place around it says more."""

    @classmethod
    def of(cls, row: Model) -> Self:
        """Return what stands in a row now, to change one thing of it by `dataclasses.replace`."""
        return cls(**{each.name: getattr(row, each.name) for each in fields(cls)})

    def values(self) -> Mapping[str, Any]:
        """Return the columns."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class EstateIn(_Told):
    """An estate, village group, yard, campus or market."""

    name: str
    kind: str = Estate.Kind.ESTATE
    other_names: list[str] = field(default_factory=list)
    road: str = ""
    door: str = ""
    point: Point | None = None
    boundary: Mapping[str, Any] | None = None
    area_id: int | None = None
    property_company_id: int | None = None
    built_year: int | None = None
    planned_households: int | None = None


@dataclass(frozen=True, slots=True)
class BuildingIn(_Told):
    """A building or a house; `name` as on its wall: 3幢, 15号, A座."""

    name: str
    estate_id: int | None = None
    kind: str = Building.Kind.RESIDENTIAL
    road: str = ""
    door: str = ""
    point: Point | None = None
    footprint: Mapping[str, Any] | None = None
    area_id: int | None = None
    floors: int | None = None
    basements: int = 0
    entrances: list[str] = field(default_factory=list)
    has_lift: bool | None = None
    built_year: int | None = None


@dataclass(frozen=True, slots=True)
class DwellingIn(_Told):
    """A flat or room of a building."""

    building_id: int
    number: str
    entrance: str = ""
    floor: int | None = None
    use: str = Dwelling.Use.UNKNOWN
    square_metres: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EstablishmentIn(_Told):
    """An enterprise, shop, school, committee or social organisation at a place."""

    kind: str
    name: str
    credit_code: str = ""
    trade: str = ""
    estate_id: int | None = None
    building_id: int | None = None
    dwelling_id: int | None = None
    address: str = ""
    point: Point | None = None
    area_id: int | None = None
    unit_id: int | None = None
    contact: str = ""
    contact_phone: str | None = None
    staff_count: int | None = None
    has_party_branch: bool | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How the dwellings of a building lie: entrances × floors × rooms a floor, all at once."""

    entrances: tuple[str, ...] = ("",)
    floors: int = 1
    rooms: int = 2
    from_floor: int = 1

    def numbers(self) -> list[tuple[str, int, str]]:
        """Return entrance, floor and number of each, from the ground up."""
        return [
            (entrance, floor, f"{floor}{room:02d}")
            for entrance in self.entrances
            for floor in range(self.from_floor, self.floors + 1)
            for room in range(1, self.rooms + 1)
        ]


def checked_estate(told: EstateIn) -> EstateIn:
    """Return it tidied; raise Invalid with a sentence for each field that cannot be."""
    faults: dict[str, str] = {}
    name = _name(told.name, 80, faults, _("请填写小区（村民组、院落）的名称。"))
    _choice("kind", told.kind, Estate.Kind.values, faults)
    _year(told.built_year, faults)
    if told.planned_households is not None and not 0 <= told.planned_households <= 50_000:
        faults["planned_households"] = _("规划户数应在 0 至 50000 之间。")
    _stop(faults)
    others = [clean(other, 80) for other in told.other_names]
    return replace(
        told, name=name, road=clean(told.road, 60), door=clean(told.door, 30),
        other_names=[other for other in dict.fromkeys(others) if other and other != name],
    )  # fmt: skip


def checked_building(told: BuildingIn) -> BuildingIn:
    """Return it tidied; raise Invalid with a sentence for each field that cannot be."""
    faults: dict[str, str] = {}
    name = _name(told.name, 60, faults, _("请填写楼栋名称，例如“3幢”。"))
    _choice("kind", told.kind, Building.Kind.values, faults)
    _year(told.built_year, faults)
    if told.floors is not None and not 1 <= told.floors <= TALLEST:
        faults["floors"] = _("地上层数应在 1 至 {most} 之间。").format(most=TALLEST)
    if not 0 <= told.basements <= 10:
        faults["basements"] = _("地下层数应在 0 至 10 之间。")
    entrances = [clean(each, 12).removesuffix("单元") for each in told.entrances]
    if len(set(entrances)) < len(entrances):
        faults["entrances"] = _("单元名称有重复。")
    _stop(faults)
    return replace(
        told, name=name, road=clean(told.road, 60), door=clean(told.door, 30),
        entrances=[each for each in entrances if each],
    )  # fmt: skip


def checked_dwelling(told: DwellingIn) -> DwellingIn:
    """Return it tidied; raise Invalid with a sentence for each field that cannot be."""
    faults: dict[str, str] = {}
    number = clean(told.number, 16).removesuffix("室").upper()
    if not number:
        faults["number"] = _("请填写室号，例如“302”。")
    _choice("use", told.use, Dwelling.Use.values, faults)
    if told.square_metres is not None and not 0 < told.square_metres < 100_000:
        faults["square_metres"] = _("面积应大于 0，并小于 100000 平方米。")
    if told.floor == 0:
        faults["floor"] = _("楼层从 1 层起；地下室填负数。")
    _stop(faults)
    return replace(told, number=number, entrance=clean(told.entrance, 12).removesuffix("单元"))


def checked_establishment(told: EstablishmentIn) -> EstablishmentIn:
    """Return it tidied; raise Invalid with a sentence for each field that cannot be."""
    faults: dict[str, str] = {}
    name = _name(told.name, 120, faults, _("请填写单位或场所的名称。"))
    _choice("kind", told.kind, Establishment.Kind.values, faults)
    code = tidy_credit_code(told.credit_code)
    if code and not is_credit_code(code):
        faults["credit_code"] = _("统一社会信用代码不正确：应为 18 位，请对照营业执照逐位核对。")
    if told.staff_count is not None and not 0 <= told.staff_count <= 1_000_000:
        faults["staff_count"] = _("从业人数不合理，请核对。")
    _stop(faults)
    phone = clean(told.contact_phone or "", 30)
    return replace(
        told, name=name, credit_code=code, trade=clean(told.trade, 40), address=clean(told.address, 200),
        contact=clean(told.contact, 40), contact_phone=phone or None,
    )  # fmt: skip


def _name(text: str, most: int, faults: dict[str, str], sentence: str) -> str:
    name = clean(text, most)
    if not name:
        faults["name"] = sentence
    return name


def _choice(name: str, value: str, known: list[str], faults: dict[str, str]) -> None:
    if value not in known:
        faults[name] = _("请从列表中选择。")


def _year(year: int | None, faults: dict[str, str]) -> None:
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        faults["built_year"] = _("建成年份不合理，请核对。")


def _stop(faults: Mapping[str, str]) -> None:
    if faults:
        raise Invalid(faults)
