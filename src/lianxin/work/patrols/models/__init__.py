"""The tables of patrols, a module a subject."""

from .hazards import FollowUp, Hazard
from .points import Checklist, Point, Route, RoutePoint
from .rounds import CheckIn, Plan, Round, Stop, Track
from .teams import Member, Team

__all__ = [
    "CheckIn",
    "Checklist",
    "FollowUp",
    "Hazard",
    "Member",
    "Plan",
    "Point",
    "Round",
    "Route",
    "RoutePoint",
    "Stop",
    "Team",
    "Track",
]
