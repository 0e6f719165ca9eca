"""From reported to filed, or to an end without handling; and what corrects a case on its way."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.areas.queries import AreaNode, locate, node
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import search_vector
from lianxin.work.cases import keeping, rules
from lianxin.work.cases.change import Change, acting, locked, stale
from lianxin.work.cases.models import Case, FieldTask, FilingStandard
from lianxin.work.cases.words import Kind, Severity, Stage
from lianxin.work.dispatch.queries import catalogue

from . import tasks
from .beginning import new_case, set_area
from .settling import settle
from .speaking import fitting, public_words


def find_area(change: Change, point: Point | None, area_id: int | None) -> AreaNode:
    """Return the area named, or the one around the point; refuse a place that is not ours."""
    found = None
    if area_id is not None:
        found = node(area_id, change.numbers)
    elif point is not None:
        found = locate(point.lon, point.lat, change.at, change.numbers)
    if found is None or found.valid_to is not None:
        raise Invalid({"point": _("这个位置不在本地辖区内。请在图上重新点，或选择社区、网格。")})
    return found


def place(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, point: Point | None = None, area_id: int | None = None,
    address: str = "",
) -> Case:  # fmt: skip
    """Put a case without a place where it belongs; a reported one goes to the level that enters such reports."""
    with acting("place", actor, case, seen=seen, at=at) as change:
        held = change.case
        was_lost = held.area_now_id is None
        _move(change, point, area_id, as_reported=held.area_id is None)
        held.address = fitting("address", address, 200) or held.address
        if was_lost and held.stage == Stage.REPORTED:
            held.holder_level = rules.entry_level(change.settings, held.channel, held)
        change.log("place")
    return change.case


def _move(change: Change, point: Point | None, area_id: int | None, *, as_reported: bool) -> None:
    """Move the case to a place; a level that the new place does not have hands it to the next above."""
    case = change.case
    set_area(case, find_area(change, point, area_id), as_reported=as_reported)
    case.point = point or case.point
    case.holder_level = rules.home_level(case.holder_level, case)


def check(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, request: str = "", post_id: int | None = None
) -> Case:
    """Ask the field to look whether it is so (核实), before filing."""
    with acting("check", actor, case, seen=seen, at=at) as change:
        if change.case.grid_id is None and post_id is None:
            raise Refused("no_place", _("还没有位置，先定位置再请网格员核实。"))
        if post_id is not None and not Post.objects.filter(pk=post_id).exclude(valid_to__lte=at).exists():
            raise Invalid({"post_id": _("没有这个岗位，或它已到期。")})
        if tasks.open_task(change, FieldTask.Kind.PRE_FILING) is not None:
            raise Refused("asked_already", _("已经请人去核实了。"))
        words = fitting("request", request, 200)
        task = tasks.ask(change, FieldTask.Kind.PRE_FILING, clock="check", post_id=post_id, request=words)
        change.log("check", note=words, task=task.pk)
    return change.case


def report_check(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, passed: bool, note: str, point: Point | None = None,
    is_hazard: bool = False,
) -> Case:  # fmt: skip
    """Tell what the field saw: it is so, or it is not."""
    with acting("report_check", actor, case, seen=seen, at=at, note=note) as change:
        task = tasks.open_task(change, FieldTask.Kind.PRE_FILING)
        if task is None:
            raise Refused("nothing_asked", _("没有待做的核实任务。"))
        tasks.finish_task(change, task, passed=passed, point=point)
        change.case.is_hazard_confirmed = change.case.is_hazard_confirmed or (passed and is_hazard)
        change.log("report_check", note=change.note, passed=passed, task=task.pk)
    return change.case


@dataclass(frozen=True)
class Filing:
    """What a case is filed as; None keeps what it has."""

    category_id: int | None = None
    standard_id: int | None = None
    severity: str = ""
    kind: str = ""


def file(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, filing: Filing = Filing(), note: str = ""
) -> Case:
    """File the case (立案): category, row of the standard, severity; the dispatch clock starts."""
    with acting("file", actor, case, seen=seen, at=at, note=note) as change:
        file_in(change, filing, by=actor, note=change.note)
    return change.case


def file_in(change: Change, filing: Filing, *, by: Actor, note: str = "") -> None:
    """File within a change that is already checked."""
    case = change.case
    classify(change, filing)
    if case.category_id is None:
        raise Invalid({"category": _("请选一个分类再立案。")})
    change.cancel_tasks(FieldTask.Kind.PRE_FILING)
    case.filed_at = change.at
    case.filed_by_system = by.is_system
    change.go(Stage.FILED)
    change.log("file", note=note, by=by)


def classify(change: Change, filing: Filing) -> None:
    """Set category, standard, severity and kind; the standard must be the category's and in force."""
    case = change.case
    if filing.kind:
        if filing.kind not in Kind.values:
            raise Invalid({"kind": _("没有这种类型。")})
        case.kind = filing.kind
        case.is_confidential = case.is_confidential or change.settings.is_confidential(case.kind)
    if filing.severity:
        if filing.severity not in Severity.values:
            raise Invalid({"severity": _("等级只有一般、较急、紧急。")})
        case.severity = filing.severity
    if filing.category_id is not None and filing.category_id != case.category_id:
        if filing.category_id not in catalogue(change.numbers).by_id:
            raise Invalid({"category": _("没有这个分类，或它已停用。")})
        case.category_id, case.standard = filing.category_id, None
    if filing.standard_id is not None:
        case.standard = _standard(case, filing.standard_id)
    elif case.standard_id is None and case.category_id is not None:
        case.standard = usual_standard(case.category_id, filing.severity)
    if case.standard is not None and not filing.severity:
        case.severity = case.standard.severity


