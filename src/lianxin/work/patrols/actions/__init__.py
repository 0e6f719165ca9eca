"""Every act of patrols. Import as `from lianxin.work.patrols import actions as patrols`, then `patrols.check_in(…)`."""

from .checkins import FILES as CHECKIN_FILES
from .checkins import Result, Taken, Visit, check_in, check_in_many
from .checklists import publish_checklist
from .handing import case_ended, hand_over
from .hazards import SUBJECT as HAZARD_FILES
from .hazards import (
    Care,
    HazardIn,
    Look,
    assign,
    confirm,
    dismiss,
    follow,
    may_follow,
    may_settle,
    note,
    settle,
)
from .keeping import forget, remind
from .planning import (
    PlanIn,
    add_plan,
    add_route,
    amend_plan,
    amend_route,
    end_plan,
    end_route,
    make_rounds,
    schedule_of,
)
from .points import PointIn, add_point, amend_point, bind_tag, end_point, renew_sticker
from .rounds import Reason, excuse, finish, judge, may_walk, start
from .teams import add_team, amend_team, end_team, join, leave, renew_code
from .tracks import Fix, drop_track, keep_track

__all__ = [
    "CHECKIN_FILES",
    "HAZARD_FILES",
    "Care",
    "Fix",
    "HazardIn",
    "Look",
    "PlanIn",
    "PointIn",
    "Reason",
    "Result",
    "Taken",
    "Visit",
    "add_plan",
    "add_point",
    "add_route",
    "add_team",
    "amend_plan",
    "amend_point",
    "amend_route",
    "amend_team",
    "assign",
    "bind_tag",
    "case_ended",
    "check_in",
    "check_in_many",
    "confirm",
    "dismiss",
    "drop_track",
    "end_plan",
    "end_point",
    "end_route",
    "end_team",
    "excuse",
    "finish",
    "follow",
    "forget",
    "hand_over",
    "join",
    "judge",
    "keep_track",
    "leave",
    "make_rounds",
    "may_follow",
    "may_settle",
    "may_walk",
    "note",
    "publish_checklist",
    "remind",
    "renew_code",
    "renew_sticker",
    "schedule_of",
    "settle",
    "start",
]  # fmt: skip
