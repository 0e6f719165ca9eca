"""The gate at the broker: its lists follow the register, and those it turned away are counted."""

import logging
import re
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.kernel import versions
from lianxin.registry.sensors import counting, partitions
from lianxin.registry.sensors.counting import Refusal
from lianxin.registry.sensors.register import NAME, Register, register

from . import accounts

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between two looks at the register
DAYS_EVERY = 600.0  # seconds between two looks whether there is a day to keep readings in
# Mosquitto 2.0.11 names nobody; later ones name the client.
_REFUSED = re.compile(r"Client (\S+)(?: \[[^\]]*\])? disconnected,? (?:not authorised|due to: Not authorized)")


class Gate:
    """Looks after a broker's folder, if it has one of ours; counts refused connections in any case."""

    def __init__(self, folder: Path | None = None) -> None:
        """Name the folder; nothing is read yet."""
        self.folder = folder
        self._seen: int | None = None
        self._again_at = 0.0
        self._days_at = 0.0

    @property
    def is_due(self) -> bool:
        """Whether a second has passed."""
        return time.monotonic() >= self._again_at

    def look(self, lines: Iterable[str], *, at: datetime) -> None:
        """Count who was turned away, and rewrite the lists when the register has changed."""
        now = time.monotonic()
        self._again_at = now + EVERY
        if now >= self._days_at:
            partitions.ready(at=at)
            self._days_at = now + DAYS_EVERY
        numbers = versions.read()
        refused = [found[1] for line in lines if (found := _REFUSED.search(line))]
        if refused:
            known = register.at(numbers)
            counting.note({}, [_refusal(name, known) for name in refused], at=at)
        if self.folder is not None and numbers.get(NAME, 0) != self._seen:
            self._seen = numbers.get(NAME, 0)
            keep_lists(self.folder)


def keep_lists(folder: Path) -> bool:
    """Bring the broker's lists up to date and tell it; returns whether anything had changed."""
    changed = accounts.write(folder, user=settings.MQTT_USER, password=settings.MQTT_PASSWORD)
    if changed:
        log.info("the broker's lists are written anew%s", "; it was told" if accounts.tell(folder) else "")
    return changed


def _refusal(client: str, known: Register) -> Refusal:
    """Return whom the broker turned away: known by the name of its client, where the broker says it and it is one."""
    device = known.devices.get(client.upper())
    system = known.systems.get(client, 0)
    sentence = _("连接时编号或密钥不对，代理没有放行。")
    if device is not None or system:
        device_id, system_id = (device.id, device.system_id) if device is not None else (0, system)
        return Refusal(0, "wrong_key", client[:40], sentence, device_id, system_id)
    return Refusal(0, "wrong_key", "", sentence)