def _standard(case: Case, standard_id: int) -> FilingStandard:
    found = FilingStandard.objects.filter(pk=standard_id, category=case.category, valid_to=None).first()
    if found is None:
        raise Invalid({"standard": _("这条立案标准不属于所选分类，或已失效。")})
    return found


def usual_standard(category_id: int, severity: str = "") -> FilingStandard | None:
    """Return the row a category is usually filed by: of the severity asked for, else the least pressing."""
    return usual_of(FilingStandard.objects.filter(category_id=category_id, valid_to=None), severity)


def usual_of(rows: Iterable[FilingStandard], severity: str = "") -> FilingStandard | None:
    """Return the usual one of the rows of a category."""
    order = {Severity.NORMAL: 0, Severity.PRESSING: 1, Severity.URGENT: 2}
    return min(rows, key=lambda row: (row.severity != severity, order[Severity(row.severity)], row.row), default=None)


def answer(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str) -> Case:
    """Answer directly (直接答复); the words go to the reporter."""
    with acting("answer", actor, case, seen=seen, at=at, note=note) as change:
        _tell(change, Stage.ANSWERED, "answer")
    return change.case


def decline(actor: Actor, *, case: Case, seen: int | None, at: datetime, reason: str, note: str = "") -> Case:
    """Do not file (不予立案), with a reason from the list that the reporter is told."""
    with acting("decline", actor, case, seen=seen, at=at, reason=reason, note=note) as change:
        _tell(change, Stage.DECLINED, "decline", reason)
    return change.case


def refer(actor: Actor, *, case: Case, seen: int | None, at: datetime, reason: str, note: str = "") -> Case:
    """Refer to who is competent outside the platform (移送); where to go is told."""
    with acting("refer", actor, case, seen=seen, at=at, reason=reason, note=note) as change:
        _tell(change, Stage.REFERRED, "refer", reason)
    return change.case


def _tell(change: Change, stage: str, action: str, reason: str = "") -> None:
    """End the case with a reason and words to its reporter; words that look like they name a person are held."""
    label = change.settings.reason(action, reason) if reason else None
    shown, facts = public_words(change, change.note)
    told = f"{label}。{shown}" if label else shown
    change.case.outcome, change.case.answer = reason, told
    change.go(stage)
    change.log(action, reason=reason, note=change.note, public_note=told, **facts)
    settle(change)


def amend(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, filing: Filing = Filing(), point: Point | None = None,
    area_id: int | None = None, address: str = "", title: str = "", component: UUID | None = None,
    component_state: str = "", detach: bool = False, note: str = "",
) -> Case:  # fmt: skip
    """Correct category, place, severity, kind, words or component (更正); the clocks are re-planned.

    `component` attaches one by its key, in the place of another; `detach` lets go of the one it has.
    """
    with acting("amend", actor, case, seen=seen, at=at, note=note) as change:
        held = change.case
        address, title = fitting("address", address, 200), fitting("title", title, 60)
        told = bool(filing != Filing() or point or area_id or address or title)
        if not _attach(change, component, component_state, detach=detach) and not told:
            raise Refused("nothing_changed", _("没有要更正的内容。"))
        if point is not None or area_id is not None:
            _move(change, point, area_id, as_reported=True)
        held.address = address or held.address
        if title:
            held.title, held.words = title, search_vector(f"{title} {held.text[:2000]}")
        classify(change, filing)
        change.dial.replan(limits=True)
        change.log("amend", note=change.note)
    return change.case


def _attach(change: Change, key: UUID | None, state: str, *, detach: bool) -> bool:
    """Attach the case to a component, say another state of it, or let go of it; tell whether anything changes."""
    case = change.case
    stood = (case.component_id, case.component_state)
    if detach:
        case.component, case.component_state = None, ""
    elif key is not None and (case.component is None or case.component.key != key):
        case.component, case.component_state = keeping.component_named(key), keeping.said_state(state)
    elif state and case.component_id is not None:
        case.component_state = keeping.said_state(state)
    return stood != (case.component_id, case.component_state)


