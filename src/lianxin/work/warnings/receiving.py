"""Take a CAP message from a source: kept once, matched to our areas, told at once or after somebody's look."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas.queries import AreaNode, atlas, node
from lianxin.kernel import ids
from lianxin.kernel.errors import NotAllowed, Refused
from lianxin.kernel.text import clean

from . import cap, change, matching, rules
from .models import Source, State, WarningMessage


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a message; `is_new` is false for one that was sent before."""

    warning: WarningMessage
    is_new: bool


@transaction.atomic
def receive(source: Source, *, document: bytes, at: datetime) -> Received:
    """Take one message. The same sent again changes nothing and answers the same.

    Raises cap.Faulty for what is no CAP, NotAllowed for a sender this source may not speak for, Refused for a source
    that is closed or a clock that runs ahead. What is noted of the source in such a case is the caller's to keep
    (`note_fault`), for nothing of this transaction stays.
    """
    alert = cap.read(document)
    source = change.locked(source.pk)
    _demand(source, alert, at)
    known = WarningMessage.objects.filter(
        source=source, identifier=alert.identifier, sender=alert.sender, sent=alert.sent
    ).first()
    if known is not None:
        return Received(known, is_new=False)
    row = _keep(source, alert, at)
    Source.objects.filter(pk=source.pk).update(received_at=at, faults=0, fault="")
    if change.counts(row):
        change.settle(SYSTEM, row.chain, at=at)
        row.refresh_from_db()
    return Received(row, is_new=True)


def _demand(source: Source, alert: cap.Alert, at: datetime) -> None:
    if source.closed_at is not None:
        raise Refused("source_closed", _("这个来源已经停用。"))
    if source.senders and alert.sender not in source.senders:
        raise NotAllowed("sender_not_allowed", _("这个来源不能以 {sender} 的名义发布。").format(sender=alert.sender))
    if alert.sent > at + rules.AHEAD:
        raise Refused("sent_ahead", _("sent 比现在晚了十分钟以上，请核对发送方的时钟。"))


def _keep(source: Source, alert: cap.Alert, at: datetime) -> WarningMessage:
    row = change.row_of(source, alert, key=ids.uuid7(at), at=at)
    infos, reach = rules.told_infos(alert), reach_of(source, at)
    if not change.counts(row) or row.is_end or not infos or reach is None:
        row.why = _why_untold(alert)
        row.decided_at = at
        row.save()
        change.journal(SYSTEM, row, "receive", at)
        return row
    found = matching.fall(infos, reach, at)
    row.is_elsewhere = not found.colours
    # Nobody looks at what is trusted and where it falls is known; nor at what falls elsewhere.
    row.decided_at = at if row.is_elsewhere or (source.is_trusted and found.is_sure) else None
    row.why = _("不在本地。") if row.is_elsewhere else "" if found.is_sure else _("没有说清在哪里，请核对范围。")
    row.colour = row.colour if row.is_elsewhere else rules.gravest(found.colours.values())
    row.state = State.NOTED if row.decided_at else State.WAITING
    row.save()
    change.link_areas(row, found.colours)
    change.journal(SYSTEM, row, "receive", at)
    return row


def _why_untold(alert: cap.Alert) -> str:
    """Say why a message is kept and not told."""
    if alert.status != "Actual":
        words = {"Exercise": _("演练，不对外发布。"), "Test": _("测试，不对外发布。")}
        return words.get(alert.status, _("不是正式消息，不对外发布。"))
    return clean(alert.note, 200) if alert.msg_type in {"Ack", "Error"} else ""


def reach_of(source: Source, at: datetime) -> AreaNode | None:
    """Return the area a source speaks for: what followed it where it has ended, else the whole place."""
    tree = atlas(at)
    if source.area_id in tree.by_id:
        return tree.by_id[source.area_id]
    ended = node(source.area_id)
    for pk in reversed(ended.path_ids if ended is not None else ()):
        if pk in tree.by_id:
            return tree.by_id[pk]
    return next(iter(tree.children(None)), None)


def note_fault(source: Source, *, sentence: str, at: datetime) -> None:
    """Note that a message, or a fetch, failed: its page shows it. Raises nothing, changes nothing else."""
    Source.objects.filter(pk=source.pk).update(
        faults=F("faults") + 1, fault=clean(sentence, 300), fault_at=at
    )  # fmt: skip
