"""Cameras: where they stand, and near by what they cover. Positions only; pictures stay with their owners."""

from django.utils.translation import gettext_lazy

from lianxin.faces.maps.layers import Found, Look, Mark, Ring, found_of, layer, nothing, windowed
from lianxin.kernel.geometry.points import Box
from lianxin.registry.cameras.models import Camera

_MOST = 400  # wedges in one window


def _wedges(look: Look, box: Box) -> list[Ring]:
    """Return what the cameras in a window cover. One statement."""
    rows = windowed(Camera.objects.visible_to(look.actor).now(), "point", box).exclude(reach_m=None)
    found = rows.only("kind", "point", "bearing", "angle", "reach_m", "height_m").order_by("pk")[:_MOST]
    return [covered.ring() for row in found if (covered := row.wedge) is not None]


@layer(
    "cameras", label=gettext_lazy("视频点位"), group=gettext_lazy("部件"), order=95, shape="video", thing="camera",
    page="console:camera", permissions=("cameras.view",), covers=_wedges,
    empty=gettext_lazy("还没有登记视频点位"), counts=lambda look: Camera.objects.visible_to(look.actor).now().count(),
)  # fmt: skip
def cameras(look: Look, box: Box | None) -> Found:
    """Find cameras that stand. One statement."""
    if look.when is not None:
        return nothing()
    shown = windowed(Camera.objects.visible_to(look.actor).now(), "point", box)
    rows = list(shown.select_related("owner_unit").only("key", "name", "point", "state", "owner_unit__short_name"))
    return found_of(rows, lambda row: row.point, _mark)


def _mark(row: Camera) -> Mark:
    return Mark(str(row.key), row.name, f"{row.owner_unit.short_name} · {row.get_state_display()}")
