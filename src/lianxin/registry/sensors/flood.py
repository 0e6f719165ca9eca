"""How many messages a device may send: a bucket of tokens for each, in the process that takes them.

Several intakes each have their own buckets: a limit for a device that went mad, not a quota.
"""

from dataclasses import dataclass, field


@dataclass
class Buckets:
    """Tokens of each device, and when they were last counted (seconds)."""

    _held: dict[int, tuple[float, float]] = field(default_factory=dict)

    def take(self, device_id: int, *, now: float, per_minute: int, burst: int) -> bool:
        """Take a token; False when the device has none left. A new device has `burst`."""
        tokens, then = self._held.get(device_id, (float(burst), now))
        # A clock that steps back gives nothing and takes nothing.
        tokens = min(float(burst), tokens + max(0.0, now - then) * per_minute / 60)
        if tokens < 1:
            self._held[device_id] = (tokens, max(now, then))
            return False
        self._held[device_id] = (tokens - 1, max(now, then))
        return True

    def forget(self) -> None:
        """Let every device begin anew."""
        self._held.clear()


buckets = Buckets()
