"""Make the file of an export, in the worker: rights are asked again, rows are read in batches, the file is sealed."""

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.registry.people.models import Look
from lianxin.registry.sources import queries as sources
from lianxin.registry.sources.models import Subject

from . import rules, store, writing
from .actions import rows_of, tell_asker
from .columns import TABLES, Table
from .models import Export

log = logging.getLogger(__name__)
State = Export.State
_BATCH = 2_000


def make(export_id: int, *, at: datetime) -> Export | None:
    """Make the file and tell the asker; None when it was cancelled, or another worker has it."""
    claimed = Export.objects.filter(pk=export_id, state=State.QUEUED).update(state=State.RUNNING, started_at=at)
    if not claimed:
        return None
    export = Export.objects.get(pk=export_id)
    actor = actor_of(export.by_id, at=at) if export.by_id is not None else None
    if actor is None or not actor.may("people.export"):
        return _fail(export, _("申请人的岗位已经不能导出。"), at)
    try:
        with store.Writer(export.key) as target:
            count = _write(export, actor, target, at)
    except Exception as error:
        log.exception("Export %s failed.", export.pk)
        _fail(export, type(error).__name__, at)
        raise
    return _finish(export, actor, count, target.size, at)


def _write(export: Export, actor: Actor, target: store.Writer, at: datetime) -> int:
    table = TABLES[export.subject]
    head = ["所在区域", *(_label(code) for code in export.fields)]
    rows = _rows(export, table, actor)
    number = str(export.key)
    if export.format == Export.Format.CSV:
        return writing.write_csv(target, head, rows, number=number)
    mark = f"{export.by_label} {at:%Y-%m-%d %H:%M} {number[-12:]}"
    return writing.write_excel(target, head, rows, told=_told(export, table, at), mark=mark)


def _label(code: str) -> str:
    node = sources.field(code)
    return node.label if node else code


def _rows(export: Export, table: Table, actor: Actor) -> Iterator[list[str]]:
    columns = [table.columns[code] for code in export.fields]
    read = [
        column.read if code in export.plain or column.masked is None else column.masked
        for code, column in zip(export.fields, columns, strict=True)
    ]
    related = sorted({name for column in columns for name in column.related})
    found = rows_of(actor, table, export.area_id).order_by("pk").defer(*_unread(export, table))
    if related:
        found = found.select_related(*related)
    names: dict[int | None, str] = {
        node.id: " ".join(node.breadcrumb[1:] or node.breadcrumb) for node in areas.index().nodes.values()
    }
    for row in found.iterator(chunk_size=_BATCH):
        yield [names.get(row.area_id, ""), *(one(row) for one in read)]


def _unread(export: Export, table: Table) -> list[str]:
    """Return sealed and wide columns nobody asked for: what is not opened costs nothing."""
    asked = {code.partition(".")[2] for code in export.fields}
    wide = {"words", "boundary", "footprint", "point"}
    return [
        field.name
        for field in table.model._meta.concrete_fields
        if (isinstance(field, EncryptedTextField) or field.name in wide) and field.name not in asked
    ]


def _told(export: Export, table: Table, at: datetime) -> list[tuple[str, str]]:
    node = areas.node(export.area_id) if export.area_id is not None else None
    open_fields = "、".join(_label(code) for code in export.plain)
    return [
        ("内容", f"{table.label}（{node.full_name if node else '本人能导出的全部范围'}）"),
        ("导出人", f"{export.by_label}（{export.by_post}）"),
        ("用途", export.purpose),
        ("依据", export.basis or "—"),
        ("批准人", f"{export.decided_label}：{export.decision}" if export.decided_label else "不需要批准"),
        ("没有打码的", open_fields or "都打了码"),
        ("生成时间", f"{at:%Y-%m-%d %H:%M} UTC"),
        (writing.NUMBER, str(export.key)),
        ("请注意", "文件离开系统后由导出人负责保管，用完删除；转给别人要另有依据。每次导出和下载都有记录。"),
    ]


def _finish(export: Export, actor: Actor, count: int, size: int, at: datetime) -> Export | None:
    with transaction.atomic():
        found = Export.objects.select_for_update().get(pk=export.pk)
        if found.state != State.RUNNING:  # cancelled meanwhile
            store.remove(export.key)
            return None
        found.state, found.rows, found.size = State.READY, count, size
        found.ready_at, found.expires_at = at, at + rules.LIVES
        found.version += 1
        found.save()
        _note_looks(found, actor, at)
        body = _("共 {count} 条，24 小时内可以下载。").format(count=count)
        tell_asker(found, _("导出好了"), body, at)
    return found


def _note_looks(export: Export, actor: Actor, at: datetime) -> None:
    """Let the people in it see on their page that their data was taken out in full, by whom and why."""
    if export.subject != Subject.PERSON or not export.plain:
        return
    ids = rows_of(actor, TABLES[export.subject], export.area_id).values_list("pk", flat=True)
    told = {
        "account_id": export.by_id, "actor_label": export.by_label, "post_label": export.by_post, "reason": "导出",
        "fields": [code.partition(".")[2] for code in export.plain], "note": export.purpose[:200],
        "at": at, "until": at,
    }  # fmt: skip
    looks = (Look(person_id=pk, **told) for pk in ids.iterator(chunk_size=_BATCH))
    while batch := list(islice(looks, _BATCH)):
        Look.objects.bulk_create(batch)


def _fail(export: Export, sentence: str, at: datetime) -> Export:
    export.state, export.failure = State.FAILED, sentence[:200]
    export.version += 1
    export.save(update_fields=["state", "failure", "version"])
    tell_asker(export, _("导出没有生成"), export.failure, at)
    return export
