"""Save tables, share them, let them come by the clock, make their files, let these expire."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.areas.acting import demand_somewhere, draft
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, render
from lianxin.insight.statistics.places import PERMISSION
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, LianxinError, NotFound, Refused, Stale
from lianxin.kernel.ids import uuid7
from lianxin.kernel.journal.writing import append
from lianxin.kernel.worktime.queries import calendar
from lianxin.registry.exports import store

from . import asking, files, rules, telling
from .asking import Numbers, Words
from .messages import READY, STOPPED
from .models import SavedTable, Schedule, State, TableFile

log = logging.getLogger(__name__)
_LABEL = "看统计"


@dataclass(frozen=True, slots=True)
class Wanted:
    """When somebody wants a saved table."""

    every: str
    hour: int
    weekday: int = 1
    day: int = 1
    is_on_workdays: bool = True
    format: str = Schedule.Format.XLSX


@transaction.atomic
def save(
    actor: Actor, *, name: str, words: Words, at: datetime, numbers: Numbers, shared: str = SavedTable.Shared.NONE,
    table: SavedTable | None = None, seen: int | None = None,
) -> SavedTable:  # fmt: skip
    """Keep a table under a name, or change one's own. Raises NotAllowed, Invalid, Stale, NotFound for another's."""
    demand_somewhere(actor, PERMISSION, _LABEL)
    asked = asking.read(words, actor, at=at, numbers=numbers)
    name = " ".join(name.split())
    if not 0 < len(name) <= 60:
        raise Invalid({"name": _("请起个名字，60 字以内。")})
    if shared not in SavedTable.Shared.values:
        raise Invalid({"shared": _("请选给谁看。")})
    if table is None and SavedTable.objects.filter(account_id=_who(actor)).count() >= rules.MOST_SAVED:
        raise Refused("too_many_tables", _("一人最多存 {most} 张表，请先删掉不用的。").format(most=rules.MOST_SAVED))
    kept = SavedTable(key=uuid7(), account_id=_who(actor)) if table is None else _own(actor, table, seen)
    held = actor.holding_for(PERMISSION)
    kept.name, kept.shared, kept.changed_at = name, shared, at
    kept.words = {word: list(said) for word, said in asked.words.items()}
    kept.label = f"{held.unit_name or held.area_name} {held.role_label}".strip()[:120] if held else ""
    kept.unit_id = held.unit_id if held else None
    kept.area_id = held.area_id if held and held.unit_id is None else None
    kept.version += 1
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise Invalid({"name": _("您已经有一张叫这个名字的表。")}) from None
    append([draft(actor, "saved_table", kept.pk, "saved_table.save", at=at, version=kept.version)])
    return kept


@transaction.atomic
def end(actor: Actor, *, table: SavedTable, at: datetime) -> None:
    """Throw one's own table away, with everybody's schedules and files of it. Raises NotFound for another's."""
    table = _own(actor, table, None)
    keys = list(TableFile.objects.filter(schedule__table=table).values_list("key", flat=True))
    append([draft(actor, "saved_table", table.pk, "saved_table.end", at=at, version=table.version + 1)])
    table.delete()
    transaction.on_commit(lambda: _remove(keys))


@transaction.atomic
def schedule(actor: Actor, *, table: SavedTable, wanted: Wanted, at: datetime) -> Schedule:
    """Let a table one sees come to oneself by the clock; asked again, the time changes. Raises Invalid, NotFound."""
    find(actor, table.key)
    if (
        wanted.every not in Schedule.Every.values or wanted.format not in Schedule.Format.values
        or not (0 <= wanted.hour <= 23 and 1 <= wanted.weekday <= 7 and 1 <= wanted.day <= 28)
    ):  # fmt: skip
        raise Invalid({"every": _("请选好每天、每周还是每月，和几点。")})
    kept, _made = Schedule.objects.select_for_update().update_or_create(
        table=table, account_id=_who(actor),
        defaults={
            "every": wanted.every, "hour": wanted.hour, "weekday": wanted.weekday, "day": wanted.day,
            "is_on_workdays": wanted.is_on_workdays, "format": wanted.format, "stopped": "",
            "next_at": rules.following(wanted, at, calendar()),
        },
    )  # fmt: skip
    append([draft(actor, "saved_table", table.pk, "saved_table.schedule", at=at, version=table.version)])
    return kept


