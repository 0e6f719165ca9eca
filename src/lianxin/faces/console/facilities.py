"""What the pages of components share: narrowing the list, words and tones of states, history, pictures, labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.console.filtering import address
from lianxin.faces.console.narrowing import Narrowed, Narrowing
from lianxin.faces.console.standing import confirmed, where
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Photo
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.files.models import FileKind
from lianxin.kernel.files.queries import files_of
from lianxin.kernel.text import clean, mask_name
from lianxin.registry.cameras.models import Camera
from lianxin.registry.components import codes, telling
from lianxin.registry.components.classes import catalogue
from lianxin.registry.components.inputs import UNITS
from lianxin.registry.components.models import AMISS, Component, State, kept_by
from lianxin.registry.components.queries import Counted
from lianxin.registry.sensors.models import Device
from lianxin.registry.sensors.settings import practice

DOOR = "console:components"
VIEW, EDIT, CHECK = "components.view", "components.edit", "components.check"
# As on the map: what is amiss has the shape of what wants a look; loud is nothing but a clock that is late.
TONES: Mapping[str, str] = {
    State.INTACT: "ok", **dict.fromkeys(AMISS, "warn"), State.DISUSED: "paused", State.REMOVED: "paused",
}  # fmt: skip
ICONS: Mapping[str, str] = {"ok": "check", "warn": "alert", "paused": "minus"}
OLD_DAYS = 730  # not seen for two years: the list says so
_MOST_FITTED = 12
_STALE: Mapping[str, tuple[str, int]] = {
    "quarter": ("三个月没有核对", 91), "half": ("半年没有核对", 183), "year": ("一年没有核对", 365),
}  # fmt: skip


def narrow(asked: Request) -> tuple[Narrowed, Q]:
    """Read the address of the list: all conditions, and those that are neither class nor state, for the counts."""
    asking = Narrowing(asked)
    asking.area()
    _unit(asking)
    _stale(asking)
    _words(asking)
    asking.flag("gone", _("已注销的"), Q(valid_to__isnull=False))
    around = asking.found.where
    _class(asking)
    if asking.query.get("state") == "amiss":
        asking.add("state", _("要处理的"), Q(state__in=AMISS))
    asking.choice("state", State.choices, "state")
    return asking.found, around


def _unit(asking: Narrowing) -> None:
    unit = organizations.directory(asking.asked.numbers).by_code.get(asking.word("unit"))
    if unit is not None:
        asking.add("unit", unit.short_name or unit.name, kept_by(frozenset({unit.id})))


def _stale(asking: Narrowing) -> None:
    name = asking.word("stale")
    if name == "never":
        asking.add("stale", _("普查以后没有核对过"), Q(checked_at=None))
    elif name in _STALE:
        label, days = _STALE[name]
        long_ago = asking.asked.at - timedelta(days=days)
        since = Q(checked_at__lt=long_ago) | Q(checked_at=None) & (
            Q(surveyed_on__lt=long_ago.date()) | Q(surveyed_on=None)
        )
        asking.add("stale", _(label), since)


def _words(asking: Narrowing) -> None:
    written = clean(asking.word("words"), 40)
    if not written:
        return
    number = codes.tidy(written)
    if number.isascii() and number.isdigit() and 4 <= len(number) <= codes.LENGTH:
        where = Q(number__endswith=number) if len(number) < 6 else Q(number__startswith=number)
        asking.add("words", _("标识码 {number}").format(number=number), where | Q(number__endswith=number))
    else:
        asking.add("words", _("“{words}”").format(words=written), Q(words__has_words=written))


def _class(asking: Narrowing) -> None:
    known, code = catalogue(asking.asked.numbers), asking.word("class")
    if node := known.by_code.get(code):
        asking.add("class", node.name, Q(category=node.id))
    elif code in known.majors:
        ids = [one.id for one in known.majors[code]]
        asking.add("class", known.major_name(code), Q(category__in=ids))


def count_in(asked: Request, node: AreaNode) -> tuple[str, str]:
    """Return how many components an area has that the person sees, and their list; nothing where there are none."""
    if not asked.actor.may(VIEW):
        return "", ""
    hot = f"{node.role}_id" if node.role in {"street", "community", "grid"} else "area_id"
    inside = Q() if node.is_whole else Q(**{hot: node.id})
    count = Component.objects.visible_to(asked.actor).now().filter(inside).count()
    return (words.count(count), f"{reverse(DOOR)}?area={node.code}") if count else ("", "")


@dataclass(frozen=True, slots=True)
class Tile:
    """How many are in a state, and the list of them."""

    label: str
    count: int
    url: str
    tone: str
    icon: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """How many are of a class, as a share of the most, and the list of them."""

    label: str
    count: int
    share: float
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Major:
    """A major class with its classes, the fullest first."""

    label: str
    count: int
    url: str
    bars: Sequence[Bar]


def tiles(asked: Request, counted: Counted, chosen: str) -> list[Tile]:
    """Return the states with how many are in each; a state nobody is in is left out, but for the first two."""
    cells = _of_class(asked, counted)
    found = []
    for value, label in State.choices:
        count = sum(number for (_class, state), number in cells.items() if state == value)
        if count or value in {State.INTACT, State.DAMAGED}:
            to = None if chosen == value else value
            url = address(asked.GET, asked.path, state=to)
            tone = TONES[State(value)]
            found.append(Tile(str(label), count, url, tone, ICONS[tone], chosen == value))
    return found


def _of_class(asked: Request, counted: Counted) -> dict[tuple[int, str], int]:
    """Return the counts of the class that is looked at."""
    known, code = catalogue(asked.numbers), asked.GET.get("class", "")
    ids = {known.by_code[code].id} if code in known.by_code else {one.id for one in known.majors.get(code, ())}
    return {cell: number for cell, number in counted.cells.items() if not ids or cell[0] in ids}


def majors(asked: Request, counted: Counted, chosen: str) -> list[Major]:
    """Return how many there are of each class, of the state that is looked at."""
    states, known = _states(asked), catalogue(asked.numbers)
    by_class: dict[int, int] = {}
    for (class_id, each), number in counted.cells.items():
        if each in states:
            by_class[class_id] = by_class.get(class_id, 0) + number
    most = max(by_class.values(), default=1) or 1
    groups: dict[str, list[Bar]] = {}
    for class_id, number in sorted(by_class.items(), key=lambda pair: -pair[1]):
        node = known.by_id[class_id]
        to = None if chosen == node.code else node.code
        bar = Bar(node.name, number, number / most, address(asked.GET, asked.path, **{"class": to}), to is None)
        groups.setdefault(node.major, []).append(bar)
    return [
        Major(known.major_name(major), sum(bar.count for bar in bars),
              address(asked.GET, asked.path, **{"class": major}), bars)
        for major, bars in sorted(groups.items())
    ]  # fmt: skip


def said_of(counted: Counted, asked: Request) -> int:
    """Return how many there are of the class and state that are looked at."""
    states = _states(asked)
    return sum(number for (_class, each), number in _of_class(asked, counted).items() if each in states)


def _states(asked: Request) -> set[str]:
    """Return the states that are looked at: one, what wants doing, or all."""
    state = asked.GET.get("state", "")
    if state == "amiss":
        return {str(each) for each in AMISS}
    return {state} if state in State.values else {str(each) for each in State.values}


@dataclass(frozen=True, slots=True)
class Line:
    """A component as lists show it."""

    component: Component
    url: str
    number: str  # in its parts
    kind: str
    state: str
    tone: str
    icon: str
    place: str
    keeper: str
    seen: str
    is_old: bool


def line(asked: Request, component: Component) -> Line:
    """Return a component as lists show it. No statement."""
    node = catalogue(asked.numbers).by_id[component.category_id]
    state = State(component.state)
    tone = TONES[state]
    return Line(
        component, url_of(component), grouped(component.number), node.name, str(state.label), tone, ICONS[tone],
        where(asked, component.area_id), keeper_of(asked, component), seen_words(asked, component),
        _is_old(asked, component),
    )  # fmt: skip


def url_of(component: Component) -> str:
    """Return the page of a component."""
    return reverse("console:component", args=[component.key])


def grouped(number: str) -> str:
    """Return a number in its parts: 340881 0137 000012."""
    found = codes.parts(number)
    return f"{found.county} {found.category} {found.serial}" if found else number


def keeper_of(asked: Request, component: Component) -> str:
    """Return who is called when it breaks: who maintains it, else owns it, else manages it."""
    for name in reversed(list(UNITS)):
        unit = organizations.unit(getattr(component, name) or 0, asked.numbers)
        if unit is not None:
            return unit.short_name or unit.name
    return ""


def seen_words(asked: Request, component: Component) -> str:
    """Say when it was last seen: checked, else surveyed."""
    if component.checked_at is not None:
        return confirmed(component.checked_at, asked.at).replace(_("核实"), _("核对"))
    if component.surveyed_on is not None:
        return _("{day}普查").format(day=f"{component.surveyed_on.year}年{component.surveyed_on.month}月")
    return _("没有核对过")


def _is_old(asked: Request, component: Component) -> bool:
    long_ago = asked.at - timedelta(days=OLD_DAYS)
    if component.checked_at is not None:
        return component.checked_at < long_ago
    return component.surveyed_on is None or component.surveyed_on < long_ago.date()


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a number: its digits and what they stand for."""

    digits: str
    label: str
    said: str


