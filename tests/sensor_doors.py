"""Who passes the doors of devices and joined systems. Each act asks for more: tests/registry/sensors."""

from dataclasses import replace

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_SEE, _KEEP, _JOIN = who_may("sensors.view"), who_may("sensors.manage"), who_may("systems.manage")
_KEY = {"key": "00000000-0000-7000-8000-000000000000"}
_S = "console/sensors"
_DEVICE, _SYSTEM = f"{_S}/<uuid:key>", f"{_S}/systems/<uuid:key>"
# Devices prove themselves by a key of their own: whoever signed in has none.
_BY_KEY = Door(may=frozenset(), refused=frozenset({401, 403}), values={"adapter": "plain", "topic": "x"}, raw=b"{}")
_ONLY_POST = replace(_BY_KEY, refused=frozenset({405}))

SENSORS: dict[tuple[str, str], Door] = {
    ("GET", f"{_S}/"): page(_SEE),
    ("GET", f"{_S}/devices.csv"): page(_SEE),
    ("GET", f"{_S}/refusals"): page(_SEE),
    **both(f"{_S}/add", page(_KEEP)),
    ("GET", f"{_S}/kinds/"): page(_KEEP),
    **both(f"{_S}/kinds/add", page(_KEEP)),
    **both(f"{_S}/kinds/limits", page(_KEEP)),
    **both(f"{_S}/kinds/<slug:code>/", nothing(_KEEP, code="toaster")),
    **both(f"{_S}/kinds/<slug:code>/drop", nothing(_KEEP, code="toaster")),
    ("GET", f"{_S}/systems/"): page(_SEE | _JOIN),
    **both(f"{_S}/systems/add", page(_JOIN)),
    ("GET", f"{_SYSTEM}/"): nothing(_SEE | _JOIN, **_KEY),
    **{door: nothing(_JOIN, **_KEY) for name in ("edit", "close", "reopen", "key", "revoke")
       for door in both(f"{_SYSTEM}/{name}", page())},
    ("GET", f"{_DEVICE}/"): nothing(_SEE, **_KEY),
    ("GET", f"{_DEVICE}/point.geojson"): nothing(_SEE, **_KEY),
    **{door: nothing(_KEEP, **_KEY) for name in ("edit", "pause", "resume", "retire", "key", "revoke")
       for door in both(f"{_DEVICE}/{name}", page())},
    ("GET", "api/v1/devices"): Door(may=_SEE),
    ("GET", "api/v1/devices/<key>/readings"): Door(may=frozenset(), hidden=_SEE, values=_KEY),
    **{("POST", f"devices/<slug:adapter>{rest}"): _BY_KEY for rest in ("", "/<path:topic>")},
    **{("GET", f"devices/<slug:adapter>{rest}"): _ONLY_POST for rest in ("", "/<path:topic>")},
}  # fmt: skip
