"""A hazard that others must remove becomes a case (转为案件); when the case ends, somebody looks again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.kernel.errors import NotAllowed, Refused
from lianxin.kernel.files.actions import store
from lianxin.kernel.files.models import FileKind
from lianxin.kernel.files.queries import files_of, open_file
from lianxin.kernel.ids import uuid7
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Channel, Kind, Severity
from lianxin.work.patrols.models import Hazard
from lianxin.work.patrols.words import IN_LEDGER, Grade, HazardState

from .hazards import SUBJECT, found, may_follow, write

_MOST = 4  # photos that go along


@transaction.atomic
def hand_over(actor: Actor, *, key: UUID, hazard_key: UUID, at: datetime, seen: int | None = None) -> Hazard:
    """Report a hazard as a case, photos and place with it. The same `key` is the same case.

    Raises NotFound, NotAllowed, Stale, Refused when a case is under way.
    """
    row = found(actor, hazard_key, seen=seen)
    if not may_follow(actor, row):
        raise NotAllowed("patrols.walk", _("您的岗位不能转办这条隐患。"))
    if row.case_id is not None:
        if Case.objects.filter(pk=row.case_id, ended_at=None).exists():
            raise Refused("case_open", _("已经转成案件 {number}，还在办。").format(number=row.case_number))
        row.case_id = None  # it came back: another case
    report = cases.Report(
        text=_("{what}（隐患台账 {number}）").format(what=row.what, number=row.number),
        title=row.what[:60], channel=Channel.WORKER, kind=Kind.HAZARD,
        severity=Severity.PRESSING if row.grade == Grade.MAJOR else Severity.NORMAL,
        point=row.place, area_id=None if row.place else row.area_id, address=row.address, claimed_at=row.found_at,
        files=tuple(_copies(row, actor, at)),
    )  # fmt: skip
    case = cases.report(actor, client_id=key, report=report, at=at)
    row.case_id, row.case_number = case.pk, case.number
    if row.state == HazardState.REPORTED:
        row.state = HazardState.OPEN
    return write(actor, row, "hand_over", ["case_id", "case_number", "state"], at=at)


def _copies(row: Hazard, actor: Actor, at: datetime) -> list[UUID]:
    """Store the photos once more for the case: a file belongs to one matter."""
    keys = []
    for file in files_of(SUBJECT, row.pk).filter(kind=FileKind.PHOTO)[:_MOST]:
        with open_file(file) as content:
            data = content.read()
        kept = store(data, kind=FileKind.PHOTO, label="before_near", by_id=actor.account_id, key=uuid7(at), at=at)
        keys.append(kept.key)
    return keys


@transaction.atomic
def case_ended(case_id: int, *, at: datetime) -> int:
    """Let hazards whose case has ended wait for somebody to look again; returns how many. Twice is as once."""
    rows = Hazard.objects.select_for_update().filter(
        case_id=case_id, state__in=sorted(IN_LEDGER - {HazardState.RECHECK})
    )
    waiting = list(rows.order_by("pk"))
    for row in waiting:
        row.state = HazardState.RECHECK
        write(SYSTEM, row, "recheck", ["state"], at=at)
    return len(waiting)
