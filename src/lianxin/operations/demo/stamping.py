"""Copy rows that actions have written, many times over: PostgreSQL's binary COPY, patched by numpy.

A `Sheet` holds the rows of one table as PostgreSQL gave them, and knows where each id and each instant
stands. `stamped` returns the same rows for another copy: ids moved into their own space, instants later
or earlier. Nothing else is touched, so a copy differs from what the actions wrote in nothing else.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import psycopg

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
# An instant inside JSON, in the one form Python writes for UTC.
_INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00")

Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]
# For each row: the number of the id's space, or None where the column holds an id that stays.
Space = str | Callable[[Sequence[bytes | None]], str | None]


@dataclass(frozen=True)
class Layout:
    """What a table's columns are to the copier."""

    table: str
    columns: tuple[str, ...]
    ids: Mapping[str, Space]  # column → the space its ids live in
    times: frozenset[str]
    documents: frozenset[str] = frozenset()  # JSON with instants inside
    marked: tuple[str, ...] = ()
    where: str = ""
    order: str = "id"


@dataclass
class _Patch:
    """Where ids of one space stand in the block, and which row of that space each is."""

    at: list[int]
    value: list[int]


class Sheet:
    """The rows of one table, ready to be stamped."""

    def __init__(self, connection: psycopg.Connection, layout: Layout) -> None:
        self.layout = layout
        columns = ", ".join(f'"{name}"' for name in layout.columns)
        statement = f'COPY (SELECT {columns} FROM "{layout.table}" {layout.where} ORDER BY {layout.order})'
        with connection.cursor() as cursor, cursor.copy(statement + " TO STDOUT (FORMAT BINARY)") as copy:
            data = b"".join(bytes(piece) for piece in copy)
        self.block: Bytes = np.frombuffer(data[len(_HEADER) : -len(_TRAILER)], dtype=np.uint8).copy()
        self.patches: dict[str, _Patch] = {}
        # Where the columns stand that the caller changes itself; −1 where a row has none.
        self.places: dict[str, list[int]] = {name: [] for name in layout.marked}
        self._times: list[int] = []
        self._instants: list[tuple[int, bytes]] = []
        self.count = 0
        self._read(data[len(_HEADER) : -len(_TRAILER)])
        self.time_at: Longs = np.array(self._times, dtype=np.int64)
        self.time_values: Longs = _longs(self.block, self.time_at)

    def _read(self, data: bytes) -> None:
        place = 0
        while place < len(data):
            place += 2
            spans: list[tuple[int, int]] = []
            fields: list[bytes | None] = []
            for _column in self.layout.columns:
                length = int.from_bytes(data[place : place + 4], "big", signed=True)
                place += 4
                fields.append(None if length < 0 else data[place : place + length])
                spans.append((place, max(length, 0)))
                place += max(length, 0)
            self._note(fields, spans)
            self.count += 1

    def _note(self, fields: Sequence[bytes | None], spans: Sequence[tuple[int, int]]) -> None:
        for name, content, (start, _length) in zip(self.layout.columns, fields, spans, strict=True):
            if name in self.places:
                self.places[name].append(-1 if content is None else start)
            if content is None:
                continue
            if name in self.layout.ids:
                space = self.layout.ids[name]
                named = space if isinstance(space, str) else space(fields)
                if named is not None:
                    patch = self.patches.setdefault(named, _Patch([], []))
                    patch.at.append(start)
                    patch.value.append(int.from_bytes(content, "big", signed=True))
            elif name in self.layout.times:
                self._times.append(start)
            elif name in self.layout.documents:
                self._instants += [(start + found.start(), found[0]) for found in _INSTANT.finditer(content)]

    def longs(self, name: str) -> Longs:
        """Return a marked column of 8-byte numbers, as PostgreSQL sends them."""
        return _longs(self.block, np.array(self.places[name], dtype=np.int64))

    def stamped(self, ids: Mapping[str, "Ids"], copy: int, shift: timedelta) -> Bytes:
        """Return the rows of one copy."""
        block = self.block.copy()
        micros = shift // timedelta(microseconds=1)
        _put(block, self.time_at, self.time_values + micros)
        for space, patch in self.patches.items():
            _put(block, np.array(patch.at), ids[space].new(np.array(patch.value), copy))
        for start, text in self._instants:
            moved = datetime.fromisoformat(text.decode()) + shift
            block[start : start + len(text)] = np.frombuffer(moved.isoformat().encode(), dtype=np.uint8)
        return block


@dataclass(frozen=True)
class Ids:
    """The ids of one space: those of the sheet in order, and where the copies' begin."""

    old: Longs
    first: int

    def new(self, values: Longs, copy: int) -> Longs:
        """Return the ids that these rows have in a copy."""
        return self.first + copy * len(self.old) + np.searchsorted(self.old, values)


def _longs(block: Bytes, at: Longs) -> Longs:
    if not len(at):
        return np.array([], dtype=np.int64)
    found: Longs = block[at[:, None] + np.arange(8)].copy().view(">i8").astype(np.int64).ravel()
    return found


def _put(block: Bytes, at: Longs, values: Longs) -> None:
    if len(at):
        block[at[:, None] + np.arange(8)] = values.astype(">i8").view(np.uint8).reshape(-1, 8)


def write(connection: psycopg.Connection, layout: Layout, blocks: Iterator[Bytes]) -> None:
    """Send blocks of rows to the table by one COPY."""
    columns = ", ".join(f'"{name}"' for name in layout.columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{layout.table}" ({columns}) FROM STDIN (FORMAT BINARY)') as copy,
    ):
        copy.write(_HEADER)
        for block in blocks:
            copy.write(block.tobytes())
        copy.write(_TRAILER)
