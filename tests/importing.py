"""Somebody at the desk who brings tables in; what the worker would do is done at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.imports import actions, queries, staging, working
from lianxin.registry.imports.models import ImportRow, ImportRun
from lianxin.registry.imports.problems import Problem

EVERY = [verdict.value for verdict in ImportRow.Verdict]


@dataclass
class Desk:
    """An actor who imports at an instant."""

    actor: Actor
    at: datetime
    area_id: int | None = None
    unit_id: int | None = None

    def bring(self, target: str, data: bytes, name: str) -> ImportRun:
        """Bring a file and let its head be read."""
        run = actions.bring(
            self.actor, target_code=target, name=name, data=data, at=self.at, area_id=self.area_id, unit_id=self.unit_id
        )
        working.look(run.pk, run.round, at=self.at)
        return ImportRun.objects.get(pk=run.pk)

    def mapping(self, run: ImportRun) -> dict[str, int]:
        """Return which column is taken for which field."""
        return {code: match.column for code, match in queries.matches(run).items()}

    def check(self, run: ImportRun, mapping: Mapping[str, int] | None = None) -> ImportRun:
        """Settle the columns and check all rows."""
        run = actions.choose_columns(
            self.actor, run=run, mapping=mapping or self.mapping(run), at=self.at, area_id=self.area_id
        )
        working.check(run.pk, run.round, at=self.at)
        return ImportRun.objects.get(pk=run.pk)

    def verdicts(self, run: ImportRun) -> dict[int, str]:
        """Return the verdict of each row."""
        return {one.number: one.verdict for one in staging.some(run.pk, verdicts=EVERY, size=10_000)}

    def problems(self, run: ImportRun, number: int) -> list[Problem]:
        """Return what is wrong with a row."""
        return staging.by_numbers(run.pk, [number])[0].problems

    def press(self, run: ImportRun, number: int, code: str, *, label: str = "", everywhere: bool = False) -> int:
        """Press the remedy of a row's problem: the first, or the one with this label."""
        found = self.problems(run, number)
        place = next(place for place, each in enumerate(found) if each.code == code)
        labels = [remedy.label for remedy in found[place].remedies]
        choice = labels.index(label) if label else 0
        return actions.remedy(
            self.actor, run=run, number=number, problem=place, choice=choice, everywhere=everywhere, at=self.at
        )

    def write(self, run: ImportRun, number: int, **cells: str) -> str:
        """Write into cells of a row; return its verdict."""
        return actions.edit(self.actor, run=run, number=number, cells=cells, at=self.at).verdict

    def let_in(self, run: ImportRun) -> ImportRun:
        """Bring in what is right."""
        run = actions.let_in(self.actor, run=ImportRun.objects.get(pk=run.pk), at=self.at)
        working.apply(run.pk, run.round, at=self.at)
        return ImportRun.objects.get(pk=run.pk)

    def take_back(self, run: ImportRun) -> ImportRun:
        """Undo it."""
        run = actions.take_back(self.actor, run=run, at=self.at)
        working.undo(run.pk, run.round, at=self.at)
        return ImportRun.objects.get(pk=run.pk)

    def forget(self, at: datetime) -> int:
        """Let the night pass."""
        return working.forget(at=at)

    def through(self, target: str, data: bytes, name: str = "a.csv", **mapping: Any) -> ImportRun:
        """Bring a file, check it, and let in what is right."""
        return self.let_in(self.check(self.bring(target, data, name), mapping or None))
