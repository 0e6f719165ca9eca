"""My work: what waits for me now, by post, soonest due first; for those who steer, where it is stuck."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianxin.faces.console.frame import BASE, page, staff_only
from lianxin.faces.console.hub import cards
from lianxin.faces.console.rows import Row, rows
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import FunnelRow
from lianxin.foundation.accounts.actor import Actor
from lianxin.insight.statistics import figures, places
from lianxin.registry.quality.queries import open_tasks
from lianxin.work.cases import queries, standing
from lianxin.work.cases.queries import Filters, approvals
from lianxin.work.cases.words import CLOCK_LABELS, STAGE_CLOCK

from . import leader, workspace
from .quality import task_row

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work that may wait for somebody: who asks for it is a permission, where it leads a list."""

    name: str
    label: str
    filters: Filters
    address: dict[str, str]
    permissions: tuple[str, ...]
    icon: str
    tone: str = ""  # late, warn: what should be nought
    unless: tuple[str, ...] = ()  # not for who has one of these: another kind of work says it better
    at_unit: bool = False  # only for who works in a unit that handles
    in_field: bool = False  # only for who goes out: tasks of a grid or of one's own post


_TASKS = (
    Task("accept", "待签收", Filters(todo="accept"), {"todo": "accept"}, ("cases.handle",), "inbox", at_unit=True),
    Task("handle", "正在办", Filters(todo="handle"), {"todo": "handle"}, ("cases.handle",), "list", at_unit=True),
    Task(
        "report_in",
        "待报到",
        Filters(todo="report_in"),
        {"todo": "report_in"},
        ("cases.report_in",),
        "whistle",
        "warn",
        at_unit=True,
    ),
    Task(
        "reported",
        "待立案",
        Filters(stages=("reported",), mine=True),
        {"stage": "reported", "mine": "1"},
        ("cases.file",),
        "inbox",
    ),
    Task(
        "filed",
        "待派遣",
        Filters(stages=("filed",), mine=True),
        {"stage": "filed", "mine": "1"},
        ("cases.dispatch",),
        "send",
    ),
    Task("check", "待核实", Filters(todo="check"), {"todo": "check"}, ("cases.check",), "walk", in_field=True),
    Task("verify", "待核查", Filters(todo="verify"), {"todo": "verify"}, ("cases.verify",), "receipt", in_field=True),
    Task(
        "handled",
        "等核查",
        Filters(stages=("handled",), mine=True),
        {"stage": "handled", "mine": "1"},
        ("cases.close",),
        "receipt",
    ),
    Task(
        "close",
        "待结案",
        Filters(stages=("verified",), mine=True),
        {"stage": "verified", "mine": "1"},
        ("cases.close",),
        "check",
    ),
    Task("rule", "三次回退，等裁定", Filters(todo="rule"), {"todo": "rule"}, ("cases.rule",), "undo", "warn"),
    # Who may not rule on them watches them.
    Task(
        "thrice",
        "三次回退",
        Filters(todo="thrice"),
        {"todo": "thrice"},
        ("cases.supervise",),
        "undo",
        "warn",
        ("cases.rule",),
    ),
    Task(
        "unanswered",
        "吹哨未到",
        Filters(todo="unanswered"),
        {"todo": "unanswered"},
        ("cases.supervise", "cases.whistle"),
        "whistle",
        "warn",
    ),
    Task(
        "supervised",
        "督办未答复",
        Filters(flag="supervised"),
        {"flag": "supervised"},
        ("cases.supervise", "cases.dispatch"),
        "flag",
    ),
    Task("follow_up", "要回访", Filters(flag="follow_up"), {"flag": "follow_up"}, ("cases.call_back",), "phone"),
    Task("overdue", "已超时", Filters(clock="overdue"), {"clock": "overdue"}, ("cases.view",), "alert", "late"),
    Task("warn", "快到期", Filters(clock="warn"), {"clock": "warn"}, ("cases.view",), "clock", "warn"),
)
# Those who steer look at what is stuck, not at a list of their own.
_STEERING = ("cases.supervise", "cases.dispatch")
_MOVING = (
    "cases.file",
    "cases.dispatch",
    "cases.handle",
    "cases.check",
    "cases.verify",
    "cases.approve",
    "cases.report_in",
    "cases.rule",
)
_LISTED = "listed"  # the count of what the page lists, beside the tasks' own


@dataclass(frozen=True, slots=True)
class Pile:
    """One kind of work with its count; the number is that of the rows behind the link."""

    label: str
    count: int
    url: str
    icon: str
    tone: str = ""


