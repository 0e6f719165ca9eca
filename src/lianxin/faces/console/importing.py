"""What the pages of the import wizard show: steps, tiles, rows with their cells, problems with their buttons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lianxin.faces.parts.shapes import Phase, Tab
from lianxin.faces.parts.words import count
from lianxin.kernel.text import mask_id, mask_name, mask_phone
from lianxin.registry.imports import queries, working
from lianxin.registry.imports.drafts import Draft, mark_of
from lianxin.registry.imports.fields import ImportField
from lianxin.registry.imports.models import ImportRow, ImportRun
from lianxin.registry.imports.problems import WRONG
from lianxin.registry.imports.targets.registry import fields_of, target

State = ImportRun.State
MASKS = {"name": mask_name, "phone": mask_phone, "id": mask_id}
_MANY = 2  # rows alike before "the same for all" is offered


def url(run: ImportRun, name: str = "import", **query: str | int) -> str:
    """Return an address of the run's pages."""
    return reverse(f"console:{name}", args=[run.key]) + (f"?{urlencode(query)}" if query else "")


def home(run: ImportRun) -> str:
    """Return the page on which a run goes on."""
    columns = {State.READING, State.UNREADABLE, State.UPLOADED}
    rows = {State.CHECKING, State.CHECKED}
    step = "import_columns" if run.state in columns else "import_check" if run.state in rows else "import_done"
    return url(run, step)


def good(run: ImportRun) -> int:
    """Return how many rows would come in."""
    return int(run.counts.get("new", 0)) + int(run.counts.get("change", 0))


def steps(run: ImportRun | None) -> list[Phase]:
    """Return the five steps with what each has come to."""
    counts = run.counts if run else {}
    seen = count(run.total) if run and run.total else ""
    mapped = len(run.mapping) if run else 0
    return [
        Phase(_("选文件"), _("{count} 行").format(count=seen) if seen else _("Excel、CSV、地图数据")),
        Phase(_("对列"), _("{count} 列对上了").format(count=mapped) if mapped else _("哪一列是什么")),
        Phase(_("检查"), _("没有写入任何数据")),
        Phase(_("看看会变什么"), _("新增、修改、不变")),
        Phase(_("导入"), _("已撤回") if "undone" in counts else _("24 小时内可整批撤回")),
    ]


def tabs(run: ImportRun, show: str) -> list[Tab]:
    """Return the tabs above the rows."""
    counts = run.counts
    numbers = {
        "todo": counts.get("wrong", 0) + counts.get("ask", 0), "wrong": counts.get("wrong", 0),
        "ask": counts.get("ask", 0), "new": counts.get("new", 0), "change": counts.get("change", 0), "all": run.total,
    }  # fmt: skip
    labels = {"todo": _("要处理"), "wrong": _("有错"), "ask": _("请确认"), "new": _("新增"), "change": _("修改"),
              "all": _("全部")}  # fmt: skip
    return [
        Tab(url(run, "import_check", show=name), label, numbers[name], name == show, "late" if name == "todo" else "")
        for name, label in labels.items()
        if numbers[name] or name in {"todo", "all"}
    ]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: the field, and what it is called in the file."""

    field: ImportField
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row as it is shown."""

    code: str
    label: str
    text: str
    tone: str = ""  # wrong, ask
    is_filled: bool = False
    is_open: bool = False  # may be written into
    is_changed: bool = False
    choices: Sequence[str] = ()

    @property
    def size(self) -> int:
        """How wide an open cell is, in letters."""
        return min(30, max(6, len(self.text.encode("gb18030", "replace")) + 2))


