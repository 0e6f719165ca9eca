"""How offers about places arrive: found by code, read by the type of the field, written by the room's acts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args, get_origin, get_type_hints

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import Spot
from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import mask_name, mask_phone
from lianxin.registry.sources.adapters import Known, register
from lianxin.registry.sources.models import Source

from . import inputs
from .actions import buildings, dwellings, establishments, estates
from .models import Building, Dwelling, Establishment, Estate

# Where a record lies and what it belongs to is the room's own; a department names neither.
_OWN = frozenset({"area_id", "estate_id", "building_id", "dwelling_id", "unit_id", "property_company_id"})
_TAKEN = (str, int, Decimal, bool, list)
_TRUE, _FALSE = {"true", "是", "1"}, {"false", "否", "0"}


class Places:
    """The adapter of one kind of place."""

    def __init__(
        self, model: type[Any], told: type[Any], checked: Callable[[Any], Any], amend: Callable[..., Any], by: str
    ) -> None:
        self._model, self._told, self._checked, self._amend, self._by = model, told, checked, amend, by
        hints = get_type_hints(told)
        self._kinds = {
            one.name: kind
            for one in fields(told)
            if one.name not in _OWN and (kind := _kind(hints[one.name])) is not None
        }

    def find(self, named: Mapping[str, str]) -> int | None:
        """Return the place that stands under this code, or an establishment by its credit code."""
        allowed = {"code", "credit_code"} if self._model is Establishment else {"code"}
        if len(named) != 1 or not set(named) <= allowed:
            raise Invalid({"find": _("请按编码 code 查找；单位场所也可以按统一社会信用代码 credit_code。")})
        found: int | None = self._model.objects.filter(valid_to=None, **named).values_list("pk", flat=True).first()
        return found

    def read(self, subject_id: int, names: Iterable[str], *, for_update: bool = False) -> Known | None:
        """Return a place that stands."""
        rows = self._model.objects.select_for_update(of=("self",)) if for_update else self._model.objects
        row = rows.filter(pk=subject_id, valid_to=None).first()
        if row is None:
            return None
        return Known(
            row.pk,
            Spot(row.street_id, row.community_id, row.grid_id),
            {name: _text(getattr(row, name)) for name in names if name in self._kinds},
            getattr(row, "confirmed_at", None) or row.valid_from,
            row.address if self._by == "address" else row.name,
            row.code,
        )

    def cleaned(self, values: Mapping[str, str | None], *, at: datetime) -> dict[str, str | None]:  # noqa: ARG002 -- the protocol's
        """Return the values in their one form."""
        told = self._typed(values)
        blank = {"kind": self._model._meta.get_field("kind").choices[0][0]} if "kind" in self._kinds else {}
        needed = {"name": "一", "number": "1", "building_id": 0}
        base = {one.name: needed[one.name] for one in fields(self._told) if one.name in needed}
        clean = self._checked(self._told(**(base | blank | told)))
        return {name: _text(getattr(clean, name)) for name in values}

    def _typed(self, values: Mapping[str, str | None]) -> dict[str, Any]:
        faults, told = {}, {}
        for name, text in values.items():
            if name not in self._kinds:
                faults[name] = _("这一项不接收推送。")
                continue
            try:
                told[name] = _from_text(self._kinds[name], (text or "").strip())
            except (ValueError, InvalidOperation):
                faults[name] = _("写法不对，请核对。")
        if faults:
            raise Invalid(faults)
        return told

    def apply(
        self, actor: Actor, subject_id: int, values: Mapping[str, str | None], *, source: Source | None, at: datetime
    ) -> None:
        """Amend the place, whatever the post: by whom and from where stands in its history."""
        able = replace(actor, elevated=actor.elevated | {"places.view", "places.edit"}, allowed=None)
        row = self._model.objects.get(pk=subject_id)
        told = replace(self._told.of(row), **self._typed(values))
        name = self._model._meta.model_name
        self._amend(able, **{name: row}, seen=row.version, told=told, at=at, source=source)

    def masked(self, name: str, value: str | None) -> str:
        """Return the value; names and phones of people masked."""
        text = value or ""
        if name in {"contact", "contact_phone"}:
            return mask_name(text) if name == "contact" else mask_phone(text)
        choices = dict(self._model._meta.get_field(name).choices or ()) if name in self._kinds else {}
        return str(choices.get(text, {"true": "是", "false": "否"}.get(text, text)))


def _kind(hint: Any) -> type[Any] | None:
    """Return what a field is read as from text; None for what no text tells, such as a point."""
    for part in (hint, get_origin(hint), *get_args(hint)):
        if part in _TAKEN:
            return part  # type: ignore[no-any-return]
    return None


def _from_text(kind: type[Any], text: str) -> Any:
    if kind is str:
        return text
    if kind is list:
        return [part.strip() for part in text.replace("，", "、").split("、") if part.strip()]
    if not text:
        return None
    if kind is bool:
        if text.lower() not in _TRUE | _FALSE:
            raise ValueError(text)
        return text.lower() in _TRUE
    return int(text) if kind is int else Decimal(text)


def _text(value: Any) -> str | None:
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "、".join(value) if isinstance(value, list) else str(value)


register("estate", Places(Estate, inputs.EstateIn, inputs.checked_estate, estates.amend_estate, "name"))
register("building", Places(Building, inputs.BuildingIn, inputs.checked_building, buildings.amend_building, "address"))
register("dwelling", Places(Dwelling, inputs.DwellingIn, inputs.checked_dwelling, dwellings.amend_dwelling, "address"))
register(
    "establishment",
    Places(
        Establishment, inputs.EstablishmentIn, inputs.checked_establishment, establishments.amend_establishment, "name"
    ),
)
