"""Keys of devices and systems: 32 random bytes, shown once; only hashes are kept. Of two, both count for a day."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from .models import Device, DeviceKey, System

OVERLAP = timedelta(days=1)  # how long the old key still counts, so that whoever is on the road can change it
_ROUNDS = 101  # as Mosquitto's own tool; the key is random, so the number hardly matters


@dataclass(frozen=True, slots=True)
class Caller:
    """Who proved itself: a device by its own key, or a system that speaks for its devices."""

    device_id: int = 0
    number: str = ""
    system_id: int = 0
    system: str = ""  # its code
    adapter: str = ""  # what the system speaks


def new_key() -> str:
    """Return a new key: 43 characters of base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def hashed(key: str) -> bytes:
    """Return what is kept of a key for HTTP."""
    return hashlib.sha256(key.encode()).digest()


def broker_hashed(key: str) -> str:
    """Return what Mosquitto's password file holds of a key: PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(12)
    derived = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(derived).decode()}"


def put(owner: Device | System, *, at: datetime, by_id: int | None) -> str:
    """Give a device or system a new key in the caller's transaction; the one before ends in a day. Returns the key."""
    mine = _of(owner)
    mine.filter(ends_at__lte=at).delete()
    mine.filter(ends_at=None).update(ends_at=at + OVERLAP)
    key = new_key()
    made = DeviceKey(hash=hashed(key), broker=broker_hashed(key), issued_at=at, issued_by_id=by_id)
    made.device, made.system = (owner, None) if isinstance(owner, Device) else (None, owner)
    made.save(force_insert=True)
    return key


def counting_now(owner: Device | System, *, at: datetime) -> QuerySet[DeviceKey]:
    """Return the keys that count at an instant, the newest first."""
    return _of(owner).filter(Q(ends_at=None) | Q(ends_at__gt=at)).order_by("-issued_at")


def revoke(owner: Device | System) -> int:
    """Let no key of a device or system count any more; returns how many did."""
    return int(_of(owner).delete()[0])


def _of(owner: Device | System) -> QuerySet[DeviceKey]:
    whose = Q(device=owner) if isinstance(owner, Device) else Q(system=owner)
    return DeviceKey.objects.filter(whose)


def authenticate(number: str, key: str, *, at: datetime) -> Caller | None:
    """Return who calls itself `number` (a device) or so (a system's code), if the key is one of its; two statements.

    Takes as long for an unknown number as for a wrong key. A paused device is known: that it is paused is told to
    it when it sends.
    """
    given = hashed(key)
    # Only what can be a number or a code is asked for; a NUL would break the statement.
    number = number if number.isprintable() and len(number) <= 40 else ""
    rows = DeviceKey.objects.filter(Q(device__number=number.upper()) | Q(system__code=number)).filter(
        Q(ends_at=None) | Q(ends_at__gt=at), Q(system=None) | Q(system__closed_on=None)
    )
    found: DeviceKey | None = None
    candidates = [*rows.select_related("device", "system"), None]
    for row in candidates:
        stored = bytes(row.hash) if row is not None else bytes(32)
        if hmac.compare_digest(stored, given):
            found = row
    if found is None:
        return None
    if found.system is not None:
        return Caller(system_id=found.system.pk, system=found.system.code, adapter=found.system.adapter)
    return Caller(device_id=found.device.pk, number=found.device.number) if found.device is not None else None
