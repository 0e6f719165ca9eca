"""Replaying the journal: what the entries say a case is must be what its row says (law 1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lianxin.kernel.journal.models import Entry

from .change import BLANK, COUNTED
from .models import Case

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One field of one case where row and journal differ."""

    number: str
    field: str
    row: Any
    journal: Any


def replayed(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return what entries of one case, in order of version, add up to: its version and every counted field told of.

    Raises ValueError where they contradict each other: a version left out, a stage left that was never
    entered, a field that was not what the entry says it had been.
    """
    state: dict[str, Any] = {}
    version = 0
    for entry in entries:
        if entry.version != version + 1:
            raise ValueError(f"entry {entry.version} follows {version}")
        if entry.source != state.get("stage", ""):
            raise ValueError(f"entry {entry.version} leaves {entry.source!r}, not {state.get('stage')!r}")
        for name, value in entry.before.items():
            if name in COUNTED and not _same(state.get(name), value):
                raise ValueError(f"entry {entry.version} finds {name} {value!r}, not {state.get(name)!r}")
        state |= {name: value for name, value in entry.after.items() if name in COUNTED}
        if entry.target != state["stage"]:
            raise ValueError(f"entry {entry.version} enters {entry.target!r}, not {state['stage']!r}")
        version = entry.version
    return state | {"version": version}


def _same(one: Any, other: Any) -> bool:
    """A field that was blank from the start is not told of."""
    return one == other or (one in BLANK and other in BLANK)


def differences(case: Case, entries: Iterable[Entry]) -> Iterator[Mismatch]:
    """Yield where a row differs from its journal."""
    try:
        state = replayed(entries)
    except (ValueError, KeyError) as error:
        yield Mismatch(case.number, "journal", "", str(error))
        return
    for name in (*COUNTED, "version"):
        if not _same(getattr(case, name), state.get(name)):
            yield Mismatch(case.number, name, getattr(case, name), state.get(name))


def mismatches(*, after: int = 0, limit: int | None = None) -> Iterator[Mismatch]:
    """Yield where rows differ from their journal, by id, for all cases or some; two statements for 2,000 cases."""
    light = Case.objects.only("id", "number", "version", "reported_at", *COUNTED).order_by("pk")
    while limit is None or limit > 0:
        cases = list(light.filter(pk__gt=after)[: min(BATCH, limit or BATCH)])
        if not cases:
            return
        yield from _of_batch(cases)
        after = cases[-1].pk
        limit = None if limit is None else limit - len(cases)


def _of_batch(cases: list[Case]) -> Iterator[Mismatch]:
    found = Entry.objects.filter(
        subject_kind="case", subject_id__in=[case.pk for case in cases],
        at__gte=min(case.reported_at for case in cases),
    ).only("subject_id", "version", "source", "target", "before", "after")  # fmt: skip
    in_order = sorted(found, key=lambda entry: (entry.subject_id, entry.version))
    by_case = {pk: list(entries) for pk, entries in groupby(in_order, key=lambda entry: entry.subject_id)}
    for case in cases:
        yield from differences(case, by_case.get(case.pk, []))
