"""Who passes the doors of alarms and their rules; there is no alarm and no rule behind these addresses."""

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_SEE, _ACT, _WRITE = who_may("alarms.view"), who_may("alarms.acknowledge"), who_may("alarms.rules")
_NOBODY = "00000000-0000-7000-8000-000000000000"
_KEY = {"key": _NOBODY, "mute_key": _NOBODY, "trial_key": _NOBODY}
_A = "console/alarms"
_R = f"{_A}/rules"

ALARMS: dict[tuple[str, str], Door] = {
    ("GET", f"{_A}/"): page(_SEE),
    ("GET", f"{_A}/<uuid:key>"): nothing(_SEE, **_KEY),
    ("POST", f"{_A}/<uuid:key>/acknowledge"): nothing(_ACT, **_KEY),
    **both(f"{_A}/<uuid:key>/dismiss", nothing(_ACT, **_KEY)),
    **both(f"{_A}/<uuid:key>/mute", nothing(_ACT, **_KEY)),
    ("POST", f"{_A}/<uuid:key>/mutes/<uuid:mute_key>/lift"): nothing(_ACT, **_KEY),
    ("GET", f"{_R}/"): page(_SEE | _WRITE),
    **both(f"{_R}/add", page(_WRITE)),
    ("POST", f"{_R}/preview"): page(_WRITE),
    ("GET", f"{_R}/<uuid:key>/"): nothing(_SEE | _WRITE, **_KEY),
    **both(f"{_R}/<uuid:key>/edit", nothing(_WRITE, **_KEY)),
    ("POST", f"{_R}/<uuid:key>/try"): nothing(_WRITE, **_KEY),
    ("GET", f"{_R}/<uuid:key>/trials/<uuid:trial_key>"): nothing(_WRITE, **_KEY),
    **both(f"{_R}/<uuid:key>/publish", nothing(_WRITE, **_KEY)),
    **both(f"{_R}/<uuid:key>/off", nothing(_WRITE, **_KEY)),
    ("POST", f"{_R}/<uuid:key>/on"): nothing(_WRITE, **_KEY),
    **both(f"{_R}/<uuid:key>/discard", nothing(_WRITE, **_KEY)),
}
