"""Who passes the doors of cameras. Each act asks for more: tests/registry/cameras."""

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_SEE, _OPEN = who_may("cameras.view"), who_may("cameras.open")
_KEEP, _DECIDE = who_may("cameras.manage"), who_may("cameras.approve")
_AUDIT, _CONFIG = who_may("audit.read"), who_may("config.manage")
_KEY = {"key": "00000000-0000-7000-8000-000000000000"}
_C = "console/cameras"

CAMERAS: dict[tuple[str, str], Door] = {
    ("GET", f"{_C}/"): page(_SEE | _DECIDE | _AUDIT | _CONFIG),
    **both(f"{_C}/add", page(_KEEP)),
    **both(f"{_C}/export", page(_KEEP)),
    ("GET", f"{_C}/waiting"): page(_DECIDE),
    ("GET", f"{_C}/mine"): page(_OPEN),
    ("GET", f"{_C}/records"): page(_SEE | _DECIDE | _AUDIT),
    ("GET", f"{_C}/platforms/"): page(_CONFIG),
    **both(f"{_C}/platforms/add", page(_CONFIG)),
    **both(f"{_C}/platforms/<slug:code>", nothing(_CONFIG, code="nowhere")),
    # Of a case: who does not see the case, or no camera at all, learns nothing.
    ("GET", f"{_C}/case/<str:number>.geojson"): nothing(_SEE, number="340881-20260101-000000"),
    **both(f"{_C}/access/<uuid:key>/decide", nothing(_DECIDE, **_KEY)),
    ("POST", f"{_C}/access/<uuid:key>/open"): nothing(_OPEN, **_KEY),
    ("POST", f"{_C}/access/<uuid:key>/withdraw"): nothing(_OPEN, **_KEY),
    **both(f"{_C}/access/<uuid:key>/revoke", nothing(_DECIDE, **_KEY)),
    ("GET", f"{_C}/<uuid:key>/"): nothing(_SEE, **_KEY),
    ("GET", f"{_C}/<uuid:key>/cover.geojson"): nothing(_SEE, **_KEY),
    **both(f"{_C}/<uuid:key>/edit", nothing(_KEEP, **_KEY)),
    **both(f"{_C}/<uuid:key>/end", nothing(_KEEP, **_KEY)),
    **both(f"{_C}/<uuid:key>/ask", nothing(_OPEN, **_KEY)),
}
