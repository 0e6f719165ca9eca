"""A row on its way in: cells, what was edited and answered, what its fields mean, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _

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
    ready: Any = None  # what the target made ready beside the database, see `Session.prepare`

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


class Reading:
    """How the rows of one run are read: which cell is which field, and what coded values mean here."""

    def __init__(self, fields: Mapping[str, ImportField], mapping: Mapping[str, int], words: _Words) -> None:
        self._fields = fields
        self._mapped = [
            (code, mapping[code], known.read, known.required, words.get(code))
            for code, known in fields.items()
            if code in mapping
        ]
        self._rest = [known for code, known in fields.items() if code not in mapping]

    def read(self, draft: Draft) -> None:
        """Read every mapped cell; what cannot be read becomes a problem."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        draft.values, draft.problems, draft.touches, draft.verdict = values, problems, [], Verdict.NEW
        cells, edits, width = draft.cells, draft.edits, len(draft.cells)
        for code, place, read, required, meant in self._mapped:
            written = edits[code] if edits and code in edits else cells[place] if place < width else ""
            if not written:
                if required:
                    problems.append(_missing(self._fields[code]))
                continue
            if meant:
                written = meant.get(folded(written), written)
            try:
                values[code] = read(written)
            except Unreadable as found:
                problems.append(found.problem(code, written))
        self._read_rest(draft)

    def _read_rest(self, draft: Draft) -> None:
        """Read fields that have no column but were written by hand."""
        for known in self._rest:
            written = draft.edits.get(known.code, "") if draft.edits else ""
            if written:
                try:
                    draft.values[known.code] = known.read(written)
                except Unreadable as found:
                    draft.problems.append(found.problem(known.code, written))
            elif known.required:
                draft.problems.append(_missing(known))


def _missing(known: ImportField) -> Problem:
    return Problem(known.code, "missing", _("{label}没有填，这一格必须有。").format(label=known.label))
