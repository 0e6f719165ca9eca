"""Areas (区域): divisions from lists, grids with their borders from geodata; by code. Hundreds of thousands at once."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.areas import rules
from lianxin.foundation.areas.models import Area, Role
from lianxin.foundation.areas.tree import new_ids
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry import polygons
from lianxin.kernel.tables.values import folded
from lianxin.registry.imports.copying import copy_rows
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import Choice, ImportField, whole, words
from lianxin.registry.imports.problems import SKIP, Problem, Remedy
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.recording import sealed, unsealed

from .protocol import Frame, Session, Undone
from .spots import copy_revisions

_LEVELS = {"city": "市县", "street": "街道", "community": "社区", "grid": "网格", "micro": "微网格"}
_LEVEL_WORDS = {
    "city": ("省", "市", "县", "区", "旗", "省级", "地级", "市级", "县级", "区县", "province", "county"),
    "street": ("乡镇", "镇", "乡", "街道", "乡级", "town"),
    "community": ("村", "社区", "村居", "居委会", "村级", "village"),
    "grid": ("网格", "综合网格", "专属网格"), "micro": ("微网格", "小网格"),
}  # fmt: skip
_level = Choice(_LEVELS, _LEVEL_WORDS)
# Length of a division code → role (GB/T 2260, GB/T 10114, statistics); longer ones are grids of the place.
_BY_LENGTH = {2: "city", 4: "city", 6: "city", 9: "street", 12: "community"}


class AreasTarget:
    """The tree of areas."""

    code, icon, permission, key_field, is_geo, is_woven = "areas", "map", "areas.manage", "code", True, False
    label = _("区域网格")
    line = _("区划代码表，或带边界的网格图（GeoJSON、GeoPackage、Shapefile）")
    touches = {
        "area": _("新增区域"),
        "name": _("改名称"),
        "households": _("改户数"),
        "boundary": _("补边界"),
        "kind": _("改种类"),
    }
    fields: Sequence[ImportField] = (
        ImportField("code", "编码", words(24), ("区划代码", "区域编码", "网格编码", "代码", "行政区划代码",
                                              "网格编号", "code", "id"),
                    required=True, looks=lambda text: text.isascii() and text.isalnum() and len(text) <= 24,
                    example="340881001001"),
        ImportField("name", "名称", words(80), ("区划名称", "区域名称", "网格名称", "社区名称", "name", "mc"),
                    required=True,
                    example="和平社区"),
        ImportField("parent", "上级编码", words(24), ("上级", "上级代码", "父级编码", "上级区划", "上级区划代码",
                                                  "parent",
                    "社区编码", "pid"), example="340881001", hint="没有这一列的，按编码的前几位认上级"),
        ImportField("role", "层级", _level, ("级别", "类型", "level", "区域层级"), looks=_level.looks,
                    choices=tuple(_LEVELS.values()), example="社区", hint="没有这一列的，按编码的长度认"),
        ImportField("kind", "种类", words(30), ("网格种类", "城乡分类", "网格类型"), example=""),
        ImportField("households", "户数", whole(0, 1_000_000), ("住户数", "总户数", "户"), example="400"),
    )  # fmt: skip

    def begin(self, frame: Frame) -> Session:
        """Read the codes there are."""
        return _Areas(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:  # noqa: ARG002 - as all targets
        """Take a delivery back."""
        return _undo(source)


@dataclass(slots=True)
class _Node:
    """An area as its children and its own row need it."""

    id: int
    name: str
    full_name: str
    path: str
    hot: tuple[int | None, int | None, int | None]
    role: str
    parent: str | None
    has_border: bool
    households: int | None
    kind: str
    version: int = 1
    is_new: bool = False


class _Areas:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.scope = frame.actor.scope("areas.manage")
        self.known: dict[str, _Node] = {}
        self.by_name: dict[str, str] = {}
        rows = Area.objects.filter(valid_to=None).values_list(
            "code", "id", "name", "full_name", "path", "street_id", "community_id", "grid_id", "role", "parent__code",
            "boundary__isnull", "households", "kind", "version",
        )  # fmt: skip
        for code, pk, name, full, path, street, community, grid, *rest in rows.iterator():
            role, parent, bare, households, kind, version = rest
            hot = (street, community, grid)
            self.known[code] = _Node(pk, name, full, path, hot, role, parent, not bare, households, kind, version)
            self.by_name[folded(full)] = code

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """There is little to make ready."""

    def check(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self._one(draft)

    def _one(self, draft: Draft) -> None:
        code = draft.values.get("code")
        if code is None:
            return
        draft.token = blake2b(code.encode(), digest_size=16).digest()
        if draft.is_wrong:
            return
        held = self.known.get(code)
        if held is None or held.is_new:
            self._new(draft, code)
        else:
            self._compare(draft, held)

    def _new(self, draft: Draft, code: str) -> None:
        values = draft.values
        parent = self._parent(draft, code)
        role = values.get("role") or _role_of(code, is_root=parent is None)
        if draft.is_wrong:
            return
        if not role:
            remedies = tuple(Remedy(_("是{label}").format(label=label), {"role": label}) for label in _LEVELS.values())
            draft.blame(Problem("role", "missing", _("看不出是哪一级，请写层级。"), remedies[1:4], written="-"))
            return
        above = self.known.get(parent) if parent else None
        if not self.scope.everywhere and (above is None or not self._holds(above)):
            draft.blame(Problem("code", "outside", _("上级不在您负责的区域。"), (SKIP,)))
            return
        values["role"], values["parent"] = role, parent
        draft.data = self._border(draft)
        if draft.is_wrong:
            return
        if code not in self.known:
            name = values["name"]
            full = (above.full_name if above else "") + name
            hot = above.hot if above else (None, None, None)
            self.known[code] = _Node(0, name, full, "", hot, role, parent, has_border=False, households=None, kind="",
                                     is_new=True)  # fmt: skip
        draft.verdict, draft.touches = Verdict.NEW, ["area"]

    def _holds(self, node: _Node) -> bool:
        street, community, grid = node.hot
        scope = self.scope
        return street in scope.street_ids or community in scope.community_ids or grid in scope.grid_ids

    def _parent(self, draft: Draft, code: str) -> str | None:
        written = draft.values.get("parent")
        if written:
            found = written if written in self.known else self.by_name.get(folded(written))
            if found is None:
                sentence = _("没有上级“{name}”，它要排在前面，或先导入。").format(name=written)
                draft.blame(Problem("parent", "unknown", sentence, (SKIP,), written=written))
            return found
        for length in (12, 9, 6, 4, 2):
            if length < len(code) and code[:length] in self.known:
                return code[:length]
        if len(code) > 2 and self.known and not code.isdigit():
            draft.blame(Problem("parent", "unknown", _("看不出上级是谁，请写上级编码。"), (SKIP,)))
        return None

    def _border(self, draft: Draft) -> Any:
        if draft.geometry is None:
            return None
        try:
            return rules.outline(draft.geometry)
        except Invalid as fault:
            remedy = Remedy(_("先不要边界"), answer={"border": "none"})
            if draft.answers.get("border") != "none":
                draft.blame(Problem("", "geometry", next(iter(fault.fields.values())), (remedy, SKIP)))
            return None

    def _compare(self, draft: Draft, held: _Node) -> None:
        values = draft.values
        parent = values.get("parent")
        if parent and parent != held.parent and self.by_name.get(folded(parent)) != held.parent:
            sentence = _("“{name}”已在别的上级下面；换上级、改边界要走“边界调整”，好留下历史。").format(name=held.name)
            draft.blame(Problem("parent", "taken", sentence, (SKIP,)))
            return
        draft.data = None if held.has_border else self._border(draft)
        changed = [
            name for name in ("name", "households", "kind") if name in values and values[name] != getattr(held, name)
        ]
        if draft.data is not None:
            changed.append("boundary")
        draft.touches, draft.verdict = changed, Verdict.CHANGE if changed else Verdict.SAME

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        new = [draft for draft in drafts if draft.verdict == Verdict.NEW]
        self._make(new, source)
        self._change([draft for draft in drafts if draft.verdict == Verdict.CHANGE], source)
        versions.bump("areas")

    def _make(self, drafts: Sequence[Draft], source: Source) -> None:
        names = ("id", "code", "name", "full_name", "level", "role", "kind", "parent_id", "path", "households",
                 "valid_from", "street_id", "community_id", "grid_id", "boundary", "center",
                 "square_metres")  # fmt: skip
        rows, ids = [], new_ids(len(drafts))
        for draft, pk in zip(self._parents_first(drafts), ids, strict=True):
            values, outline = draft.values, draft.data
            above = self.known.get(values["parent"]) if values["parent"] else None
            path = f"{above.path if above else ''}{pk}."
            hot = _hot(values["role"], pk, above)
            full = ((above.full_name if above else "") + values["name"])[:300]
            self.known[values["code"]] = _Node(
                pk, values["name"], full, path, hot, values["role"], values["parent"], outline is not None,
                values.get("households"), values.get("kind", ""), is_new=False,
            )  # fmt: skip
            rows.append(
                (pk, values["code"], values["name"], full, values["role"], values["role"], values.get("kind", ""),
                 above.id if above else None, path, values.get("households"), self.frame.at, *hot, *_drawn(outline))
            )  # fmt: skip
        copy_rows(Area, names, rows)
        copy_revisions(self.frame, source, (("area", pk, 1, "create", [], None) for pk in ids))

    def _parents_first(self, drafts: Sequence[Draft]) -> Iterator[Draft]:
        waiting = {draft.values["code"]: draft for draft in drafts}
        done: set[str] = set()

        def take(draft: Draft) -> Iterator[Draft]:
            parent = draft.values["parent"]
            if parent in waiting and parent not in done:
                yield from take(waiting[parent])
            if draft.values["code"] not in done:
                done.add(draft.values["code"])
                yield draft

        for draft in drafts:
            yield from take(draft)

    def _change(self, drafts: Sequence[Draft], source: Source) -> None:
        revisions = []
        for draft in drafts:
            held = self.known[draft.values["code"]]
            area = Area.objects.select_for_update(of=("self",)).get(pk=held.id)
            names = [name for name in draft.touches if name != "boundary"]
            before = {name: getattr(area, name) for name in names}
            for name in names:
                setattr(area, name, draft.values[name])
            if "boundary" in draft.touches:
                before["boundary"] = None
                names += ["boundary", "center", "square_metres"]
                area.boundary = polygons.to_geojson(draft.data)
                area.center, area.square_metres = rules.middle(draft.data), polygons.area(draft.data)
            area.version += 1
            area.save(update_fields=[*names, "version"])
            revisions.append(("area", area.pk, area.version, "amend", draft.touches, sealed(before)))
        copy_revisions(self.frame, source, revisions)


def _role_of(code: str, *, is_root: bool) -> str:
    """Return the level a code's length tells; empty when it tells none."""
    return _BY_LENGTH.get(len(code), "grid" if len(code) > 12 else "city" if is_root else "")


