"""Hand findings to the grid: a task with a day; it is done when the findings are gone."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.journal.writing import append
from lianxin.registry.sources.requests import today

from .checks import BY_CODE
from .models import Finding, Task

TASK = Kind("quality.task", "数据核实任务")
register(TASK)
_LABEL = "派数据核实任务"
MOST_DAYS = 92


@transaction.atomic
def assign(actor: Actor, *, grid: AreaNode, check: str, due_date: date, at: datetime, note: str = "") -> Task:
    """Give the open findings of one check in a grid to its workers, to be mended by a day; they are told.

    Raises NotAllowed, Invalid for a day that is past or too far, Refused when there is nothing or it is given already.
    """
    demand(actor, "quality.assign", _LABEL, grid)
    if check not in BY_CODE:
        raise Invalid({"check": _("没有这项检查。")})
    if not 0 <= (due_date - today(at)).days <= MOST_DAYS:
        raise Invalid({"due_date": _("请定今天以后三个月以内的日子。")})
    findings = Finding.objects.open().filter(grid_id=grid.id, check_code=check)
    if Task.objects.filter(grid_id=grid.id, check_code=check, done_at=None, withdrawn_at=None).exists():
        raise Refused("task_given", _("这个网格的这一类已经派出去了，还没核实完。"))
    if not findings.exists():
        raise Refused("nothing_to_mend", _("这个网格现在没有这类问题。"))
    task = Task.objects.create(
        check_code=check, street_id=grid.street_id, community_id=grid.community_id, grid_id=grid.id,
        due_date=due_date, note=note.strip()[:200], at=at, by_id=actor.account_id, by_label=actor.name[:120],
    )  # fmt: skip
    count = findings.update(task=task)
    told = {"check": check, "count": count}
    append([draft(actor, "quality_task", task.pk, "assign", at=at, after=told)])
    _tell(task, grid, count, at)
    return task


@transaction.atomic
def withdraw(actor: Actor, *, task: Task, at: datetime) -> Task:
    """Take a task back; its findings stay open. Raises NotAllowed, Refused when it is over."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    demand(actor, "quality.assign", _LABEL, task)
    if task.done_at is not None or task.withdrawn_at is not None:
        raise Refused("task_over", _("这个任务已经结束。"))
    task.withdrawn_at = at
    task.save(update_fields=["withdrawn_at"])
    Finding.objects.filter(task=task).update(task=None)
    append([draft(actor, "quality_task", task.pk, "withdraw", at=at)])
    return task


def _tell(task: Task, grid: AreaNode, count: int, at: datetime) -> None:
    check = BY_CODE[task.check_code]
    workers = accounts.holders("people.edit", place=grid, at=at)
    title = _("{grid}：{label}，{count} 条要核实").format(grid=grid.name, label=check.label, count=count)
    body = _("{remedy}。{month}月{day}日前改好就行，改一条少一条。").format(
        remedy=check.remedy, month=task.due_date.month, day=task.due_date.day
    )
    link = f"/console/data/quality/tasks/{task.pk}/"
    notifications.notify(workers, kind=TASK.code, title=title, body=body, link=link, at=at)
