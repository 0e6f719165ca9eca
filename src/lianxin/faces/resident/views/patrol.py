"""居民巡逻队: join by a code, walk today's round, check in by the sticker at a point, tell of hazards, leave."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.identity.request import Request
from lianxin.faces.resident import frame, patrolling
from lianxin.faces.resident.blocks import Line, block, demand_on
from lianxin.faces.resident.forms_patrol import CheckInForm, HazardForm, JoinForm
from lianxin.faces.resident.here import Here
from lianxin.faces.resident.patrolling import Walked
from lianxin.faces.resident.uploads import files_of_form, kept, keys_of_form
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, LianxinError, NotFound, Refused
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.checklists import list_for
from lianxin.work.patrols.models import Hazard, Point

MODULE = "patrols"
_MINE = 8


@block(order=60, module=MODULE)
def _on_home(asked: Request, _here: Here | None) -> Line | None:
    """Show the way to who is in a team."""
    teams = patrolling.my_teams(asked.actor) if asked.actor.kind == "resident" else []
    if not teams:
        return None
    return Line("walk", _("巡逻队"), teams[0].name, reverse("resident:patrol"))


@require_safe
@frame.resident_page
def patrol(request: HttpRequest) -> HttpResponse:
    """Show my teams, today's rounds and what came of the hazards I told of."""
    return _hub(cast("Request", request), JoinForm())


def _hub(asked: Request, form: JoinForm, *, status: int = 200) -> HttpResponse:
    demand_on(asked, MODULE)
    is_in = asked.actor.account_id is not None
    most = 3 if frame.is_elder(asked) else _MINE
    mine = Hazard.objects.filter(found_by_id=asked.actor.account_id, source="team") if is_in else Hazard.objects.none()
    return frame.page(
        asked, "resident/patrol/hub.html", title=_("居民巡逻队"), back=reverse("resident:home"), status=status,
        teams=patrolling.my_teams(asked.actor), walks=patrolling.my_walks(asked) if is_in else [], form=form,
        hazards=mine.order_by("-pk")[:most], is_in=is_in, client_id=ids.uuid7(asked.at),
    )  # fmt: skip


@require_POST
@frame.resident_page
def join(request: HttpRequest) -> HttpResponse:
    """Join a team by its code."""
    asked = cast("Request", request)
    demand_on(asked, MODULE)
    if asked.actor.account_id is None:
        return HttpResponseRedirect(reverse("resident:me"))
    form = JoinForm(request.POST)
    if form.is_valid():
        try:
            patrols.join(asked.actor, code=form.cleaned_data["code"], at=asked.at)
            return HttpResponseRedirect(f"{reverse('resident:patrol')}?said=patrol_joined")
        except LianxinError as error:
            form.add_error("code", error.sentence)
    return _hub(asked, form, status=422)


@require_POST
@frame.resident_page
def leave(request: HttpRequest) -> HttpResponse:
    """Leave a team; nobody asks why."""
    asked = cast("Request", request)
    key = _key(request.POST.get("team", ""))
    if key is not None:
        patrols.leave(asked.actor, team_key=key, at=asked.at)
    return HttpResponseRedirect(f"{reverse('resident:patrol')}?said=patrol_left")


def _key(text: str) -> UUID | None:
    try:
        return ids.parse(text)
    except Invalid:
        return None


@require_POST
@frame.resident_page
def start(request: HttpRequest) -> HttpResponse:
    """Begin a round of one's own accord."""
    asked = cast("Request", request)
    team, key = _key(request.POST.get("team", "")), _key(request.POST.get("client_id", "")) or ids.uuid7(asked.at)
    if team is None:
        raise NotFound(_("没有这支巡逻队。"))
    row = patrols.start(asked.actor, key=key, name=_("自发巡逻"), team_key=team, at=asked.at)
    return HttpResponseRedirect(reverse("resident:patrol_round", args=[row.key]))


