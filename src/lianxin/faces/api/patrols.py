"""One's own way on a round: read it, or take it away before its days are over."""

from datetime import datetime

from django.http import HttpResponse
from ninja import Router

from lianxin.kernel import ids
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.queries.tracks import own_track

from .calling import Call, answer
from .routes import Route, route
from .shapes import Out

router = Router(tags=["网格员应用"])


class TrackOut(Out):
    """Places as longitude, latitude (WGS-84), and when the first and the last were noted."""

    line: list[tuple[float, float]]
    begins_at: datetime | None
    ends_at: datetime | None


@route(router, "GET", "/patrols/{key}/track", "我的轨迹", out=TrackOut, rules=Route(signed_in=True))
def track(call: Call, key: str) -> HttpResponse:
    """Give the caller's own track of a round; of anybody else's, nothing."""
    call.demand_signed_in()
    fixes = own_track(call.actor, ids.parse(key, field="key"), at=call.at)
    return answer(
        TrackOut(
            line=[(lon, lat) for lon, lat, _at, _metres in fixes],
            begins_at=fixes[0][2] if fixes else None,
            ends_at=fixes[-1][2] if fixes else None,
        )
    )


@route(router, "DELETE", "/patrols/{key}/track", "删掉我的轨迹", out=TrackOut, rules=Route(signed_in=True))
def drop(call: Call, key: str) -> HttpResponse:
    """Take away the caller's own track of a round at once."""
    call.demand_signed_in()
    patrols.drop_track(call.actor, round_key=ids.parse(key, field="key"))
    return answer(TrackOut(line=[], begins_at=None, ends_at=None))
