"""Filing standards (立案、处置和结案标准) in the form cities keep: merged and blank cells, several rows a category.

A row brings, where it is wanted, the category it speaks of and who leads there. A filed case keeps the row it was filed
by: a changed row ends, and a new version begins.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations import actions as organizations
from lianxin.foundation.organizations.models import Responsibility, Unit
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import likeness
from lianxin.kernel.worktime.limits import Limit
from lianxin.kernel.worktime.limits import Unit as LimitUnit
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import Choice, ImportField, words
from lianxin.registry.imports.problems import ASK, SKIP, Problem, Remedy, Unreadable
from lianxin.registry.imports.targets.protocol import Frame, Session, Undone
from lianxin.registry.sources.models import Source
from lianxin.work.cases.actions import standards
from lianxin.work.cases.evidence import LABELS
from lianxin.work.cases.models import Case, FilingStandard
from lianxin.work.cases.words import Severity
from lianxin.work.dispatch import actions as dispatch
from lianxin.work.dispatch.models import Category
from lianxin.work.dispatch.queries import SCHEME

from . import limits
from .keeping import keep, kept, token
from .tree import Tree, row_of, tree_fields
from .whose import Units, Whose, rows_for

_SEVERITY = Choice(
    {str(each): str(each.label) for each in Severity},
    {"normal": ("普通", "一般级", "三级", "C", "c"), "pressing": ("较重", "较急级", "二级", "B", "b"),
     "urgent": ("特急", "应急", "紧急级", "一级", "A", "a")},
)  # fmt: skip
_EVIDENCE = {**{folded(str(label)): code for code, label in LABELS.items()}, **{code: code for code in LABELS},
             "处置前近景": "before_near", "处置前远景": "before_far", "处置后近景": "after_near",
             "处置后远景": "after_far",
             "处置前照片": "before_near", "处置后照片": "after_near", "处置前": "before_near", "处置后": "after_near",
             "近景": "before_near", "远景": "before_far", "记录": "record", "回执": "receipt",
             "文书": "receipt"}  # fmt: skip
_COMPARED = (
    "condition",
    "severity",
    "limit_value",
    "limit_unit",
    "closing_condition",
    "evidence",
    "unit_kind",
    "basis",
)
_SAME = 0.85  # conditions so alike are the same one, worded anew


def _evidence(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for part in text.replace("，", "、").replace(",", "、").replace("|", "、").replace("；", "、").split("、"):
        if not part.strip():
            continue
        code = _EVIDENCE.get(folded(part.strip()))
        if code is None:
            raise Unreadable("choice", _("看不懂采集要求“{text}”。").format(text=part[:20]), (_("先空着"), ""))
        found.append(code)
    return tuple(dict.fromkeys(found))


class StandardsTarget:
    """Rows of the filing standard."""

    code, icon, permission, key_field, is_geo, is_woven = "standards", "list", "config.manage", "condition", False, True
    label = _("立案标准")
    line = _("大类小类、立案条件、时限、结案条件、责任单位；空格算“同上”")
    touches = {
        "row": _("条新标准"), "category": _("新增分类"), "unit": _("新增单位"), "duty": _("补上牵头单位"),
        "limit": _("改时限"), "condition": _("改立案条件"), "closing": _("改结案条件"), "severity": _("改级别"),
        "other": _("改采集要求、单位或依据"),
    }  # fmt: skip
    fields: Sequence[ImportField] = (
        *tree_fields(),
        ImportField("condition", "立案条件", words(600), ("立案标准", "条件", "问题描述", "情形", "立案情形",
                    "具体问题",
                    "defect_label"), example="未进容器的生活垃圾", carried=("major", "minor", "item", "code"),
                    hint="一类几行的，每行一个条件"),
        ImportField("severity", "级别", _SEVERITY, ("等级", "紧急程度", "案件级别", "严重程度"), looks=_SEVERITY.looks,
                    choices=tuple(_SEVERITY.labels.values()), example="一般", hint="空着算一般"),
        ImportField("limit", "处置时限", limits.limit, ("时限", "处置期限", "办理时限", "处理时限", "完成时限", "限时",
                    "limit_value"), example="4 工作时",
                    hint="紧急工作时、工作时、工作日、自然日、小时都认；“小时”按昼夜算"),
        ImportField("limit_unit", "时限单位", limits.unit, ("时间单位", "limit_unit"), example="",
                    hint="时限只写数字的才填", carried=()),
        ImportField("closing", "结案条件", words(600), ("结案标准", "处置标准", "结案要求", "处置要求"),
                    example="清理干净", carried=("major", "minor", "item", "code")),
        ImportField("unit", "责任单位", words(120), ("主管单位", "牵头单位", "责任主体", "处置单位", "权属单位",
                    "责任部门",
                    "主责单位"), example="市城管局", carried=(), hint="名称、简称、编码，或“所在街道”这样的种类"),
        ImportField("evidence", "采集要求", _evidence, ("证据", "照片要求", "取证要求"),
                    example="处置前近景、处置后近景",
                    carried=("major", "minor", "item", "code")),
        ImportField("basis", "依据", words(600), ("法律依据", "法规依据", "来源", "法定依据"), example="", carried=()),
    )  # fmt: skip

    def begin(self, frame: Frame) -> Session:
        """Read categories, units and the standard in force."""
        return _Standards(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """Let the rows before come back as new versions; what somebody changed since stays."""
        return _undo(frame, source)

    def left(self, _frame: Frame, named: frozenset[bytes]) -> list[str]:
        """Return the rows in force that a whole list does not name."""
        return [f"{row.category.name}：{row.condition[:30]}" for row in _unnamed(named)]

    def end_left(self, frame: Frame, source: Source, named: frozenset[bytes]) -> int:
        """End them."""
        rows = _unnamed(named)
        standards.end_standards(frame.actor, rows=rows, at=frame.at)
        keep(frame, source, "standard", [(row.pk, "end", {}) for row in rows])
        return len(rows)


def _in_force() -> list[FilingStandard]:
    rows = FilingStandard.objects.filter(valid_to=None, category__scheme=SCHEME).select_related("category")
    return list(rows.order_by("category__code", "row"))


def _unnamed(named: frozenset[bytes]) -> list[FilingStandard]:
    return [row for row in _in_force() if token(row.category.code, row.row) not in named]


class _Standards:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.tree, self.units = Tree(), Units()
        self.root = Area.objects.filter(valid_to=None, role="city").values_list("code", flat=True).first()
        self.held: dict[str, list[FilingStandard]] = {}
        for row in _in_force():
            self.held.setdefault(row.category.code, []).append(row)
        self.duties = list(Responsibility.objects.filter(valid_to=None, level="city", area=None))
        self.leads = dict(Unit.objects.values_list("pk", "code"))
        self.taken: dict[str, set[str]] = {}  # category → rows this table has spoken of

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Keep which row each was found to be: the others of its table are not there when it is written."""
        for draft in drafts:
            draft.ready = draft.answers.get("row")

    def check(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self._one(draft)

    def _one(self, draft: Draft) -> None:
        code = self.tree.place(draft)
        whose = self._whose(draft)
        self._demand(draft)
        if code is None or draft.answers.get("skip"):
            return
        row = self._row(draft, code)
        draft.token = token(code, row)
        if draft.is_wrong:
            return
        wanted = self._wanted(draft, code, row, whose)
        draft.data = (wanted, whose)
        draft.touches = self._touches(draft, wanted)
        if whose is not None:
            self._lead(draft, code, whose)
        draft.verdict = Verdict.SAME
        if draft.touches:
            draft.verdict = Verdict.NEW if "row" in draft.touches else Verdict.CHANGE

    def _whose(self, draft: Draft) -> Whose | None:
        written = draft.values.get("unit")
        return self.units.read(draft, "unit", written) if written else None

    def _demand(self, draft: Draft) -> None:
        values = draft.values
        if not values.get("condition") and not any(each.field == "condition" for each in draft.problems):
            name = values.get("item") or values.get("minor") or ""
            remedies: tuple[Remedy, ...] = (Remedy(_("写“发现{name}”").format(name=name),
                {"condition": _("发现{name}").format(name=name)}),
                        SKIP) if name else (SKIP,)  # fmt: skip
            draft.blame(Problem("condition", "missing", _("没有写立案条件。"), remedies))
        given = values.get("limit")
        if given is None and not any(each.field == "limit" for each in draft.problems):
            sentence = _("没有写处置时限，这一格不能“同上”。")
            remedies = tuple(
                Remedy(_("填 {limit}").format(limit=each), {"limit": each}) for each in self._usual(values)
            )
            draft.blame(Problem("limit", "missing", sentence, (*remedies, SKIP)))
        elif given is not None and given.unit is None and "limit_unit" not in values:
            texts = [f"{given.value} {word}" for word in ("工作时", "工作日", "紧急工作时")]
            draft.blame(Problem("limit", "limit", _("“{value}”后面没有写单位。").format(value=given.value), tuple(
                Remedy(_("改成 {limit}").format(limit=each), {"limit": each}) for each in texts),
                    written=str(given.value)))  # fmt: skip

    def _usual(self, values: dict[str, Any]) -> list[str]:
        """Return limits to offer: what urgent matters and others have most often."""
        return ["2 紧急工作时"] if values.get("severity") == Severity.URGENT else ["4 工作时", "5 工作日"]

    def _row(self, draft: Draft, code: str) -> str:
        """Return which row of its category this is: the one with this condition, or a new one."""
        taken = self.taken.setdefault(code, set())
        if draft.ready:
            row = str(draft.ready)
        else:
            row = self._alike(draft, code, taken) or self._free(code, taken)
            draft.answers["row"] = row
        taken.add(row)
        return row

    def _alike(self, draft: Draft, code: str, taken: set[str]) -> str:
        held = [row for row in self.held.get(code, ()) if row.row not in taken]
        condition = folded(str(draft.values.get("condition", "")))
        severity = draft.values.get("severity", Severity.NORMAL)
        for row in held:
            if folded(row.condition) == condition and row.severity == severity:
                return row.row
        best = max(held, key=lambda row: likeness(row.condition, condition), default=None)
        if best is not None and likeness(folded(best.condition), condition) >= _SAME:
            return best.row
        return ""

    def _free(self, code: str, taken: set[str]) -> str:
        used = taken | {row.row for row in self.held.get(code, ())}
        number = 1
        while str(number) in used:
            number += 1
        return str(number)

    def _wanted(self, draft: Draft, code: str, row: str, whose: Whose | None) -> standards.StandardRow:
        values, old = draft.values, self._old(code, row)
        given = values["limit"]
        limit = Limit(given.value, given.unit or LimitUnit(values["limit_unit"]))
        return standards.StandardRow(
            category=code, row=row, condition=values["condition"], severity=values.get("severity", Severity.NORMAL),
            limit_value=limit.value, limit_unit=str(limit.unit),
            closing_condition=values.get("closing", old.closing_condition if old else ""),
            evidence=values.get("evidence", tuple(old.evidence) if old else ("after_near",)),
            unit_kind=whose.kind if whose else old.unit_kind if old else "",
            basis=values.get("basis", old.basis if old else ""),
            verification=old.verification if old else "field", sample_percent=old.sample_percent if old else 100,
        )  # fmt: skip

    def _old(self, code: str, row: str) -> FilingStandard | None:
        return next((each for each in self.held.get(code, ()) if each.row == row), None)

    def _touches(self, draft: Draft, wanted: standards.StandardRow) -> list[str]:
        old = self._old(wanted.category, wanted.row)
        if old is None:
            touches = ["row"]
            if self.tree.nodes[wanted.category].is_new:
                touches.append("category")
        else:
            differs = [name for name in _COMPARED if _plain(getattr(old, name)) != _plain(getattr(wanted, name))]
            named = {"limit_value": "limit", "limit_unit": "limit", "closing_condition": "closing"}
            known = ("limit", "condition", "closing", "severity")
            touches = list(dict.fromkeys(
                name if (name := named.get(each, each)) in known else "other" for each in differs))  # fmt: skip
        if draft.data[1] is not None and draft.data[1].is_new:
            touches.append("unit")
        return touches

    def _lead(self, draft: Draft, code: str, whose: Whose) -> None:
        """See to it that the unit of a standard leads: where nobody does it is put on the list, else asked."""
        if not whose.code or whose.level != "city":
            return
        row = max((row for row in self.duties if code.startswith(row.category)),
                  key=lambda row: len(row.category), default=None)  # fmt: skip
        lead = self.leads.get(row.lead_id) if row is not None and row.lead_id else None
        if lead == whose.code:
            return
        if row is None or row.lead_id is None or not row.category or draft.answers.get("duty") == "sheet":
            draft.touches.append("duty")
        elif draft.answers.get("duty") != "list":
            name = self.units.by_code[lead].short_name if lead in self.units.by_code else "—"
            sentence = _("权责清单第 {number} 条由“{lead}”牵头，表里写的是“{unit}”。").format(
                number=row.number, lead=name, unit=draft.values["unit"]
            )
            remedies = (
                Remedy(_("照权责清单"), answer={"duty": "list"}),
                Remedy(_("改由它牵头"), answer={"duty": "sheet"}),
            )
            draft.blame(Problem("unit", "differs", sentence, remedies, ASK, written=draft.values["unit"]))

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        frame, actor, at = self.frame, self.frame.actor, self.frame.at
        rows = [draft.data[0] for draft in drafts]
        units = {draft.data[1].code: draft.values["unit"] for draft in drafts
                 if draft.data[1] is not None and draft.data[1].is_new}  # fmt: skip
        if units:
            organizations.load_units(actor, rows_for(units, self.root), at=at)
        made = self.tree.rows_for({row.category for row in rows})
        if made:
            dispatch.load_categories(actor, made, at=at)
        standards.load_standards(actor, rows, at=at)
        duties = [self._duty(draft) for draft in drafts if "duty" in draft.touches]
        done = organizations.load_responsibilities(actor, list({row.number: row for row in duties}.values()), at=at)
        ids = dict(Category.objects.filter(scheme=SCHEME).values_list("code", "pk"))
        keep(frame, source, "category", [(ids[row.code], "create", None) for row in made])
        by_key = {(row.category_id, row.row): row.pk for row in FilingStandard.objects.filter(valid_to=None)}
        kept_rows: list[tuple[int, str, dict[str, Any] | None]] = []
        for row in rows:
            old = self._old(row.category, row.row)
            new = by_key[ids[row.category], row.row]
            if old is None or old.pk != new:
                kept_rows.append((new, "amend" if old else "create", {"old": old.pk} if old else None))
        keep(frame, source, "standard", kept_rows)
        numbers = dict(Responsibility.objects.filter(
            valid_to=None, number__in=done.created + done.changed).values_list("number", "pk"))  # fmt: skip
        keep(frame, source, "duty", [(pk, "create", None) for pk in numbers.values()])

    def _duty(self, draft: Draft) -> organizations.DutyRow:
        row, whose = draft.data
        return organizations.DutyRow(number=f"标{row.category}"[:20], category=row.category, level="city",
                                     lead=whose.code, basis=_("立案标准的责任单位"))  # fmt: skip


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | list) else str(value)


