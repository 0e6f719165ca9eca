"""Lists of cases as files: asked for with a purpose, written in the background row by row, fetched in a day.

A list holds no personal data and only what its asker may see when it is written. Memory stays flat to a million rows.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.areas.acting import demand_somewhere
from lianxin.foundation.audit.actions import record
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import render
from lianxin.insight.statistics import behind
from lianxin.insight.statistics.behind import Behind
from lianxin.insight.statistics.places import Place
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.ids import uuid7
from lianxin.registry.exports import store
from lianxin.work.cases.models import Case
from lianxin.work.cases.models.case import CaseQuerySet
from lianxin.work.cases.queries import Filters, queue

from . import asking, caserows, counting, rules
from .counting import Number
from .messages import LISTED
from .models import CaseList, Schedule, State
from .sheets import Sheet, Value, write_csv, write_excel

log = logging.getLogger(__name__)
PERMISSION = "tables.export"
_LABEL = "导出案卷清单"
_TELL_EVERY = 20_000  # rows between two words of how far it is
Wanted = Mapping[str, Any]


def of_filters(filters: Filters) -> Wanted:
    """Return what to ask for: the cases of a list, as its filters say."""
    return {"filters": {name: _plain(value) for name, value in asdict(filters).items()}}


def of_number(number: Behind) -> Wanted:
    """Return what to ask for: the cases behind a number of statistics."""
    return {"behind": {name: _plain(value) for name, value in asdict(number).items()}}


def of_cell(number: Number) -> Wanted:
    """Return what to ask for: the cases behind a number of a table."""
    keys = {"row": number.row, "column": number.column}
    said = {name: counting.word_of(key) for name, key in keys.items() if key is not counting.ALL}
    words = {name: list(each) for name, each in number.asked.words.items()}
    return {"cell": {"words": words, "figure": number.figure, **said}}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def found(actor: Actor, wanted: Wanted, *, at: datetime) -> CaseQuerySet:
    """Return the cases wanted, narrowed to what the actor may see."""
    if "filters" in wanted:
        told: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in wanted["filters"].items()
        }
        for name in ("reported_from", "reported_to"):
            told[name] = datetime.fromisoformat(told[name]) if told.get(name) else None
        return queue(actor, Filters(**told), at=at)
    if "cell" in wanted:
        return _narrowed(actor, counting.cases(_cell(actor, wanted["cell"], at)))
    told = dict(wanted["behind"])
    told["place"] = Place(**told["place"])
    for name in ("first", "last"):
        told[name] = datetime.fromisoformat(told[name]).date()
    return _narrowed(actor, behind.cases(Behind(**told)))


def _cell(actor: Actor, told: Wanted, at: datetime) -> Number:
    asked = asking.read(told["words"], actor, at=at, numbers=versions.read())
    row = counting.key_of(asked.rows, told.get("row"))
    column = counting.key_of(asked.across, told.get("column")) if asked.across else counting.ALL
    return Number(asked, told["figure"], row, column)


def _narrowed(actor: Actor, cases: CaseQuerySet) -> CaseQuerySet:
    return cases.filter(pk__in=Case.objects.visible_to(actor).values("pk"))


@transaction.atomic
def ask(
    actor: Actor,
    *,
    wanted: Wanted,
    about: str,
    purpose: str,
    format: str,  # noqa: A002 - the word users see
    at: datetime,
    address: str | None = None,
) -> CaseList:
    """Let a list be written; the asker is told when it is there. Raises NotAllowed, Invalid, Refused."""
    demand_somewhere(actor, PERMISSION, _LABEL)
    faults = {}
    if len(purpose.strip()) < 4:
        faults["purpose"] = _("请写明用来做什么，审计看得到。")
    if format not in Schedule.Format.values:
        faults["format"] = _("请选文件格式。")
    count = found(actor, wanted, at=at).order_by().values("pk")[: rules.MOST_CASES + 1].count()
    if not 0 < count <= rules.MOST_CASES:
        faults["purpose"] = _("没有符合条件的案卷。") if not count else _("超过 100 万件，请先缩小范围。")
    if faults:
        raise Invalid(faults)
    own = CaseList.objects.filter(by_id=actor.account_id, state__in=[State.QUEUED, State.RUNNING]).count()
    if own >= rules.MOST_LISTS:
        raise Refused("too_many_lists", _("您已有 {most} 份在生成，等一份好了再导。").format(most=rules.MOST_LISTS))
    asked = CaseList.objects.create(
        key=uuid7(), about=about[:200], wanted=dict(wanted), format=format, purpose=purpose.strip()[:300],
        expected_rows=count, asked_at=at, by_id=actor.account_id, by_label=actor.name[:120],
    )  # fmt: skip
    _audit(actor, "tables.list", asked, at, address)
    _defer(asked.pk)
    return asked


def _defer(list_id: int) -> None:
    from .jobs import make_list as job  # the job calls back into this room

    job.defer(list_id=list_id)


def make(list_id: int, *, at: datetime) -> CaseList | None:
    """Write a list with its asker's rights of now; None when it was cancelled or another worker has it."""
    if not CaseList.objects.filter(pk=list_id, state=State.QUEUED).update(
        state=State.RUNNING, started_at=at, touched_at=at, rows=0
    ):
        return None
    asked = CaseList.objects.get(pk=list_id)
    actor = actor_of(asked.by_id, at=at) if asked.by_id is not None else None
    if actor is None or not actor.may(PERMISSION):
        return _fail(asked, _("您的岗位已经不能导出案卷清单。"), at)
    try:
        with store.Writer(asked.key) as target:
            count = _write(asked, actor, target, at)
    except _Cancelled:
        return None
    return _ready(asked, count, target.size, at)


