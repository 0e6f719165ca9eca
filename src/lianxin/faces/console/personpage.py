"""What the page of a person shows: masked facts with source and day of confirmation, home, household, care, history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.console.living import PersonLine, person_line, rooms
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.kernel.text import mask_name
from lianxin.registry.care import queries as care
from lianxin.registry.care.models import CareTag
from lianxin.registry.people import change, looks, queries, rules
from lianxin.registry.people.models import Household, Look, Merge, Person, Residence
from lianxin.registry.sources.models import Confirmation

ENTERED = ("name", "sex", "birth_date", "id_kind", "id_number", "phone", "is_party_member")
_MOST = 20


@dataclass(frozen=True, slots=True)
class Fact:
    """One field: masked value, when and from where it was last found right."""

    label: str
    said: str
    confirmed: str
    source: str = ""
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """A relation to a dwelling with its time."""

    kind: str
    address: str
    url: str
    time: str
    leave_url: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done now; `asks` opens a form in a dialog, `is_page` a page of its own."""

    label: str
    url: str
    icon: str = ""
    is_primary: bool = False
    is_danger: bool = False
    is_dialog: bool = False
    posts: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """Who looked, at what, why."""

    at: datetime
    who: str
    what: str
    why: str


def facts(asked: Request, person: Person) -> list[Fact]:
    """Return the entered fields, masked. One statement."""
    today = words.local(asked.at).date()
    shown = queries.shown(person, today=today)
    found = Confirmation.objects.filter(subject=change.SUBJECT, subject_id=person.pk).select_related("source")
    noted = {each.field_id.partition(".")[2]: each for each in found}
    years = "" if shown.age is None else _("{born}生，{age} 岁").format(born=shown.born, age=shown.age)
    member = {True: _("是"), False: _("否")}.get(person.is_party_member)  # type: ignore[arg-type]
    values = (
        ("name", shown.name), ("sex", shown.sex if person.sex else ""), ("birth_date", years),
        ("id_kind", shown.id_kind), ("id_number", shown.id_number), ("phone", shown.phone),
        ("is_party_member", member or ""),
    )  # fmt: skip
    return [_fact(asked, name, said, noted.get(name), person) for name, said in values]


def _fact(asked: Request, name: str, said: str, noted: Confirmation | None, person: Person) -> Fact:
    at = noted.at if noted else person.confirmed_at
    today = words.local(asked.at).date()
    confirmed = _("{day}核实").format(day=words.day(words.local(at).date(), today)) if at and said else ""
    source = noted.source.name if noted and noted.source else ""
    return Fact(str(rules.LABELS[name]), said or _("没有填"), confirmed, source, is_missing=not said)


def stays(asked: Request, person: Person, *, may_edit: bool) -> tuple[list[Stay], list[Stay]]:
    """Return the relations that run and those that ended. One statement."""
    found = queries.residences_of(person)
    running = [_stay(asked, each, person, may_edit=may_edit) for each in found if each.valid_to is None]
    return running, [_stay(asked, each, person, may_edit=False) for each in found if each.valid_to is not None][:_MOST]


def _stay(asked: Request, each: Residence, person: Person, *, may_edit: bool) -> Stay:
    today = words.local(asked.at).date()
    since = _("{day}起").format(day=words.day(words.local(each.valid_from).date(), today))
    until = _("，到{day}").format(day=words.day(words.local(each.valid_to).date(), today)) if each.valid_to else ""
    home = each.dwelling
    sees = asked.actor.scope("places.view").everywhere or asked.actor.may("places.view", home)
    return Stay(
        str(Residence.Kind(each.kind).label),
        home.address,
        reverse("console:dwelling", args=[home.code]) if sees else "",
        since + until,
        reverse("console:resident_leave", args=[person.key, each.pk]) if may_edit else "",
    )


@dataclass(frozen=True, slots=True)
class House:
    """The household a person belongs to, and who else does."""

    url: str
    label: str
    members: Sequence[PersonLine]


def house(asked: Request, person: Person) -> House | None:
    """Return a person's household. Two statements."""
    found = queries.household_of(person, at=asked.at)
    if found is None:
        return None
    members = queries.members_of(found, at=asked.at)
    return House(
        reverse("console:household", args=[found.key]),
        str(Household.Kind(found.kind).label),
        [person_line(asked, each.person, each.relation) for each in members],
    )


