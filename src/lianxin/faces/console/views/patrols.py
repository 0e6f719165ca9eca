"""巡查: today at a glance, the rounds with what was found at each point, and why points were not reached."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import land, patrolling
from lianxin.faces.console.forms_patrols import ExcuseForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.patrolling import DOOR
from lianxin.faces.console.saving import Done, Question, ask
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Kpi, Tab
from lianxin.foundation.accounts.models import Role
from lianxin.kernel.text import mask_name
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.checklists import built_in
from lianxin.work.patrols.checklists import listed as listed_questions
from lianxin.work.patrols.models import CheckIn, Checklist, Hazard, Round, Stop
from lianxin.work.patrols.queries import coverage, ledger
from lianxin.work.patrols.words import Answer, RoundState

_SIZE = 30
_FEW = 8
_STATES = (("", "全部"), *((str(state), str(state.label)) for state in RoundState))


@require_safe
@staff_only("patrols.view")
def patrols_hub(request: HttpRequest) -> HttpResponse:
    """Show how far today has come, what was missed, and which hazards wait."""
    asked = cast("Request", request)
    today = asked.at.astimezone(ZONE).date()
    missed = list(coverage.missed_stops(asked.actor, at=asked.at).filter(excuse="")[:_FEW])
    late = Hazard.objects.visible_to(asked.actor).open().order_by("due_date", "pk").select_related("unit")[:_FEW]
    rounds = coverage.round_list(asked.actor).filter(day=today).order_by("opens_at", "pk")[:_FEW]
    return page(
        request, "console/patrols/hub.html", door=DOOR, title=_("巡查"), tabs=patrolling.tabs("patrols"),
        figures=_figures(asked), missed=missed, rounds=[_row(asked, row) for row in rounds],
        hazards=[(row, ledger.is_overdue(row, today), patrolling.area_name(row, asked)) for row in late],
        weeks=_weeks(asked), may_plan=asked.actor.may("patrols.plan"),
    )  # fmt: skip


def _figures(asked: Request) -> list[Kpi]:
    today = asked.at.astimezone(ZONE).date()
    whole, reached = coverage.of_day(asked.actor, today)
    walked = coverage.walked_today(asked.actor, today)
    told = ledger.ledger(asked.actor, at=asked.at)
    missed = coverage.missed_stops(asked.actor, at=asked.at).filter(excuse="").order_by().count()
    return [
        Kpi(_("今天到过的点"), words.count(reached.reached), _("个"),
            _("今天的巡查要去 {whole} 个点").format(whole=whole), url=reverse("console:patrol_rounds")),
        Kpi(_("今天的巡查"), words.count(sum(walked.values())), _("次"),
            _("{done} 次完成，{now} 次正在走").format(done=walked["finished"], now=walked["running"]),
            url=reverse("console:patrol_rounds")),
        Kpi(_("七天内漏巡"), words.count(missed), _("个点"), _("还没写原因的；写一句就好，不计入考核")),
        Kpi(_("未销号隐患"), words.count(told.open + told.recheck + told.reported), _("条"),
            _("{late} 条超过期限，{wait} 条待复查，{new} 条待核实").format(
                late=told.overdue, wait=told.recheck, new=told.reported),
            url=reverse("console:hazards")),
    ]  # fmt: skip


def _weeks(asked: Request) -> list[dict[str, Any]]:
    rows = coverage.by_route(asked.actor, at=asked.at)[:12]
    return [{"name": row.name, "weeks": [_week(week) for week in row.weeks]} for row in rows]


def _week(week: coverage.Reached) -> dict[str, Any]:
    if week.share is None:
        return {"share": None, "line": ""}
    line = _("{planned} 个点到了 {reached} 个").format(planned=week.planned, reached=week.reached)
    return {"share": week.share, "line": line, "excused": week.excused}


@require_safe
@staff_only("patrols.view")
def rounds(request: HttpRequest) -> HttpResponse:
    """List rounds, the latest first."""
    asked = cast("Request", request)
    state = request.GET.get("state", "")
    found = coverage.round_list(asked.actor).filter(opens_at__lte=asked.at)
    if state in RoundState.values:
        found = found.filter(state=state)
    shown = listed(request, found, order=("-day", "-id"), size=_SIZE, is_counted=False)
    states = [Tab(f"{request.path}?state={code}" if code else request.path, _(label), current=code == state)
              for code, label in _STATES]  # fmt: skip
    return page(
        request, "console/patrols/rounds.html", door=DOOR, title=_("巡查记录"), tabs=patrolling.tabs("patrol_rounds"),
        states=states, rows=[_row(asked, row) for row in shown.items], pager=shown.pager,
    )  # fmt: skip


def _row(asked: Request, row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "area": patrolling.area_name(row, asked),
        "who": who_of(row),
        "tone": patrolling.ROUND_TONES[row.state],
        "of": row.stop_count or row.checkin_count,
    }


def who_of(row: Round) -> str:
    """Return who walks: a team, a colleague, or the post it is for."""
    if row.team is not None:
        return row.team.name
    if row.walker_label:
        return mask_name(row.walker_label)
    known = Role.objects.filter(code=row.role).values_list("label", flat=True).first() if row.role else None
    return known or ""


@require_safe
@staff_only("patrols.view")
def round_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one round: its points in order, what was found, what was missed and why."""
    asked = cast("Request", request)
    row = patrolling.round_of(asked, key)
    stops = list(Stop.objects.filter(round=row).select_related("point").order_by("position"))
    there = list(CheckIn.objects.filter(round=row).select_related("point").order_by("made_at"))
    found = list(Hazard.objects.visible_to(asked.actor).filter(round=row).order_by("pk")[:50])
    may_excuse = patrols.may_walk(asked.actor, row) or asked.actor.may("patrols.plan", row)
    return page(
        request, "console/patrols/round.html", door=DOOR, title=row.name,
        crumbs=patrolling.crumbs((_("巡查记录"), reverse("console:patrol_rounds")), (row.name, "")),
        row=row, who=who_of(row), area=patrolling.area_name(row, asked), tone=patrolling.ROUND_TONES[row.state],
        legs=_legs(stops, there), hazards=found, may_excuse=may_excuse and any(stop.missed_at for stop in stops),
        areas_url=land.areas_url(asked), reached=len(there), wanted=len(stops) or len(there),
    )  # fmt: skip


