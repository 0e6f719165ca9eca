"""Records of the base as forms read them: several at once, as text by column, and what answer a field takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import Spot
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.text import mask_name
from lianxin.registry.people import rules as people_rules
from lianxin.registry.people.models import Person
from lianxin.registry.places import inputs
from lianxin.registry.places.models import Building, Dwelling, Establishment

MODELS: Mapping[str, type[models.Model]] = {
    "person": Person, "dwelling": Dwelling, "building": Building, "establishment": Establishment,
}  # fmt: skip
_INPUTS: Mapping[str, type[Any]] = {
    "dwelling": inputs.DwellingIn, "building": inputs.BuildingIn, "establishment": inputs.EstablishmentIn,
}  # fmt: skip
_PERMISSION = {"person": ("people.view", "people.edit")}
_PLACES = ("places.view", "places.edit")
_LABEL = "核实、补录登记信息"
_VACANT_WORDS = {"unknown"}  # values that say nothing


class Answer(StrEnum):
    """What kind of answer a field takes."""

    TEXT = "text"
    PHONE = "phone"
    NUMBER = "number"
    DATE = "date"
    YES = "yes"
    CHOICE = "choice"
    NONE = "none"  # shown and confirmed, changed elsewhere


@dataclass(frozen=True, slots=True)
class Record:
    """A record with its values as text; `key` is what its page is found by."""

    subject: str
    id: int
    key: str
    label: str
    spot: Spot
    values: Mapping[str, str | None]
    as_of: datetime


def find(actor: Actor, subject: str, key: str) -> Record:
    """Return the record that the actor may edit. Raises NotFound, NotAllowed, Invalid for a kind without forms."""
    model = MODELS.get(subject)
    if model is None:
        raise Invalid({"subject": _("这类信息不在手机上填。")})
    rows = model._default_manager.filter(**_named(subject, key), **_running(subject))
    row: Any = rows.first()
    view, edit = _PERMISSION.get(subject, _PLACES)
    if row is None or not (actor.scope(view).everywhere or actor.may(view, row)):
        raise NotFound(_("没有这条记录，可能已经注销，或不在您的辖区。"))
    demand(actor, edit, _LABEL, row)
    return _record(subject, row)


def _named(subject: str, key: str) -> dict[str, Any]:
    if subject != "person":
        return {"code": key}
    try:
        return {"key": UUID(key)}
    except ValueError:
        raise NotFound(_("没有这条记录，可能已经注销，或不在您的辖区。")) from None


def _running(subject: str) -> dict[str, Any]:
    return {"ended_at": None} if subject == "person" else {"valid_to": None}


def several(subject: str, ids: Iterable[int]) -> list[Record]:
    """Return the records with these ids that stand, in their order. One statement."""
    wanted = list(ids)
    rows: dict[int, Any] = {
        row.pk: row for row in MODELS[subject]._default_manager.filter(pk__in=wanted, **_running(subject))
    }
    return [_record(subject, rows[pk]) for pk in wanted if pk in rows]


def _record(subject: str, row: Any) -> Record:
    names = [field.name for field in row._meta.concrete_fields if field.name in taken(subject) | shown(subject)]
    label = mask_name(row.name) if subject == "person" else getattr(row, "address", "") or row.name
    return Record(
        subject, row.pk, str(row.key) if subject == "person" else row.code, label,
        Spot(row.street_id, row.community_id, row.grid_id), {name: _text(row, name) for name in names},
        getattr(row, "confirmed_at", None) or (row.created_at if subject == "person" else row.valid_from),
    )  # fmt: skip


def taken(subject: str) -> frozenset[str]:
    """Return the columns that a form may change."""
    if subject == "person":
        return frozenset(people_rules.ENTERED)
    told = _INPUTS.get(subject)
    names = {one.name for one in fields(told)} if told else set()
    return frozenset(name for name in names if answer_to(subject, name) != Answer.NONE)


def shown(subject: str) -> frozenset[str]:
    """Return the columns that a form shows and confirms, but changes elsewhere."""
    return frozenset({"home"}) if subject == "person" else frozenset()


def answer_to(subject: str, name: str) -> Answer:
    """Return what kind of answer a column takes."""
    try:
        field = MODELS[subject]._meta.get_field(name)
    except FieldDoesNotExist:
        return Answer.NONE
    if field.is_relation or name.endswith("_id") or isinstance(field, ArrayField | models.JSONField):
        return Answer.NONE
    if name.endswith("phone"):
        return Answer.PHONE
    if getattr(field, "choices", None):
        return Answer.CHOICE
    kinds: Sequence[tuple[Any, Answer]] = (
        (models.BooleanField, Answer.YES), (models.DateField, Answer.DATE), (models.DecimalField, Answer.NUMBER),
        (models.IntegerField, Answer.NUMBER), (models.CharField, Answer.TEXT),
    )  # fmt: skip
    plain = next((answer for kind, answer in kinds if isinstance(field, kind)), Answer.NONE)
    return Answer.TEXT if plain == Answer.NONE and name == "id_number" else plain


def choices_of(subject: str, name: str) -> list[tuple[str, str]]:
    """Return what a column may be chosen from, without the values that say nothing."""
    field = MODELS[subject]._meta.get_field(name)
    found = [(str(value), str(label)) for value, label in getattr(field, "choices", None) or ()]
    return [pair for pair in found if pair[0] and pair[0] not in _VACANT_WORDS]


def _text(row: Any, name: str) -> str | None:
    if name == "home":
        return str(row.home_id) if row.home_id is not None else None
    value = getattr(row, name)
    if value is None or value in ("", *_VACANT_WORDS):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else str(value)
