"""Papers of an import: the empty table to fill in, and the rows that are wrong with what is wrong."""

import io

from django.utils.translation import gettext as _

from lianxin.kernel.tables.writing import HEAD, HINT, WRONG, Cell, write_excel

from . import staging, working
from .models import ImportRow, ImportRun
from .targets.registry import fields_of, target

_MOST = 50_000


def template(code: str) -> bytes:
    """Return an Excel table with heads, an example and what may be written."""
    fields = target(code).fields
    heads = [Cell(field.label, HEAD, _note(field.required, field.hint, field.choices)) for field in fields]
    content = io.BytesIO()
    write_excel(
        content, target(code).label, [heads, [field.example for field in fields]],
        widths=[max(12, 2 * len(field.label) + 4, len(field.example) + 4) for field in fields],
    )  # fmt: skip
    return content.getvalue()


def _note(is_required: bool, hint: str, choices: tuple[str, ...]) -> str:  # noqa: FBT001 - says what it is
    parts = [_("必填") if is_required else _("可不填")]
    if hint:
        parts.append(hint)
    if choices:
        parts.append(_("可以填：{words}").format(words="、".join(choices)))
    return "；".join(parts)


def wrong_rows(run: ImportRun) -> bytes:
    """Return the rows that did not pass, as they were with what was edited, and what is wrong in the last column."""
    fields, columns = fields_of(run.target), working.glimpse_of(run).get("columns", [])
    by_column = {column: code for code, column in run.mapping.items()}
    extra = [code for code in fields if code not in run.mapping]
    drafts = staging.some(run.pk, verdicts=[ImportRow.Verdict.WRONG, ImportRow.Verdict.ASK], size=_MOST)
    extra = [code for code in extra if any(code in draft.edits for draft in drafts)]
    heads = [*columns, *(fields[code].label for code in extra)]
    rows: list[list[str | Cell]] = [
        [*(Cell(name, HEAD) for name in heads), Cell(_("原来在第几行"), HINT), Cell(_("哪里不对"), HEAD)]
    ]
    for draft in drafts:
        wrong = {problem.field for problem in draft.problems}
        cells: list[str | Cell] = []
        for place in range(len(columns)):
            code = by_column.get(place, "")
            text = draft.text(code, run.mapping) if code else (draft.cells[place] if place < len(draft.cells) else "")
            cells.append(Cell(text, WRONG) if code in wrong else text)
        cells += [draft.edits.get(code, "") for code in extra]
        said = "；".join(
            f"{fields[each.field].label}：{each.sentence}" if each.field in fields else each.sentence
            for each in draft.problems
        )
        rows.append([*cells, str(draft.number), said])
    content = io.BytesIO()
    write_excel(content, _("有错的行"), rows, widths=[16] * len(heads) + [12, 60])
    return content.getvalue()
