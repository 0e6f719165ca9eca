"""Field tasks (现场任务): what somebody is asked to look at, and what they saw."""

from lianxin.kernel.geometry.points import Point, distance
from lianxin.work.cases.change import Change
from lianxin.work.cases.models import FieldTask


def ask(
    change: Change, kind: str, *, clock: str, post_id: int | None = None, request: str = "", mode: str = "field"
) -> FieldTask:
    """Ask the field to look; the task gets a clock of its own."""
    task = FieldTask.objects.create(
        case=change.case, kind=kind, mode=mode, post_id=post_id, grid_id=change.case.grid_id, request=request,
        asked_at=change.at,
    )  # fmt: skip
    change.field_tasks.append(task)
    change.start_clock("field_task", task.pk, clock)
    return task


def open_task(change: Change, kind: str) -> FieldTask | None:
    """Return the open field task of this kind, if there is one."""
    return next((each for each in change.field_tasks if each.kind == kind), None)


def finish_task(change: Change, task: FieldTask, *, passed: bool, point: Point | None = None) -> None:
    """Record the outcome of a field task and stop its clock; the distance to the place is kept as proof."""
    task.done_at, task.done_by_id = change.at, change.actor.account_id
    task.passed, task.note, task.point = passed, change.note, point
    if point is not None and change.case.point is not None:
        task.distance_metres = round(distance(point, change.case.point))
    task.save(update_fields=["done_at", "done_by", "passed", "note", "point", "distance_metres"])
    change.stop_clocks("field_task", task.pk)
