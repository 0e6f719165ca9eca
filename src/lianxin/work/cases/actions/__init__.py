"""Every act on a case. Import as `from lianxin.work.cases import actions as cases`, then `cases.handle(...)`."""

from .approving import approve, ask_extension, ask_postponement, ask_suspension, deciders, forward, refuse, resume
from .checking import close, rework, verify
from .crews import crew
from .delegating import MOST_DAYS, entrust, revoke_trust
from .dispatching import Target, add_assist, dispatch, recall, rule
from .filing import (
    Filing,
    amend,
    answer,
    check,
    decline,
    delegate,
    escalate,
    file,
    merge,
    place,
    refer,
    report_check,
    split,
    unmerge,
)
from .handling import accept, assign, contact, give_back, handle, progress, resolve_on_spot
from .intake import Report, report
from .reporting import add, appeal, evaluate, thank, urge, withdraw
from .steering import (
    annotate,
    answer_supervision,
    call_back,
    force_close,
    hand_over,
    reopen,
    reply,
    supervise,
    void,
)
from .whistling import consult, nudge, rate, report_in, whistle

__all__ = [
    "MOST_DAYS", "Filing", "Report", "Target",
    "accept", "add", "add_assist", "amend", "annotate", "answer", "answer_supervision", "appeal", "approve",
    "ask_extension", "ask_postponement", "ask_suspension", "assign", "call_back", "check", "close", "consult",
    "contact", "crew", "deciders", "decline", "delegate", "dispatch", "entrust", "escalate", "evaluate", "file",
    "force_close", "forward", "give_back", "hand_over", "handle", "merge", "nudge", "place", "progress", "rate",
    "recall", "refer", "refuse", "reopen", "reply", "report", "report_check", "report_in", "resolve_on_spot",
    "resume", "revoke_trust", "rework", "rule", "split", "supervise", "thank", "unmerge", "urge", "verify", "void",
    "whistle", "withdraw",
]  # fmt: skip