def _hot(role: str, pk: int, above: _Node | None) -> tuple[int | None, int | None, int | None]:
    street, community, grid = above.hot if above else (None, None, None)
    return (
        pk if role == Role.STREET else street,
        pk if role == Role.COMMUNITY else community,
        pk if role == Role.GRID else grid,
    )


def _drawn(outline: Any) -> tuple[Any, Any, Any]:
    if outline is None:
        return None, None, None
    middle = rules.middle(outline)
    return json.dumps(polygons.to_geojson(outline)), f"({middle.lon},{middle.lat})", polygons.area(outline)


def _undo(source: Source) -> Undone:
    undone = kept = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, version, before FROM revision WHERE source_id = %s AND subject = 'area'"
            " AND act = 'amend' ORDER BY id DESC",
            [source.pk],
        )
        for pk, version, before in cursor.fetchall():
            values = unsealed(before)
            if "boundary" in values:
                values |= {"boundary": None, "center": None, "square_metres": None}
            hit = Area.objects.filter(pk=pk, version=version).update(**values, version=version + 1)
            undone, kept = undone + hit, kept + (not hit)
        gone, left = _remove(cursor, source)
        versions.bump("areas")
    return Undone(undone + gone, kept + left)


def _remove(cursor: Any, source: Source) -> tuple[int, int]:
    """Remove made areas that nothing refers to, the deepest first."""
    clauses = []
    for relation in Area._meta.related_objects:
        model = relation.related_model
        if model is not Area and not isinstance(model, str):
            clauses.append(
                f'AND NOT EXISTS (SELECT 1 FROM "{model._meta.db_table}" x WHERE x."{relation.field.column}" = a.id)'
            )
    placed = ("estate", "building", "dwelling", "establishment", "person", "cases")
    clauses += [f'AND NOT EXISTS (SELECT 1 FROM "{table}" x WHERE x.area_id = a.id)' for table in placed]
    made = "SELECT subject_id FROM revision WHERE source_id = %s AND subject = 'area' AND act = 'create'"
    cursor.execute(f"SELECT count(*) FROM ({made}) m", [source.pk])
    count, gone = cursor.fetchone()[0], 0
    while True:
        cursor.execute(
            f"DELETE FROM area a WHERE a.id IN ({made}) AND a.version = 1"
            f" AND NOT EXISTS (SELECT 1 FROM area c WHERE c.parent_id = a.id) {' '.join(clauses)} RETURNING a.id",
            [source.pk],
        )
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return gone, count - gone
        cursor.execute("DELETE FROM revision WHERE subject = 'area' AND subject_id = ANY(%s)", [ids])
        gone += len(ids)
        if not _has_left(cursor, source):
            return gone, count - gone


def _has_left(cursor: Any, source: Source) -> bool:
    cursor.execute(
        "SELECT 1 FROM revision WHERE source_id = %s AND subject = 'area' AND act = 'create' LIMIT 1", [source.pk]
    )
    return cursor.fetchone() is not None
