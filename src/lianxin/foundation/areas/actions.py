"""Every change to the tree of areas, borders excepted (see `redivision`)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, Refused, Stale
from lianxin.kernel.journal import writing

from . import rules, tree
from .acting import Acting, demand, draft
from .models import Area
from .redivision import (
    apply_due_redivisions,
    apply_redivision,
    cancel_redivision,
    mark_all_rehomed,
    mark_rehomed,
    plan_redivision,
    planned_codes,
    waiting_plans,
)
from .tree import Loaded, Node

__all__ = [
    "Loaded",
    "Node",
    "amend_area",
    "apply_due_redivisions",
    "apply_redivision",
    "cancel_redivision",
    "create_area",
    "end_area",
    "load_tree",
    "mark_all_rehomed",
    "mark_rehomed",
    "plan_redivision",
]
_LABEL = "管理区域"


@transaction.atomic
def load_tree(actor: Acting, nodes: Iterable[Node], *, at: datetime, dry_run: bool = False) -> Loaded:
    """Bring a whole tree in: new areas are made, names and counts follow, the same again changes nothing.

    Borders and parents of areas that exist are left alone and listed as refused: they change by
    re-division, which keeps history. Raises Invalid for a tree that does not hold together.
    """
    demand(actor, "areas.manage", _LABEL)
    return _bring_in(actor, nodes, at, dry_run=dry_run)


def _bring_in(actor: Acting, nodes: Iterable[Node], at: datetime, *, dry_run: bool = False) -> Loaded:
    known = {area.code: area for area in Area.objects.filter(valid_to=None).select_related("parent")}
    loaded, new = Loaded(), []
    for node in tree.ordered(nodes, known):
        if node.code in known:
            _sort(loaded, node.code, changed=tree.bring_up_to_date(known[node.code], node))
        else:
            new.append(node)
            loaded.created.append(node.code)
    if dry_run or not (loaded.created or loaded.changed):
        return loaded
    grown = tree.grow(new, known, at=at)
    Area.objects.bulk_create(grown, batch_size=500)
    changed = [known[code] for code in loaded.changed]
    fields = ["name", "kind", "level", "households", "boundary", "center", "square_metres", "version"]
    Area.objects.bulk_update(changed, fields, batch_size=500)
    if changed:
        _rename_below()
    writing.append(
        [draft(actor, "area", area.pk, "create", at=at, version=1, after=_facts(area)) for area in grown]
        + [draft(actor, "area", area.pk, "amend", at=at, version=area.version, after=_facts(area)) for area in changed]
    )
    versions.bump("areas")
    return loaded


@transaction.atomic
def create_area(actor: Acting, *, node: Node, at: datetime) -> Area:
    """Add one area under a parent that exists, on ground that none of its siblings has.

    Raises Refused if its code is taken or its border leaves the parent or lies on a sibling's ground,
    Invalid as `load_tree`.
    """
    # The parent's row is the lock: two who add at once see each other's border.
    parent = Area.objects.select_for_update().filter(code=node.parent, valid_to=None).first() if node.parent else None
    demand(actor, "areas.manage", _LABEL, parent)
    if Area.objects.filter(code=node.code, valid_to=None).exists():
        raise Refused("area_code_taken", _("区域编码 {code} 已经在用。").format(code=node.code))
    if node.code in planned_codes():
        sentence = _("区域编码 {code} 已留给一次尚未生效的调整，请换一个。")
        raise Refused("area_code_planned", sentence.format(code=node.code))
    if parent is not None and node.boundary is not None:
        _check_ground(parent, node)
    _bring_in(actor, [node], at)
    return Area.objects.get(code=node.code, valid_to=None)


@transaction.atomic
def amend_area(
    actor: Acting, *, area: Area, seen: int, name: str, households: int | None, kind: str = "", at: datetime
) -> Area:
    """Change the name, the household count or the kind. Raises Refused for an ended area, Stale if changed since."""
    demand(actor, "areas.manage", _LABEL, area)
    area = Area.objects.select_for_update().get(pk=area.pk)
    if area.valid_to is not None:
        raise Refused("area_ended", _("“{name}”已经撤销，不能再改。").format(name=area.name))
    if area.version != seen:
        raise Stale(_("这个区域刚被别人改过，请刷新后再改。"), version=area.version, changes=[])
    before = _facts(area)
    area.name, area.households, area.kind = name, households, kind
    area.version += 1
    area.save(update_fields=["name", "households", "kind", "version"])
    if before["name"] != name:
        _rename_below()
    writing.append(
        [draft(actor, "area", area.pk, "amend", at=at, version=area.version, before=before, after=_facts(area))]
    )
    versions.bump("areas")
    return area


def _check_ground(parent: Area, node: Node) -> None:
    outline = rules.outline(node.boundary)
    siblings = Area.objects.filter(parent=parent, valid_to=None, boundary__isnull=False, level=node.level)
    taken = {row.name: found for row in siblings if (found := rules.outline(row.boundary)) is not None}
    if outline is not None:
        rules.check_ground(outline, rules.outline(parent.boundary), taken, parent=parent.name)


@transaction.atomic
def end_area(actor: Acting, *, area: Area, seen: int, reason: str, at: datetime) -> Area:
    """End an area that nothing follows: what lay in it is its parent's from now on, posts in it end.

    To give its ground to a neighbour, merge them instead. Raises Refused for the root, for an area that has ended,
    has others below it or stands in a plan; Stale if changed since.
    """
    demand(actor, "areas.manage", _LABEL, area)
    area = Area.objects.select_for_update().get(pk=area.pk)
    if area.valid_to is not None:
        raise Refused("area_ended", _("“{name}”已经撤销，不能再改。").format(name=area.name))
    if area.version != seen:
        raise Stale(_("这个区域刚被别人改过，请刷新后再改。"), version=area.version, changes=[])
    if not reason.strip():
        raise Invalid({"note": _("请写明撤销的依据，例如批复文号。")})
    if area.parent_id is None:
        raise Refused("area_root", _("最上一级不能撤销。"))
    if below := Area.objects.filter(parent=area, valid_to=None).count():
        raise Refused("area_has_children", _("“{name}”下面还有 {count} 个区域，请先处理它们。").format(
            name=area.name, count=below))  # fmt: skip
    if any(area.pk in plan["old"] for plan in waiting_plans()):
        raise Refused("area_in_plan", _("“{name}”已列入一次尚未生效的调整，请先取消那次调整。").format(name=area.name))
    area.valid_to = at
    area.version += 1
    area.save(update_fields=["valid_to", "version"])
    writing.append(
        [
            draft(
                actor,
                "area",
                area.pk,
                "end",
                at=at,
                version=area.version,
                note=reason,
                after={"parent": area.parent_id},
            )
        ]
    )
    versions.bump("areas")
    return area


def _sort(loaded: Loaded, code: str, *, changed: bool | None) -> None:
    kinds = {None: loaded.refused, True: loaded.changed, False: loaded.unchanged}
    kinds[changed].append(code)


def _facts(area: Area) -> dict[str, object]:
    return {"code": area.code, "name": area.name, "kind": area.kind, "households": area.households}


def _rename_below() -> None:
    """Write full names anew where a name above has changed."""
    names: dict[int, str] = {}
    stale = []
    areas = Area.objects.filter(valid_to=None).only("id", "name", "full_name", "parent_id", "path")
    for area in sorted(areas, key=lambda area: area.path.count(".")):
        names[area.pk] = names.get(area.parent_id or 0, "") + area.name
        if area.full_name != names[area.pk]:
            area.full_name = names[area.pk]
            stale.append(area)
    Area.objects.bulk_update(stale, ["full_name"], batch_size=500)
