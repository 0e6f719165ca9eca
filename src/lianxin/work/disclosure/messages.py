"""Who is told what: staff of a new, changed or withdrawn notice; publishers of questions; askers of answers."""

from collections.abc import Iterable

from lianxin.foundation.accounts.queries import holders
from lianxin.foundation.areas.queries import node
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE

from .models import Notice, Question, Receipt, State

CONSUMER = "disclosure.messages"
NOTICE = Kind(
    "disclosure.notice", "通知", "通知：{title}", "{signed}发布，请打开看。", channels=("sms",), escalate_minutes=0
)
CALM = Kind("disclosure.calm", "一般通知", "通知：{title}", "{signed}发布，请打开看。")
AMENDED = Kind("disclosure.amended", "通知有改动", "通知有改动：{title}", "{note}")
WITHDRAWN = Kind("disclosure.withdrawn", "通知已撤回", "通知已撤回：{title}", "{note}")
REMIND = Kind("disclosure.remind", "提醒看通知", "还没看的通知：{title}", "请打开看一看，需要确认的请确认。")
LOOK = Kind("disclosure.look", "通知待复核", "请复核一份通知：{title}", "发布前要另一位同事看过。")
BACK = Kind("disclosure.back", "通知已退回", "通知退回修改：{title}", "{note}")
QUESTION = Kind("disclosure.question", "通知有人提问", "有人问：{title}", "请在 {due} 前答复。")
LATE = Kind("disclosure.late", "提问过期未答", "提问过了期还没有答复：{title}", "")
ANSWER = Kind("disclosure.answer", "提问有答复", "您的提问有答复：{title}", "{answer}")
register(NOTICE, CALM, AMENDED, WITHDRAWN, REMIND, LOOK, BACK, QUESTION, LATE, ANSWER)


@listens(CONSUMER, "notice.publish")
def tell_staff(entry: Entry) -> None:
    """Tell the staff it is meant for; an urgent one leaves by text message too, at any hour."""
    notice = Notice.objects.get(pk=entry.subject_id)
    if notice.state == State.PUBLISHED:
        kind = NOTICE if notice.is_urgent else CALM
        _tell(kind, _meant(notice), notice, entry, link=_reading(notice), urgent=notice.is_urgent)


@listens(CONSUMER, "notice.amend")
def tell_change(entry: Entry) -> None:
    """Tell the staff who had read it, and residents who asked about it, what has changed."""
    notice = Notice.objects.get(pk=entry.subject_id)
    if notice.state == State.PUBLISHED:
        _tell(AMENDED, _readers(notice), notice, entry, link=_reading(notice))
        _tell(AMENDED, _asking(notice), notice, entry, link=f"/notices/{notice.key}")


@listens(CONSUMER, "notice.withdraw")
def tell_withdrawal(entry: Entry) -> None:
    """Tell those who had read it that it does not hold any more, and why."""
    notice = Notice.objects.get(pk=entry.subject_id)
    if entry.after.get("was_out"):
        _tell(WITHDRAWN, _readers(notice), notice, entry, link=_reading(notice))
        _tell(WITHDRAWN, _asking(notice), notice, entry, link=f"/notices/{notice.key}")


@listens(CONSUMER, "notice.remind")
def remind(entry: Entry) -> None:
    """Remind those marked by the act."""
    notice = Notice.objects.get(pk=entry.subject_id)
    marked = Receipt.objects.filter(notice=notice, reminded_at=entry.at).values_list("account_id", flat=True)
    _tell(REMIND, marked, notice, entry, link=_reading(notice))


@listens(CONSUMER, "notice.ask")
def ask_for_a_look(entry: Entry) -> None:
    """Tell the others who may publish there that somebody waits for their look."""
    notice = Notice.objects.get(pk=entry.subject_id)
    others = set(holders("disclosure.publish", at=entry.at, place=node(notice.area_id))) - {notice.created_by_id}
    _tell(LOOK, others, notice, entry, link=_keeping(notice))


@listens(CONSUMER, "notice.send_back")
def tell_author(entry: Entry) -> None:
    """Tell the author why a notice came back."""
    notice = Notice.objects.get(pk=entry.subject_id)
    author = [notice.created_by_id] if notice.created_by_id and notice.created_by_id != entry.actor_id else []
    _tell(BACK, author, notice, entry, link=_keeping(notice))


@listens(CONSUMER, "notice_question.ask")
def tell_publisher(entry: Entry) -> None:
    """Tell who answers for the notice that somebody asks."""
    question = Question.objects.select_related("notice").filter(pk=entry.subject_id).first()
    if question is not None and question.answered_at is None:
        _tell_keepers(QUESTION, question, entry)


@listens(CONSUMER, "notice_question.late")
def tell_late(entry: Entry) -> None:
    """Tell them once more when its time is over."""
    question = Question.objects.select_related("notice").filter(pk=entry.subject_id).first()
    if question is not None and question.answered_at is None:
        _tell_keepers(LATE, question, entry)


@listens(CONSUMER, "notice_question.answer")
def tell_asker(entry: Entry) -> None:
    """Tell the asker the answer."""
    question = Question.objects.select_related("notice", "asked_by").filter(pk=entry.subject_id).first()
    if question is None or question.asked_by is None:
        return
    notice = question.notice
    link = f"/notices/{notice.key}" if question.asked_by.kind == "resident" else _reading(notice)
    _tell(ANSWER, [question.asked_by.pk], notice, entry, link=link, answer=question.answer)


def _tell_keepers(kind: Kind, question: Question, entry: Entry) -> None:
    notice = question.notice
    keepers = set(holders("disclosure.receipts", at=entry.at, place=node(notice.area_id)))
    if notice.unit_id is not None:
        keepers |= set(holders("disclosure.receipts", at=entry.at, unit_id=notice.unit_id))
    if notice.created_by_id is not None:
        keepers.add(notice.created_by_id)
    due = f"{question.due_at.astimezone(ZONE):%m月%d日 %H:%M}"
    _tell(kind, keepers, notice, entry, link=f"/console/notices/questions/{question.key}", due=due)


def _meant(notice: Notice) -> Iterable[int]:
    return Receipt.objects.filter(notice=notice).values_list("account_id", flat=True)


def _readers(notice: Notice) -> Iterable[int]:
    return Receipt.objects.filter(notice=notice, read_at__isnull=False).values_list("account_id", flat=True)


def _asking(notice: Notice) -> set[int]:
    """Return the residents who asked about it."""
    found = Question.objects.filter(notice=notice, post="", asked_by__isnull=False)
    return {pk for pk in found.values_list("asked_by_id", flat=True) if pk is not None}


def _reading(notice: Notice) -> str:
    return f"/console/notices/in/{notice.key}"


def _keeping(notice: Notice) -> str:
    return f"/console/notices/{notice.key}/"


def _tell(
    kind: Kind, people: Iterable[int], notice: Notice, entry: Entry, *, link: str, urgent: bool = False, **more: str
) -> None:
    values = {"title": notice.title, "signed": notice.signed, "note": entry.note, **more}
    title, body = render(kind.code, values)
    notifications.notify(
        people, kind=kind.code, title=title, body=body, link=link, entry_id=entry.id, urgent=urgent, at=entry.at
    )
