"""Reads of the wizard: which column is which, which rows want a look, how many of which kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from . import matching, staging, working
from .drafts import Draft
from .matching import Match
from .models import ColumnChoice, ImportRow, ImportRun
from .problems import title_of
from .targets.protocol import WholeList
from .targets.registry import fields_of, target

_V = ImportRow.Verdict
# What the tabs of the table show.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "todo": (_V.WRONG, _V.ASK),
    "wrong": (_V.WRONG,),
    "ask": (_V.ASK,),
    "new": (_V.NEW,),
    "change": (_V.CHANGE,),
    "all": tuple(_V.values),
}
PAGE = 25


def matches(run: ImportRun) -> dict[str, Match]:
    """Return which column is taken for which field: as chosen, else as it looks."""
    if run.mapping:
        return {code: Match(column, 1.0, "") for code, column in run.mapping.items()}
    seen = working.glimpse_of(run)
    chosen = dict(ColumnChoice.objects.filter(target=run.target).values_list("name", "field"))
    rows = [cells for _number, cells in seen.get("rows", [])]
    return matching.match(list(fields_of(run.target).values()), seen.get("columns", []), rows, chosen)


@dataclass(frozen=True, slots=True)
class Group:
    """Like problems: how many, what they are, some of what is written there, and how to see them."""

    mark: str  # field|code|
    count: int
    title: str
    words: str


def groups(run: ImportRun) -> list[Group]:
    """Return the kinds of problems there are, the most frequent first."""
    _verdicts, marks, _touches = staging.tally(run.pk)
    fields = fields_of(run.target)
    counts: dict[str, int] = {}
    written: dict[str, list[str]] = {}
    for mark, count in marks.items():
        field, code, text = mark.split("|", 2)
        key = f"{field}|{code}|"
        counts[key] = counts.get(key, 0) + count
        if text and not text.startswith("#"):
            written.setdefault(key, []).append(text)
    found = []
    for key, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        field, code, _text = key.split("|", 2)
        label = fields[field].label if field in fields else ""
        found.append(Group(key, count, title_of(code, label), "、".join(written.get(key, [])[:4])))
    return found


def like(run: ImportRun) -> dict[str, int]:
    """Return how many rows bear each mark, for 这样的 N 行都改."""
    return staging.tally(run.pk)[1]


@dataclass(frozen=True, slots=True)
class Window:
    """Some rows of a run, with what lies before and behind them."""

    rows: list[Draft]
    after: int | None
    before: int | None


def window(run: ImportRun, show: str, *, mark: str = "", after: int = 0, before: int = 0) -> Window:
    """Return a page of rows behind `after`, or before `before`."""
    verdicts = SHOWN.get(show, SHOWN["todo"])
    if before:
        rows = staging.some(run.pk, verdicts=verdicts, after=before, size=PAGE + 1, mark=mark, is_back=True)
        more, rows = len(rows) > PAGE, rows[-PAGE:]
        return Window(rows, rows[-1].number if rows else None, rows[0].number if more else None)
    rows = staging.some(run.pk, verdicts=verdicts, after=after, size=PAGE + 1, mark=mark)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return Window(rows, rows[-1].number if more else None, rows[0].number if after and rows else None)


def left(run: ImportRun, *, at: datetime) -> list[str]:
    """Return what is in force and not named by a table that may be the whole list, in words."""
    wanted = target(run.target)
    if not isinstance(wanted, WholeList):
        return []
    return wanted.left(working.frame_of(run, at), staging.tokens(run.pk))
