"""Who passes the doors of the import wizard: who may import; another's run is not there."""

from console_doors import page
from door import Door, who_may
from manage_doors import both

IMPORTS_BY = (
    who_may("people.import")
    | who_may("areas.manage")
    | who_may("organizations.manage")
    | who_may("accounts.manage")
    | who_may("config.manage")
    | who_may("dispatch.manage")
    | who_may("components.edit")
    | who_may("cameras.manage")
)
_UNITS = who_may("organizations.manage")
_ONE = "console/imports/<uuid:key>"
_SENT = ("/sheet", "/rows/<int:number>", "/group", "/let-in", "/call-off")
_NOWHERE = {"key": "018f0000-0000-7000-8000-000000000000", "number": "1", "code": "units"}


def _run() -> Door:
    """Return the door of a run that is not there, or somebody else's."""
    return page(frozenset(), hidden=IMPORTS_BY, values=_NOWHERE)


IMPORTS: dict[tuple[str, str], Door] = {
    ("GET", "console/imports/"): page(IMPORTS_BY),
    **both("console/imports/new/<slug:code>", page(_UNITS, values=_NOWHERE)),
    ("GET", "console/imports/new/<slug:code>/template.xlsx"): page(_UNITS, values=_NOWHERE),
    ("GET", "console/imports/new/<slug:code>/how"): page(IMPORTS_BY, values=_NOWHERE),
    **{("GET", f"{_ONE}{tail}"): _run() for tail in ("", "/progress", "/check", "/wrong.xlsx", "/preview", "/done")},
    **{
        ("POST", f"{_ONE}{tail}"): _run() for tail in ("/sheet", "/rows/<int:number>", "/group", "/let-in", "/call-off")
    },
    **both(f"{_ONE}/columns", _run()),
    **both(f"{_ONE}/undo", _run()),
    **both(f"{_ONE}/discard", _run()),
}
