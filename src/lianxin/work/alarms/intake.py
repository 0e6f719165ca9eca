"""Every gateway comes here: readings are stored and rules asked in one transaction, in the order of devices.

taken = intake.take(messages, at=now)     # then answer the broker: what is acknowledged is committed
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from lianxin.kernel import versions
from lianxin.registry.sensors import intake as sensors
from lianxin.registry.sensors.intake import Message, Refusal, Taken

from . import raising, watching
from .compiled import book

__all__ = ["Message", "Refusal", "Taken", "take"]


@transaction.atomic
def take(messages: Sequence[Message], *, at: datetime) -> Taken:
    """Store messages, evaluate live rules on what is new, open and clear alarms: all or nothing.

    Some eight statements however many messages there are, and four more when something calls. The same messages sent
    again change nothing; a reading older than what its device said before is stored, and not evaluated.
    """
    with versions.held():
        taken = sensors.store(messages, at=at)
        fresh = [one for one in taken.fresh if not one.is_late]
        rules = book(versions.read(), at=at)
        if not fresh or not rules.by_id:
            return taken
        devices = {one.device.id: one.device for one in fresh}
        watches = watching.fetch(devices, rules, devices)
        steps = watching.take(watches, rules, fresh)
        standing = {key[0] for key, state in watches.states.items() if state.level}
        moved = {step.device_id for step in steps}
        hand = raising.held(moved | standing | {key[0] for key in watches.lost}, at=at)
        hand.follow(steps, watches)
        hand.read(watches)
        hand.release(watches)
        watching.save(watches)
        hand.write()
    return taken
