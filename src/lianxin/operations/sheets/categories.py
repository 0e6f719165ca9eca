"""The tree of categories (分类): classes and items, in columns side by side or as a list with parents."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.errors import LianxinError
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import ImportField, words
from lianxin.registry.imports.targets.protocol import Frame, Session, Undone
from lianxin.registry.sources.models import Source
from lianxin.work.cases.models import Case, FilingStandard
from lianxin.work.dispatch import actions as dispatch
from lianxin.work.dispatch.models import Category
from lianxin.work.dispatch.queries import SCHEME

from .keeping import keep, kept, token
from .tree import NAMES, Tree, row_of, tree_fields

_SPLIT = str.maketrans({"，": "|", "、": "|", ",": "|", "；": "|", ";": "|"})


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip()[:40] for part in text.translate(_SPLIT).split("|") if part.strip()))


class CategoriesTarget:
    """Classes of reports."""

    code, icon, permission, key_field, is_geo, is_woven = (
        "categories",
        "layers",
        "dispatch.manage",
        "minor",
        False,
        True,
    )
    label = _("分类")
    line = _("大类、小类、细类，说明和关键词；没有编码的自动编")
    touches = {"category": _("新增分类"), "name": _("改名称"), "kind": _("改性质"), "words": _("改说明或关键词")}
    fields: Sequence[ImportField] = (
        *tree_fields(),
        ImportField("parent", "上级编码", words(80), ("上级", "上级代码", "父级编码", "上级分类"),
                    hint="一行一类、写上级的表才填"),
        ImportField("description", "说明", words(600), ("描述", "含义", "具体内容", "description"),
                    example="没有进容器的生活垃圾"),
        ImportField("keywords", "关键词", _keywords, ("关键字", "常用词"), example="垃圾、发臭、没人清"),
        ImportField("public_name", "居民看到的名称", words(80), ("公开名称", "对外名称"), example=""),
    )  # fmt: skip

    def begin(self, frame: Frame) -> Session:
        """Read the tree there is."""
        return _Categories(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """Let changed ones be as they were, and switch off made ones that nobody uses."""
        return _undo(frame, source)


class _Categories:
    def __init__(self, frame: Frame) -> None:
        self.frame, self.tree = frame, Tree()

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """There is little to make ready."""

    def check(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self._one(draft)

    def _one(self, draft: Draft) -> None:
        values = draft.values
        draft.answers["new"] = "1"  # this table is there to make them
        if values.get("parent"):
            self._with_parent(values)
        code = self.tree.place(draft)
        if code is None:
            return
        draft.token = token(code)
        node = self.tree.nodes[code]
        changes = {name: values[name] for name in ("kind", "description", "keywords", "public_name") if name in values}
        wanted = row_of(node, **changes)
        draft.data = wanted
        if node.is_new:
            draft.verdict, draft.touches = Verdict.NEW, ["category"]
            return
        differs = [name for name in changes if getattr(wanted, name) != getattr(row_of(node), name)]
        draft.touches = list(dict.fromkeys("kind" if name == "kind" else "words" for name in differs))
        draft.verdict = Verdict.CHANGE if differs else Verdict.SAME

    def _with_parent(self, values: dict[str, Any]) -> None:
        """Turn a row that names the one above it into names from the top."""
        written, name = values["parent"], values.get("minor", "")
        above = written if written in self.tree.nodes else next(
            (node.code for node in self.tree.nodes.values() if node.name == written), "")  # fmt: skip
        path = (*self.tree.path(above), name)
        values.update(dict(zip(NAMES[-len(path) :] if len(path) == 3 else NAMES[: len(path)], path, strict=False)))

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        actor, at = self.frame.actor, self.frame.at
        told = {draft.data.code: draft.data for draft in drafts}
        above = [row for row in self.tree.rows_for(set(told)) if row.code not in told]
        held = {code: row_of(node) for code, node in self.tree.nodes.items() if node.row is not None}
        done = dispatch.load_categories(actor, [*above, *told.values()], at=at)
        ids = dict(Category.objects.filter(scheme=SCHEME).values_list("code", "pk"))
        keep(self.frame, source, "category", [
            *((ids[code], "create", None) for code in done.created),
            *((ids[code], "amend", {
                "kind": held[code].kind, "description": held[code].description,
                "keywords": "|".join(held[code].keywords), "public_name": held[code].public_name,
            }) if code in held else (ids[code], "create", None) for code in done.changed),
        ])  # fmt: skip


def _undo(frame: Frame, source: Source) -> Undone:
    total = Undone()
    for pk, act, before in kept(source, "category"):
        tree = Tree()
        node = next((each for each in tree.nodes.values() if each.row is not None and each.row.pk == pk), None)
        if node is None or (act == "create" and _is_used(pk)):
            total += Undone(0, 1)
            continue
        back: dict[str, Any] = {"active": False}
        if act == "amend":
            back = {**before, "keywords": tuple(part for part in before["keywords"].split("|") if part)}
        try:
            dispatch.load_categories(frame.actor, [row_of(node, **back)], at=frame.at)
            total += Undone(1)
        except LianxinError:
            total += Undone(0, 1)
    return total


def _is_used(pk: int) -> bool:
    return (
        Case.objects.filter(category_id=pk).exists()
        or FilingStandard.objects.filter(category_id=pk, valid_to=None).exists()
        or Category.objects.filter(parent_id=pk, active=True).exists()
    )
