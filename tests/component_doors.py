"""Who passes the doors of components: the list, one of them, registering, checking, labels, taking the list out."""

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_SEE, _EDIT = who_may("components.view"), who_may("components.edit")
_CHECK = who_may("components.check") | _EDIT
_KEY = {"key": "00000000-0000-7000-8000-000000000000"}
_C = "console/components"
_ONE = f"{_C}/<uuid:key>"

COMPONENTS: dict[tuple[str, str], Door] = {
    ("GET", f"{_C}/"): page(_SEE),
    **both(f"{_C}/add", page(_EDIT)),
    ("GET", f"{_C}/labels"): page(_SEE),
    # There is nothing to print in a county without components.
    ("GET", f"{_C}/labels/file"): nothing(_SEE),
    **both(f"{_C}/export", page(_SEE)),
    ("GET", f"{_ONE}/"): nothing(_SEE, **_KEY),
    ("GET", f"{_ONE}/near.geojson"): nothing(_SEE, **_KEY),
    **both(f"{_ONE}/amend", nothing(_EDIT, **_KEY)),
    **both(f"{_ONE}/check", nothing(_CHECK, **_KEY)),
    **both(f"{_ONE}/end", nothing(_EDIT, **_KEY)),
}
