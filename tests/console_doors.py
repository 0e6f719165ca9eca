"""Who passes the console's doors: pages for staff; everybody else is sent to sign in."""

from collections.abc import Iterable
from typing import Any

from door import INSIDE, SEES, SIGNED_IN, STAFF, Door, who_may

# A redirect to the sign-in page counts as 401.
_SENT_AWAY = frozenset({401, 403})
_BY_STAFF = INSIDE  # of those who see the case, the staff


def page(may: Iterable[str] = STAFF, **more: Any) -> Door:
    """Return the door of a page for staff, or for some of them."""
    return Door(may=frozenset(may), **{"refused": _SENT_AWAY, **more})


def case_page(may: Iterable[str] = _BY_STAFF, *, gate: frozenset[str] = STAFF, **more: Any) -> Door:
    """Return the door of a page about the case: staff who do not see it do not learn that it is there.

    Who is not among `gate` is turned away before anything is looked up.
    """
    hidden = (gate - SEES) | more.pop("hidden", frozenset())
    return Door(may=frozenset(may), hidden=hidden, **{"refused": _SENT_AWAY, **more})


EVERYWHERE = who_may("cases.view")
_CASE = "console/cases/<str:number>"
_SEAT = "console/seat/<str:number>"
_DESK = who_may("cases.file") | who_may("cases.dispatch")

CONSOLE: dict[tuple[str, str], Door] = {
    ("GET", "console/"): page(),
    ("GET", "console/sign-in"): Door(),
    ("POST", "console/sign-in"): Door(form={"username": "nobody", "password": "wrong password"}),
    ("POST", "console/sign-out"): Door(),
    ("GET", "console/password"): page(SIGNED_IN, refused=frozenset({302})),
    ("POST", "console/password"): page(SIGNED_IN, refused=frozenset({302}), form={"old": "a", "new": "b"}),
    ("GET", "console/work"): page(),
    ("GET", "console/seat"): page(_DESK),
    ("GET", "console/cases"): page(who_may("cases.view") | who_may("cases.handle")),
    ("GET", _CASE): case_page(),
    ("GET", f"{_CASE}/here"): case_page(),
    ("GET", f"{_CASE}/areas.geojson"): case_page(),
    ("GET", f"{_CASE}/points.geojson"): case_page(),
    ("GET", f"{_CASE}/reveal"): case_page({"seat"}),
    ("POST", f"{_CASE}/reveal"): case_page({"seat"}, form={"reason": "callback"}),
    ("POST", f"{_CASE}/photos"): case_page(),
    ("POST", f"{_CASE}/undo"): case_page(),
    ("GET", f"{_CASE}/compare/<str:other>"): case_page(
        INSIDE - {"handler"}, gate=EVERYWHERE | _DESK, hidden=frozenset({"handler"})
    ),
    ("GET", f"{_CASE}/do/<slug:act>"): case_page({"handler"}, values={"act": "progress"}),
    # An act that is refused is shown as a page of its own with what stops it: 409.
    ("POST", f"{_CASE}/do/<slug:act>"): case_page(
        {"handler"},
        values={"act": "progress"},
        form={"note": "在修", "seen": "{version}"},
        refused=frozenset({401, 409}),
    ),
    ("GET", f"{_SEAT}/after"): case_page(_DESK & INSIDE, gate=_DESK),
    ("POST", f"{_SEAT}/file-and-dispatch"): case_page(
        # Back to the seat with what stops it.
        {"seat"},
        gate=_DESK,
        form={"category": "0101"},
        refused=frozenset({302, 401, 403}),
    ),
    ("GET", "console/entry"): page(who_may("cases.report")),
    ("POST", "console/entry"): page(who_may("cases.report")),
    ("POST", "console/entry/proposal"): page(who_may("cases.report"), form={"text": "路灯不亮"}),
    ("POST", "console/entry/components"): page(who_may("cases.report"), form={"component_words": "井盖"}),
    ("POST", "console/entry/earlier"): page(who_may("cases.reveal"), form={"phone": "13800001234"}),
    ("GET", "console/entry/areas.geojson"): page(who_may("cases.report")),
    ("GET", "console/entry/<str:number>"): case_page(INSIDE & who_may("cases.report"), gate=who_may("cases.report")),
    ("GET", "console/inbox"): page(),
    # Nobody's message: nobody learns more than that it is not there.
    ("POST", "console/inbox/<int:message_id>"): page((), hidden=STAFF, values={"message_id": "999999999"}),
    ("POST", "console/inbox/read"): page(),
    ("GET", "console/me"): page(),
    ("POST", "console/me"): page(),
    ("POST", "console/me/sessions/<int:session_id>"): page({"seat"}, hidden=STAFF - {"seat"}),
}
