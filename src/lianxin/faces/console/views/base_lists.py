"""The lists of 基础库: people, dwellings, estates, buildings, establishments, narrowed by words of the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.console import narrowing
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.living import person_url, rooms, sex_and_age
from lianxin.faces.console.narrowing import Narrowed
from lianxin.faces.console.standing import building_url, confirmed, estate_url, where
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.insight.portraits import measures
from lianxin.kernel.text import mask_name
from lianxin.registry.care.models import CareTag
from lianxin.registry.people.models import Person
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate

DOOR = "console:base"
_SIZE = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column; `tone` warn marks what wants a look."""

    said: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A select of the panel: its name in the address, its label, and what may be chosen."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A list: what it is called, its columns, and its way of filling a row."""

    name: str
    title: str
    unit: str
    picture: str
    columns: Sequence[str]


def _show(
    asked: Request, kind: Kind, rows: QuerySet[Any], found: Narrowed, fill: Callable[[Any], Sequence[Cell]], *,
    order: Sequence[str], choices: Sequence[Choice] = (), add_url: str = "", add_label: str = "",
) -> HttpResponse:  # fmt: skip
    shown = listed(asked, rows.filter(found.where), order=order, size=_SIZE)
    return page(
        asked,
        "console/base/list.html",
        door=DOOR,
        title=kind.title,
        kind=kind,
        crumbs=[Crumb(_("基础库"), reverse("console:base")), Crumb(kind.title)],
        tabs=_tabs(asked, kind.name, found),
        rows=[fill(row) for row in shown.items],
        total=shown.total,
        pager=shown.pager,
        chips=found.chips,
        choices=[*choices, _areas(asked)],
        kept={
            name: value for name, value in found.kept.items() if name not in {each.name for each in choices} | {"area"}
        },
        add_url=add_url,
        add_label=add_label,
    )


def _tabs(asked: Request, current: str, found: Narrowed) -> list[Tab]:
    """Return the other lists of the same place."""
    may_people = asked.actor.may("people.view")
    pages = [("people", _("人员"))] if may_people else []
    pages += [
        ("estates", _("小区")),
        ("buildings", _("楼栋")),
        ("dwellings", _("房屋")),
        ("establishments", _("单位场所")),
    ]
    kept = "&".join(f"{name}={found.kept[name]}" for name in ("area", "estate", "building") if name in found.kept)
    return [
        Tab(f"{reverse(f'console:{name}')}{'?' if kept else ''}{kept}", label, current=name == current)
        for name, label in pages
    ]  # fmt: skip


def _areas(asked: Request) -> Choice:
    """Return the areas the person sees places in, down to the grid within a community, else to the community."""
    actor, everywhere = asked.actor, asked.actor.scope("places.view").everywhere
    levels = {"street", "community"} if everywhere else {"street", "community", "grid"}
    nodes = [
        node for node in areas.tree(asked.at, asked.numbers)
        if node.role in levels and (everywhere or actor.may("places.view", node))
    ]  # fmt: skip
    low = min((node.depth for node in nodes), default=0)
    options = [("", _("全部区域")), *((node.code, "\u3000" * (node.depth - low) + node.name) for node in nodes)]
    return Choice("area", _("区域"), options, asked.GET.get("area", ""))


def _choice(asked: Request, name: str, label: str, known: Sequence[tuple[str, Any]]) -> Choice:
    options = [("", label), *((str(value), str(said)) for value, said in known)]
    return Choice(name, label, options, asked.GET.get(name, ""))


@require_safe
@never_cache
@staff_only("people.view")
def people(request: HttpRequest) -> HttpResponse:
    """List people, masked."""
    asked = cast("Request", request)
    today, found = words.local(asked.at).date(), narrowing.people(asked)
    bands = [*((band.code, band.label) for band in measures.BANDS), (measures.UNKNOWN, _("年龄不详"))]
    choices = [
        _choice(asked, "sex", _("男女"), [("m", _("男")), ("f", _("女"))]),
        _choice(asked, "band", _("年龄"), bands),
    ]
    if asked.actor.may("care.view"):
        choices.append(_choice(asked, "need", _("关照需要"), CareTag.Need.choices))

    def fill(row: Person) -> Sequence[Cell]:
        home = row.home
        return (
            Cell(mask_name(row.name), person_url(row)),
            Cell(sex_and_age(row, today)),
            Cell(home.address if home else _("没有住处"), _dwelling_url(home) if home else "", "" if home else "warn"),
            Cell(confirmed(row.confirmed_at, asked.at), tone="" if row.confirmed_at else "warn"),
        )

    kind = Kind("people", _("人员"), _("人"), "users", (_("姓名"), _("男女、年龄"), _("现住处"), _("核实")))
    may_add = asked.actor.may("people.edit")
    rows = Person.objects.visible_to(asked.actor).now().select_related("home").defer("id_number", "phone")
    add_url = reverse("console:resident_add") if may_add else ""
    return _show(
        asked, kind, rows, found, fill, order=("id",), choices=choices, add_url=add_url, add_label=_("登记人员")
    )


