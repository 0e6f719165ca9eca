"""Who passes the doors of 基础库: people, places, portraits."""

from typing import Any

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_HUB = frozenset[str]().union(
    *(
        who_may(permission)
        for permission in (
            "places.view", "people.view", "people.answer", "people.approve_export", "care.view", "sources.manage",
            "sources.rule", "sources.decide", "sources.request",
        )
    )
)  # fmt: skip
_PEOPLE, _EDIT, _MERGE = who_may("people.view"), who_may("people.edit"), who_may("people.merge")
_TAG, _CARE = who_may("care.tag"), who_may("care.view")
_PLACES, _BUILD = who_may("places.view"), who_may("places.edit")
_KEY = {"key": "00000000-0000-7000-8000-000000000000", "other_key": "00000000-0000-7000-8000-000000000001"}
_CODE = {"code": "nowhere"}
_PERSON = "console/base/people/<uuid:key>"
# Whose posts lie beside street 1 or above it see its portrait; who is next door does not learn that it is there.
_GRID = {"code": "34088100100101"}

_V1 = "api/v1/"
_NO_KEY, _NO_CODE = {"key": "00000000-0000-7000-8000-000000000000"}, {"code": "nowhere"}


def _hidden(may: frozenset[str], **more: Any) -> Door:
    """Return the door of something that is not there, of the API."""
    return Door(may=frozenset(), hidden=may, **more)


BASE: dict[tuple[str, str], Door] = {
    ("GET", "console/base/"): page(_HUB),
    **both("console/base/search", page(_PLACES | _PEOPLE)),
    ("GET", "console/base/care/"): page(_CARE),
    ("GET", "console/base/people/"): page(_PEOPLE),
    ("GET", "console/base/people/pairs"): page(_MERGE),
    **both("console/base/people/receive", page(_EDIT)),
    **both("console/base/people/add", page(_EDIT)),
    ("POST", "console/base/people/check"): nothing(_EDIT),
    ("GET", f"{_PERSON}/"): nothing(_PEOPLE, **_KEY),
    ("POST", f"{_PERSON}/confirm"): nothing(_EDIT, **_KEY),
    **both(f"{_PERSON}/amend", nothing(_EDIT, **_KEY)),
    **both(f"{_PERSON}/move", nothing(_EDIT, **_KEY)),
    **both(f"{_PERSON}/leave/<int:pk>", nothing(_EDIT, **_KEY)),
    **both(f"{_PERSON}/end", nothing(_EDIT, **_KEY)),
    **both(f"{_PERSON}/restore", nothing(_EDIT, **_KEY)),
    **both(f"{_PERSON}/erase", nothing(who_may("people.answer"), **_KEY)),
    **both(f"{_PERSON}/look", nothing(who_may("people.reveal"), **_KEY)),
    **both(f"{_PERSON}/contacts/add", nothing(_EDIT, **_KEY)),
    **both(f"{_PERSON}/contacts/<int:pk>/remove", nothing(_EDIT, **_KEY)),
    **both(f"{_PERSON}/care/add", nothing(_TAG, **_KEY)),
    **both(f"{_PERSON}/merge/<uuid:other_key>", nothing(_MERGE, **_KEY)),
    ("POST", f"{_PERSON}/apart/<uuid:other_key>"): nothing(_MERGE, **_KEY),
    **both(f"{_PERSON}/join", nothing(_EDIT, **_KEY)),
    **both(f"{_PERSON}/leave-household", nothing(_EDIT, **_KEY)),
    **both("console/base/merges/<int:pk>/undo", nothing(_MERGE)),
    **both("console/base/care/<uuid:key>/renew", nothing(_TAG, **_KEY)),
    **both("console/base/care/<uuid:key>/end", nothing(_TAG, **_KEY)),
    ("POST", "console/base/care/<uuid:key>/visited"): nothing(_CARE, **_KEY),
    ("GET", "console/base/households/<uuid:key>/"): nothing(_PEOPLE, **_KEY),
    **both("console/base/households/<uuid:key>/head", nothing(_EDIT, **_KEY)),
    **both("console/base/households/<uuid:key>/split", nothing(_EDIT, **_KEY)),
    ("GET", "console/base/estates/"): page(_PLACES),
    **both("console/base/estates/add", page(_BUILD)),
    ("GET", "console/base/estates/<str:code>/"): nothing(_PLACES, **_CODE),
    ("GET", "console/base/estates/<str:code>/outlines.geojson"): nothing(_PLACES, **_CODE),
    **both("console/base/estates/<str:code>/amend", nothing(_BUILD, **_CODE)),
    **both("console/base/estates/<str:code>/committee", nothing(_BUILD, **_CODE)),
    **both("console/base/estates/<str:code>/buildings/add", nothing(_BUILD, **_CODE)),
    **both("console/base/estates/<str:code>/end", nothing(_BUILD, **_CODE)),
    **both("console/base/buildings/<str:code>/end", nothing(_BUILD, **_CODE)),
    **both("console/base/dwellings/<str:code>/end", nothing(_BUILD, **_CODE)),
    ("GET", "console/base/buildings/"): page(_PLACES),
    ("GET", "console/base/buildings/<str:code>/"): nothing(_PLACES, **_CODE),
    **both("console/base/buildings/<str:code>/amend", nothing(_BUILD, **_CODE)),
    **both("console/base/buildings/<str:code>/heads", nothing(_BUILD, **_CODE)),
    **both("console/base/buildings/<str:code>/dwellings/add", nothing(_BUILD, **_CODE)),
    ("GET", "console/base/dwellings/"): page(_PLACES),
    ("GET", "console/base/dwellings/<str:code>/"): nothing(_PLACES, **_CODE),
    ("POST", "console/base/dwellings/<str:code>/confirm"): nothing(_BUILD, **_CODE),
    **both("console/base/dwellings/<str:code>/amend", nothing(_BUILD, **_CODE)),
    ("GET", "console/base/establishments/"): page(_PLACES),
    **both("console/base/establishments/add", page(_BUILD)),
    ("POST", "console/base/establishments/check"): nothing(_BUILD),
    ("GET", "console/base/establishments/<str:code>/"): nothing(_PLACES, **_CODE),
    ("POST", "console/base/establishments/<str:code>/confirm"): nothing(_BUILD, **_CODE),
    **both("console/base/establishments/<str:code>/amend", nothing(_BUILD, **_CODE)),
    **both("console/base/establishments/<str:code>/end", nothing(_BUILD, **_CODE)),
    ("GET", "console/base/areas/<str:code>/"): page(
        _PLACES - {"grid_worker_next_door"}, hidden=frozenset({"grid_worker_next_door"}), values=_GRID
    ),
    # The API.
    ("POST", f"{_V1}search"): Door(may=_PLACES, body={"words": "和平"}),
    ("GET", f"{_V1}people/<key>"): _hidden(_PEOPLE, values=_NO_KEY),
    ("POST", f"{_V1}people/<key>/look"): _hidden(
        who_may("people.reveal"), values=_NO_KEY, body={"fields": ["phone"], "reason": "visit"}
    ),
    ("GET", f"{_V1}estates"): Door(may=_PLACES),
    ("GET", f"{_V1}estates/<code>"): _hidden(_PLACES, values=_NO_CODE),
    ("GET", f"{_V1}buildings/<code>"): _hidden(_PLACES, values=_NO_CODE),
    ("GET", f"{_V1}dwellings/<code>"): _hidden(_PLACES, values=_NO_CODE),
}