def _legs(stops: list[Stop], there: list[CheckIn]) -> list[dict[str, Any]]:
    """Return the points of a round in their order, those beside the route last, each with what was found."""
    photos = patrolling.photos_of(patrols.CHECKIN_FILES, [made.pk for made in there])
    by_point = {made.point_id: made for made in there}
    lists = Checklist.objects.in_bulk({made.checklist_id for made in there if made.checklist_id is not None})
    planned = {stop.point_id for stop in stops}
    legs = [{"point": stop.point, "stop": stop, **_made(by_point.get(stop.point_id), photos, lists)} for stop in stops]
    return legs + [
        {"point": made.point, "stop": None, **_made(made, photos, lists)}
        for made in there
        if made.point_id not in planned
    ]


def _made(made: CheckIn | None, photos: dict[int, Any], lists: dict[int, Checklist]) -> dict[str, Any]:
    if made is None:
        return {"made": None, "problems": [], "photos": []}
    told = lists.get(made.checklist_id or 0)
    questions = (listed_questions(told) if told else built_in(made.point.kind)).questions
    problems = [question.text for question in questions if made.answers.get(question.code) == Answer.PROBLEM]
    return {"made": made, "problems": problems, "photos": photos.get(made.pk, [])}


@require_safe
@staff_only("patrols.view")
def round_points(request: HttpRequest, key: UUID) -> JsonResponse:
    """Give the points of a round to the map: reached, missed, or still to come."""
    asked = cast("Request", request)
    row = patrolling.round_of(asked, key)
    there = dict(CheckIn.objects.filter(round=row).values_list("point_id", "made_at"))
    stops = list(Stop.objects.filter(round=row).select_related("point").order_by("position"))
    beside = CheckIn.objects.filter(round=row).exclude(point_id__in=[stop.point_id for stop in stops])
    features = [_feature(stop.point, there, missed=stop.missed_at is not None) for stop in stops]
    features += [_feature(made.point, there) for made in beside.select_related("point")]
    return patrolling.collection(features)


def _feature(point: Any, there: dict[int, Any], *, missed: bool = False) -> dict[str, Any]:
    if point.pk in there:
        return patrolling.feature(point.place, shape="reached", title=point.name, line=words.hour(there[point.pk]))
    shape, line = ("missed", _("没有打卡")) if missed else ("todo", _("还没到"))
    return patrolling.feature(point.place, shape=shape, title=point.name, line=line)


@require_http_methods(["GET", "POST"])
@staff_only("patrols.walk", "patrols.plan")
def excuse(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say why the points that were missed were not reached."""
    asked = cast("Request", request)
    row = patrolling.round_of(asked, key)
    missed = Stop.objects.filter(round=row, missed_at__isnull=False).select_related("point")
    to = reverse("console:patrol_round", args=[key])
    only = request.GET.get("point", "")
    wanted = [stop.point for stop in missed if not only or str(stop.point.key) == only]
    title = wanted[0].name if only and wanted else _("{count} 个没打卡的点").format(count=len(wanted))
    question = Question(
        title, _("写明为什么没有去成。天气、进不去、临时有急事都可以，不计入考核。"), _("记下原因"), to, is_danger=False
    )

    def act(values: dict[str, Any]) -> Done:
        reasons = {point.key: patrols.Reason(values["excuse"], values["note"]) for point in wanted}
        patrols.excuse(asked.actor, round_key=key, reasons=reasons, at=asked.at)
        return Done(to, _("已记下原因"))

    form: forms.Form = ExcuseForm(request.POST if request.method == "POST" else None)
    return ask(request, form, question, act, door=DOOR)