def merge(actor: Actor, *, case: Case, seen: int | None, at: datetime, into: Case) -> Case:
    """Merge into another open case (并案); its reporter follows that one from now on."""
    if case.pk in {into.pk, into.parent_id}:
        raise Invalid({"into": _("不能并到自己，或自己拆分出来的案件。")})
    with _both_locked(actor, case, into.pk, seen=seen, at=at) as (change, target):
        change.check("merge")
        if not target.case.is_open or target.case.merged_into_id is not None:
            raise Refused("not_open", _("只能并到在办的案件。"))
        if not actor.may("cases.merge", target.case):
            raise NotAllowed("not_yours", _("要并入的案件不在您的辖区。"))
        change.case.merged_into_id = target.case.pk
        change.go(Stage.MERGED)
        change.log("merge", into=target.case.number)
        target.case.merges += 1
        if target.case.component_id is None and change.case.component_id is not None:
            # What one reporter knew of the component, the other case knows from now on.
            target.case.component_id = change.case.component_id
            target.case.component_state = change.case.component_state
        target.log("absorb", merged=change.case.number)
        target.write()
        change.write()
    return change.case


def unmerge(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "") -> Case:
    """Take a merged case out again: it goes on as filed, or as reported if it never was."""
    if case.merged_into_id is None:
        with acting("unmerge", actor, case, seen=seen, at=at, note=note):
            # Who may not do this at all learns that first.
            raise Refused("not_merged", _("这件没有并案。"))
    with _both_locked(actor, case, case.merged_into_id, seen=seen, at=at) as (change, target):
        change.check("unmerge", note=note)
        if change.case.merged_into_id != target.case.pk:
            raise stale(change.case, case.version)
        change.case.merged_into_id = None
        change.go(Stage.FILED if change.case.filed_at else Stage.REPORTED)
        change.log("unmerge", note=change.note)
        target.case.merges -= 1
        target.log("release", released=change.case.number)
        change.write()
        target.write()
    return change.case


def split(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, parts: Sequence[tuple[str, Filing]]
) -> list[Case]:
    """Split into children, one an owner (拆分): each is filed at once; the parent waits and closes with the last."""
    if not 2 <= len(parts) <= 9:
        raise Invalid({"parts": _("请拆成 2 到 9 件。")})
    with acting("split", actor, case, seen=seen, at=at) as change:
        parent = change.case
        titles = [fitting("parts", title, 60) for title, _filing in parts]
        change.withdraw_assignments()
        parent.children_open = len(parts)
        change.pause("split", None)
        filings = [filing for _title, filing in parts]
        children = [_child(change, title, filing) for title, filing in zip(titles, filings, strict=True)]
        change.log("split", children=[child.number for child in children])
    return children


_INHERITED = (
    "area_id", "area_now_id", "street_id", "community_id", "grid_id", "point", "address", "holder_level", "severity",
    "is_confidential",
)  # fmt: skip


def _child(change: Change, title: str, filing: Filing) -> Case:
    parent = change.case
    child = new_case(
        change.actor, at=change.at, numbers=change.numbers, title=title or parent.title, text=parent.text,
        channel=parent.channel, kind=parent.kind, parent=parent,
    )  # fmt: skip
    for name in _INHERITED:
        setattr(child.case, name, getattr(parent, name))
    child.go(Stage.REPORTED)
    child.log("report", by=SYSTEM, parent=parent.number)
    filed = Filing(filing.category_id or parent.category_id, filing.standard_id, filing.severity, filing.kind)
    file_in(child, filed, by=change.actor)
    return child.write()


def escalate(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str) -> Case:
    """Hand the case to the level above (上报上级); open assignments are withdrawn, this level follows."""
    with acting("escalate", actor, case, seen=seen, at=at, note=note) as change:
        _move_level(change, rules.level_above(change.settings, change.case.holder_level, change.case))
        change.log("escalate", note=change.note)
    return change.case


def delegate(actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "") -> Case:
    """Hand the case down to the next level that its place has (下派)."""
    with acting("delegate", actor, case, seen=seen, at=at, note=note) as change:
        _move_level(change, rules.level_below(change.case.holder_level, change.case))
        change.log("delegate", note=change.note)
    return change.case


def _move_level(change: Change, level: str | None) -> None:
    if level is None:
        raise Refused("no_level", _("没有可以接的层级。"))
    change.withdraw_assignments()
    change.case.holder_level = level
    change.go(Stage.FILED if change.case.filed_at else Stage.REPORTED)


@contextmanager
def _both_locked(
    actor: Actor, case: Case, other_id: int, *, seen: int | None, at: datetime
) -> Iterator[tuple[Change, Change]]:
    """Lock two cases, the lower id first, so that two such acts never wait for each other."""
    with transaction.atomic():
        changes = {
            pk: locked(actor, pk, at=at, seen=seen if pk == case.pk else None) for pk in sorted({case.pk, other_id})
        }
        yield changes[case.pk], changes[other_id]