class _Cancelled(Exception):
    """Nobody wants it any more."""


def _write(asked: CaseList, actor: Actor, target: Any, at: datetime) -> int:
    cases = found(actor, asked.wanted, at=asked.asked_at).order_by().only()
    rows = _counted(asked, caserows.rows(cases, versions.read()))
    told = _told(asked, actor, at)
    if asked.format == "csv":
        note = "；".join(f"{name}：{words}" for name, words in told)
        return write_csv(target, caserows.heads(), _and_last(rows, note))
    mark = f"{actor.name} {caserows.told_at(at)} {str(asked.key)[:8]}"
    sheets = [
        Sheet(_("案卷"), caserows.heads(), rows, widths=caserows.widths()),
        Sheet(_("说明"), [_("名称"), _("内容")], told, widths=[16, 90]),
    ]
    return write_excel(target, sheets, mark=mark)


def _and_last(rows: Iterator[list[Value]], note: str) -> Iterator[list[Value]]:
    """Yield the rows, then what the file is: at the end, so that programs read the first line as headings."""
    yield from rows
    yield [note]


def _counted(asked: CaseList, rows: Iterator[list[Value]]) -> Iterator[list[Value]]:
    """Yield rows and say now and then how far it is; stop when it was cancelled."""
    for count, row in enumerate(rows, 1):
        if count % _TELL_EVERY == 0:
            going = CaseList.objects.filter(pk=asked.pk, state=State.RUNNING)
            if not going.update(rows=count, touched_at=datetime.now(UTC)):
                raise _Cancelled
        yield row


