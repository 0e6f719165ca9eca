"""All open cases with a place, light, in the memory of the process: a window of 100,000 is cut and clustered in ms.

What changed since is read from the feed, and from the outbox, where an entry stands from its commit until the relay
takes it: so a case is on the map with the next look. Rights are asked anew each time, from the columns below.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.geometry.points import Box
from lianxin.work.cases.words import OPEN, Severity

Ints = NDArray[np.int64]
STAGES = tuple(sorted(OPEN))
SEVERITIES = tuple(Severity.values)
_MOST_TOUCHED = 5_000  # beyond that all are read again
_FRESH = 3600.0  # seconds; then all are read again, should anybody have written past the journal

# What an open case has in memory. `parties` are joined in Python: two arrays, case by case.
_READ = """
SELECT id, point[0], point[1], coalesce(street_id, 0), coalesce(community_id, 0), coalesce(grid_id, 0),
       extract(epoch FROM due_at)::float8, extract(epoch FROM warn_at)::float8, paused_at IS NOT NULL,
       stage, severity, coalesce(category_id, 0), coalesce(reporter_id, 0), party_unit_ids
FROM cases WHERE ended_at IS NULL AND point IS NOT NULL
"""
# In one statement, so that no entry is on its way between the two places.
_TOUCHED = """
SELECT (SELECT number FROM feed_head), array(
    SELECT subject_id FROM feed WHERE number > %(number)s AND subject_kind = 'case' LIMIT %(most)s
), array(
    SELECT entry.subject_id FROM outbox JOIN journal_entry entry ON entry.id = outbox.entry_id AND entry.at = outbox.at
    WHERE entry.subject_kind = 'case' LIMIT %(most)s
)
"""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of open cases, a place each; `party_places` and `party_units` pair places with units that take part."""

    ids: Ints
    lons: NDArray[np.float64]
    lats: NDArray[np.float64]
    streets: Ints
    communities: Ints
    grids: Ints
    due: NDArray[np.float64]  # seconds of the epoch; infinite without a limit
    warn: NDArray[np.float64]
    paused: NDArray[np.bool_]
    stages: NDArray[np.int8]  # place in STAGES
    severities: NDArray[np.int8]
    categories: Ints
    reporters: Ints
    party_places: Ints
    party_units: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def seen_by(self, actor: Actor) -> NDArray[np.bool_]:
        """Tell of each case whether the actor sees it: `Case.objects.visible_to`, in memory."""
        scope = actor.scope("cases.view")
        if scope.everywhere:
            return np.ones(len(self), dtype=bool)
        seen = np.isin(self.ids, _array(actor.case_ids))
        for column, ids in (
            (self.streets, scope.street_ids), (self.communities, scope.community_ids), (self.grids, scope.grid_ids),
        ):  # fmt: skip
            if ids:
                seen |= np.isin(column, _array(ids))
        if scope.unit_ids:
            seen[self.party_places[np.isin(self.party_units, _array(scope.unit_ids))]] = True
        if actor.account_id is not None:
            seen |= self.reporters == actor.account_id
        return seen

    def inside(self, box: Box) -> NDArray[np.bool_]:
        """Tell of each case whether it lies in a window."""
        east, north = (self.lons >= box.west) & (self.lons <= box.east), self.lats >= box.south
        return east & north & (self.lats <= box.north)

    def late(self, at: datetime) -> NDArray[np.bool_]:
        """Tell of each case whether its clock has run out."""
        return (self.due <= at.timestamp()) & ~self.paused

    def near_due(self, at: datetime) -> NDArray[np.bool_]:
        """Tell of each case whether it is nearly due."""
        return (self.warn <= at.timestamp()) & (self.due > at.timestamp()) & ~self.paused


def _array(ids: Any) -> Ints:
    return np.fromiter(ids, dtype=np.int64, count=len(ids))


def _table(rows: Sequence[tuple[Any, ...]]) -> Table:
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) if rows else [()] * 14
    parties = columns[13]
    counts = np.array([len(units) for units in parties], dtype=np.int64)
    return Table(
        ids=_ints(columns[0]),
        lons=np.array(columns[1], dtype=np.float64),
        lats=np.array(columns[2], dtype=np.float64),
        streets=_ints(columns[3]),
        communities=_ints(columns[4]),
        grids=_ints(columns[5]),
        due=_instants(columns[6]),
        warn=_instants(columns[7]),
        paused=np.array(columns[8], dtype=bool),
        stages=np.array([STAGES.index(one) for one in columns[9]], dtype=np.int8),
        severities=np.array([SEVERITIES.index(one) for one in columns[10]], dtype=np.int8),
        categories=_ints(columns[11]),
        reporters=_ints(columns[12]),
        party_places=np.repeat(np.arange(len(rows), dtype=np.int64), counts),
        party_units=_ints([unit for units in parties for unit in units]),
    )


def _ints(values: Sequence[Any]) -> Ints:
    return np.array(values, dtype=np.int64)


def _instants(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.inf if one is None else one for one in values], dtype=np.float64)


def _merged(old: Table, new: Table, touched: Ints) -> Table:
    """Return the table with some cases read anew."""
    stays = ~np.isin(old.ids, touched)
    moved = np.cumsum(stays) - 1  # an old place → where it stands now
    kept = stays[old.party_places]
    pairs = {
        "party_places": np.concatenate([moved[old.party_places[kept]], new.party_places + int(stays.sum())]),
        "party_units": np.concatenate([old.party_units[kept], new.party_units]),
    }
    columns = {
        each.name: np.concatenate([getattr(old, each.name)[stays], getattr(new, each.name)])
        for each in fields(Table)
        if each.name not in pairs
    }
    return Table(**columns, **pairs)


class _Keeper:
    """The table of this process, and how far in the feed it is true."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._table: Table | None = None
        self._number = 0
        self._read_at = 0.0

    def table(self) -> Table:
        """Return the open cases as they are. One statement, and a second for those that changed."""
        with self._lock:
            number, touched = self._touched()
            is_whole = self._table is None or number < self._number or len(touched) > _MOST_TOUCHED
            if is_whole or monotonic() - self._read_at > _FRESH:
                self._table, self._read_at = _table(_fetch(_READ, [])), monotonic()
            elif touched and self._table is not None:
                ids = np.array(sorted(touched), dtype=np.int64)
                self._table = _merged(self._table, _table(_fetch(f"{_READ} AND id = ANY(%s)", [sorted(touched)])), ids)
            self._number = number
            assert self._table is not None  # noqa: S101 - for the type checker
            return self._table

    def _touched(self) -> tuple[int, set[int]]:
        rows = _fetch(_TOUCHED, {"number": self._number, "most": _MOST_TOUCHED + 1})
        number, told, waiting = rows[0]
        return number or 0, {*told, *waiting}

    def forget(self) -> None:
        """Read all anew with the next look."""
        with self._lock:
            self._table = None


def _fetch(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


_keeper = _Keeper()


def open_cases() -> Table:
    """Return all open cases that have a place."""
    return _keeper.table()


def forget() -> None:
    """Let the next look read all anew: for tests, whose databases go back in time."""
    _keeper.forget()
