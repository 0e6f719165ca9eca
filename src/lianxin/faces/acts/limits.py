"""How much one address may send by the open doors: enough for a whole neighbourhood behind it, not for a flood.

Staff and programs with a key are known by name and are not counted.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.throttle.counting import count

_SPAN: Final = timedelta(minutes=1)
_FILES_A_REPORT: Final = 10  # nine photos and a recording


def count_report(actor: Actor, address: str | None, *, at: datetime) -> None:
    """Count a report of a resident or of nobody known. Raises TooMany beyond the setting. One statement."""
    _count("report", actor, address, settings.REPORTS_A_MINUTE, at)


def count_upload(actor: Actor, address: str | None, *, at: datetime) -> None:
    """Count a file that is announced, as `count_report` does."""
    _count("upload", actor, address, settings.REPORTS_A_MINUTE * _FILES_A_REPORT, at)


def _count(what: str, actor: Actor, address: str | None, most: int, at: datetime) -> None:
    if most and actor.kind in {"anonymous", "resident"}:
        count(f"open.{what}", address or "", most=most, span=_SPAN, at=at)
