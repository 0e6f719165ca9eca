"""Residents' patrol teams: found one, hand out its code, dissolve it."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import patrolling
from lianxin.faces.console.forms_patrols import TeamForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.lookups import area_name
from lianxin.faces.console.patrolling import DOOR
from lianxin.faces.console.saving import Done, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.ids import uuid7
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.models import Hazard, Round, Team

_SIZE = 40


@require_safe
@staff_only("patrols.view")
def teams(request: HttpRequest) -> HttpResponse:
    """List teams; who is in them is nobody's business here, how many is."""
    asked = cast("Request", request)
    found = Team.objects.visible_to(asked.actor).filter(valid_to=None)
    counted = found.annotate(member_count=Count("members", filter=Q(members__left_at=None)))
    shown = listed(request, counted, order=("name", "id"), size=_SIZE)
    return page(
        request, "console/patrols/teams.html", door=DOOR, title=_("居民巡逻队"), tabs=patrolling.tabs("patrol_teams"),
        rows=[{"team": row, "area": patrolling.area_name(row, asked)} for row in shown.items], pager=shown.pager,
        total=shown.total, may_plan=asked.actor.may("patrols.plan"),
    )  # fmt: skip


@require_safe
@staff_only("patrols.view")
def team_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a team: its code to hand out, its last rounds, the hazards it found."""
    asked = cast("Request", request)
    team = patrolling.team_of(asked, key)
    may_plan = asked.actor.may("patrols.plan", team) and team.valid_to is None
    rounds = Round.objects.filter(team=team).annotate(checkin_count=Count("checkins")).order_by("-day", "-pk")[:12]
    found = Hazard.objects.visible_to(asked.actor).filter(source="team", round__team=team).order_by("-pk")[:12]
    return page(
        request, "console/patrols/team.html", door=DOOR, title=team.name, team=team, rounds=rounds, hazards=found,
        crumbs=patrolling.crumbs((_("居民巡逻队"), reverse("console:patrol_teams")), (team.name, "")),
        area=patrolling.area_name(team, asked), members=team.members.filter(left_at=None).count(), may_plan=may_plan,
        join_url=f"{settings.PUBLIC_URL}{reverse('resident:patrol')}",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def add(request: HttpRequest) -> HttpResponse:
    """Found a team."""
    asked = cast("Request", request)

    def act(values: dict[str, Any]) -> Done:
        made = patrols.add_team(
            asked.actor, key=uuid7(), name=values["name"], about=values["about"], area_id=values["area"].id, at=asked.at
        )
        return Done(reverse("console:patrol_team", args=[made.key]), _("建好了。把邀请码发给愿意来的人"))

    form = TeamForm(request.POST or None, asked=asked)
    return save(
        request, form, act, template="console/units/form.html", door=DOOR, title=_("新巡逻队"), verb=_("建好了"),
        back_url=reverse("console:patrol_teams"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def amend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a team's name and what it does."""
    asked = cast("Request", request)
    team = patrolling.team_of(asked, key)
    to = reverse("console:patrol_team", args=[key])
    node = areas.node(team.area_id, asked.numbers) if team.area_id is not None else None

    def act(values: dict[str, Any]) -> Done:
        patrols.amend_team(
            asked.actor, team=team, name=values["name"], about=values["about"], seen=values["seen"], at=asked.at
        )
        return Done(to, _("改好了"))

    initial = {"name": team.name, "about": team.about, "seen": team.version, "area": area_name(node) if node else ""}
    form = TeamForm(request.POST or None, asked=asked, initial=initial)
    form.fields["area"].disabled = True
    form.fields["area"].required = False
    return save(
        request, form, act, template="console/units/form.html", door=DOOR, title=_("改巡逻队"), verb=_("改好了"),
        back_url=to,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def code(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make another code."""
    asked = cast("Request", request)
    team = patrolling.team_of(asked, key)
    to = reverse("console:patrol_team", args=[key])
    effect = _("旧邀请码不能再用，已经加入的人不受影响。")
    question = Question(_("给“{name}”换邀请码").format(name=team.name), effect, _("换一个"), to)

    def act(_values: dict[str, Any]) -> Done:
        patrols.renew_code(asked.actor, team=team, at=asked.at)
        return Done(to, _("已换"))

    return ask(request, _nothing(request), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Dissolve a team."""
    asked = cast("Request", request)
    team = patrolling.team_of(asked, key)
    to = reverse("console:patrol_team", args=[key])
    effect = _("它的计划停掉，成员都退出；走过的巡查和报过的隐患留着。")
    question = Question(_("解散“{name}”").format(name=team.name), effect, _("解散"), to)

    def act(_values: dict[str, Any]) -> Done:
        patrols.end_team(asked.actor, team=team, at=asked.at)
        return Done(reverse("console:patrol_teams"), _("已解散"))

    return ask(request, _nothing(request), question, act, door=DOOR)


def _nothing(request: HttpRequest) -> forms.Form:
    return forms.Form(request.POST if request.method == "POST" else None)
