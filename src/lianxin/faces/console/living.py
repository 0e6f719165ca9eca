"""Who lives where, as pages of dwellings say it: masked, and only those the person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.insight.portraits import rules as small
from lianxin.kernel.text import mask_name
from lianxin.registry.people import change, queries
from lianxin.registry.people.models import Household, Person, Residence
from lianxin.registry.people.rules import age as years
from lianxin.registry.places.models import Dwelling

_ORDER = ("lives", "owner", "tenant", "registered")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list: masked; without address where the one who looks may not see them."""

    name: str
    line: str
    url: str = ""
    note: str = ""
    initial: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """A household at a dwelling."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Living:
    """Who is related to a dwelling; for who may not see people only whether anybody is, in words."""

    here: Sequence[PersonLine] = ()  # who lives there
    others: Sequence[PersonLine] = ()  # who owns or rents it, or is registered there, and lives elsewhere
    households: Sequence[Home] = ()
    said: str = ""
    is_open: bool = False


def rooms(dwelling: Dwelling) -> str:
    """Say a dwelling within its building: 1单元 302."""
    entrance = dwelling.entrance
    unit = f"{entrance}单元 " if entrance and not entrance.endswith("单元") else f"{entrance} " if entrance else ""
    return f"{unit}{dwelling.number}"


def age_said(born: date | None, today: date) -> str:
    """Say how old somebody is: 77 岁, 8 个月, 刚出生."""
    if born is None:
        return _("年龄不详")
    whole = years(born, today)
    if whole:
        return _("{years} 岁").format(years=whole)
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    return _("{months} 个月").format(months=months) if months > 0 else _("不满月")


def sex_and_age(person: Person, today: date) -> str:
    """Say sex and age: 女 · 77 岁."""
    known = str(Person.Sex(person.sex).label) if person.sex else _("性别不详")
    return f"{known} · {age_said(person.birth_date, today)}"


def person_url(person: Person) -> str:
    """Return the page of a person."""
    return reverse("console:resident", args=[person.key])


def person_line(asked: Request, person: Person, note: str = "") -> PersonLine:
    """Return a person for a list; somebody the one who looks may not see stays without name."""
    today = words.local(asked.at).date()
    if not change.may_see(asked.actor, person):
        return PersonLine(_("住在别处的人"), _("档案不在您的辖区"), note=note)
    ended = str(Person.End(person.end).label) if person.end else ""
    told = " · ".join(filter(None, (sex_and_age(person, today), ended)))
    return PersonLine(mask_name(person.name), told, person_url(person), note, person.name[:1])


def residents(asked: Request, dwelling: Dwelling, *, at: datetime) -> Living:
    """Return who is related to a dwelling at an instant, each person once. Five statements at most."""
    found = queries.residents_of(dwelling, at=at)
    actor = asked.actor
    if not (actor.scope("people.view").everywhere or actor.may("people.view", dwelling)):
        count = sum(each.kind == Residence.Kind.LIVES for each in found)
        told = small.tell(count, has_purpose=False)
        few = _("有人居住，少于 {few} 人").format(few=small.FEW)
        said = few if told is None else _("{count} 人居住").format(count=told) if told else _("没有登记住户")
        return Living(said=said)
    homes = Household.objects.filter(dwelling=dwelling, valid_from__lte=at)
    homes = homes.filter(Q(valid_to=None) | Q(valid_to__gt=at)).order_by("pk")
    relations = {each.person.pk: each.relation for home in homes for each in queries.members_of(home, at=at)}
    by_person: dict[int, list[Residence]] = {}
    for each in sorted(found, key=lambda one: _ORDER.index(one.kind)):
        by_person.setdefault(each.person_id, []).append(each)
    here: list[PersonLine] = []
    others: list[PersonLine] = []
    for ties in by_person.values():
        lives = any(each.kind == Residence.Kind.LIVES for each in ties)
        (here if lives else others).append(_tied(asked, ties, relations.get(ties[0].person_id, "")))
    own = [Home(reverse("console:household", args=[one.key]), str(Household.Kind(one.kind).label)) for one in homes]
    return Living(here, others, own, is_open=True)


def _tied(asked: Request, ties: Sequence[Residence], relation: str) -> PersonLine:
    """Return a person with all that relates them to the dwelling: 户主 · 产权人、户籍登记 · 2014年9月24日起."""
    today = words.local(asked.at).date()
    kinds = "、".join(str(Residence.Kind(each.kind).label) for each in ties if each.kind != Residence.Kind.LIVES)
    since = _("{day}起").format(day=words.day(words.local(min(each.valid_from for each in ties)).date(), today))
    return person_line(asked, ties[0].person, " · ".join(filter(None, (relation, kinds, since))))