def _told(asked: CaseList, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    return [
        (_("内容"), asked.about), (_("导出人"), actor.name), (_("用途"), asked.purpose),
        (_("数据截至"), caserows.told_at(at)), (_("导出编号"), str(asked.key)),
        (_("说明"), _("不含上报人、联系电话、详细地址和诉求原文；标题里的号码已打星号。导出和下载都有记录。")),
    ]  # fmt: skip


@transaction.atomic
def _ready(asked: CaseList, count: int, size: int, at: datetime) -> CaseList | None:
    done = datetime.now(UTC)
    count -= asked.format == "csv"  # the last line of a CSV tells what it is
    turned = CaseList.objects.filter(pk=asked.pk, state=State.RUNNING).update(
        state=State.READY, rows=count, size=size, ready_at=done, expires_at=max(done, at) + rules.LIST_LIVES
    )
    if not turned:
        transaction.on_commit(lambda: store.remove(asked.key))
        return None
    asked.refresh_from_db()
    _tell(
        asked,
        _("案卷清单做好了"),
        _("{about}，{count} 件，24 小时内可以下载。").format(about=asked.about, count=count),
        at,
    )
    return asked


@transaction.atomic
def _fail(asked: CaseList, why: str, at: datetime) -> CaseList:
    asked.state, asked.failure = State.FAILED, why[:200]
    asked.save(update_fields=["state", "failure"])
    _tell(asked, _("案卷清单没有做成"), why, at)
    return asked


def _tell(asked: CaseList, name: str, why: str, at: datetime) -> None:
    if asked.by_id is not None:
        title, body = render(LISTED.code, {"name": name, "why": why})
        link = f"/console/lists/{asked.key}/"
        notifications.notify([asked.by_id], kind=LISTED.code, title=title, body=body, link=link, at=at)


def resume(*, at: datetime) -> int:
    """Take up lists whose writer died: written again from the start, given up after three times. Returns how many."""
    left = CaseList.objects.filter(state=State.RUNNING, touched_at__lt=at - rules.STUCK)
    count = 0
    for pk, attempts in list(left.values_list("pk", "attempts")):
        with transaction.atomic():
            if attempts + 1 >= rules.ATTEMPTS:
                asked = left.select_for_update().filter(pk=pk).first()
                if asked is not None:
                    _fail(asked, _("试了三次没有生成，请重新导出。"), at)
            elif left.filter(pk=pk).update(state=State.QUEUED, attempts=attempts + 1):
                _defer(pk)
        count += 1
    return count


@transaction.atomic
def cancel(actor: Actor, *, asked: CaseList, at: datetime) -> None:
    """Want a list no more: stop writing it or throw it away. Raises NotFound for another's, Refused when it is over."""
    _own(actor, asked)
    over = CaseList.objects.filter(pk=asked.pk, state__in=[State.QUEUED, State.RUNNING, State.READY])
    if not over.update(state=State.CANCELLED):
        raise Refused("list_over", _("这份清单已经结束。"))
    transaction.on_commit(lambda: store.remove(asked.key))
    _audit(actor, "tables.list_cancel", asked, at, None)


def fetch(
    actor: Actor, *, asked: CaseList, at: datetime, start: int = 0, address: str | None = None
) -> Iterator[bytes]:
    """Return the file from a byte on, and note who fetched it.

    Raises NotFound for another's, NotAllowed once the post exports no more, Refused when it is not there.
    """
    with transaction.atomic():
        _own(actor, asked)
        demand_somewhere(actor, PERMISSION, _LABEL)
        if asked.state != State.READY or asked.expires_at is None or asked.expires_at <= at:
            raise Refused("list_gone", _("文件不能下载了：生成后只留 24 小时。请重新导出。"))
        content = store.read(asked.key, start)
        if not start:
            CaseList.objects.filter(pk=asked.pk).update(fetched=F("fetched") + 1)
            _audit(actor, "tables.list_download", asked, at, address)
    return content


def expire(*, at: datetime) -> int:
    """Throw away files whose day is over; returns how many."""
    over = list(CaseList.objects.filter(state=State.READY, expires_at__lte=at).values_list("pk", "key")[:500])
    for pk, key in over:
        CaseList.objects.filter(pk=pk).update(state=State.EXPIRED)
        store.remove(key)
    return len(over)


def find(actor: Actor, key: UUID) -> CaseList:
    """Return a list the actor sees; raise NotFound."""
    known = CaseList.objects.visible_to(actor).filter(key=key).first()
    if known is None:
        raise NotFound(_("没有这份清单。"))
    return known


def _own(actor: Actor, asked: CaseList) -> None:
    if asked.by_id is None or asked.by_id != actor.account_id:
        raise NotFound(_("这份清单不是您的，只有导出的人能下载和取消。"))


def _audit(actor: Actor, action: str, asked: CaseList, at: datetime, address: str | None) -> None:
    detail = {"key": str(asked.key), "rows": asked.rows or asked.expected_rows, "format": asked.format}
    record(
        actor, action, at=at, subject_kind="case_list", subject_id=asked.pk, reason=asked.purpose, address=address,
        detail=detail,
    )  # fmt: skip