def content_of(row: FilingStandard) -> standards.StandardRow:
    """Return a row of whatever version as it would be loaded."""
    return standards.StandardRow(
        category=row.category.code, row=row.row, condition=row.condition, severity=row.severity,
        limit_value=row.limit_value, limit_unit=row.limit_unit, closing_condition=row.closing_condition,
        evidence=tuple(row.evidence), unit_kind=row.unit_kind, basis=row.basis, verification=row.verification,
        sample_percent=row.sample_percent,
    )  # fmt: skip


def _undo(frame: Frame, source: Source) -> Undone:
    actor, at = frame.actor, frame.at
    total = Undone()
    for pk, _act, _before in kept(source, "duty"):
        duty = Responsibility.objects.filter(pk=pk, valid_to=None).first()
        if duty is not None:
            organizations.end_responsibility(actor, row=duty, reason=_("撤回导入"), at=at)
    back: list[standards.StandardRow] = []
    ending: list[FilingStandard] = []
    for pk, act, before in kept(source, "standard"):
        row = FilingStandard.objects.select_related("category").get(pk=pk)
        free = not FilingStandard.objects.filter(category=row.category, row=row.row, valid_to=None).exists()
        if act == "end" and free:
            back.append(content_of(row))
        elif act != "end" and row.valid_to is None:
            old = FilingStandard.objects.select_related("category").filter(pk=before.get("old", 0)).first()
            if old is not None:
                back.append(content_of(old))
            else:
                ending.append(row)
        else:
            total += Undone(0, 1)
            continue
        total += Undone(1)
    standards.end_standards(actor, rows=ending, at=at)
    standards.load_standards(actor, back, at=at)
    _take_categories(frame, source)
    return total


def _take_categories(frame: Frame, source: Source) -> None:
    """Switch off the categories the import made and nobody uses: the deepest first."""
    tree = Tree()
    for pk, act, _before in kept(source, "category"):
        category = Category.objects.filter(pk=pk, active=True).first()
        if act != "create" or category is None or category.code not in tree.nodes:
            continue
        is_used = (
            Case.objects.filter(category_id=pk).exists()
            or FilingStandard.objects.filter(category_id=pk, valid_to=None).exists()
            or Category.objects.filter(parent_id=pk, active=True).exists()
        )
        if not is_used:
            try:
                row = row_of(tree.nodes[category.code], active=False)
                dispatch.load_categories(frame.actor, [row], at=frame.at)
            except LianxinError:
                continue
