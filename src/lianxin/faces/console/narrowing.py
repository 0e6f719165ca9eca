"""What narrows the lists of 基础库: words of the address (area, estate, use …), each a chip that can be dropped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Filter
from lianxin.foundation.areas import queries as areas
from lianxin.insight.portraits import counting, measures
from lianxin.registry.care.models import CareTag
from lianxin.registry.people.models import Person
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate

from .filtering import address


@dataclass(slots=True)
class Narrowed:
    """The conditions of a list and how they are said; `form` are the choices of its panel."""

    where: Q = field(default_factory=Q)
    chips: list[Filter] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)  # the words in force, for links and hidden fields
    title: str = ""  # the place, for the heading


class Narrowing:
    """Reads one address. Words that stand for nothing known are passed over."""

    def __init__(self, asked: Request) -> None:
        self.asked = asked
        self.found = Narrowed()

    @property
    def query(self) -> QueryDict:
        return self.asked.GET

    def word(self, name: str) -> str:
        """Return a word of the address; the database takes no NUL."""
        return str(self.query.get(name, "")).replace("\0", "")

    def add(self, name: str, label: str, where: Q) -> None:
        """Put one condition in force."""
        self.found.where &= where
        self.found.kept[name] = str(self.query.get(name, ""))
        self.found.chips.append(Filter(label, address(self.query, self.asked.path, **{name: None})))

    def area(self) -> None:
        """Narrow to an area, by the hot levels records carry."""
        node = areas.atlas(self.asked.at, self.asked.numbers).by_code.get(self.query.get("area", ""))
        if node is None:
            return
        where = Q() if node.is_whole else {
            "street": Q(street_id=node.id), "community": Q(community_id=node.id), "grid": Q(grid_id=node.id),
        }.get(node.role, Q(area_id=node.id))  # fmt: skip
        self.add("area", " ".join(node.breadcrumb[1:] or node.breadcrumb), where)

    def place(self, to_estate: str, to_building: str) -> None:
        """Narrow to an estate or a building the person may see; the lookups lead there from the row."""
        actor = self.asked.actor
        if code := self.word("estate"):
            estate = Estate.objects.visible_to(actor).filter(code=code).first()
            self.add("estate", estate.name if estate else _("不在辖区的小区"), _at(to_estate, estate))
        if code := self.word("building"):
            building = Building.objects.visible_to(actor).filter(code=code).first()
            self.add("building", building.address if building else _("不在辖区的楼栋"), _at(to_building, building))

    def choice(self, name: str, known: Iterable[tuple[str, Any]], column: str) -> None:
        """Narrow to one of a list."""
        labels = {str(value): str(label) for value, label in known}
        value = str(self.query.get(name, ""))
        if name in self.query and value in labels:
            self.add(name, labels[value], Q(**{column: value}))

    def flag(self, name: str, label: str, where: Q) -> None:
        """Narrow to what has a mark."""
        if self.query.get(name):
            self.add(name, label, where)


def _at(lookup: str, place: Estate | Building | None) -> Q:
    return Q(**{lookup: place}) if place else Q(pk__in=())


def people(asked: Request) -> Narrowed:
    """Read the address of the list of people; by need only for who may see care."""
    asking = Narrowing(asked)
    asking.area()
    asking.place("home__building__estate", "home__building")
    asking.choice("sex", [("m", _("男")), ("f", _("女")), ("", _("性别不详"))], "sex")
    _band(asking)
    _need(asking)
    asking.choice("id", Person.IdKind.choices, "id_kind")
    asking.flag("homeless", _("没有住处"), Q(home=None))
    return asking.found


def _band(asking: Narrowing) -> None:
    band, today = str(asking.query.get("band", "")), counting.today(asking.asked.at)
    if band == measures.UNKNOWN:
        return asking.add("band", _("年龄不详"), Q(birth_date=None))
    known = {one.code: one.label for one in measures.BANDS}
    if band not in known:
        return None
    first, last = measures.born_between(band, today)
    where = Q(birth_date__isnull=False)
    where &= Q(birth_date__gte=first) if first else Q()
    where &= Q(birth_date__lte=last) if last else Q()
    return asking.add("band", known[band], where)


def _need(asking: Narrowing) -> None:
    need, actor = str(asking.query.get("need", "")), asking.asked.actor
    labels: Mapping[str, Any] = dict(CareTag.Need.choices)
    if need not in labels or not actor.may("care.view"):
        return
    tags = CareTag.objects.visible_to(actor).running().filter(need=need, expires_at__gt=asking.asked.at)
    asking.add("need", str(labels[need]), Q(pk__in=tags.values("person_id")))


def dwellings(asked: Request) -> Narrowed:
    """Read the address of the list of dwellings."""
    asking = Narrowing(asked)
    asking.area()
    asking.place("building__estate", "building")
    asking.choice("use", Dwelling.Use.choices, "use")
    long_ago = asked.at - timedelta(days=measures.STALE_DAYS)
    asking.flag("stale", _("一年没有核实"), Q(confirmed_at=None) | Q(confirmed_at__lt=long_ago))
    return asking.found


def establishments(asked: Request) -> Narrowed:
    """Read the address of the list of establishments."""
    asking = Narrowing(asked)
    asking.area()
    asking.place("estate", "building")
    asking.choice("kind", Establishment.Kind.choices, "kind")
    return asking.found


def estates(asked: Request) -> Narrowed:
    """Read the address of the list of estates."""
    asking = Narrowing(asked)
    asking.area()
    asking.choice("kind", Estate.Kind.choices, "kind")
    asking.choice("committee", Estate.Committee.choices, "committee")
    return asking.found


def buildings(asked: Request) -> Narrowed:
    """Read the address of the list of buildings."""
    asking = Narrowing(asked)
    asking.area()
    asking.place("estate", "pk")
    asking.choice("kind", Building.Kind.choices, "kind")
    return asking.found
