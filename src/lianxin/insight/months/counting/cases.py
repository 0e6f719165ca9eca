"""Figures from cases: what was handled and what came of it; checks and verifications done in time."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.foundation.accounts.actor import Actor
from lianxin.insight.months.figures import Counted, Thing, Work, figure, things
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.models import Assignment, Case, Clock, FieldTask
from lianxin.work.cases.words import AssignmentState


def _late(subject: str) -> Exists:
    """Tell whether the clock of an assignment or a field task ran over; pauses that were granted move its end."""
    own = Clock.objects.filter(case_id=OuterRef("case_id"), subject=subject, subject_id=OuterRef("pk"))
    return Exists(own.filter(Q(overdue_at__isnull=False) | Q(stopped_at__gt=F("due_at"))))


@dataclass(frozen=True, slots=True)
class _Done:
    """One case the worker has done with, and how that went."""

    case_id: int
    is_late: bool
    came_back: bool
    satisfaction: str


def _done(work: Work) -> list[_Done]:
    """Return what was done in the month, each case once, by its last time. One statement for all figures."""
    if "done" not in work.kept:
        mine = Q(handler_id=work.account_id) | Q(post_id__in=work.post_ids, handler=None)
        rows = Assignment.objects.filter(
            mine, state=AssignmentState.DONE, ended_at__gte=work.begins, ended_at__lt=work.ends
        )
        found = rows.annotate(late=_late("assignment")).order_by("ended_at", "pk").values_list(
            "case_id", "late", "case__reworks", "case__reopens", "case__satisfaction"
        )  # fmt: skip
        last = {case_id: _Done(case_id, late, bool(reworks or reopens), said)
                for case_id, late, reworks, reopens, said in found}  # fmt: skip
        work.kept["done"] = list(last.values())
    return work.kept["done"]  # type: ignore[return-value]


@figure(
    "handled", order=10, unit=gettext_lazy("件"), thing="case", label=gettext_lazy("办好的事"),
    definition=gettext_lazy("这个月由您办好（含当场解决）的案件，同一件只算一次。"),
)  # fmt: skip
def handled(work: Work) -> Counted:
    """Count what was done."""
    return Counted([row.case_id for row in _done(work)])


@figure(
    "on_time", order=20, unit=gettext_lazy("件"), thing="case", label=gettext_lazy("按时办好"),
    definition=gettext_lazy("办好的事里，您这一段没有超时的。挂账、延期批准的时间不算。"),
)  # fmt: skip
def on_time(work: Work) -> Counted:
    """Count what was done within its limit; pauses that were granted move the limit."""
    return Counted([row.case_id for row in _done(work) if not row.is_late], [row.case_id for row in _done(work)])


@figure(
    "lasting", order=30, unit=gettext_lazy("件"), thing="case", label=gettext_lazy("没有返工"),
    definition=gettext_lazy("办好的事里，到统计时没有被要求返工、也没有重办的。"),
)  # fmt: skip
def lasting(work: Work) -> Counted:
    """Count what did not come back by the time of counting."""
    return Counted([row.case_id for row in _done(work) if not row.came_back], [row.case_id for row in _done(work)])


@figure(
    "satisfied", order=40, unit=gettext_lazy("件"), thing="case", label=gettext_lazy("居民满意"),
    definition=gettext_lazy("办好的事里，居民作了评价的；满意和基本满意都算。"),
)  # fmt: skip
def satisfied(work: Work) -> Counted:
    """Count what its reporter was content with, among what was rated."""
    rated = [row for row in _done(work) if row.satisfaction]
    return Counted([row.case_id for row in rated if row.satisfaction != "not"], [row.case_id for row in rated])


@figure(
    "checked", order=50, unit=gettext_lazy("次"), thing="field_task", label=gettext_lazy("按时核实核查"),
    definition=gettext_lazy("这个月由您完成的核实和核查里，没有超时的。结果是“属实”还是“不属实”都一样算。"),
)  # fmt: skip
def checked(work: Work) -> Counted:
    """Count checks and verifications done within their limit, whatever they found."""
    mine = FieldTask.objects.filter(done_by_id=work.account_id, done_at__gte=work.begins, done_at__lt=work.ends)
    tasks = dict(mine.annotate(late=_late("field_task")).order_by("done_at", "pk").values_list("pk", "late"))
    return Counted([pk for pk, late in tasks.items() if not late], list(tasks))


@things("case")
def cases(actor: Actor, ids: Sequence[int]) -> list[Thing]:
    """Say which cases; of one that lies elsewhere now only the number."""
    seen = Exists(Case.objects.visible_to(actor).filter(pk=OuterRef("pk")))
    light = Case.objects.only("title", "number", "handled_at", "ended_at", "reported_at")
    rows = {case.pk: case for case in light.filter(pk__in=list(ids)).annotate(is_seen=seen)}
    return [_case(rows[pk], is_seen=bool(getattr(rows[pk], "is_seen", False))) for pk in ids if pk in rows]


def _case(case: Case, *, is_seen: bool) -> Thing:
    when = case.handled_at or case.ended_at or case.reported_at
    title = case.title if is_seen else _("案件 {number}").format(number=case.number)
    return Thing(case.pk, title, f"{when.astimezone(ZONE):%m月%d日}", case.number if is_seen else "")


@things("field_task")
def field_tasks(actor: Actor, ids: Sequence[int]) -> list[Thing]:
    """Say which checks and verifications, by their cases."""
    rows = FieldTask.objects.select_related("case").in_bulk(list(ids))
    seen = {thing.id: thing for thing in cases(actor, [row.case_id for row in rows.values()])}
    return [_task(rows[pk], seen[rows[pk].case_id]) for pk in ids if pk in rows]


def _task(task: FieldTask, case: Thing) -> Thing:
    when = task.done_at or task.asked_at
    return Thing(task.pk, f"{task.get_kind_display()}：{case.title}", f"{when.astimezone(ZONE):%m月%d日}", case.number)
