"""Share a view of the map, open it, and let it go when its time is over."""

import math
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.journal.writing import append

from .layers import FILTERS, layers
from .models import SharedView
from .polygons import MOST_POINTS

KEPT = timedelta(days=180)
MOST_A_DAY = 100
# No letters that are mistaken for others when read out.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_SHAPES = ("Polygon", "LineString", "Point")


@transaction.atomic
def share(actor: Actor, *, state: Mapping[str, Any], name: str = "", at: datetime) -> SharedView:
    """Keep a view under a short key. Raises Invalid for what is no view, Refused beyond a hundred a day."""
    kept = read_state(actor, state)
    if SharedView.objects.filter(made_by_id=actor.account_id, made_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused("too_many", _("今天分享的视图太多了，明天再来。"))
    key = "".join(secrets.choice(LETTERS) for _place in range(8))
    view = SharedView.objects.create(
        key=key, name=name.replace("\0", "").strip()[:60], state=kept, made_by_id=actor.account_id, made_at=at,
        until=at + KEPT,
    )  # fmt: skip
    append([draft(actor, "map_view", view.pk, "maps.share", at=at)])
    return view


def opened(key: str, *, at: datetime) -> SharedView:
    """Return a shared view. Raises NotFound when there is none, or none any more."""
    found = SharedView.objects.filter(key=key, until__gt=at).first()
    if found is None:
        raise NotFound(_("没有这个视图，或已过了保存期（180 天）。"))
    return found


def forget(*, at: datetime) -> int:
    """Delete views whose time is over; returns how many."""
    gone, _by_table = SharedView.objects.filter(until__lte=at).delete()
    return gone


def read_state(actor: Actor, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a view is kept: only what is known, checked. Raises Invalid."""
    center = state.get("center")
    if not isinstance(center, list) or len(center) != 2:
        raise Invalid({"center": _("视图没有中心点。")})
    point = Point.checked(*center, field="center")
    codes = {each.code for each in layers(actor)}
    asked, filters = state.get("layers"), state.get("filters")
    return {
        "center": [round(point.lon, 6), round(point.lat, 6)],
        "zoom": _number(state.get("zoom"), 0, 22, 14),
        "pitch": _number(state.get("pitch"), 0, 60, 0),
        "bearing": _number(state.get("bearing"), -180, 180, 0),
        "layers": [code for code in asked if code in codes] if isinstance(asked, list) else [],
        "filters": {name: str(filters[name])[:20] for name in FILTERS if filters.get(name)}
        if isinstance(filters, Mapping)
        else {},
        "drawing": _drawing(state.get("drawing")),
        "at": _instant(state.get("at")),
    }


def _number(value: Any, least: float, most: float, otherwise: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return otherwise
    return round(min(max(float(value), least), most), 2)


def _instant(value: Any) -> str | None:
    try:
        return datetime.fromisoformat(value).isoformat() if value else None
    except (TypeError, ValueError):
        raise Invalid({"at": _("时间不对。")}) from None


def _drawing(value: Any) -> dict[str, Any] | None:
    """Return what is drawn: one geometry of few points, every one of them on the earth."""
    if value is None:
        return None
    kind = value.get("type") if isinstance(value, Mapping) else None
    if kind not in _SHAPES:
        raise Invalid({"drawing": _("画的图形不对。")})
    lists = {"Polygon": 2, "LineString": 1, "Point": 0}[kind]
    left = [MOST_POINTS]
    return {"type": kind, "coordinates": _places(value.get("coordinates"), lists, left)}


def _places(value: Any, lists: int, left: list[int]) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid({"drawing": _("画的图形不对。")})
    if lists:
        return [_places(one, lists - 1, left) for one in value[: MOST_POINTS + 1]]
    left[0] -= 1
    if left[0] < 0 or len(value) < 2:
        raise Invalid({"drawing": _("画的点太多了，请画得简单些。")})
    point = Point.checked(value[0], value[1], field="drawing")
    return [round(point.lon, 6), round(point.lat, 6)]
