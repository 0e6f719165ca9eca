"""How offers about people arrive: found by identity number, cleaned by the room's rules, written by its own act."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import Spot
from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import mask_id, mask_name, mask_phone
from lianxin.registry.sources.adapters import Known, register
from lianxin.registry.sources.models import Source

from . import rules
from .actions.registering import amend_person, holder_of, today
from .models import Person

_TRUE, _FALSE = {"true", "是", "1", "y", "yes"}, {"false", "否", "0", "n", "no"}


class People:
    """The adapter of people."""

    def find(self, named: Mapping[str, str]) -> int | None:
        """Return who has the identity number."""
        if set(named) != {"id_number"}:
            raise Invalid({"find": _("人员请按证件号码 id_number 查找。")})
        number = rules.read_identity(named["id_number"], today=date.max, field="find").number
        found = holder_of(number)
        return found.pk if found else None

    def read(self, subject_id: int, names: Iterable[str], *, for_update: bool = False) -> Known | None:
        """Return a person on the books."""
        people = Person.objects.select_for_update(of=("self",)) if for_update else Person.objects
        person = people.filter(pk=subject_id, ended_at=None).first()
        if person is None:
            return None
        return Known(
            person.pk,
            Spot(person.street_id, person.community_id, person.grid_id),
            {name: _text(getattr(person, name)) for name in names if name in rules.ENTERED},
            person.confirmed_at or person.created_at,
            mask_name(person.name),
            str(person.key),
        )

    def cleaned(self, values: Mapping[str, str | None], *, at: datetime) -> dict[str, str | None]:
        """Return entered fields in their one form."""
        others = {name: _("这一项由社区上门登记，不接收推送。") for name in values if name not in rules.ENTERED}
        if others:
            raise Invalid(others)
        found = rules.checked(_typed(values), today=today(at))
        return {name: _text(found.get(name)) for name in values}

    def apply(
        self, actor: Actor, subject_id: int, values: Mapping[str, str | None], *, source: Source | None, at: datetime
    ) -> None:
        """Amend the person, whatever the post: by whom and from where stands in its history."""
        able = replace(actor, elevated=actor.elevated | {"people.view", "people.edit"}, allowed=None)
        amend_person(able, person=Person(pk=subject_id), fields=_typed(values), at=at, source=source)

    def masked(self, name: str, value: str | None) -> str:
        """Return the value masked, or in words where there is nothing to mask."""
        text = value or ""
        if name == "birth_date":
            return f"{text[:4]}年" if text else ""
        masks = {"name": mask_name, "id_number": mask_id, "phone": mask_phone}
        if name in masks:
            return masks[name](text)
        labels = {"sex": Person.Sex.choices, "id_kind": Person.IdKind.choices}
        if name in labels:
            return str(dict(labels[name]).get(text, text))
        return {"true": "是", "false": "否"}.get(text, text)


def _typed(values: Mapping[str, str | None]) -> dict[str, object]:
    """Return text as the rules take it."""
    given: dict[str, object] = dict(values)
    if "is_party_member" in values:
        said = (values["is_party_member"] or "").strip().lower()
        if said not in _TRUE | _FALSE | {""}:
            raise Invalid({"is_party_member": _("请写是或否。")})
        given["is_party_member"] = None if not said else said in _TRUE
    return given


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


register("person", People())
