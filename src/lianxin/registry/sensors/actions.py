"""Register, amend, pause and retire devices; give them keys."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean
from lianxin.registry.components.models import Component
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.recording import record

from . import changing, keys, partitions
from .changing import HOT, SUBJECT
from .inputs import DeviceIn, checked_device
from .models import Device, DeviceKey
from .register import NAME

__all__ = ["DeviceIn", "amend", "issue_key", "pause", "register", "resume", "retire", "revoke_key"]

_SEQUENCE = "device_id_seq"


@transaction.atomic
def register(actor: Actor, *, key: UUID, told: DeviceIn, at: datetime, source: Source | None = None) -> Device:
    """Put a device on the books where it stands, or where its component does. The same `key` is the same device.

    Raises NotAllowed, Invalid with all faults, Refused outside the place and for a number on the books.
    """
    _demand_seen(actor, told, None)
    told = checked_device(told, at=at)
    if told.point is None:  # `checked_device` has filled it in
        raise Invalid({"point": _("请在地图上点出它在哪里。")})
    area = changing.locate(told.point, at=at)
    demand(actor, "sensors.manage", changing.MANAGE, area)
    claimed = claim(key, kind=SUBJECT, action="register", sent=fingerprint(told), at=at, sequence=_SEQUENCE)
    if not claimed.fresh:
        return Device.objects.get(pk=claimed.subject_id)
    if Device.objects.filter(number=told.number).exists():
        raise Refused("device_number_taken", _("编号 {number} 已经登记过，请核对。").format(number=told.number))
    device = Device(
        pk=claimed.subject_id, key=key, number=told.number, state_since=at, valid_from=at, **told.values()
    )  # fmt: skip
    changing.put(device, area)
    device.words = changing.words(device)
    device.save(force_insert=True)
    changing.open_streams([device])
    record(actor, "create", subject=SUBJECT, subject_id=device.pk, version=1, at=at, source=source)
    versions.bump(NAME)
    # Before its first message there are days to keep it in.
    partitions.ready(at=at)
    return device


@transaction.atomic
def amend(
    actor: Actor, *, device: Device, seen: int, told: DeviceIn, at: datetime, source: Source | None = None
) -> Device:
    """Change what is told of a device, also where it is, on which component, through which system; not its number."""
    device = changing.locked(actor, device, seen=seen)
    _demand_seen(actor, told, device)
    told = checked_device(told, at=at, held=device)
    values = dict(told.values())
    if told.point is not None and told.point != device.point:
        area = changing.locate(told.point, at=at)
        demand(actor, "sensors.manage", changing.MANAGE, area)
        values |= dict(zip(HOT, (area.id, area.street_id, area.community_id, area.grid_id), strict=True))
    if changing.write(actor, device, "amend", values, at=at, source=source):
        changing.open_streams([device])
    return device


def _demand_seen(actor: Actor, told: DeviceIn, held: Device | None) -> None:
    """Raise Invalid for a component that the actor does not see: no more is said of it."""
    if not told.component_id or (held is not None and held.component_id == told.component_id):
        return
    if not actor.is_system and not Component.objects.visible_to(actor).filter(pk=told.component_id).exists():
        raise Invalid({"component_id": _("所选的部件不存在或已注销，请换一个。")})


@transaction.atomic
def pause(actor: Actor, *, device: Device, seen: int, why: str, at: datetime) -> Device:
    """Take nothing from a device for a while: it is being repaired. Raises Invalid without a reason."""
    return _turn(actor, device, "pause", Device.State.PAUSED, seen=seen, why=_reason(why), at=at)


@transaction.atomic
def resume(actor: Actor, *, device: Device, seen: int, at: datetime) -> Device:
    """Take from a device again."""
    return _turn(actor, device, "resume", Device.State.ACTIVE, seen=seen, why="", at=at)


@transaction.atomic
def retire(actor: Actor, *, device: Device, seen: int, why: str, at: datetime) -> Device:
    """Take a device off the books for good; its readings stay, its keys go. Raises Invalid without a reason."""
    device = changing.locked(actor, device, seen=seen)
    why = _reason(why)
    values = {"state": Device.State.RETIRED, "state_since": at, "state_why": why, "valid_to": at}
    changing.write(actor, device, "retire", values, at=at, reason=why)
    keys.revoke(device)
    return device


def _turn(actor: Actor, device: Device, act: str, state: str, *, seen: int, why: str, at: datetime) -> Device:
    device = changing.locked(actor, device, seen=seen)
    if device.state != state:
        values = {"state": state, "state_since": at, "state_why": why}
        changing.write(actor, device, act, values, at=at, reason=why)
    return device


def _reason(why: str) -> str:
    why = clean(why, 200)
    if len(why) < 2:
        raise Invalid({"why": _("请写明原因。")})
    return why


@transaction.atomic
def issue_key(actor: Actor, *, device: Device, at: datetime) -> str:
    """Give a device a new key and return it, this once; the one before counts for another day."""
    device = changing.locked(actor, device)
    key = keys.put(device, at=at, by_id=actor.account_id)
    record(actor, "key", subject=SUBJECT, subject_id=device.pk, version=device.version, at=at)
    versions.bump(NAME)
    return key


@transaction.atomic
def revoke_key(actor: Actor, *, device: Device, at: datetime) -> int:
    """Let no key of a device count from now on: one was lost. Returns how many did. Raises NotFound without any."""
    device = changing.locked(actor, device)
    if not DeviceKey.objects.filter(device=device).exists():
        raise NotFound(_("这个设备没有密钥。"))
    count = keys.revoke(device)
    record(actor, "revoke", subject=SUBJECT, subject_id=device.pk, version=device.version, at=at)
    versions.bump(NAME)
    return count
