"""A running warning is told as one notice (通知) to residents and posts of its areas; it is taken back with it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Role
from lianxin.kernel import ids
from lianxin.kernel.text import clean, looks_personal
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.disclosure import actions as notices
from lianxin.work.disclosure import rules as telling
from lianxin.work.disclosure.models import Notice, NoticeKind
from lianxin.work.disclosure.models import State as NoticeState

from . import matching, rules
from .models import State, WarningArea, WarningMessage

_MOST_BODY = 4_800


def tell(row: WarningMessage, *, at: datetime) -> UUID | None:
    """Tell a warning that begins to run; returns the notice's key, None where nobody is meant."""
    fallen = WarningArea.objects.filter(warning=row).values_list("area_id", flat=True)
    where = matching.few(fallen, at, telling.MOST_AREAS)
    roles = told_roles()
    if not where or not (roles or row.is_public):
        return None
    wanted = telling.Wanted(
        kind=NoticeKind.WARNING, title=title_of(row), body=body_of(row), area_ids=where, to_public=row.is_public,
        to_roles=roles, points=[_discreet(point) for point in rules.points_of(row.instruction)],
        is_urgent=row.colour in rules.GRAVE, is_pinned=True, valid_until=row.expires_at,
        confirm_by=min(row.expires_at or at, at + rules.CONFIRM_WITHIN) if roles else None,
    )  # fmt: skip
    # The sender speaks; who let it through stands in the journal.
    speaker = replace(SYSTEM, name=row.sender_name)
    notice = notices.save_draft(speaker, key=ids.uuid7(at), wanted=wanted, at=at)
    return notices.publish(speaker, notice=notice, at=at).key


def take_back(row: WarningMessage, *, at: datetime) -> None:
    """Take the notice of a warning back that runs no more, and say why to those who have read it."""
    told = Notice.objects.filter(state=NoticeState.PUBLISHED)
    notice = told.filter(key=row.notice_key).first() if row.notice_key is not None else None
    if notice is not None:
        why = _("有新的预警代替。") if row.state == State.REPLACED else row.why or _("预警已经解除。")
        notices.withdraw(replace(SYSTEM, name=row.sender_name), notice=notice, reason=why, at=at)


def told_roles() -> list[str]:
    """Return the roles whose posts are told of warnings: those that may view them. One statement."""
    found = Role.objects.filter(permissions__contains=["warnings.view"]).order_by("sort", "code")
    return list(found.values_list("code", flat=True))


def title_of(row: WarningMessage) -> str:
    """Return a title a notice may bear."""
    said = clean(row.headline, telling.MOST_TITLE)
    return _discreet(said if len(said) >= 4 else _("预警：{what}").format(what=said or row.event))


def body_of(row: WarningMessage) -> str:
    """Return what is told: from when to when, what is to be expected, what to do."""
    parts = [span_words(row), row.description or row.headline]
    if row.instruction:
        parts += [_("怎么做："), row.instruction]
    return _discreet("\n".join(parts))[:_MOST_BODY]


def span_words(row: WarningMessage) -> str:
    """Say from when to when: 11月22日 14:00 起，到 11月22日 20:00."""
    begins, over = (
        f"{each.astimezone(ZONE):%m月%d日 %H:%M}" if each else "" for each in (row.begins_at, row.expires_at)
    )
    return _("{begins} 起，到 {over}。").format(begins=begins.lstrip("0"), over=over.lstrip("0"))


def _discreet(text: str) -> str:
    """Take out what looks like an identity or card number: everybody reads it."""
    for finding in reversed(looks_personal(text)):
        if finding.kind in {"id_number", "bank_card"}:
            text = f"{text[: finding.start]}…{text[finding.end :]}"
    return text
