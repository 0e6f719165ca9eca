"""What is in force against what the files say: setting by setting, and lists written back in the files' own form."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from lianxin.foundation.accounts.models import Role
from lianxin.foundation.organizations.models import Responsibility, Unit
from lianxin.kernel.configuration.models import Document
from lianxin.kernel.configuration.queries import current
from lianxin.registry.components import classes as components
from lianxin.registry.sources.models import Field
from lianxin.work.cases.models import FilingStandard
from lianxin.work.dispatch.models import Category
from lianxin.work.dispatch.queries import SCHEME, catalogue

from . import model
from .documents import documents, flat
from .model import Profile
from .vocabulary import SENSITIVITIES

_MISSING = None  # a setting that one side does not have


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that differs. None: that side does not have it."""

    document: str
    path: str
    in_file: Any
    in_force: Any


def differences(profile: Profile) -> list[Difference]:
    """Return the settings and roles in force that differ from the files; lists differ as `loader.plan` tells."""
    wanted = {key: dict(flat(content)) for key, content in documents(profile).items() if key != "profile"}
    in_force = _in_force(wanted)
    wanted["roles"] = {role.code: sorted(role.permissions) for role in profile.roles}
    in_force["roles"] = {role.code: sorted(role.permissions) for role in Role.objects.all()}
    found = []
    for key, settings in wanted.items():
        now = in_force.get(key, {})
        for path in sorted(settings.keys() | now.keys()):
            one, other = settings.get(path, _MISSING), now.get(path, _MISSING)
            if one != other:
                found.append(Difference(key, path, one, other))
    return found


def _in_force(keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    latest = Document.objects.filter(key__in=list(keys)).order_by("key", "-version").distinct("key")
    return {document.key: dict(flat(document.content)) for document in latest}


def export(table: str) -> str:
    """Return a list in force as the CSV file of a profile; raise KeyError for a table that has none."""
    kind, rows = _EXPORTS[table]
    columns = [column.name for column in fields(kind)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows())
    return out.getvalue()


def exportable() -> list[str]:
    """Return the tables that `export` knows."""
    return list(_EXPORTS)


def _categories() -> Iterable[Mapping[str, Any]]:
    for category in Category.objects.filter(scheme=SCHEME, active=True).select_related("parent").order_by("code"):
        yield {
            "code": category.code,
            "parent": category.parent.code if category.parent else "",
            "level": category.depth,
            "name": category.name,
            "kind": category.kind,
            "description": category.description,
            "keywords": "|".join(category.keywords),
        }


def _standards() -> Iterable[Mapping[str, Any]]:
    rows = FilingStandard.objects.filter(valid_to=None, category__scheme=SCHEME).select_related("category")
    for row in rows.order_by("category__code", "row"):
        yield {
            "category": row.category.code,
            "row": row.row,
            "condition": row.condition,
            "severity": row.severity,
            "limit_value": row.limit_value,
            "limit_unit": row.limit_unit,
            "closing": row.closing_condition,
            "evidence": "|".join(row.evidence),
            "unit_kind": row.unit_kind,
            "basis": row.basis,
            "source": "导出",
        }


def _units() -> Iterable[Mapping[str, Any]]:
    pairings = current("pairings") or {}
    for unit in Unit.objects.filter(valid_to=None).select_related("parent", "area").order_by("pk"):
        # A unit of the whole place has no area of its own in the file.
        area = unit.area.code if unit.area and unit.area.role != "city" else ""
        yield {
            "code": unit.code,
            "name": unit.name,
            "short": unit.short_name,
            "kind": unit.kind,
            "parent": unit.parent.code if unit.parent else "",
            "level": unit.level,
            "area": area,
            "pairs": pairings.get(unit.code, ""),
        }


def _responsibilities() -> Iterable[Mapping[str, Any]]:
    codes = dict(Unit.objects.values_list("pk", "code"))
    rows = Responsibility.objects.filter(valid_to=None).select_related("area", "lead").order_by("number")
    for row in rows:
        yield {
            "row": row.number,
            "category": row.category,
            "area": row.area.code if row.area else "",
            "level": row.level,
            "lead": row.lead.code if row.lead else f"@{row.lead_kind}",
            "assists": "|".join(codes[pk] for pk in row.assists if pk in codes),
            "basis": row.basis,
        }


def _fields() -> Iterable[Mapping[str, Any]]:
    for field in Field.objects.filter(is_active=True).select_related("owner").order_by("place", "code"):
        yield {
            "code": field.code,
            "label": field.label,
            "subject": field.subject,
            "sensitivity": SENSITIVITIES[field.sensitivity],
            "purpose": field.purpose,
            "basis": field.legal_basis,
            "owner": field.owner.code if field.owner else "",
            "stale_after_days": field.stale_after_days or 0,
            "required": "yes" if field.is_required else "",
        }


def _component_classes() -> Iterable[Mapping[str, Any]]:
    """Yield the place's own classes, and the nation's where the place has other words or a category for them."""
    known = {leaf.code for leaf in catalogue().leaves}
    for node in components.catalogue().by_code.values():
        category = node.category_code if node.category_code in known else ""
        row = components.ClassRow(node.code, node.major_name, node.name, node.description, category)
        if row != components.national().get(node.code):
            yield asdict(row)


_EXPORTS: dict[str, tuple[type[Any], Callable[[], Iterable[Mapping[str, Any]]]]] = {
    "categories": (model.Category, _categories),
    "standards": (model.Standard, _standards),
    "units": (model.Unit, _units),
    "responsibilities": (model.Responsibility, _responsibilities),
    "fields": (model.RegisteredField, _fields),
    "component_classes": (model.ComponentClass, _component_classes),
}
