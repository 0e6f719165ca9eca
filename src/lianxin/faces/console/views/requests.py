"""The request list (准入清单) and what it costs: ask, decide with the load in sight, stay out, take back."""

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console.forms_requests import RequestForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card, concern
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.faces.parts.words import PLACE
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import NotFound
from lianxin.registry.quality import queries as quality
from lianxin.registry.sources import loads, queries
from lianxin.registry.sources import requests as acts
from lianxin.registry.sources.models import DataRequest, Subject
from lianxin.registry.sources.requests import Wanted
from lianxin.registry.sources.rules import HEAVY

from .sources import DOOR, tabs

SEEN_BY = ("sources.request", "sources.decide", "people.view")
State = DataRequest.State
_SIZE = 30
_KINDS: tuple[tuple[str, str, list[State]], ...] = (
    ("open", "在办", [State.ASKED, State.APPROVED]),
    ("asked", "待审核", [State.ASKED]),
    ("all", "全部", []),
)
_TONES = {State.ASKED: "warn", State.APPROVED: "ok"}


@require_safe
@staff_only(*SEEN_BY)
def requests(request: HttpRequest) -> HttpResponse:
    """List requests, what is open unless asked otherwise."""
    asked = cast("Request", request)
    kind = request.GET.get("state", "open")
    states = next((found for name, _label, found in _KINDS if name == kind), [])
    found = DataRequest.objects.visible_to(asked.actor).select_related("unit")
    shown = listed(request, found.filter(state__in=states) if states else found, order=("-id",), size=_SIZE)
    kinds = [Tab(f"{request.path}?state={name}", label, current=name == kind) for name, label, _states in _KINDS]
    return page(
        request, "console/sources/requests.html", door=DOOR, title=_("准入清单"), tabs=tabs(asked), kinds=kinds,
        rows=[_row(asked, one) for one in shown.items], pager=shown.pager, total=shown.total,
        may_ask=bool(asked.actor.scope("sources.request").unit_ids),
    )  # fmt: skip


def _row(asked: Request, one: DataRequest) -> dict[str, Any]:
    node = areas.node(one.area_id, asked.numbers) if one.area_id is not None else None
    known = queries.register(asked.numbers).by_code
    return {
        "one": one,
        "tone": _TONES.get(State(one.state), "pause"),
        "subject": str(Subject(one.subject).label),
        "area": node.full_name if node else "全域",
        "fields": [known[code] for code in one.fields if code in known],
        "weekly": round(acts.effort(one).minutes_a_week),
        "total": one.minutes_each * one.expected_count,
    }


@require_http_methods(["GET", "POST"])
@staff_only("sources.request")
def add(request: HttpRequest) -> HttpResponse:
    """Ask for data to be collected."""
    asked = cast("Request", request)
    subject = request.POST.get("subject") or request.GET.get("subject", "")
    subject = subject if subject in Subject.values else Subject.PERSON.value

    def act(values: dict[str, Any]) -> Done:
        unit_id = int(values.pop("unit"))
        area: AreaNode | None = values.pop("area")
        wanted = Wanted(
            subject=subject, fields=tuple(values.pop("fields_wanted")), area_id=area.id if area else None, **values
        )
        made = acts.ask(asked.actor, unit_id=unit_id, wanted=wanted, at=asked.at)
        return Done(reverse("console:request", args=[made.pk]), "已送审。有结果会发消息给您")

    subjects = [Tab(f"{request.path}?subject={value}", str(label), current=value == subject)
                for value, label in Subject.choices if queries.fields_of(value, asked.numbers)]  # fmt: skip
    form = RequestForm(request.POST or None, asked=asked, subject=subject, initial={"from_date": acts.today(asked.at)})
    return save(
        request, form, act, template="console/sources/request_form.html", door=DOOR, title=_("申请采集数据"),
        subject=subject, subjects=subjects, back_url=reverse("console:requests"),
    )  # fmt: skip


def _found(asked: Request, pk: int) -> DataRequest:
    found = DataRequest.objects.visible_to(asked.actor).select_related("unit").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这份申请。"))
    return found


class DecisionForm(forms.Form):
    """Let in or not, and why."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=300, help_text=gettext_lazy("申请单位看得到"))


@require_safe
@staff_only(*SEEN_BY)
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request: what it asks, what of it is known, what it adds for whom."""
    asked = cast("Request", request)
    found = _found(asked, pk)
    return page(request, "console/sources/request.html", door=DOOR, title=found.title, **_context(asked, found))


def _context(asked: Request, found: DataRequest) -> dict[str, Any]:
    actor, area = asked.actor, acts.place(found)
    is_asked = found.state == State.ASKED
    out = list(found.abstentions.order_by("at"))
    own = [node for node in _communities(asked) if area is None or _touch(area, node)]
    gone = {one.area_id for one in out}
    return {
        "row": _row(asked, found),
        "crumbs": [Crumb("准入清单", reverse("console:requests")), Crumb(found.title)],
        "known": quality.known(found.subject, found.fields, area, at=asked.at),
        "collected": _collected(found) if found.state == State.APPROVED else None,
        "added": loads.added(found, asked.at, asked.numbers) if is_asked else None,
        "may_decide": is_asked and _decides(asked, area) and found.asked_by_id != actor.account_id,
        "may_withdraw": found.state in {State.ASKED, State.APPROVED}
        and actor.may("sources.request", unit_id=found.unit_id),
        "own_in": [node for node in own if node.id not in gone] if found.state != State.ENDED else [],
        "own_out": [node for node in own if node.id in gone],
        "abstentions": [(one, areas.node(one.area_id, asked.numbers)) for one in out],
        "is_running": found.state in {State.ASKED, State.APPROVED},
        "form": DecisionForm(),
    }


