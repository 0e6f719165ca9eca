"""What the worker does for a run: look at its table, check it, bring it in, take it back. Each may be begun again.

A step that was overtaken (its `round` is not the run's any more) stops at the next piece.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.areas.acting import draft as journal_draft
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.journal.writing import append
from lianxin.kernel.tables import open_table, sheets_of
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.recording import open_source

from . import staging, store
from .carrying import Carrying
from .drafts import Verdict
from .engine import Engine, drafts_of, seldom_collecting
from .fields import fold_name
from .models import ImportRun
from .targets.protocol import Frame, Undone, WholeList
from .targets.registry import known_names, target

State = ImportRun.State
_GLIMPSE = 40  # rows kept to match by content and to show
UNDO_FOR = timedelta(hours=24)


class Overtaken(Exception):
    """The run has gone on without this job."""


def frame_of(run: ImportRun, at: datetime, *, is_trusted: bool = False) -> Frame:
    """Return what the rows of a run share; who brought it acts, as long as that account may."""
    actor: Actor | None = actor_of(run.account_id, at=at) if run.account_id else SYSTEM
    if actor is None:
        raise LianxinError(_("导入人的账号已停用，请由别人重新导入。"))
    return Frame(actor, at, run.area_id, run.unit_id, str(run.key), is_trusted)


def words_of(run: ImportRun) -> dict[str, dict[str, str]]:
    """Return what coded values mean in this run."""
    return dict(json.loads(run.words)) if run.words else {}


def glimpse_of(run: ImportRun) -> dict[str, Any]:
    """Return what was seen of the table: sheets, columns, first rows, head row, notes."""
    return dict(json.loads(run.glimpse)) if run.glimpse else {}


def look(run_id: int, round_: int, *, at: datetime, path: Path | None = None) -> None:
    """Read the head of the table and its first rows."""
    run = _current(run_id, round_)
    try:
        if path is not None:
            _look(run, path)
        else:
            with store.opened(run.key, run.file_name) as plain:
                _look(run, plain)
    except LianxinError as error:
        run.state, run.failure = State.UNREADABLE, error.sentence[:300]
    else:
        run.state, run.failure = State.UPLOADED, ""
    run.changed_at = at
    _save(run, round_, "state", "failure", "glimpse", "sheet", "head_row", "total", "changed_at")


def _look(run: ImportRun, path: Path) -> None:
    sheets = sheets_of(path)
    known = known_names(run.target)
    table = open_table(path, sheet=run.sheet, head_row=run.head_row, known=lambda name: fold_name(name) in known)
    rows = list(islice(table, _GLIMPSE))
    run.sheet = table.sheet if len(sheets) > 1 else ""
    size = next((sheet.rows for sheet in sheets if sheet.name == table.sheet), None)
    run.total = max(0, (size or 0) - table.head_row)
    run.glimpse = json.dumps(
        {
            "sheets": [[sheet.name, sheet.rows] for sheet in sheets], "columns": table.columns,
            "rows": [[row.number, row.cells] for row in rows], "head_row": table.head_row, "kind": table.kind,
            "encoding": table.encoding, "crs": table.crs, "skipped": table.skipped_above,
        },
        ensure_ascii=False,
    )  # fmt: skip


@seldom_collecting()
def check(
    run_id: int, round_: int, *, at: datetime, path: Path | None = None, is_trusted: bool = False
) -> None:  # fmt: skip
    """Stage every row of the table with its verdict."""
    run = _current(run_id, round_)
    try:
        if path is not None:
            _check(run, round_, path, at, is_trusted=is_trusted)
        else:
            with store.opened(run.key, run.file_name) as plain:
                _check(run, round_, plain, at, is_trusted=is_trusted)
    except Overtaken:
        return
    except LianxinError as error:
        run.state, run.failure = State.UNREADABLE, error.sentence[:300]
        _save(run, round_, "state", "failure")
        return
    tell(run, at)


def _check(run: ImportRun, round_: int, path: Path, at: datetime, *, is_trusted: bool) -> None:
    staging.clear(run.pk)
    known = known_names(run.target)
    table = open_table(path, sheet=run.sheet, head_row=run.head_row, known=lambda name: fold_name(name) in known)
    engine = Engine(run.target, frame_of(run, at, is_trusted=is_trusted), run.mapping, words_of(run))
    mapped = set(run.mapping.values())
    seen = filled = 0
    carrying = Carrying(engine.fields, run.mapping)
    for drafts in drafts_of(table):
        carrying.fill(drafts)
        engine.check(drafts)
        with transaction.atomic():
            staging.copy_in(run.pk, drafts, engine.fields)
            seen += len(drafts)
            filled += sum(not mapped.isdisjoint(draft.filled) for draft in drafts)
            _beat(run, round_, seen)
    run.counts = {"filled": filled, "left_out": len(table.left_out)}
    run.total, run.state = seen, State.CHECKED


def tell(run: ImportRun, at: datetime) -> None:
    """Count the staged rows anew and write what they come to."""
    verdicts, _marks, touches = staging.tally(run.pk)
    kept = {name: run.counts[name] for name in ("filled", "left_out", "ended") if name in run.counts}
    run.counts, run.changes, run.changed_at = {**kept, **verdicts}, touches, at
    run.save(update_fields=["counts", "changes", "changed_at", "total", "state"])


@seldom_collecting()
def apply(run_id: int, round_: int, *, at: datetime, is_trusted: bool = False) -> None:
    """Bring in what is new or changed, piece by piece; a piece is in as a whole or not at all."""
    run = _current(run_id, round_)
    try:
        frame = frame_of(run, at, is_trusted=is_trusted)
        engine = Engine(run.target, frame, run.mapping, words_of(run))
        source = _source(run, frame)
        wanted = [Verdict.NEW.value, Verdict.CHANGE.value]
        for drafts in staging.rows(run.pk, verdicts=wanted, after=run.done_to, ready=engine.make_ready):
            with transaction.atomic():
                # What was checked an hour ago is compared once more: others work meanwhile.
                engine.session.check(drafts)
                for draft in drafts:
                    draft.settle()
                ready = [draft for draft in drafts if draft.verdict in wanted]
                engine.session.apply(ready, source)
                late = [draft for draft in drafts if draft.verdict not in wanted]
                if late:
                    staging.replace(run.pk, late, engine.fields)
                _journal(frame, run, "batch", {"rows": len(ready)})
                run.done_to = drafts[-1].number
                _beat(run, round_, run.progress + len(drafts), "done_to")
    except Overtaken:
        return
    _finish(frame, run, round_, at, source)


def _finish(frame: Frame, run: ImportRun, round_: int, at: datetime, source: Source) -> None:
    run.state, run.applied_at, run.undo_until, run.failure = State.DONE, at, at + UNDO_FOR, ""
    wanted = target(run.target)
    with transaction.atomic():
        if run.is_whole and isinstance(wanted, WholeList):
            run.counts = {**run.counts, "ended": wanted.end_left(frame, source, staging.tokens(run.pk))}
        _save(run, round_, "state", "applied_at", "undo_until", "failure")
        tell(run, at)
        _journal(frame, run, "commit", {name: run.counts.get(name, 0) for name in ("new", "change", "same")})
    store.remove(run.key)


def _source(run: ImportRun, frame: Frame) -> Source:
    if run.source is None:
        run.source = open_source(
            frame.actor, Source.Kind.FILE, name=run.file_name, at=frame.at, unit_id=run.unit_id
        )  # fmt: skip
        run.save(update_fields=["source"])
    return run.source


def undo(run_id: int, round_: int, *, at: datetime) -> None:
    """Take back what the run brought in; records on which somebody has worked since are kept and counted."""
    run = _current(run_id, round_)
    if run.source is None:
        return
    frame = frame_of(run, at)
    taken: Undone = target(run.target).undo(frame, run.source)
    with transaction.atomic():
        Source.objects.filter(pk=run.source.pk).update(undone_at=at)
        run.state, run.undone_at, run.changed_at = State.UNDONE, at, at
        run.counts = {**run.counts, "undone": taken.undone, "kept": taken.kept}
        _save(run, round_, "state", "undone_at", "changed_at", "counts")
        _journal(frame, run, "undo", {"undone": taken.undone, "kept": taken.kept})


def stop(run_id: int, round_: int, *, sentence: str) -> None:
    """Say why a step could not go on, and go back to where somebody can decide; whole pieces stay written."""
    run = ImportRun.objects.get(pk=run_id)
    back = {State.APPLYING: State.CHECKED, State.UNDOING: State.DONE}
    run.state, run.failure = back.get(State(run.state), State.UNREADABLE), sentence[:300]
    _save(run, round_, "state", "failure")


def forget(*, at: datetime) -> int:
    """Drop staged rows and files that serve nothing any more: the day for undoing is over, or nobody came back.

    Returns how many runs were cleared.
    """
    over = ImportRun.objects.filter(state__in=[State.DONE, State.UNDONE, State.DISCARDED], undo_until__lt=at)
    left = ImportRun.objects.filter(changed_at__lt=at - timedelta(days=7)).exclude(
        state__in=[State.DONE, State.UNDONE, State.DISCARDED, State.PLANNED]
    )
    runs = [*over.filter(glimpse__isnull=False), *left]
    for run in runs:
        staging.clear(run.pk)
        store.remove(run.key)
        run.glimpse = run.words = None
        if run.state not in {State.DONE, State.UNDONE}:
            run.state = State.DISCARDED
        run.save(update_fields=["glimpse", "words", "state"])
    return len(runs)


def _journal(frame: Frame, run: ImportRun, act: str, facts: Mapping[str, Any]) -> None:
    told = {"target": run.target, **facts}
    append([journal_draft(frame.actor, "import", run.pk, act, at=frame.at, after=told)])


def _current(run_id: int, round_: int) -> ImportRun:
    run = ImportRun.objects.select_related("source").get(pk=run_id)
    if run.round != round_:
        raise Overtaken
    return run


def _beat(run: ImportRun, round_: int, progress: int, *columns: str) -> None:
    """Tell how far it is, in the transaction of the piece; raise Overtaken when the run has gone on."""
    run.progress = progress
    facts = {"progress": progress, **{name: getattr(run, name) for name in columns}}
    if not ImportRun.objects.filter(pk=run.pk, round=round_).update(beat_at=Now(), **facts):
        raise Overtaken


def _save(run: ImportRun, round_: int, *columns: str) -> None:
    facts = {name: getattr(run, name) for name in columns}
    ImportRun.objects.filter(pk=run.pk, round=round_).update(**facts)


__all__ = ["Overtaken", "apply", "check", "forget", "look", "stop", "tell", "undo"]
