"""Copy rows that actions have written, many times over: PostgreSQL's binary COPY, patched by numpy.

A `Sheet` holds the rows of one table as PostgreSQL gave them, and knows where each id and each instant
stands. `stamped` returns the same rows for another copy: ids moved into their own space, instants later
or earlier. Nothing else is touched, so a copy differs from what the actions wrote in nothing else.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
# An instant inside JSON, in the one form Python writes for UTC.
_INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00")
_WIDTH = 19  # digits of the largest bigint: room for any id inside JSON, where blanks before a number are free

Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]
Fields = Mapping[str, bytes | None]
# The space that a column's ids live in, or how to tell it from the row; None where the id stays as it is.
Space = str | Callable[[Fields], str | None]


@dataclass(frozen=True)
class Layout:
    """What a table's rows are to the copier."""

    table: str
    query: str  # gives `columns`, in the order of the ids
    columns: tuple[str, ...]
    ids: Mapping[str, Space]  # column → the space its ids live in
    times: frozenset[str]
    documents: frozenset[str] = frozenset()  # JSON with instants, and ids that `facts` names
    facts: Callable[[Mapping[str, Any]], Mapping[str, str]] = lambda _document: {}
    marked: tuple[str, ...] = ()


@dataclass
class Patch:
    """Where ids of one space stand in the block, and which they are."""

    at: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    # Ids written as digits inside JSON.
    digits_at: list[int] = field(default_factory=list)
    digits_value: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Ids:
    """The ids of one space: those of the sheet in order, and where the copies' begin."""

    old: Longs
    first: int

    def new(self, values: Longs, copy: int) -> Longs:
        """Return the ids that these rows have in a copy."""
        return self.first + copy * len(self.old) + np.searchsorted(self.old, values)


class Sheet:
    """The rows of one table, ready to be stamped."""

    def __init__(self, connection: psycopg.Connection, layout: Layout) -> None:
        self.layout = layout
        self.count = 0
        self.patches: dict[str, Patch] = {}
        # Where the columns stand that the caller changes itself; −1 where a row has none.
        self.places: dict[str, list[int]] = {name: [] for name in layout.marked}
        self._times: list[int] = []
        self._instants: list[tuple[int, bytes]] = []
        self.block: Bytes = np.frombuffer(bytes(self._read(_sent(connection, layout.query))), dtype=np.uint8)
        self._time_at: Longs = np.array(self._times, dtype=np.int64)
        self._time_values: Longs = _longs(self.block, self._time_at)
        self._stamps = {space: _arrays(patch) for space, patch in self.patches.items()}

    def _read(self, data: bytes) -> bytearray:
        """Read what COPY sent into a block of our own, where JSON has room for larger ids."""
        block, place = bytearray(), 0
        while place < len(data):
            block += data[place : place + 2]
            place += 2
            fields: dict[str, bytes | None] = {}
            for name in self.layout.columns:
                length = int.from_bytes(data[place : place + 4], "big", signed=True)
                place += 4
                fields[name] = None if length < 0 else data[place : place + length]
                place += max(length, 0)
            for name, content in fields.items():
                self._take(block, name, content, fields)
            self.count += 1
        return block

    def _take(self, block: bytearray, name: str, content: bytes | None, fields: Fields) -> None:
        start = len(block) + 4
        if name in self.places:
            self.places[name].append(-1 if content is None else start)
        if content is None:
            block += (-1).to_bytes(4, "big", signed=True)
            return
        if name in self.layout.ids:
            space = self.layout.ids[name]
            named = space if isinstance(space, str) else space(fields)
            if named is not None:
                patch = self.patches.setdefault(named, Patch())
                patch.at.append(start)
                patch.value.append(int.from_bytes(content, "big", signed=True))
        elif name in self.layout.times:
            self._times.append(start)
        elif name in self.layout.documents:
            content = self._roomy(content, start)
            self._instants += [(start + found.start(), found[0]) for found in _INSTANT.finditer(content)]
        block += len(content).to_bytes(4, "big") + content

    def _roomy(self, content: bytes, start: int) -> bytes:
        """Give each id inside a document the room of the largest, and note where it ends."""
        document = json.loads(content[1:])  # the first byte is jsonb's version
        named = self.layout.facts(document) if isinstance(document, dict) else {}
        for key in named:
            found = re.search(rb'"%s": (\d+)' % key.encode(), content)
            if found is not None:
                content = content[: found.start(1)] + found[1].rjust(_WIDTH) + content[found.end(1) :]
        for key, space in named.items():
            found = re.search(rb'"%s":  *(\d+)' % key.encode(), content)
            if found is not None:
                patch = self.patches.setdefault(space, Patch())
                patch.digits_at.append(start + found.end(1) - _WIDTH)
                patch.digits_value.append(int(found[1]))
        return content

    def longs(self, name: str) -> Longs:
        """Return a marked column of 8-byte numbers, as PostgreSQL sends them."""
        return _longs(self.block, np.array(self.places[name], dtype=np.int64))

    def stamped(self, ids: Mapping[str, Ids], copy: int, shift: timedelta) -> Bytes:
        """Return the rows of one copy."""
        block = self.block.copy()
        _put(block, self._time_at, self._time_values + shift // timedelta(microseconds=1))
        for space, (at, values, digits_at, digits_values) in self._stamps.items():
            _put(block, at, ids[space].new(values, copy))
            for start, number in zip(digits_at.tolist(), ids[space].new(digits_values, copy).tolist(), strict=True):
                block[start : start + _WIDTH] = np.frombuffer(str(number).rjust(_WIDTH).encode(), dtype=np.uint8)
        for start, text in self._instants:
            moved = datetime.fromisoformat(text.decode()) + shift
            block[start : start + len(text)] = np.frombuffer(moved.isoformat().encode(), dtype=np.uint8)
        return block


def _sent(connection: psycopg.Connection, query: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
        data = b"".join(bytes(piece) for piece in copy)
    return data[len(HEADER) : -len(TRAILER)]


def _arrays(patch: Patch) -> tuple[Longs, Longs, Longs, Longs]:
    at, value = np.array(patch.at, np.int64), np.array(patch.value, np.int64)
    return at, value, np.array(patch.digits_at, np.int64), np.array(patch.digits_value, np.int64)


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
        copy.write(HEADER)
        for block in blocks:
            copy.write(block.tobytes())
        copy.write(TRAILER)


def ids_of(sheet: Sheet, space: str, first: int) -> Ids:
    """Return the space that the rows of a sheet make by their own ids, with room for the copies from `first` on."""
    patch = sheet.patches.get(space, Patch())
    return Ids(np.unique(np.array(patch.value, dtype=np.int64)), first)
