"""Which pages there are to be looked at: a rule for each address that gives one, so that a new page is not forgotten.

`PAGES` names what stands in an address; `NO_PAGES` says why an address gives no page of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# Who looks at the console: whoever sees another page than those before. Order matters, the first sees it whole.
STAFF = (
    "community_clerk",
    "seat",
    "admin",
    "data_officer",
    "auditor",
    "handler",
    "grid_worker",
    "supervisor",
    "leader",
)
RESIDENTS = ("resident", "stranger")


@dataclass(frozen=True)
class Look:
    """How a page is opened: names of things in the scene by the parts of the address, and a query."""

    values: Mapping[str, str] = field(default_factory=dict)
    query: str = ""


def _look(query: str = "", **values: str) -> Look:
    return Look(values, query)


_AREA, _CASE, _HOME = _look(code="community"), _look(number="case"), _look(key="person")
_ESTATE, _BUILDING, _DWELLING, _SHOP = (_look(code=name) for name in ("estate", "building", "dwelling", "shop"))
_LETTER, _OWN_LETTER = _look(key="letter"), _look(number="letter_number")
_C = "console/"

# Pages with something in their address; all others are opened as they are.
PAGES: dict[str, Look] = {
    **{f"{_C}area/<str:code>/{rest}": _AREA for rest in ("", "add", "amend", "end", "history", "redivide")},
    f"{_C}base/areas/<str:code>/": _AREA,
    **{f"{_C}base/estates/<str:code>/{rest}": _ESTATE for rest in ("", "amend", "buildings/add", "committee", "end")},
    **{f"{_C}base/buildings/<str:code>/{rest}": _BUILDING for rest in ("", "amend", "dwellings/add", "end", "heads")},
    **{f"{_C}base/dwellings/<str:code>/{rest}": _DWELLING for rest in ("", "amend", "end")},
    **{f"{_C}base/establishments/<str:code>/{rest}": _SHOP for rest in ("", "amend", "end")},
    **{
        f"{_C}base/people/<uuid:key>/{rest}": _HOME
        for rest in ("", "amend", "care/add", "contacts/add", "end", "join", "look", "move")
    },
    f"{_C}base/people/<uuid:key>/merge/<uuid:other_key>": _look(key="person", other_key="other_person"),
    **{f"{_C}base/care/<uuid:key>/{rest}": _look(key="care") for rest in ("end", "renew")},
    **{f"{_C}base/households/<uuid:key>/{rest}": _look(key="household") for rest in ("", "head", "split")},
    **{f"{_C}alarms/<uuid:key>{rest}": _look(key="alarm") for rest in ("", "/dismiss", "/mute")},
    **{f"{_C}alarms/rules/<uuid:key>/{rest}": _look(key="alarm_rule") for rest in ("", "edit", "off")},
    **{f"{_C}alarms/rules/<uuid:key>/{rest}": _look(key="alarm_draft") for rest in ("publish", "discard")},
    f"{_C}alarms/rules/<uuid:key>/trials/<uuid:trial_key>": _look(key="alarm_rule", trial_key="trial"),
    **{f"{_C}cameras/<uuid:key>/{rest}": _look(key="camera") for rest in ("", "ask", "edit", "end")},
    f"{_C}cameras/access/<uuid:key>/decide": _look(key="access"),
    f"{_C}cameras/access/<uuid:key>/revoke": _look(key="running"),
    f"{_C}cameras/platforms/<slug:code>": _look(code="platform"),
    **{
        f"{_C}sensors/<uuid:key>/{rest}": _look(key="device")
        for rest in ("", "edit", "pause", "resume", "retire", "key", "revoke")
    },
    f"{_C}sensors/kinds/<slug:code>/": _look(code="device_kind"),
    f"{_C}sensors/kinds/<slug:code>/drop": _look(code="device_kind"),
    **{
        f"{_C}sensors/systems/<uuid:key>/{rest}": _look(key="system")
        for rest in ("", "edit", "close", "reopen", "key", "revoke")
    },
    f"{_C}cases/<str:number>": _CASE,
    f"{_C}cases/<str:number>/do/<slug:act>": _look(number="case", act="act"),
    f"{_C}cases/<str:number>/reveal": _CASE,
    f"{_C}cases/<str:number>/compare/<str:other>": _look(number="case", other="other_case"),
    f"{_C}entry/<str:number>": _CASE,
    f"{_C}data/fields/<str:code>/": _look(code="field"),
    f"{_C}data/fields/<str:code>/amend": _look(code="field"),
    f"{_C}data/quality/check/<slug:check>/": _look(check="check"),
    f"{_C}imports/new/<slug:code>": _look(code="target"),
    f"{_C}imports/new/<slug:code>/how": _look(code="target"),
    **{f"{_C}notices/<uuid:key>/{rest}": _look(key="notice") for rest in ("", "amend", "receipts", "withdraw")},
    **{f"{_C}components/<uuid:key>/{rest}": _look(key="component") for rest in ("", "amend", "check", "end")},
    f"{_C}posters/": _look("estate={estate}"),
    f"{_C}profile/roles/<str:code>": _look(code="role"),
    f"{_C}profile/texts/<slug:group>": _look(group="text_group"),
    **{f"{_C}staff/<int:pk>/{rest}": _look(pk="staff") for rest in ("", "disable", "posts", "reset")},
    **{f"{_C}stations/<uuid:key>/{rest}": _look(key="station") for rest in ("", "edit", "pause", "close")},
    **{f"{_C}unit/<str:code>/{rest}": _look(code="unit") for rest in ("", "end", "rename")},
    f"{_C}map/layers/<slug:code>/list": _look(code="layer"),
    f"{_C}map/portrait/<slug:kind>/<str:key>": _look(kind="kind", key="community"),
    f"{_C}map/building/<str:code>/chart": _BUILDING,
    **{f"{_C}templates/<uuid:key>{rest}": _look(key="template") for rest in ("", "/end")},
    **{f"{_C}views/<uuid:key>/{rest}": _look(key="view") for rest in ("edit", "delete")},
    f"{_C}views/save": _look("page=cases&clock=overdue"),
    f"{_C}statistics/cases": _look("what=reported"),
    f"{_C}statistics/tables/cases": _look("what=reported"),
    **{f"{_C}warnings/<uuid:key>/{rest}": _look(key="warning") for rest in ("", "cancel")},
    **{f"{_C}warnings/<uuid:key>/{rest}": _look(key="waiting_warning") for rest in ("approve", "refuse")},
    f"{_C}warnings/<uuid:key>/update": _look(key="own_warning"),
    **{f"{_C}warnings/sources/<uuid:key>/{rest}": _look(key="source") for rest in ("", "edit", "key", "close")},
    f"{_C}wishes/<uuid:key>": _LETTER,
    f"{_C}command/whistles/<int:pk>/": _look(pk="whistle"),
    **{f"{_C}command/links/<uuid:key>/{rest}": _look(key="link") for rest in ("", "revoke")},
    "c/<token>": _look(token="card"),
    "w/<str:token>": _look(token="crew"),
    "follow/<number>": _CASE,
    "follow/<number>/rate": _look(number="closed"),
    "b/<str:number>": _look(number="component_number"),
    "here/<code>": _AREA,
    "notices/<uuid:key>": _look(key="notice"),
    "notices/<uuid:key>/ask": _look(key="notice"),
    "report/<number>/sent": _CASE,
    "screen/of/<str:code>/": _AREA,
    "stations/<uuid:key>": _look(key="station"),
    "warnings/<uuid:key>": _look(key="warning"),
    "wishes/<number>": _OWN_LETTER,
    "wishes/<number>/sent": _OWN_LETTER,
}

_DATA = "data for a map or a program, no page"
_FILE = "a file, no page"
_PIECE = "a piece of a page, seen with it"
_OWN = "its things come about in steps; looked at by the tests of its room"
_APP = "the worker's app is a program of its own; looked at by tests/journeys/test_worker_cases.py"

# (pattern of the whole address, why)
NO_PAGES: tuple[tuple[str, str], ...] = (
    (r".*\.geojson", _DATA),
    (r"(healthz|readyz)", _DATA),
    (r"wechat/.*", _DATA),
    (r"(cap/.*|gateways/cap/.*)", _DATA),
    (r"devices/.*", "devices and systems post here"),
    (r"follow/link/<key>", "leads on to the page of the report"),
    (r"console/suggest/.*", _DATA),
    (r".*(\.csv|\.xlsx|\.jpg|/file|/sticker|/stickers|<uuid:file>|files/<uuid:key>|/tag)", _FILE),
    (r"(report/nearby|console/cases/<str:number>/here|console/seat/<str:number>/after)", _PIECE),
    (r"console/(seat/queue|calls/dock)", _PIECE),
    (r"console/seat/looking", _DATA),
    (r"console/views/<uuid:key>", "leads on to the list it stands for"),
    (r"worker/.*", _APP),
    (r"console/imports/<uuid:key>.*", _OWN),
    (r"console/(patrols|appeals)/.*<.*", _OWN),
    (r"patrol.*", _OWN),
    (r"console/data/(asks|conflicts|exports|requests|quality/tasks)/<.*", _OWN),
    (r"console/data/quality/check/<slug:check>/assign", _OWN),
    (r"console/base/(merges/.*|people/<uuid:key>/(contacts/<.*|leave.*|erase|restore))", _OWN),
    (r"console/(areas/plans|dispatch|duties|elevations|posts|profile/calendar|rota)/.*<.*", _OWN),
    (r"console/staff/<int:pk>/(enable|sessions/.*)", _OWN),
    (r"console/notices/(<uuid:key>/(approve|back|edit|publish|remind)|in/<.*|questions/<.*)", _OWN),
    (r"console/dispatch/(train|models/.*)", _OWN),
    (r"console/me/month.*", _OWN),
    (r"console/(dispatch-days|liaison)/.*<.*", _OWN),
    (r"console/map/(layers|layers/<slug:code>|areas|buildings|shift|ground|tiles/.*)", _DATA),
    (r"console/map/base/sheets/.*", _OWN),
    (r"console/map/drawn/<slug:key>", _OWN),
    (r"console/map/v/<slug:key>", "the page of the map, as somebody left it"),
    (r"console/statistics/corrections", _OWN),
    (r"console/statistics/tables/answer", _PIECE),
    (r"console/(statistics/tables|lists)/<uuid:key>/.*", _OWN),
    (
        r"console/profile/(standards/<int:pk>|load|calendar/hours|bring/<str:key>|history/<int:pk>/go-back|export.zip)",
        _OWN,
    ),
    (r"console/(first|duties/cell)", _OWN),
    (r"screen/(page|of/<str:code>/page)", _PIECE),
    (r"screen/now", _DATA),
    (r"console/command/(delegations|parts)/<.*", _OWN),
    (r"console/command/links/<uuid:key>/(back|confirm)", _OWN),
    (r"w/<str:token>/photos/.*", _FILE),
    (r"(signs|sign|visits?)/.*<.*", _OWN),
    (r"console/(visits?|diary|collecting|signs?)/.*<.*", _OWN),
)


def look_at(route: str) -> Look | None:
    """Return how to open the page of an address; None for one that gives no page. Raises KeyError without a rule."""
    if any(re.fullmatch(pattern, route) for pattern, _why in NO_PAGES):
        return None
    if route in PAGES:
        return PAGES[route]
    if "<" in route:
        raise KeyError(route)
    return Look()
