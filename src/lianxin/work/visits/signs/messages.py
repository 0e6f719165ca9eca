"""Who is asked to look, step by step. What leaves the house names nobody; the page behind the link does, meanwhile."""

from datetime import datetime

from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import holders
from lianxin.foundation.accounts.rules import PHONE_CONTEXT
from lianxin.foundation.accounts.scoping import Spot
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.crypto import blind_indexes

from . import doors
from .models import Sign, SignDay

REMIND = Kind("signs.remind", "提醒报平安", "今天还没报平安", "点一下就好：{url}", channels=("sms",))
NEIGHBOUR = Kind(
    "signs.neighbour", "请邻居看一看", "您照看的邻居今天还没报平安",
    "请去敲敲门，再点这里告诉我们：{url}", channels=("sms",),
)  # fmt: skip
WORKER = Kind(
    "signs.worker", "平安信号没来", "有人今天没报平安，请马上联系", "先打电话，打不通就上门。", escalate_minutes=20
)
CLERK = Kind(
    "signs.clerk", "平安信号没人应", "有人没报平安，网格员没有联系上", "请社区马上安排人去看。", escalate_minutes=10
)
register(REMIND, NEIGHBOUR, WORKER, CLERK)
_LINKS = {"worker": "/console/visits/signs", "clerk": "/console/visits/signs"}


def remind(sign: Sign, *, at: datetime) -> None:
    """Send the person the link of the day."""
    if not sign.person.phone:
        return
    link = f"/signs/give/{doors.own_token(sign)}"
    title, body = render(REMIND.code, {"url": doors.address(link)})
    notifications.tell_address(
        sign.person.phone, channel="sms", kind=REMIND.code, title=title, body=body, link=link, urgent=True, at=at
    )


def ask(day: SignDay, *, at: datetime) -> None:
    """Ask whoever is next to look."""
    if day.state == SignDay.State.NEIGHBOUR:
        _ask_neighbour(day.sign, at)
    elif day.state == SignDay.State.WORKER:
        _ask_staff(WORKER, day, day.sign, at)
    else:
        sign = day.sign
        _ask_staff(CLERK, day, Spot(sign.street_id, sign.community_id), at)


def _ask_neighbour(sign: Sign, at: datetime) -> None:
    link = f"/signs/neighbour/{doors.neighbour_token(sign)}"
    title, body = render(NEIGHBOUR.code, {"url": doors.address(link)})
    phone = sign.neighbour_phone or ""
    notifications.tell_address(
        phone, channel="sms", kind=NEIGHBOUR.code, title=title, body=body, link=link, urgent=True, at=at
    )
    known = Account.objects.filter(phone_hash__in=_hashes(phone), kind=Account.Kind.RESIDENT, disabled_at=None)
    notifications.notify(
        known.values_list("pk", flat=True), kind=NEIGHBOUR.code, title=title, body="", link=link, urgent=True, at=at
    )


def _hashes(phone: str) -> list[bytes]:
    return blind_indexes(phone, PHONE_CONTEXT)


def _ask_staff(kind: Kind, day: SignDay, place: Sign | Spot, at: datetime) -> None:
    title, body = render(kind.code, {})
    people = holders("visits.signs", at=at, place=place)
    notifications.notify(
        people, kind=kind.code, title=title, body=body, link=f"{_LINKS[day.state]}/{day.sign.key}", urgent=True, at=at
    )


def take_back(day: SignDay, *, at: datetime) -> None:
    """Let nobody go on looking: what was sent inside is read, and goes to no substitute."""
    links = {f"{link}/{day.sign.key}" for link in _LINKS.values()}
    Message.objects.filter(link__in=links, read_at=None, created_at__gte=day.due_at).update(read_at=at)
