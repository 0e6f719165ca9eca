"""Take data out: ask, approve or refuse, cancel, make the file, fetch it, let it expire. Everything is audited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import demand, demand_somewhere
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.audit.actions import record
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.ids import uuid7
from lianxin.registry.sources import queries as sources

from . import rules, store
from .columns import TABLES, Table
from .models import Download, Export

State = Export.State
WAITING = Kind("exports.waiting", "导出等批准")
TOLD = Kind("exports.told", "导出的结果")
register(WAITING, TOLD)
_LABEL = "导出数据"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to take out; `plain` are the fields not to be masked, `area_id` None is all they may."""

    subject: str
    fields: tuple[str, ...]
    purpose: str
    plain: tuple[str, ...] = ()
    area_id: int | None = None
    format: str = Export.Format.XLSX
    basis: str = ""


def approval_rows() -> int:
    """Return above how many rows a second person must approve, as the place sets it."""
    return int((current("exports") or {}).get("approval_rows", rules.APPROVAL_ROWS))


def rows_of(actor: Actor, table: Table, area_id: int | None) -> "QuerySet[Export]":
    """Return the records that stand where the actor may export, within an area if one is named."""
    found = table.model._default_manager.filter(**{f"{table.ended}__isnull": True})
    scope = actor.scope("people.export")
    if not scope.everywhere:
        found = found.filter(within(scope))
    node = _area(area_id)
    if node is not None and not node.is_whole:
        level = node.role if node.role in {"street", "community", "grid"} else "area"
        found = found.filter(**{f"{level}_id": node.id})
    return found  # type: ignore[return-value]


def _area(area_id: int | None) -> AreaNode | None:
    return areas.node(area_id) if area_id is not None else None


def expected(actor: Actor, *, subject: str, area_id: int | None) -> int:
    """Return how many rows an export would have. One statement."""
    return rows_of(actor, TABLES[subject], area_id).count()


@transaction.atomic
def ask(actor: Actor, *, wanted: Wanted, at: datetime, address: str | None = None) -> Export:
    """Ask for an export. It is made at once, or waits for another person when rules say so.

    Raises NotAllowed, Invalid for what is missing or not in the register, and for unmasked fields without the power
    to look.
    """
    demand_somewhere(actor, "people.export", _LABEL)
    faults = _faults(actor, wanted)
    if faults:
        raise Invalid(faults)
    count = expected(actor, subject=wanted.subject, area_id=wanted.area_id)
    if not 0 < count <= rules.MOST_ROWS:
        raise Invalid({"area": _("这个范围里没有记录。") if not count else _("超过 50 万条，请分街道导出。")})
    nodes = [sources.register().by_code[code] for code in wanted.fields]
    why = rules.why_approval(nodes, wanted.plain, count, most=approval_rows())
    post = actor.holding_for("people.export")
    export = Export.objects.create(
        key=uuid7(), subject=wanted.subject, fields=list(wanted.fields), plain=list(wanted.plain),
        area_id=wanted.area_id, format=wanted.format, purpose=wanted.purpose.strip()[:300],
        basis=wanted.basis.strip()[:300], state=State.ASKED if why else State.QUEUED, why_approval=why[:200],
        expected_rows=count, asked_at=at, by_id=actor.account_id, by_label=actor.name[:120],
        by_post=f"{post.area_name or post.unit_name} {post.role_label}".strip()[:120] if post else "",
    )  # fmt: skip
    _audit(actor, "exports.ask", export, at, address=address)
    if why:
        _tell(accounts.holders("people.approve_export", at=at), WAITING, _("有一份导出等批准"), why, export, at=at)
    else:
        _queue(export)
    return export


def _faults(actor: Actor, wanted: Wanted) -> dict[str, str]:
    table = TABLES.get(wanted.subject)
    if table is None:
        return {"subject": _("这类数据不能导出。")}
    known = sources.register().by_code
    faults = {}
    if not wanted.fields or any(code not in table.columns or code not in known for code in wanted.fields):
        faults["fields"] = _("请选要导出的字段。")
    if set(wanted.plain) - set(wanted.fields):
        faults["plain"] = _("不打码的字段要先选中。")
    elif wanted.plain and not actor.may("people.reveal"):
        faults["plain"] = _("您的岗位不能看原值，只能导出打码的。")
    if len(wanted.purpose.strip()) < 4:
        faults["purpose"] = _("请写明用来做什么，审批人和审计都看得到。")
    if wanted.plain and not wanted.basis.strip():
        faults["basis"] = _("不打码要写明依据。")
    if wanted.format not in Export.Format.values:
        faults["format"] = _("请选文件格式。")
    node = _area(wanted.area_id)
    if wanted.area_id is not None and (node is None or not _reaches(actor, node)):
        faults["area"] = _("这个区域不在您能导出的范围里。")
    return faults


def _reaches(actor: Actor, node: AreaNode) -> bool:
    return actor.scope("people.export").everywhere or actor.may("people.export", node)


