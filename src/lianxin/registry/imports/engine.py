"""The engine: rows become drafts, drafts are read, compared with what is there, and judged; by the thousand."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from lianxin.kernel.tables import Row

from . import staging
from .drafts import Draft, Reading
from .problems import SKIP, Problem
from .targets.protocol import Frame, Session
from .targets.registry import fields_of, target

BATCH = 4_000
Drafts = TypeVar("Drafts", bound=Sequence[Draft])


_SELDOM = (200_000, 20, 100)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Let Python look for rings of garbage seldom meanwhile: looking among so many rows took a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Engine:
    """Checks the rows of one run. Keeps what it has seen of the table, so that doubles are found."""

    def __init__(
        self, code: str, frame: Frame, mapping: Mapping[str, int], words: Mapping[str, Mapping[str, str]]
    ) -> None:  # fmt: skip
        self.target, self.fields = target(code), fields_of(code)
        self.session: Session = self.target.begin(frame)
        self._reading = Reading(self.fields, mapping, words)
        self._seen: dict[int, int] = {}

    def check(self, drafts: Sequence[Draft]) -> None:
        """Judge rows in the order of the table."""
        self.judge(drafts)
        for draft in drafts:
            if draft.token is not None and not draft.answers.get("skip"):
                # Half of the hash is enough to tell two million rows apart, and takes a third of the memory.
                first = self._seen.setdefault(int.from_bytes(draft.token[:8]), draft.number)
                if first != draft.number:
                    self._double(draft, first)
            draft.settle()

    def recheck(self, run_id: int, drafts: Sequence[Draft]) -> None:
        """Judge rows again after something in them was changed; the others of the table are asked for."""
        self.judge(drafts)
        tokens = {one.number: one.token for one in drafts if one.token is not None and not one.answers.get("skip")}
        others = staging.doubles(run_id, tokens)
        mine: dict[bytes, int] = {}
        for draft in drafts:
            token = tokens.get(draft.number)
            if token is not None:
                first = min(mine.setdefault(token, draft.number), others.get(token, draft.number))
                if first < draft.number:
                    self._double(draft, first)
            draft.settle()

    def judge(self, drafts: Sequence[Draft]) -> None:
        """Read and compare, without looking for doubles."""
        self.session.check(self.read(drafts))

    def read(self, drafts: Drafts) -> Drafts:
        """Let the cells of rows mean something; needs no database."""
        for draft in drafts:
            self._reading.read(draft)
        return drafts

    def make_ready(self, drafts: Drafts) -> Drafts:
        """Read rows and let the target do what needs no database."""
        self.session.prepare(self.read(drafts))
        return drafts

    def _double(self, draft: Draft, first: int) -> None:
        label = self.fields[self.target.key_field].label
        sentence = _("{label}和第 {row} 行重复，一张表里一个只能有一行。").format(label=label, row=first)
        draft.blame(Problem(self.target.key_field, "double", sentence, (SKIP,)))


def drafts_of(rows: Iterable[Row]) -> Iterator[list[Draft]]:
    """Yield the rows of a table as drafts, in pieces."""
    source = iter(rows)
    while batch := [_draft(row) for row in islice(source, BATCH)]:
        yield batch


def _draft(row: Row) -> Draft:
    geometry: dict[str, Any] | None = row.geometry
    return Draft(row.number, list(row.cells), sorted(row.filled), geometry=geometry)
