"""Who passes the doors of warnings, their sources and the gateway of CAP; there is no warning in the scene."""

from console_doors import page
from door import ALL, Door, who_may
from manage_doors import both, nothing

_KEY = {"key": "00000000-0000-7000-8000-000000000000"}
_VIEW, _ISSUE, _SOURCES = who_may("warnings.view"), who_may("warnings.issue"), who_may("warnings.sources")
_SEES = _VIEW | _ISSUE
_W, _ONE, _S = "console/warnings", "console/warnings/<uuid:key>", "console/warnings/sources"
_GONE = Door(may=frozenset(), hidden=ALL, values=_KEY)

WARNINGS: dict[tuple[str, str], Door] = {
    # Everybody: what is in force, and each public message; one that is not there is not there.
    ("GET", "warnings/<uuid:key>"): _GONE,
    ("GET", "cap/feed"): Door(),
    ("GET", "cap/<path:identifier>.xml"): Door(may=frozenset(), hidden=ALL, values={"identifier": "none"}),
    # Sources have keys of their own; whoever has none is told so, whoever it is.
    ("POST", "gateways/cap/<slug:code>"): Door(may=frozenset(), values={"code": "none"}, refused=frozenset({401})),
    ("GET", "gateways/cap/<slug:code>"): Door(may=frozenset(), values={"code": "none"}, refused=frozenset({405})),
    # The staff.
    ("GET", f"{_W}/"): page(_SEES),
    **both(f"{_W}/issue", page(_ISSUE)),
    ("GET", f"{_ONE}/"): nothing(_SEES, **_KEY),
    ("GET", f"{_ONE}/shapes.geojson"): nothing(_SEES, **_KEY),
    **{
        (method, f"{_ONE}/{name}"): nothing(_ISSUE, **_KEY)
        for name in ("approve", "refuse", "update", "cancel")
        for method in ("GET", "POST")
    },
    ("GET", f"{_S}/"): page(_SOURCES),
    **both(f"{_S}/add", page(_SOURCES)),
    ("GET", f"{_S}/<uuid:key>/"): nothing(_SOURCES, **_KEY),
    **{
        (method, f"{_S}/<uuid:key>/{name}"): nothing(_SOURCES, **_KEY)
        for name in ("edit", "key", "close")
        for method in ("GET", "POST")
    },
}