def parts_of(asked: Request, component: Component) -> list[Part]:
    """Return what the sixteen digits of a number stand for."""
    found, node = codes.parts(component.number), catalogue(asked.numbers).by_id[component.category_id]
    if found is None:
        return []
    known = {one.code: one.name for one in areas.index(asked.numbers).nodes.values()}
    return [
        Part(found.county, _("县（市）"), known.get(found.county, _("本地"))),
        Part(found.category[:2], _("大类"), node.major_name),
        Part(found.category[2:], _("小类"), node.name),
        Part(found.serial, _("顺序号"), _("第 {number} 个").format(number=f"{int(found.serial):,}")),
    ]


def keepers(asked: Request, component: Component) -> list[tuple[str, str, str]]:
    """Return the three units: what each is to it, its name, and its components' list."""
    told = []
    for name, label in UNITS.items():
        unit = organizations.unit(getattr(component, name) or 0, asked.numbers)
        url = f"{reverse(DOOR)}?unit={unit.code}" if unit else ""
        told.append((_(label), unit.name if unit else "", url))
    return told


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the history, in words."""

    at: Any
    said: str
    was: str
    state: str
    tone: str
    who: str
    note: str
    case_url: str
    case: str


def history(asked: Request, component: Component) -> list[Happened]:
    """Return what happened to a component, the latest first. Two statements."""
    return [_happened(asked, one) for one in telling.history(component.pk)]


def _happened(asked: Request, one: telling.Happening) -> Happened:
    labels = {value: str(label) for value, label in State.choices}
    case_url = ""
    if one.case and (asked.actor.may("cases.view") or asked.actor.may("cases.handle")):
        case_url = reverse("console:case", args=[one.case])
    return Happened(
        one.at, telling.told(one.act, one.fields), labels.get(one.was, "") if one.is_turn else "",
        labels.get(one.state, "") if one.is_turn else "", TONES.get(one.state, "") if one.is_turn else "",
        mask_name(one.who) if one.who != _("系统") else one.who, one.note, case_url, one.case,
    )  # fmt: skip


def pictures(component: Component) -> list[Photo]:
    """Return the pictures of a component, the latest first. One statement."""
    found = []
    for file in files_of("component", component.pk):
        url = f"/api/v1/files/{file.key}"
        thumb = f"{url}/thumb" if file.has_thumb else url
        found.append(Photo(_("照片"), url, thumb, file.taken_at or file.created_at, video=file.kind == FileKind.VIDEO))
    return found[::-1]


def label_url(component: Component) -> str:
    """Return what the code on its label says: the residents' page on which one reports about this very thing."""
    return f"{settings.PUBLIC_URL}{reverse('resident:component', args=[component.number])}"


