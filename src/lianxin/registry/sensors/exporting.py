"""The register of devices as a table, with the columns that an import takes back."""

import csv
import io
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.worktime.calendars import ZONE

from .models import DeviceQuerySet
from .settings import practice

HEADS = (
    "设备编号", "名称", "类型", "所在部件", "接入系统", "权属单位", "养护单位", "经度", "纬度", "地址",
    "上报间隔（秒）", "安装日期", "备注", "状态", "所在区域", "最近上报", "电量", "信号",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PIECE = 200


def csv_of(found: DeviceQuerySet, *, numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield the table piece by piece, for Excel (with its mark); texts that begin like formulas stay texts."""
    yield "\ufeff" + _line([_(head) for head in HEADS])
    kinds, units = practice(numbers), organizations.directory(numbers).by_id
    lines = []
    for one in found.order_by("number").iterator(chunk_size=_PIECE):
        area = areas.node(one.area_id, numbers) if one.area_id is not None else None
        now = one.now
        heard = now.last_received_at.astimezone(ZONE) if now.last_received_at else None
        lines.append(_line([
            one.number, one.name, kinds.kind(one.kind).label, one.component.number if one.component else "",
            one.system.code if one.system else "",
            *(units[pk].name if pk in units else "" for pk in (one.owning_unit_id, one.maintaining_unit_id)),
            f"{one.point.lon:.6f}" if one.point else "", f"{one.point.lat:.6f}" if one.point else "", one.address,
            str(one.expected_every), one.installed_on.isoformat() if one.installed_on else "", one.note,
            one.get_state_display(), area.full_name if area else "", f"{heard:%Y-%m-%d %H:%M}" if heard else "",
            "" if now.battery is None else f"{now.battery:g}", "" if now.signal is None else f"{now.signal:g}",
        ]))  # fmt: skip
        if len(lines) >= _PIECE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(_FORMULA) and not _is_number(cell) else cell for cell in cells]
    csv.writer(out).writerow(safe)
    return out.getvalue()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
