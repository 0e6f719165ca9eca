"""Who passes the doors of the wish mailbox's desk; there is no letter in the scene."""

from console_doors import page
from door import Door, who_may
from manage_doors import nothing

_W = "console/wishes"
_DESK = who_may("wishes.answer")
_NONE = {"key": "00000000-0000-7000-8000-000000000000", "file": "00000000-0000-7000-8000-000000000000"}
_ACTS = ("take", "decline", "reply", "relay", "invite", "case", "hand-over", "drop", "settle")

_PLACES = who_may("places.view") | who_may("areas.manage")

WISHES: dict[tuple[str, str], Door] = {
    ("GET", "console/posters/"): nothing(_PLACES),
    ("GET", "console/posters/file"): nothing(_PLACES),
    ("GET", f"{_W}/"): page(_DESK),
    ("GET", f"{_W}/<uuid:key>"): nothing(_DESK, **_NONE),
    ("GET", f"{_W}/<uuid:key>/files/<uuid:file>"): nothing(_DESK, **_NONE),
    **{("POST", f"{_W}/<uuid:key>/{act}"): nothing(_DESK, **_NONE) for act in _ACTS},
}
