"""Who passes the doors of the one map (一张图): staff who see something on it; each layer by its own right."""

from console_doors import page
from door import Door, who_may

_SEES = who_may("cases.view") | who_may("cases.handle") | who_may("places.view") | who_may("patrols.view")
_CASES = who_may("cases.view") | who_may("cases.handle")
_PLACES = who_may("places.view")
_BASE = who_may("basemap.manage")
_MAP = "console/map"
_NONE = {"key": "00000000-0000-4000-8000-000000000000"}
_WINDOW = "bbox=116.9,31.0,117.1,31.2&zoom=14"
_SQUARE = {"type": "Polygon", "coordinates": [[[117, 31], [117.01, 31], [117.01, 31.01], [117, 31.01], [117, 31]]]}


def _sent(body: dict[str, object]) -> Door:
    return page(_SEES, body=body)


MAP: dict[tuple[str, str], Door] = {
    ("GET", f"{_MAP}/"): page(_SEES),
    ("GET", f"{_MAP}/layers"): page(_SEES),
    ("GET", f"{_MAP}/areas"): page(_SEES),
    ("GET", f"{_MAP}/ground"): page(_SEES),
    ("GET", f"{_MAP}/shift"): page(_SEES, query="lon=117&lat=31"),
    ("GET", f"{_MAP}/buildings"): page(_PLACES, query="bbox=116.9,31.0,117.1,31.2"),
    # A layer one may not see is not there.
    ("GET", f"{_MAP}/layers/<slug:code>"): page(_CASES, hidden=_SEES - _CASES, query=_WINDOW, values={"code": "cases"}),
    ("GET", f"{_MAP}/layers/<slug:code>/list"): page(_CASES, hidden=_SEES - _CASES, values={"code": "cases"}),
    ("GET", f"{_MAP}/portrait/<slug:kind>/<str:key>"): page((), hidden=_SEES, values={"kind": "person", "key": "1"}),
    ("GET", f"{_MAP}/building/<str:code>/chart"): page((), hidden=_PLACES, values={"code": "B0"}),
    ("GET", f"{_MAP}/v/<slug:key>"): page((), hidden=_SEES, values={"key": "nobodys2"}),
    ("GET", f"{_MAP}/drawn/<slug:key>"): page((), hidden=_SEES, values={"key": "nobodydrewit"}),
    # Tiles tell of roads and houses: of nobody. Where nothing lies, nothing is sent.
    ("GET", f"{_MAP}/tiles/<int:edition>/<int:z>/<int:x>/<int:y>.mvt"): page(
        _SEES, values={"edition": "1", "z": "8", "x": "1", "y": "1"}
    ),
    ("GET", f"{_MAP}/base/"): page(_BASE),
    ("GET", f"{_MAP}/base/add"): page(_BASE),
    ("POST", f"{_MAP}/base/add"): page(_BASE, form={"theme": "road"}),
    ("GET", f"{_MAP}/base/background"): page(_BASE),
    ("POST", f"{_MAP}/base/background"): page(_BASE, form={"name": "天地图"}),
    ("GET", f"{_MAP}/base/sheets/<uuid:key>/"): page((), hidden=_BASE, values=_NONE),
    ("GET", f"{_MAP}/base/sheets/<uuid:key>/preview.geojson"): page((), hidden=_BASE, values=_NONE),
    ("GET", f"{_MAP}/base/sheets/<uuid:key>/use"): page((), hidden=_BASE, values=_NONE),
    ("POST", f"{_MAP}/base/sheets/<uuid:key>/use"): page((), hidden=_BASE, values=_NONE),
    ("POST", f"{_MAP}/base/themes/<slug:theme>/drop"): page((), hidden=_BASE, values={"theme": "sky"}),
    ("POST", f"{_MAP}/base/editions/<int:pk>/show"): page((), hidden=_BASE, values={"pk": "999999999"}),
    ("POST", f"{_MAP}/find"): page(_SEES, form={"q": "和平"}),
    ("POST", f"{_MAP}/count"): _sent({"polygon": _SQUARE}),
    ("POST", f"{_MAP}/views"): _sent({"center": [117, 31], "layers": ["cases"]}),
}