@require_GET
@staff_only()
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits for the one who is signed in."""
    asked = cast("Request", request)
    actor, at = asked.actor, asked.at
    if leader.leads(actor):
        return leader.home(asked)
    tasks = [task for task in _TASKS if _concerns(task, actor)]
    listed, address = _listed(actor)
    sees = actor.may("cases.view")
    wanted = {task.name: task.filters for task in tasks} | {_LISTED: listed}
    counts = queries.counts(actor, wanted, at=at) if sees else {}
    piles = [_pile(task, counts[task.name]) for task in tasks if sees] + _requests(asked)
    steers = any(actor.may(permission) for permission in _STEERING)
    stuck = _funnel(asked) if steers else []
    data_tasks = _data_tasks(asked)
    return page(
        request,
        "console/work.html",
        door="console:work",
        title=_("工作台"),
        greeting=_greeting(asked, counts, moves="clock" not in address, to_mend=len(data_tasks)),
        piles=piles,
        sees=sees,
        elsewhere=() if sees else _elsewhere(actor),
        rows=_soonest(asked, listed) if sees else [],
        soonest_title=_("等您过问") if "clock" in address else _("先办这些"),
        soonest_url=_url(address),
        funnel_rows=stuck,
        open_count=sum(row.count for row in stuck),
        data_tasks=data_tasks,
        leads=cards(asked, on="work"),
        tabs=workspace.tabs(asked) if sees and workspace.has_workspace(actor) else (),
    )


def _data_tasks(asked: Request) -> list[dict[str, Any]]:
    """Return what of the base data is to be mended in the grids one works in. One statement for who works in one."""
    in_grid = any(held.area_level == "grid" and "people.edit" in held.permissions for held in asked.actor.holdings)
    found = open_tasks(asked.actor, "people.edit") if in_grid else []
    return [task_row(asked, one) for one in found[:_SHOWN]]


def _concerns(task: Task, actor: Actor) -> bool:
    if task.at_unit and not any(held.unit_ids and "cases.handle" in held.permissions for held in actor.holdings):
        return False
    if task.in_field and any(actor.may(permission) for permission in ("cases.close", "cases.file")):
        return False  # a desk asks others to go
    if any(actor.may(permission) for permission in task.unless):
        return False
    return any(actor.may(permission) for permission in task.permissions)


def _requests(asked: Request) -> list[Pile]:
    """Return the requests that wait for one's decision, those in another's place too; nothing for who has none."""
    able = asked.actor.may("cases.approve")
    waiting = approvals.approval_counts(asked.actor, at=asked.at)["waiting"] if able or standings(asked) else 0
    return [Pile(_("待审批"), waiting, reverse("console:approvals"), "user-check")] if able or waiting else []


def standings(asked: Request) -> bool:
    """Tell whether somebody lets the actor decide in their place; asked only of those at a desk."""
    desk = any(asked.actor.may(permission) for permission in _STEERING)
    return desk and bool(standing.standings(asked.actor, at=asked.at))


def _pile(task: Task, count: int) -> Pile:
    return Pile(_(task.label), count, _url(task.address), task.icon, task.tone if count else "")


def _url(address: dict[str, str]) -> str:
    return f"{reverse('console:cases')}?{urlencode(address)}"


def _elsewhere(actor: Actor) -> list[tuple[str, str]]:
    """Return where one who sees no case has work, as (address, label)."""
    offered = (
        ("console:admin", _("去管理"), ("accounts.manage", "config.manage", "accounts.elevate")),
        ("console:audit", _("去审计"), ("audit.read",)),
        ("console:base", _("去基础库"), BASE),
    )
    return [(reverse(name), label) for name, label, asks in offered if any(actor.may(each) for each in asks)]


def _greeting(asked: Request, counts: dict[str, int], *, moves: bool, to_mend: int = 0) -> str:
    """Return the line of the day: how many things wait, the figure of the list below, and how many are late."""
    hello = words.greeting(asked.at)
    waiting = counts.get(_LISTED, 0) if moves else 0
    late = counts.get("overdue", 0)
    if not waiting and not late and to_mend:
        return _("%(hello)s。没有等您的案件，有 %(count)d 个核实任务。") % {"hello": hello, "count": to_mend}
    if not waiting and not late:
        return _("%(hello)s。现在没有等您的事。") % {"hello": hello}
    if not late:
        return _("%(hello)s。%(count)d 件事等您，都没有超时。") % {"hello": hello, "count": waiting}
    if not waiting:
        return _("%(hello)s。在办的有 %(late)d 件超时，看看卡在哪里。") % {"hello": hello, "late": late}
    return _("%(hello)s。%(count)d 件事等您；在办的有 %(late)d 件超时。") % {
        "hello": hello,
        "count": waiting,
        "late": late,
    }


def _listed(actor: Actor) -> tuple[Filters, dict[str, str]]:
    """Return which list the page begins: what the actor has to move, or (who only steers) what is late."""
    if any(actor.may(permission) for permission in _MOVING):
        return Filters(todo="now"), {"todo": "now"}
    return Filters(clock="overdue"), {"clock": "overdue"}


def _soonest(asked: Request, filters: Filters) -> list[Row]:
    """Return what of it falls due first."""
    found = queries.queue(asked.actor, filters, at=asked.at).order_by(*filters.ordering)[:_SHOWN]
    return rows(found, at=asked.at, numbers=asked.numbers)


def _funnel(asked: Request) -> list[FunnelRow]:
    """Return where open cases stand and for how long, within what the actor sees. One statement or two.

    Who sees all is told from the cube, however many are open; its links open the same cases.
    """
    if asked.actor.scope("cases.view").everywhere:
        found = figures.standings(places.whole(asked.numbers, at=asked.at), at=asked.at)
        if found:
            return [
                FunnelRow(
                    str(CLOCK_LABELS[STAGE_CLOCK[each.stage]]), each.count, each.median, each.p90,
                    each.limit or each.p90, _url({"stage": each.stage}),
                )
                for each in found
            ]  # fmt: skip
    return [
        FunnelRow(
            str(CLOCK_LABELS[STAGE_CLOCK[each.stage]]),
            each.count,
            each.median.total_seconds(),
            each.p90.total_seconds(),
            each.allowed.total_seconds() if each.allowed else each.p90.total_seconds(),
            _url({"stage": each.stage}),
        )
        for each in queries.funnel(asked.actor, Filters(), at=asked.at)
    ]