@transaction.atomic
def unschedule(actor: Actor, *, table: SavedTable, at: datetime) -> None:
    """Let a table come no more; what has come stays its days."""
    Schedule.objects.filter(table=table, account_id=_who(actor)).update(next_at=None, stopped=_("自己停的"))
    append([draft(actor, "saved_table", table.pk, "saved_table.unschedule", at=at, version=table.version)])


def fall_due(*, at: datetime, limit: int = 200) -> list[int]:
    """Let schedules whose hour has come be made: each hour once, whatever dies in between. Returns the files' ids.

    What was missed while nothing ran is made once, not for each time.
    """
    made: list[int] = []
    for _place in range(limit):
        with transaction.atomic():
            due = (
                Schedule.objects.select_for_update(skip_locked=True).filter(next_at__lte=at).order_by("next_at").first()
            )
            if due is None or due.next_at is None:
                return made
            file, _is_new = TableFile.objects.get_or_create(
                schedule=due, due_at=due.next_at, defaults={"key": uuid7(), "format": due.format}
            )
            due.next_at = rules.following(due, at, calendar())
            due.save(update_fields=["next_at"])
            _defer(file.pk)
            made.append(file.pk)
    return made


def _defer(file_id: int) -> None:
    from .jobs import make as job  # the job calls back into this room

    job.defer(file_id=file_id)


def make(file_id: int, *, at: datetime) -> TableFile | None:
    """Make a file with its owner's rights of now, and tell them; None when another worker has it or it is done."""
    claimed = TableFile.objects.filter(pk=file_id, state=State.QUEUED).update(state=State.RUNNING, started_at=at)
    if not claimed:
        return None
    file = TableFile.objects.select_related("schedule__table").get(pk=file_id)
    actor = actor_of(file.schedule.account_id, at=at)
    table = SavedTable.objects.visible_to(actor).filter(pk=file.schedule.table_id).first() if actor else None
    if actor is None or table is None:
        return _stop(file, _("您的岗位现在看不到这张表了，不再送。"), at)
    try:
        numbers = versions.read()
        asked = asking.read(table.words, actor, at=at, numbers=numbers)
        shown = telling.told(asked, at=at, numbers=numbers)
    except (NotFound, Invalid) as refused:
        return _stop(file, _sentence(refused), at)
    with store.Writer(file.key) as target:
        rows = files.write(
            target, shown, format=file.format, title=table.name, by=_("{post}，定时生成").format(post=actor.name)
        )
    return _ready(file, files.about_of(shown), at, rows=rows, size=target.size)


def _ready(file: TableFile, about: str, at: datetime, *, rows: int, size: int) -> TableFile | None:
    with transaction.atomic():
        # Only who turns it tells of it: made twice after a crash, it is told once.
        turned = TableFile.objects.filter(pk=file.pk, state=State.RUNNING).update(
            state=State.READY, ready_at=at, expires_at=at + rules.TABLE_LIVES, rows=rows, size=size
        )
        if not turned:
            return None
        days = rules.TABLE_LIVES.days
        _tell(READY, file, {"name": file.schedule.table.name, "about": about, "days": days}, at)
    file.refresh_from_db()
    return file


@transaction.atomic
def _stop(file: TableFile, why: str, at: datetime) -> TableFile:
    """Let a file fail for good and its schedule stop: the right is gone, or what was asked for is."""
    file.state, file.failure = State.FAILED, why[:200]
    file.save(update_fields=["state", "failure"])
    Schedule.objects.filter(pk=file.schedule_id).update(next_at=None, stopped=why[:120])
    _tell(STOPPED, file, {"name": file.schedule.table.name, "why": why}, at)
    return file


