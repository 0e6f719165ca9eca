"""Every act on a letter. Import as `from lianxin.work.wishes import actions as wishes`, then `wishes.put(...)`."""

from .answering import (
    ask_for_case,
    ask_to_hand_over,
    decline_hand_over,
    drop_ask,
    invite,
    open_letter,
    relay,
    reply,
    settle,
    take,
)
from .lasting import erase_old, release_orphans, tell_late
from .writing import answer_ask, leave, put, rate, reopen, withdraw, write

__all__ = [
    "answer_ask",
    "ask_for_case",
    "ask_to_hand_over",
    "decline_hand_over",
    "drop_ask",
    "erase_old",
    "invite",
    "leave",
    "open_letter",
    "put",
    "rate",
    "relay",
    "release_orphans",
    "reopen",
    "reply",
    "settle",
    "take",
    "tell_late",
    "withdraw",
    "write",
]
