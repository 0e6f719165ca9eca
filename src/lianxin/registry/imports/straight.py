"""An import from the command line: all steps at once, from a file that is read where it lies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand_somewhere
from lianxin.foundation.areas.acting import draft as journal_draft
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.kernel.ids import uuid7
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean

from . import queries, working
from .models import ImportRun
from .targets.registry import fields_of, target

State = ImportRun.State
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be imported, and how."""

    target: str
    path: Path
    sheet: str = ""
    head_row: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)  # code of a field → name of a column
    area_id: int | None = None
    unit_id: int | None = None
    is_trusted: bool = False  # make estates that are not known without asking


def check(actor: Actor, plan: Plan, *, at: datetime) -> ImportRun:
    """Stage and check every row; nothing is written yet. Raises NotAllowed, Invalid."""
    wanted = target(plan.target)
    demand_somewhere(actor, wanted.permission, wanted.label)
    run = ImportRun.objects.create(
        key=uuid7(at), target=plan.target, file_name=clean(plan.path.name, 200), file_size=plan.path.stat().st_size,
        sheet=plan.sheet, head_row=plan.head_row, area_id=plan.area_id, unit_id=plan.unit_id,
        account_id=actor.account_id, actor_label=actor.name[:120], created_at=at, changed_at=at,
    )  # fmt: skip
    working.look(run.pk, run.round, at=at, path=plan.path)
    run.refresh_from_db()
    _fail(run)
    run.mapping = _mapping(run, plan)
    run.state, run.words = State.CHECKING, None
    run.save(update_fields=["mapping", "state", "words"])
    working.check(run.pk, run.round, at=at, path=plan.path, is_trusted=plan.is_trusted)
    run.refresh_from_db()
    _fail(run)
    return run


def _fail(run: ImportRun) -> None:
    if run.state == State.UNREADABLE:
        raise Invalid({"file": run.failure})


def _mapping(run: ImportRun, plan: Plan) -> dict[str, int]:
    names = list(working.glimpse_of(run).get("columns", []))
    mapping = {code: match.column for code, match in queries.matches(run).items()}
    for code, name in plan.columns.items():
        if name not in names or code not in fields_of(run.target):
            raise Invalid({code: _("表里没有“{name}”这一列。").format(name=name)})
        mapping = {other: column for other, column in mapping.items() if column != names.index(name)}
        mapping[code] = names.index(name)
    for each in fields_of(run.target).values():
        if each.required and each.code not in mapping:
            raise Invalid({each.code: _("“{label}”必须有，请用 --column 指出是哪一列。").format(label=each.label)})
    return mapping


def let_in(actor: Actor, run: ImportRun, *, at: datetime, is_trusted: bool = False) -> ImportRun:
    """Bring in what is right."""
    with transaction.atomic():
        ImportRun.objects.filter(pk=run.pk).update(state=State.APPLYING, progress=0, done_to=0)
        append([journal_draft(actor, "import", run.pk, "apply", at=at, after={"target": run.target})])
    working.apply(run.pk, run.round, at=at, is_trusted=is_trusted)
    run.refresh_from_db()
    return run


def take_back(actor: Actor, run: ImportRun, *, at: datetime) -> ImportRun:
    """Undo it, within 24 hours."""
    if run.state != State.DONE or run.undo_until is None or at > run.undo_until:
        raise LianxinError(_("这次导入已不能整批撤回。"))
    demand_somewhere(actor, target(run.target).permission, target(run.target).label)
    ImportRun.objects.filter(pk=run.pk).update(state=State.UNDOING)
    working.undo(run.pk, run.round, at=at)
    run.refresh_from_db()
    return run