def features(asked: Request, rows: Sequence[Component], *, here: Component | None = None) -> list[dict[str, Any]]:
    """Return components as points for a map."""
    return [
        {
            "type": "Feature", "geometry": {"type": "Point", "coordinates": [row.point.lon, row.point.lat]},
            "properties": {
                "shape": _shape(row, here), "title": row.name,
                "line": f"{catalogue(asked.numbers).by_id[row.category_id].name} {State(row.state).label}",
                "url": url_of(row),
            },
        }
        for row in rows
    ]  # fmt: skip


def _shape(row: Component, here: Component | None) -> str:
    if here is not None and row.pk == here.pk:
        return "spot"
    return "amiss" if row.state in AMISS else "component"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A device or camera that is fitted on a component."""

    name: str
    said: str
    url: str
    icon: str


def fitted(asked: Request, component: Component) -> list[Fitted]:
    """Return the devices and cameras on a component that the person may see. Two statements at most."""
    found: list[Fitted] = []
    if asked.actor.may("sensors.view"):
        known = practice(asked.numbers)
        devices = Device.objects.visible_to(asked.actor).now().filter(component=component).order_by("number")
        found += [
            Fitted(one.name, f"{known.kind(one.kind).label} {one.number}", reverse("console:sensor", args=[one.key]),
                   "things")
            for one in devices[:_MOST_FITTED]
        ]  # fmt: skip
    if asked.actor.may("cameras.view"):
        cameras = Camera.objects.visible_to(asked.actor).now().filter(component=component).order_by("number")
        found += [
            Fitted(one.name, one.number, reverse("console:camera", args=[one.key]), "video")
            for one in cameras[:_MOST_FITTED]
        ]
    return found
