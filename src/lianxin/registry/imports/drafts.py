"""A row on its way in: cells, what was edited and answered, what its fields mean, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from lianxin.kernel.tables.values import folded

from .fields import ImportField
from .models import ImportRow
from .problems import ASK, WRONG, Problem, Unreadable

Verdict = ImportRow.Verdict
_Words = Mapping[str, Mapping[str, str]]


@dataclass(slots=True)
class Draft:
    """One row. `values` are what its cells mean; `data` is the target's own scratch."""

    number: int
    cells: list[str]
    filled: list[int] = field(default_factory=list)
    edits: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    geometry: dict[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    verdict: str = Verdict.NEW
    touches: list[str] = field(default_factory=list)
    token: bytes | None = None
    data: Any = None

    def text(self, code: str, mapping: Mapping[str, int]) -> str:
        """Return what stands in a field's cell, as edited."""
        if code in self.edits:
            return self.edits[code]
        place = mapping.get(code)
        return self.cells[place] if place is not None and place < len(self.cells) else ""

    def blame(self, problem: Problem) -> None:
        """Add a problem, unless it was answered."""
        self.problems.append(problem)

    @property
    def is_wrong(self) -> bool:
        """Whether something must be mended before the row can come in."""
        return any(problem.level == WRONG for problem in self.problems)

    def settle(self) -> None:
        """Let the problems decide the verdict."""
        if self.answers.get("skip"):
            self.problems, self.verdict, self.touches = [], Verdict.SKIP, []
        elif self.is_wrong:
            self.verdict, self.touches = Verdict.WRONG, []
        elif any(problem.level == ASK for problem in self.problems):
            self.verdict, self.touches = Verdict.ASK, []

    def marks(self, fields: Mapping[str, ImportField]) -> list[str]:
        """Return by what like problems are found and counted."""
        return [mark_of(problem, fields) for problem in self.problems]


def mark_of(problem: Problem, fields: Mapping[str, ImportField]) -> str:
    """Return field|code|written: hashed where the field is personal."""
    written = problem.written
    if written and (problem.field not in fields or fields[problem.field].is_personal):
        written = "#" + blake2b(written.encode(), digest_size=6).hexdigest()
    return f"{problem.field}|{problem.code}|{written}"[:120]


def read_values(
    draft: Draft, fields: Mapping[str, ImportField], mapping: Mapping[str, int], words: _Words
) -> None:  # fmt: skip
    """Read every mapped cell; what cannot be read becomes a problem."""
    draft.values, draft.problems, draft.touches, draft.verdict = {}, [], [], Verdict.NEW
    for code, known in fields.items():
        if code not in mapping and code not in draft.edits:
            if known.required:
                draft.problems.append(_missing(known))
            continue
        written = draft.text(code, mapping)
        if not written:
            if known.required:
                draft.problems.append(_missing(known))
            continue
        meant = words.get(code)
        if meant:
            written = meant.get(folded(written), written)
        try:
            draft.values[code] = known.read(written)
        except Unreadable as found:
            draft.problems.append(found.problem(code, written))


def _missing(known: ImportField) -> Problem:
    from django.utils.translation import gettext as _

    return Problem(known.code, "missing", _("{label}没有填，这一格必须有。").format(label=known.label))
