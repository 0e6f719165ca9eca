"""The tables of the cases room, a module a subject."""

from .approvals import Approval
from .case import Case, ComponentBefore, Reporter
from .clocks import Clock
from .delegations import Delegation
from .feedback import Feedback, Supervision
from .handling import Assignment, FieldTask
from .standards import FilingStandard
from .whistles import Call, Whistle

__all__ = [
    "Approval",
    "Assignment",
    "Call",
    "Case",
    "Clock",
    "ComponentBefore",
    "Delegation",
    "Feedback",
    "FieldTask",
    "FilingStandard",
    "Reporter",
    "Supervision",
    "Whistle",
]
