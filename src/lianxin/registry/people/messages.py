"""Who is told when residents use their rights: who answers, and the resident; never what it is about."""

from lianxin.foundation.accounts.queries import holders
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE

from .models import Ask

ASKED = Kind("people.asked", "居民的个人信息申请", "居民提出个人信息申请：{kind}", "请在 {day} 前答复。")
ANSWERED = Kind("people.answered", "个人信息申请有结果", "您的个人信息申请有结果了", "请到“我的信息”查看。")
register(ASKED, ANSWERED)


@listens("people.messages", "person.ask")
def tell_who_answers(entry: Entry) -> None:
    """Tell who answers where the resident lives, with the day it must be done by."""
    ask = Ask.objects.filter(person_id=entry.subject_id, asked_at=entry.at).order_by("-pk").first()
    if ask is None or ask.state != Ask.State.ASKED:
        return
    day = ask.due_at.astimezone(ZONE).strftime("%m月%d日")
    title, body = render(ASKED.code, {"kind": Ask.Kind(ask.kind).label, "day": day})
    notifications.notify(
        holders("people.answer", at=entry.at, place=ask), kind=ASKED.code, title=title, body=body,
        link="/console/data/asks/", entry_id=entry.id, at=entry.at,
    )  # fmt: skip


@listens("people.messages", "person.answer")
def tell_the_resident(entry: Entry) -> None:
    """Tell who asked that there is an answer."""
    for ask in Ask.objects.filter(person_id=entry.subject_id, answered_at=entry.at).order_by("pk"):
        title, body = render(ANSWERED.code, {})
        notifications.notify(
            [ask.account_id],
            kind=ANSWERED.code,
            title=title,
            body=body,
            link="/me/data",
            entry_id=entry.id,
            at=entry.at,
        )
