"""Every change to units and to the responsibility list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.foundation.areas.acting import Acting, demand, draft
from lianxin.foundation.areas.models import Area
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.journal import writing

from .models import Responsibility, Unit

_UNITS = "管理单位"
_LIST = "管理权责清单"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit to be: `parent` and `area` are codes."""

    code: str
    name: str
    kind: str
    level: str
    short_name: str = ""
    parent: str | None = None
    area: str | None = None
    credit_code: str = ""
    duty_phone: str = ""


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A row of the responsibility list to be: units and areas by code; either `lead` or `lead_kind`."""

    number: str
    category: str
    level: str
    area: str | None = None
    lead: str | None = None
    lead_kind: str = ""
    assists: tuple[str, ...] = ()
    basis: str = ""


@dataclass(slots=True)
class Loaded:
    """What a load did, by codes or numbers."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


@transaction.atomic
def load_units(actor: Acting, rows: Iterable[UnitRow], *, at: datetime, dry_run: bool = False) -> Loaded:
    """Bring units in; those known are brought up to date, those not named stay. The same again changes nothing.

    Raises Invalid for doubles, unknown parents and areas, and circles.
    """
    demand(actor, "organizations.manage", _UNITS)
    known = {unit.code: unit for unit in Unit.objects.all()}
    areas = dict(Area.objects.filter(valid_to=None).values_list("code", "pk"))
    loaded, drafts = Loaded(), []
    for row in _ordered(rows, known):
        unit = known.get(row.code)
        wanted = _wanted(row, known, areas)
        if unit is None:
            loaded.created.append(row.code)
            unit = known[row.code] = Unit(code=row.code, valid_from=at, **wanted)
            if not dry_run:
                _plant(unit)
                drafts.append(draft(actor, "unit", unit.pk, "create", at=at, after=_facts(unit)))
        elif changes := {name: value for name, value in wanted.items() if getattr(unit, name) != value}:
            loaded.changed.append(row.code)
            before = _facts(unit)
            for name, value in changes.items():
                setattr(unit, name, value)
            if not dry_run:
                unit.save(update_fields=list(changes))
                drafts.append(draft(actor, "unit", unit.pk, "amend", at=at, before=before, after=_facts(unit)))
        else:
            loaded.unchanged.append(row.code)
    if drafts:
        _replant()
        writing.append(drafts)
        versions.bump("organizations")
    return loaded


def create_unit(actor: Acting, *, row: UnitRow, at: datetime) -> Unit:
    """Add one unit. Raises Refused if its code is taken, Invalid as `load_units`."""
    if Unit.objects.filter(code=row.code).exists():
        raise Refused("unit_code_taken", _("单位编码 {code} 已经在用。").format(code=row.code))
    load_units(actor, [row], at=at)
    return Unit.objects.get(code=row.code)


@transaction.atomic
def rename_unit(actor: Acting, *, unit: Unit, name: str, short_name: str, reason: str, at: datetime) -> Unit:
    """Give a unit another name; what it did before stays its own. Raises Invalid for an empty one."""
    demand(actor, "organizations.manage", _UNITS, unit.area, unit.pk)
    if not name.strip():
        raise Invalid({"name": _("请填写单位名称。")})
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    before = _facts(unit)
    unit.name, unit.short_name = name.strip(), short_name.strip() or name.strip()
    unit.save(update_fields=["name", "short_name"])
    writing.append([draft(actor, "unit", unit.pk, "rename", at=at, note=reason, before=before, after=_facts(unit))])
    versions.bump("organizations")
    return unit


@transaction.atomic
def end_unit(actor: Acting, *, unit: Unit, reason: str, at: datetime) -> Unit:
    """Dissolve a unit. Raises Refused while units below it exist or the list still lets it lead."""
    demand(actor, "organizations.manage", _UNITS, unit.area, unit.pk)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    still = Q(valid_to=None) | Q(valid_to__gt=at)
    if unit.valid_to is not None:
        raise Refused("unit_ended", _("这个单位已经撤销。"))
    if Unit.objects.filter(still, parent=unit).exists():
        raise Refused("unit_has_children", _("“{name}”还有下级单位，请先调整下级单位。").format(name=unit.name))
    leads = Responsibility.objects.filter(still, lead=unit).count()
    if leads:
        raise Refused(
            "unit_leads",
            _("“{name}”在权责清单里还牵头 {count} 条，请先改清单。").format(name=unit.name, count=leads),
        )
    unit.valid_to = at
    unit.save(update_fields=["valid_to"])
    writing.append([draft(actor, "unit", unit.pk, "end", at=at, note=reason)])
    versions.bump("organizations")
    return unit


@transaction.atomic
def load_responsibilities(
    actor: Acting, rows: Sequence[DutyRow], *, at: datetime, replace: bool = False, dry_run: bool = False
) -> Loaded:
    """Bring the list in by its numbers; a changed row ends and begins again. `replace` ends rows not named.

    Raises Invalid for unknown units and areas, double numbers, and rows that name no lead or two.
    """
    demand(actor, "organizations.manage", _LIST)
    units = dict(Unit.objects.filter(valid_to=None).values_list("code", "pk"))
    areas = dict(Area.objects.filter(valid_to=None).values_list("code", "pk"))
    held = {row.number: row for row in Responsibility.objects.select_for_update().filter(valid_to=None)}
    loaded, ending, beginning = Loaded(), [], []
    for row in rows:
        new = _responsibility(row, units, areas, at)
        old = held.pop(row.number, None)
        if row.number in (*loaded.created, *loaded.changed, *loaded.unchanged):
            raise Invalid({"number": _("权责清单的序号 {number} 出现了两次。").format(number=row.number)})
        if old is not None and _content(old) == _content(new):
            loaded.unchanged.append(row.number)
            continue
        (loaded.changed if old else loaded.created).append(row.number)
        beginning.append(new)
        ending += [old] if old else []
    if replace:
        loaded.ended += list(held)
        ending += list(held.values())
    if (beginning or ending) and not dry_run:
        _write_rows(actor, ending, beginning, at)
    return loaded


