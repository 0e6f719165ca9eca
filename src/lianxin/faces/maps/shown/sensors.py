"""Devices that report by themselves (物联设备): what they last said; silent ones and those with an alarm stand out."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.maps.layers import Found, Look, Mark, found_of, layer, nothing, windowed
from lianxin.kernel.geometry.points import Box
from lianxin.registry.sensors.models import Device
from lianxin.registry.sensors.settings import practice
from lianxin.work.alarms.models import Alarm


@layer(
    "sensors", label=gettext_lazy("物联设备"), group=gettext_lazy("部件"), order=97, shape="sensor", thing="sensor",
    page="console:sensor", permissions=("sensors.view",), empty=gettext_lazy("还没有登记物联设备"),
    counts=lambda look: Device.objects.visible_to(look.actor).now().exclude(point=None).count(),
)  # fmt: skip
def sensors(look: Look, box: Box | None) -> Found:
    """Find devices on the books. Two statements."""
    if look.when is not None:
        return nothing()
    shown = windowed(Device.objects.visible_to(look.actor).now(), "point", box).exclude(point=None)
    rows = list(shown.select_related("now").only("key", "name", "kind", "state", "point", "now__silent_since"))
    calling = _calling([row.pk for row in rows])
    kinds = practice(look.numbers)

    def mark(row: Device) -> Mark:
        label = kinds.kind(row.kind).label
        if row.pk in calling:
            return Mark(str(row.key), row.name, _("{kind} · 告警").format(kind=label), "late")
        if row.state != Device.State.ACTIVE:
            return Mark(str(row.key), row.name, _("{kind} · 停用").format(kind=label), "paused")
        if row.now.silent_since is not None:
            return Mark(str(row.key), row.name, _("{kind} · 失联").format(kind=label), "warn")
        return Mark(str(row.key), row.name, label, "ok")

    return found_of(rows, lambda row: row.point, mark)


def _calling(ids: Sequence[int]) -> set[int]:
    """Return which of the devices have an alarm that stands. One statement."""
    return (
        set(Alarm.objects.filter(device__in=ids, ended_at=None).values_list("device_id", flat=True)) if ids else set()
    )
