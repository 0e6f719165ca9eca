"""Who passes the doors of self-service tables and of lists of cases."""

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_T, _L = "console/statistics/tables", "console/lists"
_STATISTICS, _EXPORT = who_may("statistics.view"), who_may("tables.export")
_LOOKS = _EXPORT | who_may("audit.read")
_NONE = {"key": "00000000-0000-7000-8000-000000000000", "file_key": "00000000-0000-7000-8000-000000000001"}

TABLES: dict[tuple[str, str], Door] = {
    ("GET", f"{_T}/"): page(_STATISTICS),
    ("GET", f"{_T}/make"): page(_STATISTICS),
    ("GET", f"{_T}/answer"): page(_STATISTICS),
    ("GET", f"{_T}/cases"): page(_STATISTICS, query="what=reported"),
    ("GET", f"{_T}/file"): page(_STATISTICS),
    **both(f"{_T}/save", page(_STATISTICS)),
    **both(f"{_T}/<uuid:key>/", nothing(_STATISTICS, **_NONE)),
    ("POST", f"{_T}/<uuid:key>/stop"): nothing(_STATISTICS, **_NONE),
    ("POST", f"{_T}/<uuid:key>/end"): nothing(_STATISTICS, **_NONE),
    ("GET", f"{_T}/<uuid:key>/files/<uuid:file_key>"): nothing(_STATISTICS, **_NONE),
    ("GET", f"{_L}/"): page(_EXPORT),
    **both(f"{_L}/add", page(_EXPORT)),
    ("GET", f"{_L}/<uuid:key>/"): nothing(_LOOKS, **_NONE),
    ("POST", f"{_L}/<uuid:key>/cancel"): nothing(_EXPORT, **_NONE),
    ("GET", f"{_L}/<uuid:key>/file"): nothing(_EXPORT, **_NONE),
}