@dataclass(frozen=True, slots=True)
class Said:
    """A problem with what may be pressed."""

    place: int
    tone: str
    sentence: str
    buttons: list[tuple[int, str, int]]  # choice, label, how many rows are like it (0: none other)
    may_skip: bool = False  # whether leaving the row out is among them


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is shown."""

    number: int
    tone: str
    verdict: str
    cells: list[Cell]
    said: list[Said]
    is_open: bool
    is_skipped: bool


def columns(run: ImportRun, first: Collection[str] = ()) -> list[Column]:
    """Return the mapped columns in the order of the target's fields, but the first one and `first` in front."""
    names = working.glimpse_of(run).get("columns", [])
    fields = fields_of(run.target)
    mapped = [code for code in fields if code in run.mapping]
    mapped = [*mapped[:1], *sorted(mapped[1:], key=lambda code: code not in first)]
    return [Column(fields[code], names[run.mapping[code]] if run.mapping[code] < len(names) else "") for code in mapped]


def troubled(drafts: Sequence[Draft]) -> set[str]:
    """Return the fields in which these rows have problems, to be seen without scrolling."""
    return {problem.field for draft in drafts for problem in draft.problems}


def lines(run: ImportRun, drafts: Sequence[Draft], *, is_mine: bool, editing: int = 0) -> list[Line]:
    """Return rows as they are shown; to others than their owner personal cells are masked."""
    shown, like = columns(run, troubled(drafts)), queries.like(run)
    return [_line(run, draft, shown, like, is_mine=is_mine, is_editing=draft.number == editing) for draft in drafts]


def _line(
    run: ImportRun, draft: Draft, shown: Sequence[Column], like: Mapping[str, int], *, is_mine: bool, is_editing: bool
) -> Line:  # fmt: skip
    fields = fields_of(run.target)
    tones = {problem.field: problem.level for problem in draft.problems}
    extra = [Column(fields[code], "") for code in tones if code in fields and code not in run.mapping]
    cells = [
        _cell(run, draft, column, tones.get(column.field.code, ""), is_mine=is_mine, is_editing=is_editing)
        for column in [*shown, *extra]
    ]
    said = []
    for place, problem in enumerate(draft.problems):
        sentence = problem.sentence if is_mine else _hidden(problem.sentence, fields.get(problem.field))
        buttons = _buttons(problem, like.get(mark_of(problem, fields), 0), is_mine=is_mine)
        may_skip = any(remedy.skip for remedy in problem.remedies)
        said.append(Said(place, problem.level, sentence, buttons, may_skip))
    tone = {ImportRow.Verdict.WRONG: "wrong", ImportRow.Verdict.ASK: "ask"}.get(ImportRow.Verdict(draft.verdict), "")
    return Line(
        draft.number, tone, str(ImportRow.Verdict(draft.verdict).label), cells, said, is_editing,
        draft.verdict == ImportRow.Verdict.SKIP,
    )  # fmt: skip


def _buttons(problem: Any, alike: int, *, is_mine: bool) -> list[tuple[int, str, int]]:
    if not is_mine:
        return []
    return [
        (place, remedy.label, alike if alike >= _MANY and place == 0 else 0)
        for place, remedy in enumerate(problem.remedies)
    ]


def _hidden(sentence: str, field: ImportField | None) -> str:
    return _("这一格有错（内容只给导入人看）。") if field is None or field.is_personal else sentence


def _cell(
    run: ImportRun, draft: Draft, column: Column, tone: str, *, is_mine: bool, is_editing: bool
) -> Cell:  # fmt: skip
    field = column.field
    text = draft.text(field.code, run.mapping)
    mask = MASKS.get(field.mask)
    is_open = is_mine and run.state == State.CHECKED and (is_editing or tone == WRONG)
    # What is to be mended must be read; all else about people stays covered.
    if mask is not None and not is_open:
        text = mask(text)
    return Cell(
        field.code, field.label, text, tone, run.mapping.get(field.code) in draft.filled, is_open,
        field.code in draft.edits, field.choices,
    )  # fmt: skip


def summary(run: ImportRun) -> list[tuple[str, str, int]]:
    """Return what would change, in words with figures: (tone, words, count)."""
    words = target(run.target).touches
    return [("", str(words.get(touch, touch)), number) for touch, number in run.changes.items()]
