"""What can be taken out of each kind of record: how a field is read, how it is masked. Fields are the register's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from lianxin.kernel.text import mask_id, mask_name, mask_phone
from lianxin.registry.people.models import Person
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate
from lianxin.registry.sources.models import Subject

Read = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Column:
    """How one field leaves: in full, and masked; `related` are tables it reads from."""

    read: Read
    masked: Read | None = None  # None: there is nothing to mask
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of record that can be taken out."""

    subject: Subject
    label: str
    model: type[models.Model]
    ended: str  # the column that is empty while a record stands
    columns: Mapping[str, Column]  # by field code


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(name: str) -> Column:
    return Column(lambda row: _said(getattr(row, name)))


def _choice(name: str) -> Column:
    return Column(lambda row: str(getattr(row, f"get_{name}_display")()))


def _hidden(name: str, mask: Callable[[str], str]) -> Column:
    return Column(lambda row: _said(getattr(row, name)), lambda row: mask(_said(getattr(row, name))))


def _home(row: Any) -> str:
    return row.home.address if row.home else ""


def _building(row: Any) -> str:
    return f"{row.home.building.address} ***" if row.home else ""


PERSON = Table(Subject.PERSON, "人员", Person, "ended_at", {
    "person.name": _hidden("name", mask_name),
    "person.sex": _choice("sex"),
    "person.birth_date": _hidden("birth_date", lambda text: f"{text[:4]}-**-**" if text else ""),
    "person.id_kind": _choice("id_kind"),
    "person.id_number": _hidden("id_number", mask_id),
    "person.phone": _hidden("phone", mask_phone),
    "person.is_party_member": _hidden("is_party_member", lambda text: "*" if text else ""),
    "person.home": Column(_home, _building, ("home", "home__building")),
})  # fmt: skip
DWELLING = Table(Subject.DWELLING, "房屋", Dwelling, "valid_to", {
    "dwelling.entrance": _plain("entrance"),
    "dwelling.floor": _plain("floor"),
    "dwelling.number": _plain("number"),
    "dwelling.use": _choice("use"),
    "dwelling.square_metres": _hidden("square_metres", lambda text: "*" if text else ""),
})  # fmt: skip
BUILDING = Table(Subject.BUILDING, "楼栋", Building, "valid_to", {
    "building.name": _plain("name"),
    "building.kind": _choice("kind"),
    "building.address": _plain("address"),
    "building.floors": _plain("floors"),
    "building.entrances": _plain("entrances"),
    "building.has_lift": _plain("has_lift"),
    "building.built_year": _plain("built_year"),
})  # fmt: skip
ESTATE = Table(Subject.ESTATE, "小区", Estate, "valid_to", {
    "estate.name": _plain("name"),
    "estate.other_names": _plain("other_names"),
    "estate.road": _plain("road"),
    "estate.door": _plain("door"),
    "estate.property_company": Column(
        lambda row: row.property_company.name if row.property_company else "", related=("property_company",)
    ),
    "estate.committee": _choice("committee"),
    "estate.built_year": _plain("built_year"),
    "estate.planned_households": _plain("planned_households"),
})  # fmt: skip
ESTABLISHMENT = Table(Subject.ESTABLISHMENT, "单位场所", Establishment, "valid_to", {
    "establishment.name": _plain("name"),
    "establishment.kind": _choice("kind"),
    "establishment.credit_code": _plain("credit_code"),
    "establishment.trade": _plain("trade"),
    "establishment.address": _plain("address"),
    "establishment.contact": _hidden("contact", mask_name),
    "establishment.contact_phone": _hidden("contact_phone", mask_phone),
    "establishment.staff_count": _plain("staff_count"),
    "establishment.has_party_branch": _plain("has_party_branch"),
})  # fmt: skip
TABLES: Mapping[str, Table] = {
    table.subject.value: table for table in (PERSON, DWELLING, BUILDING, ESTATE, ESTABLISHMENT)
}
