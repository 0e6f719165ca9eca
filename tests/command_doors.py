"""Who passes the doors of command: whistle board, supervisions, approvals, delegations; nothing waits in the scene."""

from console_doors import page
from door import ALL, Door, who_may
from manage_doors import nothing

_C = "console/command"
_WHISTLES = who_may("cases.whistle") | who_may("cases.report_in") | who_may("cases.supervise")
_PRESSED = who_may("cases.supervise") | who_may("cases.dispatch") | who_may("cases.report_in")
_REQUESTS = who_may("cases.approve") | who_may("cases.extend") | who_may("cases.dispatch") | who_may("cases.supervise")
_HANDLES = who_may("cases.handle")
_NONE = {"pk": "999999999"}
_LINK = {"key": "00000000-0000-7000-8000-000000000000"}
_TOKEN = {"token": "A" * 43}

COMMAND: dict[tuple[str, str], Door] = {
    ("GET", f"{_C}/whistles/"): page(_WHISTLES),
    ("GET", f"{_C}/whistles/<int:pk>/"): nothing(_WHISTLES, **_NONE),
    ("POST", f"{_C}/whistles/<int:pk>/"): nothing(_WHISTLES, **_NONE),
    ("GET", f"{_C}/supervisions/"): page(_PRESSED),
    ("GET", f"{_C}/supervisions/list.csv"): page(_PRESSED & who_may("cases.export")),
    ("GET", f"{_C}/workspace/"): page(_HANDLES | who_may("cases.dispatch")),
    ("GET", f"{_C}/approvals/"): page(_REQUESTS),
    ("POST", f"{_C}/approvals/batch"): page(_REQUESTS),
    ("GET", f"{_C}/delegations/"): page(_REQUESTS),
    ("POST", f"{_C}/delegations/"): page(_REQUESTS),
    ("GET", f"{_C}/delegations/<int:pk>/revoke"): page(_REQUESTS, values=_NONE),
    ("POST", f"{_C}/delegations/<int:pk>/revoke"): Door(may=frozenset(), values=_NONE, form={}),
    ("GET", f"{_C}/parts/<int:pk>/link"): nothing(_HANDLES, **_NONE),
    ("POST", f"{_C}/parts/<int:pk>/link"): nothing(_HANDLES, **_NONE),
    ("GET", f"{_C}/links/<uuid:key>/"): nothing(**_LINK),
    **{
        (method, f"{_C}/links/<uuid:key>/{act}"): nothing(_HANDLES, **_LINK)
        for method in ("GET", "POST")
        for act in ("revoke", "confirm", "back")
    },
    # The contractor's own address: whoever has no token learns nothing, signed in or not.
    ("GET", "w/<str:token>"): Door(may=frozenset(), hidden=ALL, values=_TOKEN),
    ("POST", "w/<str:token>"): Door(may=frozenset(), hidden=ALL, values=_TOKEN, form={"kind": "done"}),
    ("GET", "w/<str:token>/photos/<uuid:key>"): Door(may=frozenset(), hidden=ALL, values=_TOKEN | _LINK),
}
