"""The portrait beside the map of a device: what it last said, how it is, whose it is."""

from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.faces.console import sensing
from lianxin.faces.console.mapportrait import MapPortrait
from lianxin.faces.console.standing import area_of, crumbs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.kernel.errors import NotFound
from lianxin.registry.sensors.queries import device_or_404, streams_of
from lianxin.registry.sensors.settings import practice

_MOST = 6


def sensor(asked: Request, key: str) -> MapPortrait:
    """Tell of a device the actor may see."""
    try:
        device = device_or_404(asked.actor, UUID(key))
    except ValueError:
        raise NotFound(_("没有这个设备，或者您没有权限查看。")) from None
    line, known = sensing.lines(asked, [device])[0], practice(asked.numbers)
    facts = []
    for stream in streams_of(device)[:_MOST]:
        measure = known.measure(device.kind, stream.measure)
        if stream.last_at is not None:
            facts.append((measure.label, sensing.value_words(measure, stream.last_value)))
    heard = words.instant(line.heard_at, asked.at) if line.heard_at else _("还没有")
    facts += [(_("最近上报"), heard), (_("养护单位"), sensing.unit_name(device.maintaining_unit_id, asked))]
    state = "、".join(line.marks) or line.state
    return MapPortrait(
        "sensor", device.name, line=f"{line.kind} · {state}", crumbs=crumbs(asked, area_of(asked, device)),
        facts=facts, url=line.url, url_label=_("打开设备页"),
    )  # fmt: skip
