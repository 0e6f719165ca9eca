"""Which channels a message takes, when it may leave, and how often it is tried: pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid

from .kinds import Kind

INBOX = "inbox"
# After each failed try: how long to wait. After the last one the delivery is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 720))
# A claimed delivery that nobody has settled by then is tried again: its worker has died.
LEASE = timedelta(minutes=2)
QUIET = (time(22), time(7))


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one person has chosen: channels by kind, and the hours in which only urgent messages leave."""

    channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quiet: tuple[time, time] | None = QUIET

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Preferences":
        """Read `account.preferences["notifications"]`."""
        quiet = kept.get("quiet", ["22:00", "07:00"])
        return cls(
            channels={code: tuple(names) for code, names in kept.get("channels", {}).items()},
            quiet=(time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None,
        )


def check_preferences(given: Mapping[str, Any], known_channels: set[str]) -> dict[str, Any]:
    """Return preferences fit to keep, or raise Invalid."""
    channels = given.get("channels", {})
    quiet = given.get("quiet")
    if not isinstance(channels, dict) or any(set(names) - known_channels for names in channels.values()):
        raise Invalid({"channels": _("没有这种提醒方式。")})
    if quiet:
        try:
            begin, end = (time.fromisoformat(moment) for moment in quiet)
        except (ValueError, TypeError):
            raise Invalid({"quiet": _("免打扰时间应是两个钟点，例如 22:00 和 07:00。")}) from None
        if begin == end:
            raise Invalid({"quiet": _("免打扰的开始和结束不能是同一个钟点。")})
    return {
        "channels": {code: sorted(set(names) - {INBOX}) for code, names in channels.items()},
        "quiet": list(quiet) if quiet else None,
    }


def channels_for(kind: Kind, chosen: Preferences, *, urgent: bool) -> tuple[str, ...]:
    """Return the channels beside the inbox. A person may add or leave channels; an urgent one keeps the kind's own."""
    own = chosen.channels.get(kind.code, kind.channels)
    return tuple(dict.fromkeys((*own, *kind.channels))) if urgent else own


def leaves_at(at: datetime, chosen: Preferences, zone: ZoneInfo, *, urgent: bool) -> datetime:
    """Return when a message may leave: at once, or when the quiet hours of its reader end."""
    if urgent or chosen.quiet is None:
        return at
    begin, end = chosen.quiet
    here = at.astimezone(zone)
    now = here.time()
    quiet = begin <= now < end if begin < end else (now >= begin or now < end)
    if not quiet:
        return at
    day = here.date() if now < end else here.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=zone)


def next_try(tries: int, at: datetime) -> datetime | None:
    """Return when to try again after so many tries, or None to give up."""
    return at + PAUSES[tries - 1] if tries <= len(PAUSES) else None
