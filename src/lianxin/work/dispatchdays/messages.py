"""Who is told what: units of the day and of their items, the leader, the office of what leaders put there."""

from datetime import datetime

from lianxin.foundation.accounts.queries import holders
from lianxin.foundation.accounts.scoping import Spot
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE

from .models import ANSWER, PREPARE, DispatchDay, Item, Promise

CONSUMER = "dispatchdays.messages"
INVITED = Kind("dispatchdays.invited", "调度日通知", "{when} 领导调度日", "{count}请在 {until} 前书面答复。", ("sms",))
MOVED = Kind("dispatchdays.moved", "调度日改期", "调度日改到 {when}", "{place}", ("sms",))
OFF = Kind("dispatchdays.off", "调度日取消", "{when} 的调度日取消了", "议题顺延到下一次。", ("sms",))
PUT = Kind("dispatchdays.put", "领导要过问", "领导放进调度日清单 {count} 件", "请核对议题和要请的单位。")
DECIDED = Kind("dispatchdays.decided", "调度日决定", "调度日有了决定", "请打开看本单位要办什么。")
ANSWERS = Kind("dispatchdays.answers", "调度日待答复", "调度日议题还没有答复", "请在 {until} 前书面答复。", ("sms",))
PROMISED = Kind("dispatchdays.promised", "承诺快到期", "承诺明天到期", "{title}", ())
register(INVITED, MOVED, OFF, PUT, DECIDED, ANSWERS, PROMISED)


def link(day: DispatchDay) -> str:
    """Return the address of a day's page."""
    return f"/console/dispatch-days/{day.key}/"


def _when(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%-m月%-d日 %H:%M}"


def _values(day: DispatchDay) -> dict[str, object]:
    return {"when": _when(day.starts_at), "until": _when(day.answers_until), "place": day.place or "地点不变"}


def _tell(kind: Kind, people: list[int], day: DispatchDay, entry: Entry, **more: object) -> None:
    title, body = render(kind.code, _values(day) | more)
    recipients = [pk for pk in people if pk != entry.actor_id]
    notifications.notify(
        recipients, kind=kind.code, title=title, body=body, link=link(day), entry_id=entry.id, at=entry.at
    )


def _of_units(units: list[int], at: datetime) -> list[int]:
    return sorted({pk for unit in units for pk in holders(ANSWER, unit_id=unit, at=at)})


@listens(CONSUMER, "dispatch_day.announce")
def invite(entry: Entry) -> None:
    """Tell the units that are asked in, each how many items it is asked about; and the leader."""
    day = DispatchDay.objects.select_related("leader_post").get(pk=entry.subject_id)
    asked = list(day.items.filter(state=Item.State.LISTED).values_list("unit_ids", flat=True))
    for unit in entry.after.get("told", []):
        own = sum(unit in ids for ids in asked)
        said = f"{own} 项请您单位答复，" if own else ""
        _tell(INVITED, _of_units([unit], entry.at), day, entry, count=said)
    _tell(INVITED, [day.leader_post.account_id], day, entry, count=f"{len(asked)} 项议题。单位")


@listens(CONSUMER, "dispatch_day.amend", "dispatch_day.call_off")
def move(entry: Entry) -> None:
    """Tell the units that know of the day that its time or place has changed, or that it will not be."""
    day = DispatchDay.objects.select_related("leader_post").get(pk=entry.subject_id)
    if entry.action == "amend" and not entry.after.get("moved"):
        return
    people = _of_units(entry.after.get("units", []), entry.at)
    _tell(OFF if entry.action == "call_off" else MOVED, [*people, day.leader_post.account_id], day, entry)


@listens(CONSUMER, "dispatch_day.put")
def put(entry: Entry) -> None:
    """Tell the office what a leader wants to deal with."""
    if entry.after.get("by_leader"):
        day = DispatchDay.objects.get(pk=entry.subject_id)
        people = holders(PREPARE, place=Spot(day.street_id), at=entry.at)
        _tell(PUT, people, day, entry, count=entry.after.get("count", 0))


@listens(CONSUMER, "dispatch_day.decide")
def decided(entry: Entry) -> None:
    """Tell the units asked about an item what was decided; those that get a case by it hear of that as well."""
    day = DispatchDay.objects.get(pk=entry.subject_id)
    item = Item.objects.filter(day=day, key=entry.after.get("item")).first()
    if item is not None:
        lead = entry.after.get("lead")
        _tell(DECIDED, _of_units([*item.unit_ids, *([lead] if lead else [])], entry.at), day, entry)


def remind_answers(day: DispatchDay, units: list[int], *, at: datetime) -> None:
    """Tell units whose written answer is still missing."""
    title, body = render(ANSWERS.code, _values(day))
    notifications.notify(_of_units(units, at), kind=ANSWERS.code, title=title, body=body, link=link(day), at=at)


def remind_promise(promise: Promise, day: DispatchDay, *, at: datetime) -> None:
    """Tell a unit that what it promised is due tomorrow."""
    title, body = render(PROMISED.code, {"title": promise.words[:80]})
    people = _of_units([promise.unit_id], at)
    notifications.notify(people, kind=PROMISED.code, title=title, body=body, link=link(day), at=at)