def _sentence(refused: LianxinError) -> str:
    return "；".join(refused.fields.values()) if isinstance(refused, Invalid) else refused.sentence


def _tell(kind: Kind, file: TableFile, values: Mapping[str, object], at: datetime) -> None:
    title, body = render(kind.code, dict(values))
    link = f"/console/statistics/tables/{file.schedule.table.key}/"
    notifications.notify([file.schedule.account_id], kind=kind.code, title=title, body=body, link=link, at=at)


def resume(*, at: datetime) -> int:
    """Take up what was left in the middle: made again, after three times given up and told. Returns how many."""
    left = TableFile.objects.filter(state=State.RUNNING, started_at__lt=at - rules.STUCK)
    count = 0
    for pk, attempts in list(left.values_list("pk", "attempts")[:200]):
        with transaction.atomic():
            if attempts + 1 >= rules.ATTEMPTS:
                file = left.select_for_update(of=("self",)).select_related("schedule__table").filter(pk=pk).first()
                if file is not None:
                    _give_up(file, at)
            elif left.filter(pk=pk).update(state=State.QUEUED, attempts=attempts + 1):
                _defer(pk)
        count += 1
    return count


def _give_up(file: TableFile, at: datetime) -> None:
    file.state, file.failure = State.FAILED, _("试了三次没有生成，下次到点再做。")
    file.save(update_fields=["state", "failure"])
    _tell(STOPPED, file, {"name": file.schedule.table.name, "why": file.failure}, at)


def expire(*, at: datetime) -> int:
    """Throw away files whose days are over; returns how many."""
    over = list(TableFile.objects.filter(state=State.READY, expires_at__lte=at).values_list("pk", "key")[:500])
    for pk, key in over:
        TableFile.objects.filter(pk=pk).update(state=State.EXPIRED)
        store.remove(key)
    # What nobody can fetch any more is not remembered for ever.
    TableFile.objects.exclude(state=State.READY).filter(due_at__lt=at - 12 * rules.TABLE_LIVES).delete()
    return len(over)


def find(actor: Actor, key: UUID) -> SavedTable:
    """Return a table the actor sees; raise NotFound."""
    found = SavedTable.objects.visible_to(actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这张表，或它不再给您看。"))
    return found


def schedules(actor: Actor, tables: Sequence[SavedTable]) -> list[Schedule]:
    """Return when these tables come to the actor, also what was stopped. One statement."""
    return list(Schedule.objects.filter(account_id=_who(actor), table__in=tables))


def fetch(actor: Actor, *, table: SavedTable, key: UUID, at: datetime) -> tuple[TableFile, Iterator[bytes]]:
    """Return a file that came to the actor, piece by piece. Raises NotFound for another's, Refused once it is gone."""
    find(actor, table.key)
    file = TableFile.objects.filter(key=key, schedule__table=table, schedule__account_id=_who(actor)).first()
    if file is None:
        raise NotFound(_("没有这份文件。"))
    if file.state != State.READY or file.expires_at is None or file.expires_at <= at:
        raise Refused("file_gone", _("文件留 {days} 天，已经删了。").format(days=rules.TABLE_LIVES.days))
    return file, store.read(file.key)


def _own(actor: Actor, table: SavedTable, seen: int | None) -> SavedTable:
    found = SavedTable.objects.select_for_update().filter(pk=table.pk, account_id=_who(actor)).first()
    if found is None:
        raise NotFound(_("这张表不是您存的。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这张表刚在别处改过，请看过再存。"), version=found.version, changes=[found.name])
    return found


def _who(actor: Actor) -> int:
    if actor.account_id is None:
        raise NotFound(_("没有登录的人没有自助表。"))
    return actor.account_id


def _remove(keys: list[UUID]) -> None:
    for key in keys:
        store.remove(key)
