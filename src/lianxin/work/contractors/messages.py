"""What units are told of their contractors; and the words of the text message that carries a link."""

from datetime import datetime

from lianxin.foundation.notifications.kinds import Kind, register
from lianxin.kernel.worktime.calendars import ZONE

DONE = Kind("contractors.done", "施工方办好", "施工方说办好了，请确认 {tail}", "照片已传上来，看过再确认或退回。", ())
register(DONE)


def invitation(unit: str, address: str, until: datetime) -> str:
    """Return the text message for the contractor: no place, no matter, only the way in."""
    return f"{unit}请您办一件活，{until.astimezone(ZONE):%-m月%-d日 %H:%M} 前有效，别转给别人：{address}"
