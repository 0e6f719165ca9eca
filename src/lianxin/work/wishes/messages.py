"""Who is told about letters: the desk, who took one, its sides. What was written never leaves the house."""

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry

from .models import Letter, Side
from .scoping import PERMISSION

CONSUMER = "wishes.messages"
_LOOK = "请打开心愿邮箱查看。"
CAME = Kind("wishes.came", "心愿邮箱来信", "来了一封信：{topic}", "谁先打开，谁负责到底。")
LATE = Kind("wishes.late", "来信超时未答", "有一封信过了时限还没有答复", _LOOK, ("sms",))
WROTE = Kind("wishes.wrote", "来信人又说了", "您负责的信有新的话", _LOOK)
SAID = Kind("wishes.said", "来信有结果", "您负责的信：{what}", _LOOK)
OFFERED = Kind("wishes.offered", "请接手来信", "请您接手一封信：{topic}", "写信人已经同意。接不接手，请打开后定。")
ANSWERED = Kind(
    "wishes.answered", "心愿邮箱有答复", "您的信有了答复", "您的信 {number} 有了答复，凭编号可以查看。", ("sms",)
)
ASKED = Kind(
    "wishes.asked", "心愿邮箱有事问您", "您的信有件事要您定", "您的信 {number} 有件事要您定，凭编号可以查看。", ("sms",)
)
SETTLED = Kind("wishes.settled", "心愿邮箱已办结", "您的信办结了", "您的信 {number} 办结了，请说说办得怎样。", ("sms",))
INVITED = Kind(
    "wishes.invited", "请您说说", "社区想听听您的说法",
    "有一件邻里间的事，社区想听听您怎么说，不用见面。请打开心愿邮箱，凭编号 {number} 和您的手机号查看。", ("sms",),
)  # fmt: skip
register(CAME, LATE, WROTE, SAID, OFFERED, ANSWERED, ASKED, SETTLED, INVITED)


@listens(CONSUMER, "wish.put", "wish.release")
def tell_desk(entry: Entry) -> None:
    """Tell who answers letters there, the nearest level only."""
    letter = Letter.objects.get(pk=entry.subject_id)
    if letter.state == Letter.State.WAITING:
        _tell_staff(CAME, letter, entry, _desk(letter, entry))


@listens(CONSUMER, "wish.late")
def tell_late(entry: Entry) -> None:
    """Tell who should have answered, their substitutes, and the street above."""
    letter = Letter.objects.get(pk=entry.subject_id)
    if letter.answered_at is not None or letter.ended_at is not None:
        return
    own = [letter.taken_by_id] if letter.taken_by_id is not None else _desk(letter, entry)
    standing_in = accounts.substitutes(own, at=entry.at).values()
    above = _desk(letter, entry, level="street") if letter.level == "community" else []
    _tell_staff(LATE, letter, entry, [*own, *standing_in, *above])


@listens(CONSUMER, "wish.write", "wish.reopen")
def tell_taker(entry: Entry) -> None:
    """Tell who took the letter that there is more to read."""
    letter = Letter.objects.get(pk=entry.subject_id)
    if letter.taken_by_id is not None and letter.ended_at is None:
        _tell_staff(WROTE, letter, entry, [letter.taken_by_id])


_WHAT = {
    "agree": "写信人同意了", "refuse": "写信人没有同意", "rate": "写信人作了评价", "withdraw": "写信人收回了信",
    "decline": "同事没有接手", "leave": "另一方退出了调解",
}  # fmt: skip


@listens(CONSUMER, *(f"wish.{act}" for act in _WHAT))
def tell_outcome(entry: Entry) -> None:
    """Tell who took the letter what the others decided; and a colleague that it may be taken over."""
    letter = Letter.objects.get(pk=entry.subject_id)
    if letter.taken_by_id is not None:
        _tell_staff(SAID, letter, entry, [letter.taken_by_id], what=_WHAT[entry.action])
    if entry.action == "agree" and entry.after.get("what") == "hand_over" and entry.after.get("to"):
        _tell_staff(OFFERED, letter, entry, [int(entry.after["to"])])


@listens(CONSUMER, "wish.reply", "wish.relay", "wish.ask", "wish.settle", "wish.invite")
def tell_side(entry: Entry) -> None:
    """Tell the side that was spoken to."""
    letter = Letter.objects.get(pk=entry.subject_id)
    kind = {"ask": ASKED, "settle": SETTLED, "invite": INVITED}.get(entry.action, ANSWERED)
    role = Side.Role.OTHER if entry.action == "invite" else entry.after.get("role", Side.Role.WRITER)
    side = letter.sides.filter(role=role, left_at=None).first()
    if side is None or letter.state == Letter.State.WITHDRAWN:
        return
    title, body = render(kind.code, {"number": side.number})
    link = f"/wishes/{side.number}"
    if side.account_id is not None:
        notifications.notify(
            [side.account_id], kind=kind.code, title=title, body=body, link=link, entry_id=entry.id, at=entry.at
        )
    elif side.phone:
        notifications.tell_address(
            side.phone, channel="sms", kind=kind.code, title=title, body=body, link=link, entry_id=entry.id,
            at=entry.at,
        )  # fmt: skip


class _At:
    """A place as one level sees it: nothing below."""

    def __init__(self, letter: Letter, level: str) -> None:
        self.street_id = letter.street_id if level in {"street", "community"} else None
        self.community_id = letter.community_id if level == "community" else None
        self.grid_id = None


def _desk(letter: Letter, entry: Entry, *, level: str = "") -> list[int]:
    return accounts.holders(PERMISSION, at=entry.at, place=_At(letter, level or letter.level))


def _tell_staff(kind: Kind, letter: Letter, entry: Entry, recipients: list[int], **values: str) -> None:
    title, body = render(kind.code, {"topic": letter.get_topic_display(), **values})
    people = [pk for pk in dict.fromkeys(recipients) if pk != entry.actor_id]
    notifications.notify(
        people, kind=kind.code, title=title, body=body, link=f"/console/wishes/{letter.key}", entry_id=entry.id,
        at=entry.at,
    )  # fmt: skip
