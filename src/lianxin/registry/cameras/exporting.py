"""Take the register out as a table: the columns an import takes, so that what leaves can come back."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand_somewhere
from lianxin.foundation.audit.actions import record
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import clean

from .models import Camera, Platform

MOST = 20_000
HEAD = (
    "国标编码", "设备名称", "行政区划", "经度", "纬度", "安装位置", "朝向", "视角", "可视距离", "安装高度", "权属单位",
    "平台", "摄像机类型", "是否在线", "备注",
)  # fmt: skip


@transaction.atomic
def take_out(
    actor: Actor, *, found: QuerySet[Camera], purpose: str, at: datetime, address: str | None = None
) -> Iterator[list[str]]:
    """Return the rows of a list, its head first, and note in the audit who took how many out, and why.

    `found` is what the actor sees; it takes out what it keeps. Raises NotAllowed, Invalid without a purpose or for
    more than can be written at once.
    """
    demand_somewhere(actor, "cameras.manage", _("导出视频点位"))
    kept = Camera.objects.reached_by(actor, "cameras.manage").now()
    rows = list(found.filter(pk__in=kept.values("pk")).defer("words").order_by("number")[: MOST + 1])
    why = clean(purpose, 200)
    wrong = {}
    if len(why) < 4:
        wrong["purpose"] = _("请写明用来做什么，审计看得到。")
    if len(rows) > MOST:
        wrong["purpose"] = _("一次最多导出 {most} 个，请先按区域筛选。").format(most=f"{MOST:,}")
    if wrong:
        raise Invalid(wrong)
    record(actor, "cameras.export", at=at, subject_kind="camera", reason=why, address=address,
           detail={"rows": len(rows)})  # fmt: skip
    return _rows(rows)


def _rows(found: list[Camera]) -> Iterator[list[str]]:
    platforms = dict(Platform.objects.values_list("code", "name"))
    yield list(HEAD)
    for row in found:
        unit = organizations.unit(row.owner_unit_id)
        yield [
            row.number, row.name, row.number[:6], repr(row.point.lon), repr(row.point.lat), row.address,
            _said(row.bearing), _said(row.angle), _said(row.reach_m), _said(row.height_m), unit.name if unit else "",
            platforms.get(row.system, ""), str(row.get_kind_display()), str(row.get_state_display()), row.note,
        ]  # fmt: skip


def _said(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
