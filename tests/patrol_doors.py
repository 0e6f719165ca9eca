"""Who passes the doors of patrols: the console's pages, and the pages of residents' teams."""

from console_doors import page
from door import ALL, SIGNED_IN, Door, who_may
from manage_doors import both, nothing

_SEE, _PLAN = who_may("patrols.view"), who_may("patrols.plan")
_WALK, _SETTLE = who_may("patrols.walk"), who_may("patrols.settle")
_CARE = _WALK | _SETTLE
_KEY = {"key": "00000000-0000-7000-8000-000000000000", "point_key": "00000000-0000-7000-8000-000000000001"}
_P = "console/patrols"
_POINT, _ROUTE, _PLANS = f"{_P}/points/<uuid:key>", f"{_P}/routes/<uuid:key>", f"{_P}/plans/<uuid:key>"
_ROUND, _HAZARD, _TEAM = f"{_P}/rounds/<uuid:key>", f"{_P}/hazards/<uuid:key>", f"{_P}/teams/<uuid:key>"
_GRID = {"query": "area=34088100100101", "values": {"kind": "estate"}}
# Whose post lies beside grid 111 or next door does not learn that it is there.
_AT_GRID = _PLAN - {"grid_worker_next_door"}

PATROLS: dict[tuple[str, str], Door] = {
    ("GET", f"{_P}/"): page(_SEE),
    ("GET", f"{_P}/rounds/"): page(_SEE),
    ("GET", f"{_ROUND}/"): nothing(_SEE, **_KEY),
    ("GET", f"{_ROUND}/points.geojson"): nothing(_SEE, **_KEY),
    **both(f"{_ROUND}/excuse", nothing(_WALK | _PLAN, **_KEY)),
    ("GET", f"{_P}/points/"): page(_SEE),
    **both(f"{_P}/points/add", page(_PLAN)),
    ("GET", f"{_P}/points/points.geojson"): page(_SEE),
    ("GET", f"{_P}/points/stickers"): page(_PLAN),
    ("GET", f"{_POINT}/"): nothing(_SEE, **_KEY),
    **both(f"{_POINT}/amend", nothing(_PLAN, **_KEY)),
    **both(f"{_POINT}/end", nothing(_PLAN, **_KEY)),
    **both(f"{_POINT}/sticker", nothing(_PLAN, **_KEY)),
    **both(f"{_POINT}/tag", nothing(_PLAN, **_KEY)),
    ("GET", f"{_P}/routes/"): page(_SEE),
    **both(f"{_P}/routes/add", page(_PLAN)),
    ("GET", f"{_ROUTE}/"): nothing(_SEE, **_KEY),
    ("GET", f"{_ROUTE}/points.geojson"): nothing(_SEE, **_KEY),
    **both(f"{_ROUTE}/amend", nothing(_PLAN, **_KEY)),
    **both(f"{_ROUTE}/end", nothing(_PLAN, **_KEY)),
    **both(f"{_ROUTE}/plans/add", nothing(_PLAN, **_KEY)),
    **both(f"{_PLANS}/amend", nothing(_PLAN, **_KEY)),
    **both(f"{_PLANS}/end", nothing(_PLAN, **_KEY)),
    ("GET", f"{_P}/checklists/"): page(_SEE),
    **both(f"{_P}/checklists/<slug:kind>", page(_AT_GRID, **_GRID)),
    # The ledger: whoever works here may have something to remove, so the pages open to all of the staff.
    ("GET", f"{_P}/hazards/"): page(),
    ("GET", f"{_P}/hazards/points.geojson"): page(),
    **both(f"{_P}/hazards/add", page(_CARE)),
    ("GET", f"{_HAZARD}/"): nothing(**_KEY),
    **both(f"{_HAZARD}/follow", nothing(**_KEY)),
    **both(f"{_HAZARD}/case", nothing(**_KEY)),
    **both(f"{_HAZARD}/assign", nothing(_SETTLE, **_KEY)),
    **both(f"{_HAZARD}/dismiss", nothing(_SETTLE, **_KEY)),
    **both(f"{_HAZARD}/confirm", nothing(_CARE, **_KEY)),
    **both(f"{_HAZARD}/settle", nothing(_CARE, **_KEY)),
    ("GET", f"{_P}/teams/"): page(_SEE),
    **both(f"{_P}/teams/add", page(_PLAN)),
    ("GET", f"{_TEAM}/"): nothing(_SEE, **_KEY),
    **both(f"{_TEAM}/amend", nothing(_PLAN, **_KEY)),
    **both(f"{_TEAM}/code", nothing(_PLAN, **_KEY)),
    **both(f"{_TEAM}/end", nothing(_PLAN, **_KEY)),
    # One's own track; of anybody else's there is nothing, whoever asks.
    ("GET", "api/v1/patrols/<key>/track"): Door(may=SIGNED_IN, values=_KEY),
    ("DELETE", "api/v1/patrols/<key>/track"): Door(may=SIGNED_IN, values=_KEY),
    # Residents. Who is in no team finds the way in, and no round.
    ("GET", "patrol"): Door(),
    ("POST", "patrol/join"): Door(),
    ("POST", "patrol/leave"): Door(),
    ("POST", "patrol/start"): Door(may=frozenset(), hidden=ALL),
    **both("patrol/hazard", Door()),
    ("GET", "patrol/rounds/<uuid:key>"): Door(may=frozenset(), hidden=ALL, values=_KEY),
    **both("patrol/rounds/<uuid:key>/<uuid:point_key>", Door(may=frozenset(), hidden=ALL, values=_KEY)),
    **both("patrol/<str:code>", Door(may=frozenset(), hidden=ALL, values={"code": "D0001-ABCDEFGHJK"})),
}
