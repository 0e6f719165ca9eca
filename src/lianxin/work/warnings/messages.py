"""Who is told beside those a notice reaches: who decides on warnings, that one waits or that one has gone out."""

from lianxin.foundation.accounts.queries import holders
from lianxin.foundation.areas.queries import node
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry

from .models import State, WarningArea, WarningMessage

CONSUMER = "warnings.messages"
WAITS = Kind("warnings.waits", "预警待审", "预警等您审核：{title}", "来自{source}，审过才发给居民。", channels=("sms",))
RUNS = Kind("warnings.runs", "预警已发布", "预警已发布：{title}", "已通知所涉区域的居民和岗位。")
register(WAITS, RUNS)


@listens(CONSUMER, "warning.receive", "warning.wait")
def ask_for_a_look(entry: Entry) -> None:
    """Tell who decides there that a warning waits; at any hour."""
    row = _row(entry)
    if row is not None and row.state == State.WAITING:
        _tell(WAITS, row, entry, urgent=True)


@listens(CONSUMER, "warning.run")
def tell_deciders(entry: Entry) -> None:
    """Tell who decides there what goes out without them."""
    row = _row(entry)
    if row is not None and row.state == State.RUNNING and row.decided_by_id is None:
        _tell(RUNS, row, entry, urgent=False)


def _row(entry: Entry) -> WarningMessage | None:
    return WarningMessage.objects.select_related("source").filter(pk=entry.subject_id).first()


def _tell(kind: Kind, row: WarningMessage, entry: Entry, *, urgent: bool) -> None:
    people: set[int] = set()
    for pk in WarningArea.objects.filter(warning=row).values_list("area_id", flat=True)[:20]:
        place = node(pk)
        if place is not None:
            people.update(holders("warnings.issue", at=entry.at, place=place))
    title, body = render(kind.code, {"title": row.headline, "source": row.source.name})
    notifications.notify(
        people, kind=kind.code, title=title, body=body, link=f"/console/warnings/{row.key}/", entry_id=entry.id,
        urgent=urgent, at=entry.at,
    )  # fmt: skip
