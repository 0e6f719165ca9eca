"""Who passes the doors of visits and signs of life."""

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_V = "console/visits"
_VIEW, _WRITE, _SIGNS, _TAG = (
    who_may(name) for name in ("visits.view", "visits.write", "visits.signs", "care.tag")
)  # fmt: skip
_KEY = {"key": "00000000-0000-7000-8000-000000000000"}
_SIGN = f"{_V}/signs/<uuid:key>"

VISITS: dict[tuple[str, str], Door] = {
    ("GET", f"{_V}/"): page(_VIEW | _SIGNS | _TAG),
    ("GET", f"{_V}/due"): page(_VIEW),
    ("GET", f"{_V}/proposals"): page(_TAG),
    **both(f"{_V}/proposals/<uuid:key>/decline", nothing(_TAG, **_KEY)),
    **both(f"{_V}/add/<uuid:key>", nothing(_WRITE, **_KEY)),
    ("GET", f"{_V}/<uuid:key>/"): nothing(_VIEW, **_KEY),
    **both(f"{_V}/<uuid:key>/amend", nothing(_WRITE, **_KEY)),
    ("POST", f"{_V}/<uuid:key>/follow"): nothing(_WRITE, **_KEY),
    ("GET", f"{_V}/signs"): page(_SIGNS),
    **both(f"{_V}/signs/add/<uuid:key>", nothing(_SIGNS, **_KEY)),
    ("GET", _SIGN): nothing(_SIGNS, **_KEY),
    ("POST", f"{_SIGN}/answer"): nothing(_SIGNS, **_KEY),
    **both(f"{_SIGN}/amend", nothing(_SIGNS, **_KEY)),
    **both(f"{_SIGN}/pause", nothing(_SIGNS, **_KEY)),
    **both(f"{_SIGN}/stop", nothing(_SIGNS, **_KEY)),
    # Residents: their own sign asks who they are first; links of text messages open what they are for, or nothing.
    ("GET", "signs"): Door(),
    **{
        ("POST", f"signs/{name}"): Door(may=frozenset(), hidden=frozenset(), refused=frozenset({302, 404, 422}))
        for name in ("start", "now", "pause", "resume", "stop")
    },
    **both("signs/give/<token>", Door(may=frozenset(), refused=frozenset({404}), values={"token": "x"})),
    **both("signs/neighbour/<token>", Door(may=frozenset(), refused=frozenset({404}), values={"token": "x"})),
}
