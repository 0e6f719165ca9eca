"""Which category a row means: by code, by its names from the major class down, or one that is to be made."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import likeness
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.fields import Choice, ImportField, words
from lianxin.registry.imports.problems import ASK, Problem, Remedy, Unreadable
from lianxin.work.cases.words import Kind
from lianxin.work.dispatch.actions import CategoryRow
from lianxin.work.dispatch.models import Category
from lianxin.work.dispatch.queries import SCHEME

KINDS = Choice({str(kind): str(kind.label) for kind in Kind}, {"problem": ("问题", "event"), "hazard": ("隐患排查",)})
NAMES = ("major", "minor", "item")


def _code(text: str) -> str:
    if len(text) > 20 or not text.isascii():
        raise Unreadable("form", _("编码“{text}”不对：用数字或字母，最多 20 位。").format(text=text[:24]))
    return text


def tree_fields(*, is_carried: bool = True) -> tuple[ImportField, ...]:
    """Return the fields that name a category; blank cells mean "as above" where that is the manner of the table."""
    top: tuple[str, ...] | None = () if is_carried else None
    below = ("code",) if is_carried else None
    return (
        ImportField("major", "大类", words(80), ("大类名称", "事件大类", "部件大类", "一级分类", "一级类别", "类别",
                    "问题大类", "major"), example="市容环境", carried=top, hint="空着表示和上一行相同"),
        ImportField("minor", "小类", words(80), ("小类名称", "事件小类", "部件小类", "二级分类", "二级类别", "问题小类",
                    "分类名称", "名称", "name"), example="暴露垃圾", carried=below and ("major", *below)),
        ImportField("item", "细类", words(80), ("细类名称", "三级分类", "三级类别", "子类"), example="",
                    carried=below and ("major", "minor", *below), hint="分三级的才填"),
        ImportField("code", "编码", _code, ("小类代码", "小类编码", "代码", "分类代码", "分类编码", "细类代码",
                    "细类编码",
                    "类别代码", "category", "code"), example="0110", carried=below and NAMES,
                    hint="没有编码的，按名称认；新的自动编"),
        ImportField("kind", "性质", KINDS, ("事件性质", "案件种类", "问题性质"), choices=tuple(KINDS.labels.values()),
                    looks=KINDS.looks, example="事件", carried=top),
    )  # fmt: skip


@dataclass(slots=True)
class Node:
    """A category there is, or is to be."""

    code: str
    name: str
    parent: str
    kind: str
    depth: int
    is_new: bool = False
    row: Category | None = None


@dataclass
class Tree:
    """The categories in force and those this table makes."""

    nodes: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = {row.pk: row for row in Category.objects.filter(scheme=SCHEME, active=True).order_by("code")}
        for row in rows.values():
            above = rows[row.parent_id].code if row.parent_id in rows else ""
            self.nodes[row.code] = Node(row.code, row.name, above, row.kind, row.depth, row=row)
        self.was_empty = not self.nodes
        self._by_path = {(node.parent, folded(node.name)): node.code for node in self.nodes.values()}
        # A code that was ever used is not given to something else; the same thing comes back under its own.
        asleep = Category.objects.filter(scheme=SCHEME, active=False).select_related("parent")
        self._asleep = {(row.parent.code if row.parent else "", folded(row.name)): row.code for row in asleep}
        self._used = set(Category.objects.filter(scheme=SCHEME).values_list("code", flat=True))

    def path(self, code: str) -> tuple[str, ...]:
        """Return the names from the major class down."""
        node = self.nodes.get(code)
        return () if node is None else (*self.path(node.parent), node.name)

    def leaves(self) -> list[Node]:
        """Return the categories cases are filed under."""
        parents = {node.parent for node in self.nodes.values()}
        return [node for node in self.nodes.values() if node.code not in parents]

    def place(self, draft: Draft) -> str | None:
        """Return the code of the category a row means, or blame the row and return None."""
        values = draft.values
        path = [(name, values[name]) for name in NAMES if values.get(name)]
        code = values.get("code", "")
        if code in self.nodes:
            return self._known(draft, code, path)
        if not path:
            draft.blame(Problem("minor", "missing", _("没有写是哪一类：小类名称或编码要有一个。")))
            return None
        return self._found(path, code) or self._new(draft, path, code)

    def _known(self, draft: Draft, code: str, path: list[tuple[str, str]]) -> str | None:
        node = self.nodes[code]
        if not path or draft.answers.get("code") == "keep" or folded(path[-1][1]) == folded(node.name):
            return code
        name, written = path[-1]
        if likeness(written, node.name) >= 0.9:
            return code
        sentence = _("编码 {code} 是“{name}”，这一行写的是“{written}”。").format(
            code=code, name=node.name, written=written
        )
        remedies = (
            Remedy(_("按名称，不用这个编码"), {"code": ""}),
            Remedy(_("按编码，算“{name}”").format(name=node.name), {name: node.name}),
        )
        draft.blame(Problem("code", "taken", sentence, remedies))
        return None

    def _found(self, path: list[tuple[str, str]], code: str) -> str | None:
        """Find by names from the top; a name alone, where only one category has it."""
        above, found = "", ""
        for _name, written in path:
            found = self._by_path.get((above, folded(written)), "")
            if not found:
                break
            above = found
        if found:
            return found
        last, within = folded(path[-1][1]), {folded(written) for _name, written in path[:-1]}
        if code:  # a code of its own wants a category of its own
            return None
        alike = [
            node.code for node in self.leaves()
            if folded(node.name) == last and within <= {folded(each) for each in self.path(node.code)}
        ]  # fmt: skip
        return alike[0] if len(alike) == 1 else None

    def _new(self, draft: Draft, path: list[tuple[str, str]], code: str) -> str | None:
        name, written = path[-1]
        if not self.was_empty and not draft.answers.get("new"):
            near = max(self.leaves(), key=lambda node: likeness(node.name, written), default=None)
            sentence = _("分类里没有“{name}”").format(name=" › ".join(each for _name, each in path))
            use = {**dict.fromkeys(NAMES, ""), "minor": near.name, "code": near.code} if near else {}
            remedies = [Remedy(_("新建这一类"), answer={"new": "1"})]
            if near is not None and likeness(near.name, written) >= 0.3:
                sentence += _("，最像的是“{name}”").format(name=near.name)
                remedies.insert(0, Remedy(_("改用它"), use))
            draft.blame(Problem(name, "unknown", sentence + "。", tuple(remedies), ASK, written=written))
            return None
        return self._make([each for _name, each in path], code, draft.values.get("kind", ""))

    def _make(self, path: list[str], code: str, kind: str) -> str:
        above = ""
        # Codes of two digits a level tell those above, too.
        is_plain = len(code) == 2 * len(path) and code.isdigit()
        for depth, name in enumerate(path, 1):
            found = self._by_path.get((above, folded(name)))
            if found is None:
                wanted = code if depth == len(path) else code[: 2 * depth] if is_plain else ""
                before = self._asleep.get((above, folded(name)))
                found = before or (wanted if wanted and wanted not in self._used else self._next(above))
                parent = self.nodes.get(above)
                kind_here = kind or (parent.kind if parent else "problem")
                self.nodes[found] = Node(found, name, above, kind_here, depth, is_new=True)
                self._by_path[above, folded(name)] = found
                self._used.add(found)
            above = found
        return above

    def _next(self, above: str) -> str:
        number = 1
        while f"{above}{number:02d}" in self._used:
            number += 1
        return f"{above}{number:02d}"

    def rows_for(self, codes: set[str]) -> list[CategoryRow]:
        """Return those new categories, with the new ones above them, in order."""
        wanted: dict[str, Node] = {}
        for code in codes:
            node = self.nodes.get(code)
            while node is not None and node.is_new:
                wanted[node.code] = node
                node = self.nodes.get(node.parent)
        return [row_of(node) for node in sorted(wanted.values(), key=lambda node: node.depth)]


def row_of(node: Node, **changes: Any) -> CategoryRow:
    """Return a category as it is to be loaded; what is not changed stays."""
    held: dict[str, Any] = {"keywords": (node.name[:40],)}  # a new one is found by its own name at first
    if node.row is not None:
        held = {
            "description": node.row.description, "keywords": tuple(node.row.keywords),
            "public_name": node.row.public_name, "active": node.row.active, "sort": node.row.sort,
        }  # fmt: skip
    return CategoryRow(**{"code": node.code, "name": node.name, "kind": node.kind, "parent": node.parent,
                          **held, **changes})  # fmt: skip
