"""Everything people do to an import: bring a file, match its columns, mend rows, let it in, take it back."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import demand_somewhere
from lianxin.foundation.areas.acting import draft as journal_draft
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.ids import uuid7
from lianxin.kernel.journal.writing import append
from lianxin.kernel.tables import MOST_BYTES
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import clean

from . import jobs, staging, store, working
from .drafts import Draft, Verdict, mark_of
from .engine import Engine
from .fields import fold_name
from .models import ColumnChoice, ImportRun, WordChoice
from .problems import Remedy
from .targets.protocol import WholeList
from .targets.registry import fields_of, target

State = ImportRun.State
_OPEN = (State.UPLOADED, State.CHECKED, State.UNREADABLE, State.READING, State.CHECKING)
_SILENT = timedelta(minutes=3)  # a job that has not been heard of for so long is begun again
_MOST_AT_ONCE = 20_000


@transaction.atomic
def bring(
    actor: Actor,
    *,
    target_code: str,
    name: str,
    data: bytes,
    at: datetime,
    area_id: int | None = None,
    unit_id: int | None = None,
) -> ImportRun:
    """Take a file and begin its run. Raises NotAllowed, NotFound for an unknown target, Invalid for no file."""
    wanted = target(target_code)
    demand_somewhere(actor, wanted.permission, wanted.label)
    if not data:
        raise Invalid({"file": _("文件是空的（0 字节）。请打开原表另存一次再传。")})
    if len(data) > MOST_BYTES:
        raise Invalid({"file": _("文件太大，最多 {most} MB。请拆成几份再导。").format(most=MOST_BYTES >> 20)})
    if area_id is not None and (areas.node(area_id) is None):
        raise Invalid({"area": _("没有这个区域。")})
    run = ImportRun(
        key=uuid7(at), target=target_code, file_name=clean(name, 200) or _("未命名"), file_size=len(data),
        area_id=area_id, unit_id=unit_id, account_id=actor.account_id, actor_label=actor.name[:120],
        created_at=at, changed_at=at,
    )  # fmt: skip
    run.save()
    store.put(run.key, data)
    _start(run, jobs.look, State.READING, at)
    append([journal_draft(actor, "import", run.pk, "bring", at=at, after={"target": target_code})])
    return run


@transaction.atomic
def choose_sheet(actor: Actor, *, run: ImportRun, sheet: str, head_row: int | None, at: datetime) -> ImportRun:
    """Read another sheet, or take another row as the one that names the columns."""
    run = _mine(actor, run, *_OPEN)
    if head_row is not None and not 1 <= head_row <= 60:
        raise Invalid({"head_row": _("表头在第几行？请填 1 到 60。")})
    run.sheet, run.head_row, run.mapping = sheet[:120], head_row, {}
    run.save(update_fields=["sheet", "head_row", "mapping"])
    _start(run, jobs.look, State.READING, at)
    return run


@transaction.atomic
def choose_columns(
    actor: Actor, *, run: ImportRun, mapping: Mapping[str, int], at: datetime, area_id: int | None = None
) -> ImportRun:
    """Say which column is which field, remember it for the next table, and check all rows.

    Raises Invalid for a column taken twice and for required fields without one.
    """
    run = _mine(actor, run, State.UPLOADED, State.CHECKED, State.CHECKING)
    fields, columns = fields_of(run.target), working.glimpse_of(run).get("columns", [])
    faults = {}
    for code, column in mapping.items():
        if code not in fields or not 0 <= column < len(columns):
            faults[code] = _("没有这一列。")
        elif list(mapping.values()).count(column) > 1:
            faults[code] = _("“{name}”这一列对了两个字段，请只留一个。").format(name=columns[column])
    for field in fields.values():
        if field.required and field.code not in mapping:
            faults[field.code] = _("“{label}”必须有，请指出是哪一列。").format(label=field.label)
    if faults:
        raise Invalid(faults)
    run.mapping, run.area_id, run.words = dict(mapping), area_id, json.dumps(_known_words(run.target))
    run.save(update_fields=["mapping", "area_id", "words"])
    _remember_columns(run, columns, at)
    _start(run, jobs.check, State.CHECKING, at)
    return run


def _remember_columns(run: ImportRun, columns: Sequence[str], at: datetime) -> None:
    by_column = {column: code for code, column in run.mapping.items()}
    rows = [
        ColumnChoice(target=run.target, name=fold_name(name)[:80], field=by_column[place], at=at)
        for place, name in enumerate(columns)
        if place in by_column
    ]
    once = {row.name: row for row in rows}
    ColumnChoice.objects.bulk_create(
        once.values(), update_conflicts=True, unique_fields=["target", "name"], update_fields=["field", "at"]
    )


def _known_words(code: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for choice in WordChoice.objects.filter(target=code):
        found.setdefault(choice.field, {})[choice.written] = choice.meant
    return found


@transaction.atomic
def edit(actor: Actor, *, run: ImportRun, number: int, cells: Mapping[str, str], at: datetime) -> Draft:
    """Write into cells of one row and check it again. Raises NotFound for no such row."""
    run = _mine(actor, run, State.CHECKED)
    fields = fields_of(run.target)
    draft = _row(run, number)
    for code, text in cells.items():
        if code in fields:
            draft.edits[code] = clean(text, 400)
    _recheck(run, [draft], at)
    return draft


@transaction.atomic
def remedy(
    actor: Actor, *, run: ImportRun, number: int, problem: int, choice: int, everywhere: bool, at: datetime
) -> int:
    """Do what a problem of a row offers; `everywhere`: for all rows with the same problem. Returns how many rows."""
    run = _mine(actor, run, State.CHECKED)
    draft = _row(run, number)
    try:
        mark = mark_of(draft.problems[problem], fields_of(run.target))
        pressed = draft.problems[problem].remedies[choice]
    except IndexError:
        raise Refused("import_moved_on", _("这一行已经改过了，请看看现在的样子。")) from None
    _remember_word(run, draft, problem, pressed, at)
    if everywhere:
        return _press_all(run, mark, choice, at)
    _press(draft, pressed)
    _recheck(run, [draft], at)
    return 1


@transaction.atomic
def remedy_all(actor: Actor, *, run: ImportRun, group: str, at: datetime) -> int:
    """Press the first remedy of every row whose problem is of a group (`field|code|`). Returns how many rows."""
    run = _mine(actor, run, State.CHECKED)
    return _press_all(run, group, 0, at)


def _press_all(run: ImportRun, mark: str, choice: int, at: datetime) -> int:
    fields, pressed = fields_of(run.target), []
    wanted = [Verdict.WRONG.value, Verdict.ASK.value]
    for draft in staging.some(run.pk, verdicts=wanted, mark=mark, size=_MOST_AT_ONCE):
        own = next((each for each in draft.problems if staging.is_of(mark_of(each, fields), mark)), None)
        if own is not None and choice < len(own.remedies):
            _press(draft, own.remedies[choice])
            pressed.append(draft)
    _recheck(run, pressed, at)
    return len(pressed)


def _press(draft: Draft, chosen: Remedy) -> None:
    draft.edits |= chosen.set
    draft.answers |= chosen.answer
    if chosen.skip:
        draft.answers["skip"] = "1"


def _remember_word(run: ImportRun, draft: Draft, problem: int, chosen: Remedy, at: datetime) -> None:
    """Keep what a coded value was said to mean, for the next table; never what is personal."""
    found = draft.problems[problem]
    field = fields_of(run.target).get(found.field)
    if (
        found.code != "choice"
        or not found.written
        or field is None
        or field.is_personal
        or found.field not in chosen.set
    ):
        return
    WordChoice.objects.update_or_create(
        target=run.target, field=found.field, written=folded(found.written)[:40],
        defaults={"meant": chosen.set[found.field][:60], "at": at},
    )  # fmt: skip


@transaction.atomic
def leave_out(actor: Actor, *, run: ImportRun, number: int, at: datetime, out: bool = True) -> Draft:
    """Leave a row out, or take it in again."""
    run = _mine(actor, run, State.CHECKED)
    draft = _row(run, number)
    draft.answers.pop("skip", None)
    if out:
        draft.answers["skip"] = "1"
    _recheck(run, [draft], at)
    return draft


def _row(run: ImportRun, number: int) -> Draft:
    found = staging.by_numbers(run.pk, [number], for_update=True)
    if not found:
        raise NotFound(_("没有这一行。"))
    return found[0]


def _recheck(run: ImportRun, drafts: Sequence[Draft], at: datetime) -> None:
    engine = Engine(run.target, working.frame_of(run, at), run.mapping, working.words_of(run))
    if target(run.target).is_woven and run.total <= _MOST_AT_ONCE:
        changed = {draft.number: draft for draft in drafts}
        everything = staging.some(run.pk, verdicts=Verdict.values, size=_MOST_AT_ONCE)
        drafts = [changed.get(draft.number, draft) for draft in everything]
        engine.check(drafts)
    else:
        engine.recheck(run.pk, drafts)
    staging.replace(run.pk, drafts, engine.fields)
    working.tell(run, at)


@transaction.atomic
def let_in(
    actor: Actor, *, run: ImportRun, at: datetime, is_whole: bool = False, starts_at: datetime | None = None
) -> ImportRun:
    """Bring in all rows that are right, at once or on a later day.

    `is_whole`: the table is the whole list, what it does not name ends. Raises Refused when there is nothing to
    bring, and for a whole list in which rows are still wrong: they would end by mistake.
    """
    run = _mine(actor, run, State.CHECKED)
    wanted = target(run.target)
    is_whole = is_whole and isinstance(wanted, WholeList)
    if is_whole and (run.counts.get("wrong") or run.counts.get("ask")):
        raise Refused(
            "import_not_whole", _("还有行没有改好，不能当作整张清单：没认出来的会被误停。请先改完，或只导入无误的。")
        )
    ends = is_whole and isinstance(wanted, WholeList) and wanted.left(
        working.frame_of(run, at), staging.tokens(run.pk)
    )  # fmt: skip
    if not (run.counts.get("new") or run.counts.get("change") or ends):
        raise Refused("import_nothing", _("没有可以导入的行。有错的行改好以后再导。"))
    run.progress = run.done_to = 0
    run.is_whole, run.starts_at = is_whole, starts_at if starts_at and starts_at > at else None
    run.save(update_fields=["progress", "done_to", "is_whole", "starts_at"])
    if run.starts_at is not None:
        run.state, run.changed_at = State.PLANNED, at
        run.save(update_fields=["state", "changed_at"])
        append([journal_draft(actor, "import", run.pk, "plan", at=at, after={"target": run.target})])
        return run
    append([journal_draft(actor, "import", run.pk, "apply", at=at, after={"target": run.target})])
    _start(run, jobs.apply, State.APPLYING, at)
    return run


@transaction.atomic
def call_off(actor: Actor, *, run: ImportRun, at: datetime) -> ImportRun:
    """Let a planned import wait for its owner again."""
    run = _mine(actor, run, State.PLANNED)
    run.state, run.starts_at, run.changed_at = State.CHECKED, None, at
    run.save(update_fields=["state", "starts_at", "changed_at"])
    append([journal_draft(actor, "import", run.pk, "call_off", at=at, after={"target": run.target})])
    return run


@transaction.atomic
def begin_planned(*, at: datetime) -> int:
    """Begin the imports whose day has come; returns how many. Several workers may run this."""
    due = ImportRun.objects.select_for_update(of=("self",), skip_locked=True)
    runs = list(due.filter(state=State.PLANNED, starts_at__lte=at))
    for run in runs:
        if not staging.count_rows(run.pk):
            # Staged rows do not outlive a crash of the server; the file is still there.
            _start(run, jobs.check, State.CHECKING, at)
            continue
        _start(run, jobs.apply, State.APPLYING, at)
    return len(runs)


@transaction.atomic
def take_back(actor: Actor, *, run: ImportRun, at: datetime) -> ImportRun:
    """Undo the whole import. Raises Refused after 24 hours."""
    run = _mine(actor, run, State.DONE)
    if run.undo_until is None or at > run.undo_until:
        raise Refused("import_too_late", _("导入满 24 小时后不能整批撤回。请逐条更正，或联系数据专员。"))
    _start(run, jobs.undo, State.UNDOING, at)
    return run


@transaction.atomic
def discard(actor: Actor, *, run: ImportRun, at: datetime) -> None:
    """Give up an import before anything was written; its rows and its file are dropped."""
    run = _mine(actor, run, *_OPEN)
    run.state, run.round, run.changed_at = State.DISCARDED, run.round + 1, at
    run.glimpse = run.words = None
    run.save(update_fields=["state", "round", "changed_at", "glimpse", "words"])
    staging.clear(run.pk)
    transaction.on_commit(lambda: store.remove(run.key))


@transaction.atomic
def wake(run: ImportRun, *, at: datetime) -> bool:
    """Begin a step again whose job has died: nothing was heard of it for three minutes. Says whether it did."""
    steps = {
        State.READING: jobs.look, State.CHECKING: jobs.check, State.APPLYING: jobs.apply, State.UNDOING: jobs.undo,
    }  # fmt: skip
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    step = steps.get(State(run.state))
    if step is None or at - (run.beat_at or run.changed_at) < _SILENT:
        return False
    _start(run, step, State(run.state), at)
    return True


def owned(actor: Actor, key: UUID) -> ImportRun:
    """Return a run the actor may see; raise NotFound."""
    run = ImportRun.objects.visible_to(actor).select_related("unit", "source").filter(key=key).first()
    if run is None:
        raise NotFound(_("没有这次导入，或不是您导的。"))
    return run


def _mine(actor: Actor, run: ImportRun, *states: str) -> ImportRun:
    """Lock a run its owner may go on with."""
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    demand_somewhere(actor, target(run.target).permission, target(run.target).label)
    if not actor.is_system and run.account_id != actor.account_id:
        raise Refused(
            "import_of_another", _("这是{name}的导入，只有本人能接着办。").format(name=run.actor_label[:1] + "*")
        )
    if run.state not in states:
        raise Refused("import_state", _("这次导入现在“{state}”，不能这样做。").format(state=State(run.state).label))
    return run


def _start(run: ImportRun, step: Any, state: str, at: datetime) -> None:
    run.round += 1
    run.state, run.changed_at, run.beat_at, run.failure = state, at, None, ""
    if state in {State.CHECKING, State.READING}:
        run.progress = 0
    run.save(update_fields=["round", "state", "changed_at", "beat_at", "failure", "progress"])
    step.defer(run_id=run.pk, round_=run.round)