def _collected(found: DataRequest) -> int | None:
    """Return how many records have been confirmed since the round began, whatever the visit was for."""
    began = datetime.combine(found.from_date, time(), PLACE)
    return quality.collected(found.subject, found.fields, acts.place(found), since=began)


def _decides(asked: Request, area: AreaNode | None) -> bool:
    scope = asked.actor.scope("sources.decide")
    return scope.everywhere or (area is not None and asked.actor.may("sources.decide", area))


def _communities(asked: Request) -> list[AreaNode]:
    """Return the communities this person speaks for, where they are few enough to be shown."""
    ids = asked.actor.scope("sources.abstain").community_ids
    return [node for pk in sorted(ids) if (node := areas.node(pk, asked.numbers)) is not None]


def _touch(area: AreaNode, node: AreaNode) -> bool:
    return area.id in node.path_ids or node.id in area.path_ids


@require_POST
@staff_only("sources.decide")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a request in, or not."""
    asked = cast("Request", request)
    found = _found(asked, pk)
    is_in = request.POST.get("verdict") == "approve"
    seen = request.POST.get("seen", "")

    def act(values: dict[str, Any]) -> Done:
        acts.decide(
            asked.actor, request=found, approve=is_in, reason=values["reason"], at=asked.at,
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
        )  # fmt: skip
        return Done(reverse("console:request", args=[pk]), "已准入" if is_in else "没有准入，已告诉申请单位")

    context = _context(asked, found)
    form = DecisionForm(request.POST)
    return save(
        request, form, act, template="console/sources/request.html", door=DOOR, title=found.title,
        **{name: value for name, value in context.items() if name != "form"},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("sources.request")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's unit's request back."""
    asked = cast("Request", request)
    found = _found(asked, pk)
    to = reverse("console:request", args=[pk])
    question = Question(f"撤回“{found.title}”", "网格不再采集；已经采集的留在基础库里。", "撤回", to)

    def act(_values: dict[str, Any]) -> Done:
        acts.withdraw(asked.actor, request=found, at=asked.at)
        return Done(to, "已撤回")

    return ask(request, forms.Form(request.POST if request.method == "POST" else None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only("sources.abstain")
def abstain(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a community out of a request."""
    asked = cast("Request", request)
    found, node = _found(asked, pk), _own_community(asked)
    to = reverse("console:request", args=[pk])
    question = Question(
        f"{node.name}不承接“{found.title}”", "本社区的网格员不做这件事，申请单位会看到您写的原因。", "不承接", to
    )

    def act(values: dict[str, Any]) -> Done:
        acts.abstain(asked.actor, request=found, area_id=node.id, reason=values["note"], at=asked.at)
        return Done(to, f"{node.name}不承接，已告诉申请单位")

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_POST
@staff_only("sources.abstain")
def take_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Take part after all."""
    asked = cast("Request", request)
    found, node = _found(asked, pk), _own_community(asked)
    acts.take_on(asked.actor, request=found, area_id=node.id, at=asked.at)
    return done(request, Done(reverse("console:request", args=[pk]), f"{node.name}改为承接"))


def _own_community(asked: Request) -> AreaNode:
    own = _communities(asked)
    if not own:
        raise NotFound(_("您的岗位不在社区。"))
    return own[0]


@require_safe
@staff_only(*SEEN_BY)
def load_page(request: HttpRequest) -> HttpResponse:
    """Show what the running requests cost: by department, and by grid worker, the heaviest first."""
    asked = cast("Request", request)
    whole = loads.load(asked.at, asked.numbers)
    mine = [grid for grid in whole.grids if _serves(asked, grid.area)]
    units = organizations.directory(asked.numbers).by_id
    heaviest = sorted(mine, key=lambda grid: -grid.minutes)
    most = max((grid.minutes for grid in heaviest), default=0) or 1
    total = sum(whole.by_unit.values()) or 1
    return page(
        request, "console/sources/load.html", door=DOOR, title=_("网格负担"), tabs=tabs(asked), load=whole,
        heavy=HEAVY, grids=[(grid, grid.minutes / most, _names(units, grid)) for grid in heaviest[:40]],
        grid_count=len(mine), heavy_count=sum(grid.is_heavy for grid in mine),
        units=[(units[pk], round(minutes), minutes / total)
               for pk, minutes in sorted(whole.by_unit.items(), key=lambda pair: -pair[1]) if pk in units],
        running=[_row(asked, one) for one in loads.running(asked.at) if _concerns(asked, one)],
    )  # fmt: skip


def _names(units: Any, grid: loads.GridLoad) -> str:
    return "、".join(units[pk].short_name for pk in grid.by_unit if pk in units)


def _serves(asked: Request, area: AreaNode) -> bool:
    actor = asked.actor
    return actor.may("people.view", area) or actor.scope("sources.decide").everywhere or bool(
        actor.scope("sources.request").unit_ids and not actor.may("people.view")
    )  # fmt: skip


def _concerns(asked: Request, one: DataRequest) -> bool:
    area = acts.place(one)
    held = [areas.node(holding.area_id, asked.numbers) for holding in asked.actor.holdings if holding.area_id]
    return area is None or not held or any(node is not None and _touch(area, node) for node in held)


@card(62, on="base")
def _card(asked: Request) -> Card | None:
    """准入清单."""
    if not any(map(asked.actor.may, SEEN_BY)):
        return None
    found = DataRequest.objects.visible_to(asked.actor)
    running = found.filter(state=State.APPROVED).count()
    waiting = found.filter(state=State.ASKED).count() if asked.actor.may("sources.decide") else 0
    line = f"{running} 件在采集，看网格每周多少分钟" if running else "没有部门要网格采集数据"
    return Card("准入清单", reverse("console:requests"), "receipt", line, concern(waiting, "%d 份等审核"))