@dataclass(frozen=True, slots=True)
class Tag:
    """A care tag as it is shown to who serves."""

    tag: CareTag
    need: str
    until: str
    is_due: bool
    visit: str
    renew_url: str
    end_url: str


def tags(asked: Request, person: Person) -> list[Tag] | None:
    """Return the running care tags, or None for who does not serve there. One statement."""
    if not care.serves(asked.actor, person):
        return None
    may_tag = asked.actor.may("care.tag", person)
    return [_tag(asked, each, may_tag=may_tag) for each in care.tags_of(asked.actor, person)]


def _tag(asked: Request, tag: CareTag, *, may_tag: bool) -> Tag:
    today = words.local(asked.at).date()
    visit = ""
    if tag.visit_every_days:
        last = words.day(words.local(tag.last_visited_at).date(), today) if tag.last_visited_at else _("还没有走访过")
        visit = _("每 {days} 天走访一次；上次 {last}").format(days=tag.visit_every_days, last=last)
    return Tag(
        tag,
        str(CareTag.Need(tag.need).label),
        _("到{day}").format(day=words.day(words.local(tag.expires_at).date(), today)),
        tag.review_at <= asked.at,
        visit,
        reverse("console:care_renew", args=[tag.key]) if may_tag else "",
        reverse("console:care_end", args=[tag.key]) if may_tag else "",
    )


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody who may be the same person, and where both stand side by side."""

    line: PersonLine
    url: str


def compare_url(person: Person, other: Person) -> str:
    """Return the page on which two records stand side by side."""
    return reverse("console:resident_merge", args=[person.key, other.key])


def merges(person: Person) -> list[Merge]:
    """Return the merges into a person that may be undone, the latest first. One statement."""
    return list(Merge.objects.filter(kept=person, undone_at=None).select_related("gone").order_by("-at")[:5])


def looked(person: Person) -> list[Looked]:
    """Return who looked, the latest first, colleagues masked. One statement."""
    found: Sequence[Look] = looks.looks_at(queries.family(person.pk), limit=_MOST)
    return [
        Looked(
            each.at,
            " ".join(filter(None, (each.post_label, mask_name(each.actor_label)))),
            looks.field_labels(each.fields),
            str(looks.REASONS.get(each.reason, each.reason)),
        )
        for each in found
    ]


def acts(asked: Request, person: Person) -> list[Act]:
    """Return what may be done, the likely first."""
    actor, key = asked.actor, person.key
    if person.ended_at is not None:
        return _acts_after_end(asked, person)
    found: list[Act] = []
    if actor.may("people.edit", person):
        found = [
            Act(_("核实：都没有变"), _to("resident_confirm", key), "check", is_primary=True, posts=True, key="y"),
            Act(_("有变，修改"), _to("resident_amend", key), "pencil", key="e"),
            Act(_("迁入、换住处"), _to("resident_move", key), "home"),
        ]
    if actor.may("people.reveal", person):
        found.append(Act(_("查看…"), _to("resident_look", key), "eye", is_dialog=True, key="v"))
    if actor.may("care.tag", person):
        found.append(Act(_("设关爱标签"), _to("care_add", key), "heart"))
    if actor.may("visits.write", person):
        found.append(Act(_("记一次走访"), _to("visit_add", key), "book"))
    if actor.may("visits.signs", person):
        found.append(Act(_("平安信号"), _to("sign_add", key), "bell"))
    if actor.may("people.edit", person):
        found.append(Act(_("注销…"), _to("resident_end", key), is_danger=True, is_dialog=True))
    return [*found, *_erasing(asked, person)]


def _acts_after_end(asked: Request, person: Person) -> list[Act]:
    """Return what may be done about who died or left: put back what was a mistake, or erase."""
    if person.end not in {Person.End.DIED, Person.End.LEFT}:
        return []
    found = []
    if asked.actor.may("people.edit", person):
        found = [Act(_("注销错了，恢复…"), _to("resident_restore", person.key), "undo", is_dialog=True)]
    return [*found, *_erasing(asked, person)]


def _erasing(asked: Request, person: Person) -> list[Act]:
    if not asked.actor.may("people.answer", person):
        return []
    return [Act(_("删除档案…"), _to("resident_erase", person.key), is_danger=True, is_dialog=True)]


def _to(name: str, key: Any) -> str:
    return reverse(f"console:{name}", args=[key])


def said_home(person: Person) -> str:
    """Say where a person lives: 和平小区3幢 1单元 302."""
    home = person.home
    return f"{home.building.address} {rooms(home)}" if home else _("没有住处")