@transaction.atomic
def decide(
    actor: Actor, *, export: Export, approve: bool, reason: str, at: datetime, seen: int | None = None,
    address: str | None = None,
) -> Export:  # fmt: skip
    """Let an export be made, or not. Raises NotAllowed, Refused for one's own or a decided one, Stale, Invalid."""
    export = _locked(export, seen)
    demand(actor, "people.approve_export", "批准导出")
    if export.by_id == actor.account_id:
        raise Refused("own_export", _("自己的导出要由别人批准。"))
    if export.state != State.ASKED:
        raise Refused("export_decided", _("这份导出已经{state}。").format(state=State(export.state).label))
    if not reason.strip():
        raise Invalid({"reason": _("请写明理由。")})
    export.state = State.QUEUED if approve else State.REFUSED
    export.decided_at, export.decided_by_id, export.decided_label = at, actor.account_id, actor.name[:120]
    export.decision = reason.strip()[:300]
    _save(export)
    _audit(actor, "exports.approve" if approve else "exports.refuse", export, at, reason=reason, address=address)
    if approve:
        _queue(export)
    else:
        tell_asker(export, _("导出没有批准"), export.decision, at)
    return export


@transaction.atomic
def cancel(actor: Actor, *, export: Export, at: datetime) -> Export:
    """Take one's own request back, or throw the file away. Raises NotFound for another's, Refused when it is over."""
    export = _locked(export, None)
    _own(actor, export)
    if export.state not in {State.ASKED, State.QUEUED, State.READY, State.RUNNING}:
        raise Refused("export_over", _("这份导出已经结束。"))
    export.state = State.CANCELLED
    _save(export)
    transaction.on_commit(lambda: store.remove(export.key))
    _audit(actor, "exports.cancel", export, at)
    return export


def fetch(actor: Actor, *, export: Export, at: datetime, address: str | None = None) -> Iterator[bytes]:
    """Return the file piece by piece, and note who fetched it.

    Raises NotFound for another's, NotAllowed once the actor's post no longer exports, Refused when it is not there.
    """
    with transaction.atomic():
        export = _locked(export, None)
        _own(actor, export)
        demand_somewhere(actor, "people.export", _LABEL)
        if export.state != State.READY or export.expires_at is None or export.expires_at <= at:
            raise Refused("export_gone", _("文件不能下载了：生成后只留 24 小时。请重新导出。"))
        content = store.read(export.key)
        Download.objects.create(export=export, at=at, account_id=actor.account_id or 0, label=actor.name[:120])
        _audit(actor, "exports.download", export, at, address=address)
    return content


def expire(*, at: datetime) -> int:
    """Throw away files whose day is over; returns how many. Several workers may run this."""
    gone = list(Export.objects.filter(state=State.READY, expires_at__lte=at).values_list("pk", "key")[:500])
    for pk, key in gone:
        Export.objects.filter(pk=pk, state=State.READY).update(state=State.EXPIRED)
        store.remove(key)
    return len(gone)


def find(actor: Actor, key: UUID) -> Export:
    """Return an export the actor sees; raise NotFound."""
    found = Export.objects.visible_to(actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这份导出。"))
    return found


def _own(actor: Actor, export: Export) -> None:
    if export.by_id is None or export.by_id != actor.account_id:
        raise NotFound(_("这份导出不是您的，只有申请人能下载和取消。"))


def _locked(export: Export, seen: int | None) -> Export:
    found = Export.objects.select_for_update().get(pk=export.pk)
    if seen is not None and seen != found.version:
        told = str(State(found.state).label)
        raise Stale(_("这份导出刚有变化，请看过再定。"), version=found.version, changes=[told])
    return found


def _save(export: Export) -> None:
    export.version += 1
    export.save()


def _queue(export: Export) -> None:
    from .jobs import make  # the job calls back into this room

    make.defer(export_id=export.pk)


def _audit(
    actor: Actor, action: str, export: Export, at: datetime, *, reason: str = "", address: str | None = None
) -> None:  # fmt: skip
    detail = {
        "key": str(export.key), "area": export.area_id, "rows": export.rows or export.expected_rows,
        "plain": export.plain, "format": export.format,
    }  # fmt: skip
    record(
        actor, action, at=at, subject_kind="export", subject_id=export.pk, fields=export.fields,
        reason=reason or export.purpose, address=address, detail=detail,
    )  # fmt: skip


def _tell(recipients: list[int], kind: Kind, title: str, body: str, export: Export, *, at: datetime) -> None:
    others = [pk for pk in recipients if pk != export.by_id] if kind is WAITING else recipients
    link = f"/console/data/exports/{export.key}/"
    notifications.notify(others, kind=kind.code, title=title, body=body, link=link, at=at)


def tell_asker(export: Export, title: str, body: str, at: datetime) -> None:
    """Tell who asked what became of it."""
    if export.by_id is not None:
        _tell([export.by_id], TOLD, title, body, export, at=at)
