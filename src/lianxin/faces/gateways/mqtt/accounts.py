"""Who may log in at the broker and where each may write: Mosquitto's two files, made from the register.

A device logs in with its number, a system with its code, each with its newest key; each writes below its own name and
reads its receipts. The intake reads everything. Keys come hashed from the register; no key is known here but our own.

A broker of ours starts with nobody on its list but the intake: what is published before somebody listens would be
acknowledged and lost, since Mosquitto forgets shared subscriptions when it starts anew.
"""

import base64
import hashlib
import os
import signal
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from django.db.models import F, Q

from lianxin.registry.sensors.models import Device, DeviceKey

from .arrivals import RECEIPTS, ROOT

PASSWORDS = "passwords"
OWN = "own"  # the intake's line alone; the broker begins with a copy of it
ACCESS = "access"
PID = "broker.pid"
_ROUNDS = 101

ACL = f"""\
# Written by Lianxin from the register of devices; changes here are lost.
user {{intake}}
topic read {ROOT}#
topic write {RECEIPTS}#
topic read $SYS/#

pattern write {ROOT}%u/#
pattern read {RECEIPTS}%u
"""


def passwords(user: str, password: str) -> Iterator[tuple[str, str]]:
    """Yield each account with its hashed key, ours first."""
    yield user, _hashed(user, password)
    keys = DeviceKey.objects.filter(ends_at=None)
    devices = keys.filter(~Q(device__state=Device.State.RETIRED), device__isnull=False)
    yield from devices.order_by("device__number").values_list("device__number", "broker")
    systems = keys.filter(system__isnull=False, system__closed_on=None).annotate(code=F("system__code"))
    yield from systems.order_by("code").values_list("code", "broker")


def write(folder: Path, *, user: str, password: str, without: Collection[str] = ()) -> bool:
    """Write the files that changed, each in one move; returns whether any did. `without`: who is kept out for now."""
    # A colon ends the name in this file: such a device can only come by HTTP, or through a system.
    lines = [
        f"{name}:{hashed}\n" for name, hashed in passwords(user, password) if ":" not in name and name not in without
    ]
    changed = [
        _put(folder / OWN, lines[0]),
        _put(folder / ACCESS, ACL.format(intake=user)),
        _put(folder / PASSWORDS, "".join(lines)),
    ]
    return any(changed)


def tell(folder: Path) -> bool:
    """Let the broker that runs on this folder read its files again; False when none does."""
    with suppress(OSError, ValueError):
        pid = int((folder / PID).read_text(encoding="ascii"))
        # The file outlives a broker that was killed; its number may be anybody's by now.
        if Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip() == "mosquitto":
            os.kill(pid, signal.SIGHUP)
            return True
    return False


def _put(path: Path, text: str) -> bool:
    with suppress(FileNotFoundError):
        if path.read_text(encoding="utf-8") == text:
            return False
    fresh = path.with_suffix(f".{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        if os.geteuid() == 0:  # the broker runs as the folder's owner
            owner = path.parent.stat()
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
    fresh.replace(path)
    return True


def _hashed(user: str, password: str) -> str:
    """Return our own line as the broker wants it; the same each time, so that a file is only new when it differs."""
    salt = hashlib.sha256(f"{user}:{password}".encode()).digest()[:12]
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(derived).decode()}"