@require_safe
@frame.resident_page
def round_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the points of a round, the next on top."""
    asked = cast("Request", request)
    demand_on(asked, MODULE)
    found = _walk(asked, key)
    return frame.page(
        request, "resident/patrol/round.html", title=found.walk.name, back=reverse("resident:patrol"), walked=found,
        is_early=found.walk.opens_at > asked.at,
    )  # fmt: skip


def _walk(asked: Request, key: UUID) -> Walked:
    found = next((one for one in patrolling.my_walks(asked) if one.walk.key == key), None)
    if found is None:
        raise NotFound(_("没有这一轮巡逻，或它今天已经结束。"))
    return found


@require_http_methods(["GET", "POST"])
@frame.resident_page
def point(request: HttpRequest, key: UUID, point_key: UUID) -> HttpResponse:
    """Check in at a point of a round without its sticker: by position, or with a reason."""
    asked = cast("Request", request)
    demand_on(asked, MODULE)
    walked = _walk(asked, key)
    found = next((leg.point for leg in walked.legs if leg.point.key == point_key), None)
    if found is None:
        raise NotFound(_("这一轮没有这个点。"))
    return _at_point(asked, found, walked, sticker="")


@require_http_methods(["GET", "POST"])
@frame.resident_page
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """Open the point whose sticker was scanned: to check in for who is in a team, to report for everybody."""
    asked = cast("Request", request)
    demand_on(asked, MODULE)
    found = patrolling.point_by_sticker(code)
    if found is None:
        raise NotFound(_("这张贴纸已经换过，或不是巡查点的。看到危险，可以直接用“请您反映”。"))
    team = patrolling.team_at(asked.actor, found)
    if team is None:
        return frame.page(
            request, "resident/patrol/passing.html", title=found.name, back=reverse("resident:home"), point=found
        )  # fmt: skip
    return _at_point(asked, found, patrolling.round_at(asked, found), sticker=code, team_key=team.key)


def _at_point(
    asked: Request, found: Point, walked: Walked | None, *, sticker: str, team_key: UUID | None = None
) -> HttpResponse:
    questions = list_for(found, asked.numbers).questions
    form = CheckInForm(asked.POST or None, questions=questions, is_scanned=bool(sticker))
    told, status = "", 200
    if asked.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _checked_in(asked, found, walked, form, sticker=sticker, team_key=team_key)
            except Invalid as invalid:
                form.show(invalid)
            except (NotFound, Refused) as refused:
                told, status = refused.sentence, refused.status
    back = reverse("resident:patrol_round", args=[walked.walk.key]) if walked else reverse("resident:patrol")
    return frame.page(
        asked, "resident/patrol/point.html", title=found.name, back=back, status=status, point=found, form=form,
        walked=walked, there=patrolling.was_there(found, walked), is_scanned=bool(sticker), action=asked.path,
        client_id=ids.uuid7(asked.at), start_id=ids.uuid7(asked.at), hazard_url=_hazard_url(found, walked),
        told=[{"tone": "wrong", "words": told}] if told else [],
    )  # fmt: skip


def _hazard_url(found: Point, walked: Walked | None) -> str:
    round_part = f"&round={walked.walk.key}" if walked else ""
    return f"{reverse('resident:patrol_hazard')}?point={found.key}{round_part}"


def _checked_in(
    asked: Request, found: Point, walked: Walked | None, form: CheckInForm, *, sticker: str, team_key: UUID | None
) -> HttpResponse:
    """Take a check-in; without a round that wants it, one of one's own accord begins with it."""
    if walked is None:
        start_id = _key(asked.POST.get("start_id", "")) or ids.uuid7(asked.at)
        row = patrols.start(asked.actor, key=start_id, name=_("自发巡逻"), team_key=team_key, at=asked.at)
        round_key = row.key
    else:
        round_key = walked.walk.key
    place = form.place()
    how = "qr" if sticker else "gps" if place is not None else "hand"
    visit = patrols.Visit(
        key=_key(asked.POST.get("client_id", "")) or ids.uuid7(asked.at), round=round_key, point=found.key, how=how,
        made_at=asked.at, sticker=sticker, place=place, accuracy=form.metres(), answers=form.answers(),
        reason=form.cleaned_data.get("reason", ""), note=form.cleaned_data["note"],
    )  # fmt: skip
    patrols.check_in(asked.actor, visit=visit, at=asked.at)
    if form.cleaned_data["problems"]:
        told = "&".join(f"wrong={code}" for code in form.cleaned_data["problems"])
        return HttpResponseRedirect(
            f"{reverse('resident:patrol_hazard')}?point={found.key}&round={round_key}&{told}&said=patrol_checked"
        )
    return HttpResponseRedirect(f"{reverse('resident:patrol_round', args=[round_key])}?said=patrol_checked")


@require_http_methods(["GET", "POST"])
@frame.resident_page
def hazard(request: HttpRequest) -> HttpResponse:
    """Tell of a hazard, at a point or anywhere in one's community; somebody of the community looks first."""
    asked = cast("Request", request)
    demand_on(asked, MODULE)
    teams = patrolling.my_teams(asked.actor)
    if not teams:
        return HttpResponseRedirect(reverse("resident:patrol"))
    found = _point(request.GET.get("point", "") or request.POST.get("point", ""))
    form = HazardForm(request.POST or None, initial=_begun(asked, found))
    client_id = _key(request.POST.get("client_id", "")) or ids.uuid7(asked.at)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _noted(asked, form, found, client_id, area_id=teams[0].area_id)
            except Invalid as invalid:
                form.show(invalid)
    return frame.page(
        request, "resident/patrol/hazard.html", title=_("报隐患"), back=reverse("resident:patrol"), status=status,
        form=form, point=found, round=request.GET.get("round", "") or request.POST.get("round", ""),
        client_id=client_id, kept=kept(keys_of_form(request)),
    )  # fmt: skip


def _point(text: str) -> Point | None:
    key = _key(text)
    return Point.objects.now().filter(key=key).first() if key is not None else None


def _begun(asked: Request, found: Point | None) -> dict[str, str]:
    """Return what is known already: which questions were answered with a problem, and where."""
    if found is None:
        return {}
    wrong = set(asked.GET.getlist("wrong"))
    questions = [question for question in list_for(found, asked.numbers).questions if question.code in wrong]
    said = "；".join(_("不符合：{text}").format(text=question.text) for question in questions)
    return {"what": said, "kind": questions[0].hazard if questions else "", "address": found.name}


def _noted(
    asked: Request, form: HazardForm, found: Point | None, client_id: UUID, *, area_id: int | None
) -> HttpResponse:
    told = form.cleaned_data
    place = form.place()
    given = patrols.HazardIn(
        what=told["what"], kind=told["kind"], place=place if found is None else None,
        point=found.key if found else None, area_id=area_id if found is None and place is None else None,
        address=told["address"], round=_key(asked.POST.get("round", "")),
        files=tuple(files_of_form(asked, client_id, by_id=asked.actor.account_id, at=asked.at)),
    )  # fmt: skip
    patrols.note(asked.actor, key=client_id, given=given, at=asked.at)
    return HttpResponseRedirect(f"{reverse('resident:patrol')}?said=patrol_hazard")
