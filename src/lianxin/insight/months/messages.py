"""Who is told of appeals: those who answer there, and then the worker."""

from lianxin.foundation.accounts.queries import holders
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry

from .figures import FIGURES
from .models import Appeal

APPEAL = Kind("months.appeal", "月报申诉", "有人对月报数字申诉：{figure}", "{post}，请看过答复。")
ANSWER = Kind("months.answer", "月报申诉有答复", "月报申诉有答复：{figure}", "{answer}")
register(APPEAL, ANSWER)


@listens("months.messages", "month_appeal.appeal")
def tell_answerers(entry: Entry) -> None:
    """Tell who answers nearest to the worker; never the worker."""
    found = Appeal.objects.get(pk=entry.subject_id)
    if found.answered_at is None:
        people = set(holders("months.answer", at=entry.at, place=found)) - {found.account_id}
        _tell(APPEAL, people, found, entry, link=f"/console/appeals/{found.key}")


@listens("months.messages", "month_appeal.answer")
def tell_worker(entry: Entry) -> None:
    """Tell the worker what was said."""
    found = Appeal.objects.get(pk=entry.subject_id)
    _tell(ANSWER, {found.account_id}, found, entry, link=f"/console/me/month?month={found.month:%Y-%m}")


def _tell(kind: Kind, people: set[int], found: Appeal, entry: Entry, *, link: str) -> None:
    one = FIGURES.get(found.code)
    values = {"figure": one.label if one else found.code, "post": found.post, "answer": found.answer}
    title, body = render(kind.code, values)
    notifications.notify(people, kind=kind.code, title=title, body=body, link=link, entry_id=entry.id, at=entry.at)
