"""What a table is once it is read, whatever it was before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid

MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 2_000_000
MOST_COLUMNS = 300
MOST_CELL = 4_000  # characters kept of one cell

NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet or layer: its name, and how many rows it seems to have (None: not known before reading)."""

    name: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row. Cells are text in one spelling: 2026-03-05, 3.5, 是; empty for nothing."""

    number: int  # as the sheet counts, from 1
    cells: tuple[str, ...]
    filled: frozenset[int] = NOTHING  # columns taken over from the row above: merged cells, 同上
    geometry: dict[str, Any] | None = None  # GeoJSON, WGS-84


@dataclass(slots=True)
class Table:
    """A table that is open for reading once. Counts of what was left out grow while rows are read."""

    kind: str  # excel, text, geo
    sheet: str
    columns: tuple[str, ...]
    head_row: int  # number of the row the columns are named in; 0: they have names of their own
    source: Callable[[], Iterator[Row]]
    encoding: str = ""
    skipped_above: int = 0  # titles above the head
    left_out: list[int] = field(default_factory=list)  # numbers of rows that are totals or notes
    crs: str = ""

    def __iter__(self) -> Iterator[Row]:
        for count, row in enumerate(self.source()):
            if count >= MOST_ROWS:
                raise too_long()
            yield row


def wrong(sentence: str) -> Invalid:
    """Return the refusal of a file, with a sentence for the form."""
    return Invalid({"file": sentence})


def too_long() -> Invalid:
    """Return the refusal of a table with too many rows."""
    return wrong(_("这张表超过 {most} 行。请按街道或年份拆成几份再导。").format(most=f"{MOST_ROWS:,}"))


def too_wide(count: int) -> Invalid:
    """Return the refusal of a table with too many columns."""
    return wrong(
        _("这张表有 {count} 列，最多 {most} 列。请删去用不着的列再导。").format(count=count, most=MOST_COLUMNS)
    )
