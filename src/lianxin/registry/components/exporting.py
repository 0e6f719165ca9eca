"""The list of components as a table: the columns an import takes, so that what leaves can come back."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import demand_somewhere
from lianxin.foundation.audit.actions import record
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.calendars import ZONE

from .classes import catalogue
from .models import Component, State

MOST = 100_000
HEAD = (
    "标识码", "部件名称", "大类", "小类", "主管单位", "权属单位", "养护单位", "所在网格", "状态", "普查日期",
    "数据来源", "定位精度", "经度", "纬度", "位置描述", "备注", "核对时间",
)  # fmt: skip


def take_out(
    actor: Actor, *, found: QuerySet[Component], purpose: str, at: datetime, address: str | None = None
) -> Iterator[list[str]]:
    """Return the rows of a list, its head first, and note in the audit who took how many out, and why.

    `found` is what the actor sees. Raises NotAllowed, Invalid without a purpose or for more than MOST.
    """
    demand_somewhere(actor, "components.view", _("导出部件"))
    why, count = clean(purpose, 200), found.count()
    faults = {}
    if len(why) < 4:
        faults["purpose"] = _("请写明用来做什么，审计看得到。")
    if count > MOST:
        faults["purpose"] = _("一次最多导出 {most} 个，请先按区域筛选。").format(most=f"{MOST:,}")
    if faults:
        raise Invalid(faults)
    record(
        actor, "components.export", at=at, subject_kind="component", reason=why, address=address,
        detail={"rows": count},
    )  # fmt: skip
    return rows(found)


def rows(found: QuerySet[Component]) -> Iterator[list[str]]:
    """Yield the head and a line for each component, by number."""
    yield list(HEAD)
    numbers = versions.read()
    classes, index, units = catalogue(numbers).by_id, areas.index(numbers).nodes, organizations.directory(numbers).by_id
    for row in found.defer("words").order_by("number").iterator(chunk_size=2_000):
        node, grid = classes[row.category_id], index.get(row.area_id or 0)
        keepers = (row.managing_unit_id, row.owning_unit_id, row.maintaining_unit_id)
        yield [
            row.number, row.name, node.major_name, node.name, *(units[one].name if one else "" for one in keepers),
            grid.full_name if grid else "", str(State(row.state).label),
            row.surveyed_on.isoformat() if row.surveyed_on else "", str(row.get_surveyed_how_display()), row.accuracy,
            f"{row.point.lon:.8f}", f"{row.point.lat:.8f}", row.address, row.note,
            row.checked_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if row.checked_at else "",
        ]  # fmt: skip
