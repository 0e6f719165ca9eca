"""The responsibility list (权责清单): which unit leads and who assists, for a category in an area."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import actions as organizations
from lianxin.foundation.organizations.models import Responsibility, Unit
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import Choice, ImportField, words
from lianxin.registry.imports.problems import SKIP, Problem, Remedy
from lianxin.registry.imports.targets.protocol import Frame, Session, Undone
from lianxin.registry.sources.models import Source

from .keeping import keep, kept, token
from .tree import NAMES, Tree, tree_fields
from .where import Areas
from .whose import Units, rows_for

_LEVELS = Choice(
    {"city": "市级", "street": "街道", "community": "社区"},
    {"city": ("县级", "区级", "市", "县", "市中心", "旗级"), "street": ("镇", "乡镇", "镇街", "街镇"),
     "community": ("村", "村居", "社区（村）")},
)  # fmt: skip
_ALL = {"所有", "全部", "所有分类", "全部分类", "其他", "其余"}


class DutiesTarget:
    """Rows of the responsibility list."""

    code, icon, permission, key_field, is_geo = "duties", "book", "organizations.manage", "number", False
    is_woven = True
    label = _("权责清单")
    line = _("每一类由谁牵头、谁配合；导入后在矩阵里看空白")
    touches = {"row": _("条新的权责"), "lead": _("换牵头单位"), "other": _("改配合单位、区域或依据")}
    fields: Sequence[ImportField] = (
        ImportField("number", "序号", words(20), ("编号", "条目", "清单序号", "条号"), example="1",
                    hint="没有序号的，按分类、区域和级别认"),
        *tree_fields()[:4],
        ImportField("area", "区域", words(120), ("适用区域", "辖区", "范围", "属地"), example="",
                    hint="空着是全域；写名称或编码"),
        ImportField("level", "哪级派遣时", _LEVELS, ("层级", "派遣层级", "级别", "派遣级别"), looks=_LEVELS.looks,
                    choices=tuple(_LEVELS.labels.values()), example="市级", hint="空着看单位是哪一级"),
        ImportField("lead", "牵头单位", words(120), ("责任单位", "主责单位", "主管单位", "牵头部门", "责任部门",
                    "主办单位"),
                    required=True, carried=(), example="市城管局",
                    hint="名称、简称、编码；“所在街道”“所在社区”这样写的，按案件所在找"),
        ImportField("assists", "配合单位", words(400), ("协助单位", "配合部门", "协办单位", "联动单位"),
                    example="市住建局、市公安局"),
        ImportField("basis", "依据", words(600), ("法律依据", "来源", "清单依据"), example=""),
    )  # fmt: skip

    def begin(self, frame: Frame) -> Session:
        """Read the list in force."""
        return _Duties(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """End the rows that came, and begin again those that ended for them."""
        return _undo(frame, source)

    def left(self, _frame: Frame, named: frozenset[bytes]) -> list[str]:
        """Return the rows in force that a whole list does not name."""
        return [_("第 {number} 条").format(number=row.number) for row in _unnamed(named)]

    def end_left(self, frame: Frame, source: Source, named: frozenset[bytes]) -> int:
        """End them."""
        rows = _unnamed(named)
        for row in rows:
            organizations.end_responsibility(frame.actor, row=row, reason=_("新清单里没有"), at=frame.at)
        keep(frame, source, "duty", [(row.pk, "end", {}) for row in rows])
        return len(rows)


def _unnamed(named: frozenset[bytes]) -> list[Responsibility]:
    rows = Responsibility.objects.filter(valid_to=None).order_by("number")
    return [row for row in rows if token(row.number) not in named]


class _Duties:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.tree, self.units = Tree(), Units()
        self.areas = Areas(frame.at)
        codes = dict(Unit.objects.values_list("pk", "code"))
        self.held = {row.number: row_of(row, codes, self.areas.codes)
                     for row in Responsibility.objects.filter(valid_to=None)}  # fmt: skip
        self.by_place = {(row.category, row.area, row.level): number for number, row in self.held.items()}
        self.given: set[str] = set()

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Keep the numbers that were found."""
        for draft in drafts:
            draft.ready = draft.answers.get("number")

    def check(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self._one(draft)

    def _one(self, draft: Draft) -> None:
        values = draft.values
        category = self._category(draft)
        area = self.areas.read(draft, "area", values["area"]) if values.get("area") else None
        area = None if area == self.areas.root else area  # the whole place needs no naming
        lead = self.units.read(draft, "lead", values["lead"]) if values.get("lead") else None
        assists = self._assists(draft)
        if draft.is_wrong or category is None or lead is None or draft.answers.get("skip"):
            return
        level = values.get("level") or (lead.level or _level_of(lead.kind))
        number = self._number(draft, category, area, level if level in _LEVELS.labels else "city")
        row = organizations.DutyRow(
            number=number, category=category, level=level if level in _LEVELS.labels else "city", area=area,
            lead=lead.code or None, lead_kind="" if lead.code else lead.kind, assists=assists,
            basis=values.get("basis", self.held[number].basis if number in self.held else ""),
        )  # fmt: skip
        draft.token, draft.data = token(number), (row, lead)
        old = self.held.get(number)
        if old is None:
            draft.verdict, draft.touches = Verdict.NEW, ["row"]
        elif old == row:
            draft.verdict = Verdict.SAME
        else:
            is_lead = (old.lead, old.lead_kind) != (row.lead, row.lead_kind)
            draft.verdict, draft.touches = Verdict.CHANGE, ["lead" if is_lead else "other"]

    def _category(self, draft: Draft) -> str | None:
        values = draft.values
        names = [values[name] for name in NAMES if values.get(name)]
        if not names and not values.get("code"):
            return ""
        if names and names[-1] in _ALL:
            return ""
        code = self.tree.place(draft)
        # A list speaks of categories there are; it makes none.
        if code is not None and self.tree.nodes[code].is_new:
            draft.blame(Problem("minor", "unknown",
                _("分类里没有“{name}”，请先导入分类或立案标准。").format(name=names[-1]),
                                (SKIP,), written=names[-1]))  # fmt: skip
            return None
        draft.problems[:] = [_without_new(problem) for problem in draft.problems]
        return code

    def _assists(self, draft: Draft) -> tuple[str, ...]:
        written = draft.values.get("assists", "").replace("，", "、").replace(",", "、").replace("|", "、")
        found: list[str] = []
        for part in (each.strip() for each in written.replace("；", "、").split("、")):
            if not part:
                continue
            whose = self.units.find(part)
            if whose is None or not whose.code:
                rest = "、".join(each for each in written.split("、") if each.strip() != part)
                near = self.units.near(part)
                remedies = [Remedy(_("去掉“{name}”").format(name=part), {"assists": rest})]
                if near is not None:
                    remedies.insert(0, Remedy(_("改用“{name}”").format(name=near.name),
                                              {"assists": written.replace(part, near.name)}))  # fmt: skip
                draft.blame(
                    Problem("assists", "unknown", _("单位名单里没有“{name}”。").format(name=part), tuple(remedies))
                )
                return ()
            found.append(whose.code)
        return tuple(dict.fromkeys(found))

    def _number(self, draft: Draft, category: str, area: str | None, level: str) -> str:
        if draft.ready:
            return str(draft.ready)
        number = draft.values.get("number") or self.by_place.get((category, area, level))
        if not number:
            used = self.given | set(self.held)
            number = next(str(one) for one in range(1, 100_000) if str(one) not in used)
        self.given.add(number)
        draft.answers["number"] = number
        return number

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        rows = [draft.data[0] for draft in drafts]
        new = {draft.data[1].code: draft.values["lead"] for draft in drafts if draft.data[1].is_new}
        if new:
            organizations.load_units(self.frame.actor, rows_for(new, self.areas.root), at=self.frame.at)
        before = {row.number: row.pk for row in Responsibility.objects.filter(
            valid_to=None, number__in=[row.number for row in rows])}  # fmt: skip
        organizations.load_responsibilities(self.frame.actor, rows, at=self.frame.at)
        now = {row.number: row.pk for row in Responsibility.objects.filter(
            valid_to=None, number__in=[row.number for row in rows])}  # fmt: skip
        made: list[tuple[int, str, dict[str, Any] | None]] = []
        for number, pk in now.items():
            old = before.get(number)
            if old != pk:
                made.append((pk, "amend" if old else "create", {"old": old} if old else None))
        keep(self.frame, source, "duty", made)


def _without_new(problem: Problem) -> Problem:
    remedies = tuple(one for one in problem.remedies if "new" not in one.answer)
    return Problem(problem.field, problem.code, problem.sentence, remedies or (SKIP,), problem.level, problem.written)


def _level_of(kind: str) -> str:
    return {"street": "street", "community": "community", "property": "community"}.get(kind, "city")


def row_of(row: Responsibility, codes: dict[int, str], area_codes: dict[int, str]) -> organizations.DutyRow:
    """Return a row of the list as it would be loaded."""
    return organizations.DutyRow(
        number=row.number, category=row.category, level=row.level,
        area=area_codes.get(row.area_id) if row.area_id else None,
        lead=codes.get(row.lead_id) if row.lead_id else None, lead_kind=row.lead_kind,
        assists=tuple(codes[pk] for pk in row.assists if pk in codes), basis=row.basis,
    )  # fmt: skip


def _undo(frame: Frame, source: Source) -> Undone:
    codes = dict(Unit.objects.values_list("pk", "code"))
    area_codes = {node.id: node.code for node in areas.atlas(frame.at)}
    total, back = Undone(), []
    for pk, act, before in kept(source, "duty"):
        row = Responsibility.objects.get(pk=pk)
        if act != "end" and row.valid_to is not None:
            total += Undone(0, 1)
            continue
        if act != "end":
            organizations.end_responsibility(frame.actor, row=row, reason=_("撤回导入"), at=frame.at)
        old = row if act == "end" else Responsibility.objects.filter(pk=before.get("old", 0)).first()
        if old is not None and not Responsibility.objects.filter(number=old.number, valid_to=None).exists():
            back.append(row_of(old, codes, area_codes))
        total += Undone(1)
    organizations.load_responsibilities(frame.actor, back, at=frame.at)
    return total
