"""Every act on a dispatch day, its list and what is said there. `from … import actions as dispatchdays`."""

from .deciding import Verdict, arrive, carry, close, decide, drop, judge, promise, show, start
from .listing import add_cases, ask, change_item, put, remove, reorder
from .preparing import Wanted, amend, announce, call_off, prepare
from .speaking import answer

__all__ = [
    "Verdict", "Wanted", "add_cases", "amend", "announce", "answer", "arrive", "ask", "call_off", "carry",
    "change_item", "close", "decide", "drop", "judge", "prepare", "promise", "put", "remove", "reorder", "show",
    "start",
]  # fmt: skip
