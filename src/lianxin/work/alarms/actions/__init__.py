"""Every act on alarms and rules. Import as `from lianxin.work.alarms import actions as alarms`."""

from .acknowledging import acknowledge, demand_on, dismiss, lift_mute, mute
from .ruling import discard, draft_rule, publish, switch_off, switch_on, write_draft
from .trying import forget_trials, try_rule

__all__ = [
    "acknowledge", "demand_on", "discard", "dismiss", "draft_rule", "forget_trials", "lift_mute", "mute", "publish",
    "switch_off", "switch_on", "try_rule", "write_draft",
]  # fmt: skip
