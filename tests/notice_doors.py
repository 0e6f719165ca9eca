"""Who passes the doors of notices, questions, stations, one's own month and appeals; there is none in the scene."""

from console_doors import page
from door import ALL, Door, who_may
from manage_doors import both, nothing

_KEY = {"key": "00000000-0000-7000-8000-000000000000"}
_PUBLISH, _RECEIPTS = who_may("disclosure.publish"), who_may("disclosure.receipts")
_STATIONS, _ANSWER = who_may("stations.manage"), who_may("months.answer")
_N, _ONE = "console/notices", "console/notices/<uuid:key>"
_S = "console/stations"
_GONE = Door(may=frozenset(), hidden=ALL, values=_KEY)

NOTICES: dict[tuple[str, str], Door] = {
    # Residents: pages for everybody; a notice or station that is not there is not there.
    ("GET", "notices"): Door(),
    ("GET", "notices/<uuid:key>"): _GONE,
    ("GET", "notices/<uuid:key>/ask"): _GONE,
    ("POST", "notices/<uuid:key>/ask"): _GONE,
    ("GET", "stations"): Door(),
    ("POST", "stations"): Door(),
    ("GET", "stations/<uuid:key>"): _GONE,
    ("GET", "b/<str:number>"): Door(may=frozenset(), hidden=ALL, values={"number": "3408810102999999"}),
    # The staff.
    ("GET", f"{_N}/"): page(_PUBLISH | _RECEIPTS | _STATIONS | _ANSWER),
    **both(f"{_N}/add", page(_PUBLISH)),
    ("GET", f"{_N}/in/"): page(),
    ("GET", f"{_N}/in/<uuid:key>"): nothing(**_KEY),
    ("POST", f"{_N}/in/<uuid:key>"): nothing(**_KEY),
    ("POST", f"{_N}/in/<uuid:key>/confirm"): nothing(**_KEY),
    ("GET", f"{_N}/questions/"): page(_RECEIPTS),
    **both(f"{_N}/questions/<uuid:key>", nothing(_RECEIPTS, **_KEY)),
    ("GET", f"{_ONE}/"): nothing(_PUBLISH | _RECEIPTS, **_KEY),
    ("GET", f"{_ONE}/receipts"): nothing(_PUBLISH | _RECEIPTS, **_KEY),
    **both(f"{_ONE}/edit", nothing(_PUBLISH, **_KEY)),
    **both(f"{_ONE}/publish", nothing(_PUBLISH, **_KEY)),
    **both(f"{_ONE}/approve", nothing(_PUBLISH, **_KEY)),
    **both(f"{_ONE}/back", nothing(_PUBLISH, **_KEY)),
    **both(f"{_ONE}/amend", nothing(_PUBLISH, **_KEY)),
    **both(f"{_ONE}/withdraw", nothing(_PUBLISH, **_KEY)),
    **both(f"{_ONE}/remind", nothing(_PUBLISH, **_KEY)),
    ("GET", f"{_S}/"): page(_STATIONS),
    **both(f"{_S}/add", page(_STATIONS)),
    ("GET", f"{_S}/<uuid:key>/"): nothing(_STATIONS, **_KEY),
    **both(f"{_S}/<uuid:key>/edit", nothing(_STATIONS, **_KEY)),
    **both(f"{_S}/<uuid:key>/pause", nothing(_STATIONS, **_KEY)),
    **both(f"{_S}/<uuid:key>/close", nothing(_STATIONS, **_KEY)),
    ("GET", "console/me/month"): page(),
    **both("console/me/month/appeal", page(query="figure=handled")),
    ("GET", "console/appeals/"): page(_ANSWER),
    **both("console/appeals/<uuid:key>", nothing(_ANSWER, **_KEY)),
}
