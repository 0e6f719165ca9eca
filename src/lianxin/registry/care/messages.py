"""Who is told about tags: that one expires soon, or has ended by itself. Nobody's name or need leaves the house."""

from collections.abc import Iterable

from lianxin.foundation.accounts.queries import holders
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE

from .models import CareTag

EXPIRING = Kind(
    "care.expiring",
    "关爱标签将到期",
    "一项关爱信息 {day} 到期，请复核",
    "到期没有续期会自动结束。请上门看过，再决定续期或结束。",
)
EXPIRED = Kind("care.expired", "关爱标签已到期", "一项关爱信息已到期结束", "仍然需要的，请重新核实后设置。")
register(EXPIRING, EXPIRED)


@listens("care.messages", "care.remind")
def tell_expiring(entry: Entry) -> None:
    """Tell who set a tag, and the grid worker who serves there."""
    tag = CareTag.objects.select_related("person").get(pk=entry.subject_id)
    if tag.ended_at is None:
        _tell(EXPIRING, tag, entry, {"day": tag.expires_at.astimezone(ZONE).strftime("%m月%d日")})


@listens("care.messages", "care.expire")
def tell_expired(entry: Entry) -> None:
    """Tell the same that it has ended."""
    _tell(EXPIRED, CareTag.objects.select_related("person").get(pk=entry.subject_id), entry, {})


def _tell(kind: Kind, tag: CareTag, entry: Entry, values: dict[str, str]) -> None:
    title, body = render(kind.code, values)
    notifications.notify(
        _people(tag, entry), kind=kind.code, title=title, body=body, link=f"/console/base/people/{tag.person.key}/",
        entry_id=entry.id, at=entry.at,
    )  # fmt: skip


def _people(tag: CareTag, entry: Entry) -> Iterable[int]:
    setter = {tag.set_by_id} if tag.set_by_id is not None else set()
    return setter | set(holders("care.view", at=entry.at, place=tag))
