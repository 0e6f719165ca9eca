"""Who passes the doors of the desk: acts on many, saved views, reply templates, calls, the box that finds."""

from typing import Any

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_SEES = who_may("cases.view") | who_may("cases.handle")
_DESK = who_may("cases.file") | who_may("cases.dispatch")
_KEEPS, _CALLS = who_may("desk.manage"), who_may("cases.report")
_KEY: dict[str, Any] = {"key": "00000000-0000-7000-8000-000000000000"}
_ID = "00000000-0000-7000-8000-000000000001"
_C, _VIEW, _TEMPLATE = "console", "console/views/<uuid:key>", "console/templates/<uuid:key>"

DESK: dict[tuple[str, str], Door] = {
    ("GET", f"{_C}/seat/queue"): page(_DESK),
    ("GET", f"{_C}/seat/looking"): page(_DESK),
    ("POST", f"{_C}/batch"): page(who_may("cases.annotate"), form={"act": "annotate"}),
    ("POST", f"{_C}/batch/do"): page(
        who_may("cases.annotate"), form={"act": "annotate", "client_id": _ID, "note": "记一笔"}
    ),
    ("POST", f"{_C}/find"): page(_SEES, form={"q": "井盖"}),
    ("POST", f"{_C}/find/phone"): page(who_may("cases.reveal"), form={"phone": "13800001234", "reason": "call"}),
    ("GET", f"{_C}/views"): page(_SEES),
    ("GET", f"{_C}/views/save"): page(_SEES),
    ("POST", f"{_C}/views/save"): page(_SEES, query="page=cases&clock=overdue", form={"name": "超时的"}),
    ("GET", _VIEW): nothing(_SEES, **_KEY),
    **both(f"{_VIEW}/edit", nothing(_SEES, **_KEY)),
    **both(f"{_VIEW}/delete", nothing(_SEES, **_KEY)),
    ("POST", f"{_VIEW}/use"): nothing(_SEES, **_KEY),
    ("GET", f"{_C}/templates"): page(_KEEPS),
    **both(f"{_C}/templates/add", page(_KEEPS)),
    **both(_TEMPLATE, nothing(_KEEPS, **_KEY)),
    **both(f"{_TEMPLATE}/end", nothing(_KEEPS, **_KEY)),
    ("GET", f"{_C}/calls"): page(_CALLS),
    ("GET", f"{_C}/calls/dock"): page(_CALLS),
    ("POST", f"{_C}/calls/<uuid:key>"): page(_CALLS, values=_KEY, form={"words": "问井盖", "step": "1"}),
    ("POST", f"{_C}/calls/<uuid:key>/end"): page(_CALLS, values=_KEY, form={"outcome": "nothing"}),
}
