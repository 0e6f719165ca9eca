"""Who passes the doors of command: whistle board, supervisions, approvals, delegations; nothing waits in the scene."""

from console_doors import page
from door import Door, who_may
from manage_doors import nothing

_C = "console/command"
_WHISTLES = who_may("cases.whistle") | who_may("cases.report_in") | who_may("cases.supervise")
_PRESSED = who_may("cases.supervise") | who_may("cases.dispatch") | who_may("cases.report_in")
_REQUESTS = (
    who_may("cases.approve") | who_may("cases.extend") | who_may("cases.dispatch") | who_may("cases.supervise")
)
_NONE = {"pk": "999999999"}

COMMAND: dict[tuple[str, str], Door] = {
    ("GET", f"{_C}/whistles/"): page(_WHISTLES),
    ("GET", f"{_C}/whistles/<int:pk>/"): nothing(_WHISTLES, **_NONE),
    ("POST", f"{_C}/whistles/<int:pk>/"): nothing(_WHISTLES, **_NONE),
    ("GET", f"{_C}/supervisions/"): page(_PRESSED),
    ("GET", f"{_C}/approvals/"): page(_REQUESTS),
    ("POST", f"{_C}/approvals/batch"): page(_REQUESTS),
    ("GET", f"{_C}/delegations/"): page(_REQUESTS),
    ("POST", f"{_C}/delegations/"): page(_REQUESTS),
    ("GET", f"{_C}/delegations/<int:pk>/revoke"): page(_REQUESTS, values=_NONE),
    ("POST", f"{_C}/delegations/<int:pk>/revoke"): Door(may=frozenset(), values=_NONE, form={}),
}
