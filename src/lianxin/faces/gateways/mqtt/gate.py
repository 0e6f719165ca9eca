"""The gate at the broker: opened once somebody listens, kept by the register, shut to a device that floods.

Who was turned away is counted.
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Collection, Iterable
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
SETTLING = 5.0  # seconds after the gate was opened in which those turned away before may still be told of
# A device that goes on after all it sends is refused: so many refused within so many seconds, and it is kept out.
FLOOD, WITHIN, SHUT_FOR = 2_000, 10.0, 600.0
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
        self._listening = 0
        self._deaf_until = 0.0
        self._floods: Counter[str] = Counter()
        self._floods_since = 0.0
        self.shut: dict[str, float] = {}  # device → until when

    @property
    def is_due(self) -> bool:
        """Whether a second has passed."""
        return time.monotonic() >= self._again_at

    def look(self, lines: Iterable[str], *, listening: int, at: datetime) -> None:
        """Count who was turned away; rewrite the lists when the register has changed, or `listening` began anew.

        `listening` numbers the subscriptions: with each new one the broker may have started anew.
        """
        now = time.monotonic()
        self._again_at = now + EVERY
        if now >= self._days_at:
            partitions.ready(at=at)
            self._days_at = now + DAYS_EVERY
        numbers = versions.read()
        refused = [found[1] for line in lines if (found := _REFUSED.search(line))]
        if refused and now >= self._deaf_until:
            known = register.at(numbers)
            counting.note({}, [_refusal(name, known) for name in refused], at=at)
        has_begun = listening != self._listening
        if has_begun:
            self._listening, self._seen = listening, None
        if any(until <= now for until in self.shut.values()):
            self.shut = {number: until for number, until in self.shut.items() if until > now}
            self._seen = None
        if self.folder is not None and numbers.get(NAME, 0) != self._seen:
            self._seen = numbers.get(NAME, 0)
            was_shut = keep_lists(self.folder, without=self.shut)
            if has_begun and was_shut:
                self._deaf_until = now + SETTLING

    def note_floods(self, numbers: Iterable[str]) -> None:
        """Note of whom messages were refused as too many; who does not stop is kept out for ten minutes."""
        now = time.monotonic()
        if now - self._floods_since > WITHIN:
            self._floods.clear()
            self._floods_since = now
        self._floods.update(numbers)
        mad = {number for number, count in self._floods.items() if count >= FLOOD} - self.shut.keys()
        if mad and self.folder is not None:
            log.warning("kept out for ten minutes, since they flood: %s", " ".join(sorted(mad)))
            self.shut |= dict.fromkeys(mad, now + SHUT_FOR)
            self._seen, self._again_at, self._deaf_until = None, now, now + SHUT_FOR


def keep_lists(folder: Path, *, without: Collection[str] = ()) -> bool:
    """Bring the broker's lists up to date and tell it; returns whether anything had changed."""
    changed = accounts.write(folder, user=settings.MQTT_USER, password=settings.MQTT_PASSWORD, without=without)
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