def add_responsibility(actor: Acting, *, row: DutyRow, at: datetime) -> Responsibility:
    """Add one row to the list. Raises Refused if its number is in force, Invalid as `load_responsibilities`."""
    if Responsibility.objects.filter(number=row.number, valid_to=None).exists():
        raise Refused(
            "responsibility_number_taken", _("序号 {number} 已经在用，请先停用原来的一条。").format(number=row.number)
        )
    load_responsibilities(actor, [row], at=at)
    return Responsibility.objects.get(number=row.number, valid_to=None)


@transaction.atomic
def end_responsibility(actor: Acting, *, row: Responsibility, reason: str, at: datetime) -> Responsibility:
    """Take a row off the list; cases it has dispatched stay as they are. Raises Refused if it has ended."""
    demand(actor, "organizations.manage", _LIST)
    row = Responsibility.objects.select_for_update().get(pk=row.pk)
    if row.valid_to is not None:
        raise Refused("responsibility_ended", _("这一条已经停用。"))
    _write_rows(actor, [row], [], at, note=reason)
    return row


def _write_rows(
    actor: Acting,
    ending: Sequence[Responsibility],
    beginning: Sequence[Responsibility],
    at: datetime,
    *,
    note: str = "",
) -> None:
    for row in ending:
        # A row that began this very instant was never in force.
        row.valid_to = at
    Responsibility.objects.bulk_update(ending, ["valid_to"], batch_size=500)
    Responsibility.objects.bulk_create(beginning, batch_size=500)
    writing.append(
        [draft(actor, "duty", row.pk, "end", at=at, note=note, before=_content(row)) for row in ending]
        + [draft(actor, "duty", row.pk, "create", at=at, after=_content(row)) for row in beginning]
    )
    versions.bump("organizations")


def _responsibility(row: DutyRow, units: Mapping[str, int], areas: Mapping[str, int], at: datetime) -> Responsibility:
    wrong = {}
    unknown = [code for code in (row.lead, *row.assists) if code and code not in units]
    if unknown:
        wrong["lead"] = _("权责清单第 {number} 条：没有单位 {codes}。").format(
            number=row.number, codes="、".join(unknown)
        )
    if row.area and row.area not in areas:
        wrong["area"] = _("权责清单第 {number} 条：没有区域 {code}。").format(number=row.number, code=row.area)
    if bool(row.lead) == bool(row.lead_kind):
        wrong["lead_kind"] = _("权责清单第 {number} 条：牵头单位和牵头单位类别要填一个，只填一个。").format(
            number=row.number
        )
    if wrong:
        raise Invalid(wrong)
    return Responsibility(
        number=row.number,
        category=row.category,
        area_id=areas[row.area] if row.area else None,
        level=row.level,
        lead_id=units[row.lead] if row.lead else None,
        lead_kind=row.lead_kind,
        assists=[units[code] for code in row.assists],
        basis=row.basis,
        valid_from=at,
    )


def _content(row: Responsibility) -> dict[str, Any]:
    return {
        "number": row.number,
        "category": row.category,
        "area_id": row.area_id,
        "level": row.level,
        "lead_id": row.lead_id,
        "lead_kind": row.lead_kind,
        "assists": list(row.assists),
        "basis": row.basis,
    }


def _ordered(rows: Iterable[UnitRow], known: Mapping[str, Unit]) -> list[UnitRow]:
    waiting = {}
    for row in rows:
        if row.code in waiting:
            raise Invalid({"code": _("单位编码 {code} 出现了两次。").format(code=row.code)})
        waiting[row.code] = row
    there, placed = set(known) - set(waiting), []
    while waiting:
        ready = [row for row in waiting.values() if row.parent is None or row.parent in there]
        if not ready:
            row = next(iter(waiting.values()))
            raise Invalid(
                {"parent": _("单位 {code} 的上级 {parent} 不存在。").format(code=row.code, parent=row.parent)}
            )
        placed += ready
        there |= {row.code for row in ready}
        for row in ready:
            del waiting[row.code]
    return placed


def _wanted(row: UnitRow, known: Mapping[str, Unit], areas: Mapping[str, int]) -> dict[str, Any]:
    if row.area and row.area not in areas:
        raise Invalid({"area": _("单位 {code} 的区域 {area} 不存在。").format(code=row.code, area=row.area)})
    parent = known[row.parent] if row.parent else None
    return {
        "name": row.name,
        "short_name": row.short_name or row.name[:40],
        "kind": row.kind,
        "level": row.level,
        "parent_id": parent.pk if parent else None,
        "area_id": areas[row.area] if row.area else None,
        "credit_code": row.credit_code,
        "duty_phone": row.duty_phone,
    }


def _plant(unit: Unit) -> None:
    unit.path = ""
    unit.save(force_insert=True)


def _replant() -> None:
    """Write paths anew from parents; units are a few hundred at most."""
    with connection.cursor() as cursor:
        cursor.execute("""
            WITH RECURSIVE tree AS (
                SELECT id, id || '.' AS path FROM unit WHERE parent_id IS NULL
                UNION ALL SELECT unit.id, tree.path || unit.id || '.' FROM unit JOIN tree ON unit.parent_id = tree.id
            )
            UPDATE unit SET path = tree.path FROM tree WHERE unit.id = tree.id AND unit.path <> tree.path
        """)


def _facts(unit: Unit) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "parent_id": unit.parent_id,
        "area_id": unit.area_id,
    }