def _dwelling_url(dwelling: Dwelling) -> str:
    return reverse("console:dwelling", args=[dwelling.code])


@require_safe
@staff_only("places.view")
def dwellings(request: HttpRequest) -> HttpResponse:
    """List dwellings by use, and those that want another look."""
    asked = cast("Request", request)
    choices = [
        _choice(asked, "use", _("用途"), Dwelling.Use.choices),
        _choice(asked, "stale", _("核实"), [("1", _("一年没有核实"))]),
    ]

    def fill(row: Dwelling) -> Sequence[Cell]:
        is_old = row.confirmed_at is None or (asked.at - row.confirmed_at).days > measures.STALE_DAYS
        return (
            Cell(f"{row.building.address} {rooms(row)}", _dwelling_url(row)),
            Cell(str(Dwelling.Use(row.use).label)),
            Cell(where(asked, row.area_id)),
            Cell(confirmed(row.confirmed_at, asked.at), tone="warn" if is_old else ""),
        )

    kind = Kind("dwellings", _("房屋"), _("套"), "home", (_("房屋"), _("用途"), _("在哪里"), _("核实")))
    rows = Dwelling.objects.visible_to(asked.actor).now().select_related("building")
    return _show(asked, kind, rows, narrowing.dwellings(asked), fill, order=("id",), choices=choices)


@require_safe
@staff_only("places.view")
def estates(request: HttpRequest) -> HttpResponse:
    """List estates, village groups, yards, markets."""
    asked = cast("Request", request)
    choices = [
        _choice(asked, "kind", _("种类"), Estate.Kind.choices),
        _choice(asked, "committee", _("业委会"), Estate.Committee.choices),
    ]

    def fill(row: Estate) -> Sequence[Cell]:
        company = row.property_company
        return (
            Cell(row.name, estate_url(row)),
            Cell(str(Estate.Kind(row.kind).label)),
            Cell(where(asked, row.area_id)),
            Cell(company.short_name or company.name if company else _("没有物业"), tone="" if company else "muted"),
            Cell(str(Estate.Committee(row.committee).label)),
        )

    kind = Kind("estates", _("小区"), _("个"), "building", (_("名称"), _("种类"), _("在哪里"), _("物业"), _("业委会")))
    rows = Estate.objects.visible_to(asked.actor).now().select_related("property_company").defer("words", "boundary")
    add_url = reverse("console:estate_add") if asked.actor.may("places.edit") else ""
    return _show(
        asked, kind, rows, narrowing.estates(asked), fill, order=("name", "id"), choices=choices, add_url=add_url,
        add_label=_("登记小区"),
    )  # fmt: skip


@require_safe
@staff_only("places.view")
def buildings(request: HttpRequest) -> HttpResponse:
    """List buildings and houses."""
    asked = cast("Request", request)

    def fill(row: Building) -> Sequence[Cell]:
        return (
            Cell(row.address, building_url(row)),
            Cell(str(Building.Kind(row.kind).label)),
            Cell(_("{floors} 层").format(floors=row.floors) if row.floors else words.UNKNOWN),
            Cell(where(asked, row.area_id)),
        )

    kind = Kind("buildings", _("楼栋"), _("栋"), "building", (_("楼栋"), _("种类"), _("层数"), _("在哪里")))
    choices = [_choice(asked, "kind", _("种类"), Building.Kind.choices)]
    rows = Building.objects.visible_to(asked.actor).now().defer("words", "footprint")
    return _show(asked, kind, rows, narrowing.buildings(asked), fill, order=("id",), choices=choices)


@require_safe
@staff_only("places.view")
def establishments(request: HttpRequest) -> HttpResponse:
    """List who does business or serves at a place."""
    asked = cast("Request", request)

    def fill(row: Establishment) -> Sequence[Cell]:
        return (
            Cell(row.name, reverse("console:establishment", args=[row.code])),
            Cell(" · ".join(filter(None, (str(Establishment.Kind(row.kind).label), row.trade)))),
            Cell(row.address or where(asked, row.area_id)),
            Cell(row.credit_code or _("没有填"), tone="" if row.credit_code else "muted"),
            Cell(confirmed(row.confirmed_at, asked.at), tone="" if row.confirmed_at else "warn"),
        )

    kind = Kind(
        "establishments", _("单位场所"), _("家"), "building",
        (_("名称"), _("种类"), _("地址"), _("信用代码"), _("核实")),
    )  # fmt: skip
    choices = [_choice(asked, "kind", _("种类"), Establishment.Kind.choices)]
    rows = Establishment.objects.visible_to(asked.actor).now().defer("words")
    add_url = reverse("console:establishment_add") if asked.actor.may("places.edit") else ""
    return _show(
        asked, kind, rows, narrowing.establishments(asked), fill, order=("id",), choices=choices, add_url=add_url,
        add_label=_("登记单位场所"),
    )  # fmt: skip
