"""What the pages of the one map share: how one looks, where links lead, and where the map begins."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.faces.maps.layers import FILTERS, Layer, Look, Mark
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Box

DOOR = "console:map"
SEEN_BY = ("cases.view", "cases.handle", "places.view", "patrols.view")
LONG_AGO = timedelta(days=90)  # how far the time slider goes back


def look_of(asked: Request) -> Look:
    """Return how somebody looks: with their rights, at an instant, through the filters of the address."""
    when = instant(asked.GET.get("at", ""), asked.at)
    filters = {name: asked.GET[name][:40] for name in FILTERS if asked.GET.get(name)}
    return Look(asked.actor, asked.at, asked.numbers, when, filters)


def instant(word: str, now: datetime) -> datetime | None:
    """Return an instant gone by; None for now. Raises Invalid for what is none, or too long ago."""
    if not word:
        return None
    try:
        found = datetime.fromisoformat(word)
    except ValueError:
        raise Invalid({"at": _("时间不对，应写成 2026-11-21T15:00:00+08:00。")}) from None
    if found.tzinfo is None or found > now:
        raise Invalid({"at": _("时间不对：要带时区，不能晚于现在。")})
    if found < now - LONG_AGO - timedelta(days=1):
        raise Invalid({"at": _("时间轴只到 {days} 天以前。").format(days=LONG_AGO.days)})
    return found


def links(layer: Layer, mark: Mark) -> Mapping[str, str]:
    """Return where a point leads: its portrait in the panel, and its page."""
    told: dict[str, str] = {}
    if not mark.key:  # gone this very moment
        return told
    if layer.thing:
        told["panel"] = reverse("console:map_portrait", args=[layer.thing, mark.key])
    if layer.page:
        told["url"] = reverse(layer.page, args=[mark.page or mark.key])
    return told


def home(asked: Request) -> tuple[AreaNode | None, Box | None]:
    """Return the area of one's own, and the box around it; the whole place for who works for all."""
    atlas = areas.atlas(asked.at, asked.numbers)
    own = next((held.area_id for held in asked.actor.holdings if held.area_id in atlas.by_id), None)
    node = atlas.by_id[own] if own is not None else next(iter(atlas.children(None)), None)
    if node is None:
        return None, None
    shape = Area.objects.filter(pk=node.id).values_list("boundary", flat=True).first()
    return node, box_of(shape)


def box_of(shape: Any) -> Box | None:
    """Return the box around a GeoJSON geometry."""
    spots: list[tuple[float, float]] = []

    def walk(value: Any) -> None:
        if value and isinstance(value[0], int | float):
            spots.append((value[0], value[1]))
        else:
            for one in value:
                walk(one)

    walk((shape or {}).get("coordinates") or [])
    if not spots:
        return None
    lons, lats = [lon for lon, _lat in spots], [lat for _lon, lat in spots]
    return Box(min(lons), min(lats), max(lons), max(lats))
