"""Who passes the doors of dispatch days and leaders' liaison; there is neither a day nor a tie in the scene."""

from console_doors import page
from door import Door, who_may
from manage_doors import both, nothing

_PREPARE, _LEAD, _ANSWER = (who_may(f"dispatchdays.{each}") for each in ("prepare", "lead", "answer"))
_DAYS = _PREPARE | _LEAD | _ANSWER
_KEEP = _PREPARE | _LEAD
_VIEW, _MANAGE, _VISIT = (who_may(f"liaison.{each}") for each in ("view", "manage", "visit"))
_TIES, _WRITE = _VIEW | _MANAGE | _VISIT, _VISIT | _MANAGE
_NONE = "00000000-0000-7000-8000-000000000000"
_KEYS = {"key": _NONE, "item_key": _NONE, "promise_key": _NONE, "one": _NONE}
_D, _L = "console/dispatch-days", "console/liaison"
_ONE, _ITEM, _TIE = f"{_D}/<uuid:key>", f"{_D}/<uuid:key>/items/<uuid:item_key>", f"{_L}/<uuid:key>"

LEADING: dict[tuple[str, str], Door] = {
    ("GET", f"{_D}/"): page(_DAYS),
    ("GET", f"{_D}/matters"): page(_KEEP),
    # Nothing is ticked: whoever may, is told so on the page they came from.
    ("POST", f"{_D}/put"): page(_KEEP),
    **both(f"{_D}/add", page(_PREPARE)),
    ("GET", f"{_ONE}/"): nothing(_DAYS, **_KEYS),
    ("GET", f"{_ONE}/live"): nothing(_DAYS, **_KEYS),
    ("GET", f"{_ONE}/record"): nothing(_DAYS, **_KEYS),
    ("GET", f"{_ONE}/list.csv"): nothing(_KEEP, **_KEYS),
    **both(f"{_ONE}/edit", nothing(_PREPARE, **_KEYS)),
    **both(f"{_ONE}/call-off", nothing(_PREPARE, **_KEYS)),
    **both(f"{_ONE}/proposals", nothing(_KEEP, **_KEYS)),
    **both(f"{_ONE}/ask", nothing(_KEEP, **_KEYS)),
    **both(f"{_ONE}/close", nothing(_KEEP, **_KEYS)),
    ("POST", f"{_ONE}/announce"): nothing(_PREPARE, **_KEYS),
    ("POST", f"{_ONE}/start"): nothing(_KEEP, **_KEYS),
    ("POST", f"{_ONE}/arrive"): nothing(_ANSWER | _PREPARE, **_KEYS),
    ("POST", f"{_ONE}/promises/<uuid:promise_key>/judge"): nothing(_KEEP, **_KEYS),
    **both(f"{_ITEM}/edit", nothing(_PREPARE, **_KEYS)),
    ("POST", f"{_ITEM}/move"): nothing(_KEEP, **_KEYS),
    ("POST", f"{_ITEM}/remove"): nothing(_PREPARE, **_KEYS),
    ("POST", f"{_ITEM}/answer"): nothing(_ANSWER, **_KEYS),
    ("POST", f"{_ITEM}/show"): nothing(_KEEP, **_KEYS),
    ("POST", f"{_ITEM}/decide"): nothing(_LEAD, **_KEYS),
    ("POST", f"{_ITEM}/promise"): nothing(_ANSWER, **_KEYS),
    ("POST", f"{_ITEM}/carry"): nothing(_KEEP, **_KEYS),
    ("POST", f"{_ITEM}/drop"): nothing(_KEEP, **_KEYS),
    ("GET", f"{_L}/"): page(_TIES),
    ("GET", f"{_L}/mine"): page(_VISIT),
    **both(f"{_L}/add", page(_MANAGE)),
    ("GET", f"{_TIE}/"): nothing(_TIES, **_KEYS),
    **both(f"{_TIE}/end", nothing(_MANAGE, **_KEYS)),
    **{
        pair: door
        for name in ("plan", "visit", "task", "question")
        for pair, door in both(f"{_TIE}/{name}", nothing(_WRITE, **_KEYS)).items()
    },
    ("POST", f"{_TIE}/visits/<uuid:one>/off"): nothing(_WRITE, **_KEYS),
    **both(f"{_TIE}/tasks/<uuid:one>/settle", nothing(_WRITE, **_KEYS)),
    **both(f"{_TIE}/questions/<uuid:one>/answer", nothing(_WRITE, **_KEYS)),
}
