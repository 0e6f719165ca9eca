"""Change the register of fields (字段目录): load it from a profile, give a field another owner or age."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.audit import actions as audit
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid

from .models import Field, FieldChange

VERSION = "register_fields"
_LABEL = "管理字段目录"
_MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field to be; `owner` is a unit's code, empty for the community."""

    code: str
    label: str
    subject: str
    sensitivity: int
    purpose: str
    legal_basis: str
    owner: str = ""
    stale_after_days: int | None = None
    is_required: bool = False


@dataclass(slots=True)
class Loaded:
    """What a load did, by codes."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


@transaction.atomic
def load_fields(actor: Actor, rows: Iterable[FieldRow], *, at: datetime) -> Loaded:
    """Make the register what the rows say, in their order; fields not named are used no more.

    The same again changes nothing. Raises NotAllowed, Invalid for a unit that does not exist.
    """
    demand(actor, "sources.manage", _LABEL)
    known = {one.code: one for one in Field.objects.select_for_update(of=("self",)).select_related("owner")}
    units = {unit.code: unit for unit in Unit.objects.filter(valid_to=None)}
    loaded = Loaded()
    named = set()
    for place, row in enumerate(rows, start=1):
        named.add(row.code)
        wanted = _wanted(row, place, units)
        found = known.get(row.code)
        if found is None:
            Field.objects.create(code=row.code, **wanted)
            loaded.created.append(row.code)
        elif _take(actor, found, wanted, reason=_("载入方案"), at=at):
            loaded.changed.append(row.code)
    for code in sorted({code for code, one in known.items() if one.is_active} - named):
        _take(actor, known[code], {"is_active": False}, reason=_("载入方案"), at=at)
        loaded.ended.append(code)
    if loaded.created or loaded.changed or loaded.ended:
        versions.bump(VERSION)
    return loaded


def _wanted(row: FieldRow, place: int, units: dict[str, Unit]) -> dict[str, Any]:
    if row.owner and row.owner not in units:
        raise Invalid({"owner": _("字段 {code} 的归口单位 {owner} 不存在。").format(code=row.code, owner=row.owner)})
    return {
        "label": row.label,
        "subject": row.subject,
        "sensitivity": row.sensitivity,
        "purpose": row.purpose,
        "legal_basis": row.legal_basis,
        "owner": units[row.owner] if row.owner else None,
        "stale_after_days": row.stale_after_days,
        "is_required": row.is_required,
        "place": place,
        "is_active": True,
    }


@transaction.atomic
def amend_field(
    actor: Actor, *, code: str, owner_id: int | None, stale_after_days: int | None, reason: str, at: datetime
) -> Field:
    """Give a field another owner, or another age at which its values are stale; what was is kept.

    Raises NotAllowed, Invalid without a reason, for a unit that has ended and for days out of 1…3650.
    """
    demand(actor, "sources.manage", _LABEL)
    found = Field.objects.select_for_update(of=("self",)).select_related("owner").get(code=code, is_active=True)
    faults = {}
    owner = Unit.objects.filter(pk=owner_id, valid_to=None).first() if owner_id is not None else None
    if owner_id is not None and owner is None:
        faults["owner"] = _("这个单位已经撤销，请换一个。")
    if stale_after_days is not None and not 1 <= stale_after_days <= _MOST_DAYS:
        faults["stale_after_days"] = _("天数应在 1 到 3650 之间，不会过时的空着。")
    if not reason.strip():
        faults["reason"] = _("请写明为什么改。")
    if faults:
        raise Invalid(faults)
    wanted = {"owner": owner, "stale_after_days": stale_after_days}
    if _take(actor, found, wanted, reason=reason.strip()[:300], at=at):
        versions.bump(VERSION)
        told = {"owner": owner.code if owner else "", "stale_after_days": stale_after_days or 0}
        audit.record(
            actor, "sources.amend_field", at=at, subject_kind="field", subject_label=code, reason=reason.strip()[:300],
            detail=told,
        )  # fmt: skip
    return found


def _take(actor: Actor, found: Field, wanted: dict[str, Any], *, reason: str, at: datetime) -> bool:
    changed = {name: value for name, value in wanted.items() if getattr(found, name) != value}
    if not changed:
        return False
    told = {name: [_plain(getattr(found, name)), _plain(value)] for name, value in changed.items() if name != "place"}
    for name, value in changed.items():
        setattr(found, name, value)
    found.save(update_fields=list(changed))
    if told:
        FieldChange.objects.create(
            field=found, at=at, account_id=actor.account_id, actor_label=actor.name[:120], changes=told, reason=reason
        )
    return True


def _plain(value: Any) -> Any:
    return value.short_name if isinstance(value, Unit) else value
