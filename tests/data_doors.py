"""Who passes the doors of the data itself: fields, conflicts, requests, quality, exports."""

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_D = "console/data"
_PEOPLE, _PLACES = who_may("people.view"), who_may("places.view")
_RULE, _DECIDE, _ASK = who_may("sources.rule"), who_may("sources.decide"), who_may("sources.request")
_FIELDS = who_may("sources.manage") | _RULE | _DECIDE | _ASK | _PEOPLE | _PLACES
_REQUESTS = _ASK | _DECIDE | _PEOPLE
_QUALITY = _PEOPLE | _PLACES | who_may("care.view")
_ASSIGN, _EDIT = who_may("quality.assign"), who_may("people.edit")
_EXPORT = who_may("people.export")
_EXPORTS = _EXPORT | who_may("people.approve_export") | who_may("audit.read")
_STATISTICS = who_may("statistics.view")
_CHECK = {"values": {"check": "person_missing"}}
_NONE = {"key": "00000000-0000-7000-8000-000000000000"}

DATA: dict[tuple[str, str], Door] = {
    ("GET", f"{_D}/fields/"): page(_FIELDS),
    ("GET", f"{_D}/fields/<str:code>/"): nothing(_FIELDS, code="person.faith"),
    **both(f"{_D}/fields/<str:code>/amend", nothing(who_may("sources.manage"), code="person.faith")),
    ("GET", f"{_D}/deliveries/"): page(who_may("sources.manage") | _RULE | who_may("sources.push")),
    ("GET", f"{_D}/conflicts/"): page(_RULE),
    **both(f"{_D}/conflicts/<int:pk>/", nothing(_RULE)),
    ("POST", f"{_D}/conflicts/<int:pk>/look"): nothing(_RULE),
    ("GET", f"{_D}/asks/"): page(who_may("people.answer")),
    **both(f"{_D}/asks/<uuid:key>/", nothing(who_may("people.answer"), **_NONE)),
    ("POST", f"{_D}/asks/<uuid:key>/look"): nothing(who_may("people.answer"), **_NONE),
    ("GET", f"{_D}/retention/"): page(who_may("people.answer")),
    ("GET", f"{_D}/requests/"): page(_REQUESTS),
    **both(f"{_D}/requests/add", page(_ASK)),
    ("GET", f"{_D}/requests/<int:pk>/"): nothing(_REQUESTS),
    ("POST", f"{_D}/requests/<int:pk>/decide"): nothing(_DECIDE),
    **both(f"{_D}/requests/<int:pk>/withdraw", nothing(_ASK)),
    **both(f"{_D}/requests/<int:pk>/abstain", nothing(who_may("sources.abstain"))),
    ("POST", f"{_D}/requests/<int:pk>/take-on"): nothing(who_may("sources.abstain")),
    ("GET", f"{_D}/load/"): page(_REQUESTS),
    ("GET", f"{_D}/quality/"): page(_QUALITY),
    ("POST", f"{_D}/quality/run"): nothing(_ASSIGN | _EDIT),
    ("GET", f"{_D}/quality/tasks/"): page(_ASSIGN | _EDIT),
    ("GET", f"{_D}/quality/tasks/<int:pk>/"): nothing(_QUALITY),
    **both(f"{_D}/quality/tasks/<int:pk>/withdraw", nothing(_ASSIGN)),
    ("GET", f"{_D}/quality/check/<slug:check>/"): page(_QUALITY, **_CHECK),
    # Who may assign is asked for a grid first.
    **both(f"{_D}/quality/check/<slug:check>/assign", nothing(_ASSIGN, check="person_missing")),
    ("GET", f"{_D}/exports/"): page(_EXPORTS),
    **both(f"{_D}/exports/add", page(_EXPORT)),
    ("GET", f"{_D}/exports/<uuid:key>/"): nothing(_EXPORTS, **_NONE),
    ("POST", f"{_D}/exports/<uuid:key>/decide"): nothing(who_may("people.approve_export"), **_NONE),
    ("POST", f"{_D}/exports/<uuid:key>/cancel"): nothing(_EXPORT, **_NONE),
    ("GET", f"{_D}/exports/<uuid:key>/file"): nothing(_EXPORT, **_NONE),
    # Statistics.
    ("GET", "console/statistics/"): page(_STATISTICS),
    ("GET", "console/statistics/cases"): page(_STATISTICS, query="what=reported"),
    ("GET", "console/statistics/indicators"): page(_STATISTICS),
    ("GET", "console/statistics/heat"): page(_STATISTICS),
    ("GET", "console/statistics/trends"): page(_STATISTICS),
    ("GET", "console/statistics/corrections"): nothing(_STATISTICS),
    ("GET", "console/statistics/file"): page(_STATISTICS, query="table=indicators"),
}
