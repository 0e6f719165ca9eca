"""Leaders' liaison (联系包抓): who looks after which place, where nobody does, and a leader's own places."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_leading import TieForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.text import mask_name
from lianxin.registry.places.models import Estate
from lianxin.work.liaison import actions, queries
from lianxin.work.liaison.models import MANAGE, VIEW, VISIT, Tie

DOOR = "console:liaison"
PERMISSIONS = (VIEW, MANAGE, VISIT)
_SIZE = 40
_GAPS = 30  # shown; beyond that the count says how many more


def tie_of(asked: Request, key: UUID) -> Tie:
    """Return a tie the reader may see. Raises NotFound."""
    found = Tie.objects.visible_to(asked.actor).select_related("account", "estate").filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这条联系，或不在您的辖区。"))
    return found


def url_of(tie: Tie, name: str = "tie", *more: Any) -> str:
    """Return an address of a tie."""
    return reverse(f"console:{name}", args=[tie.key, *more])


def _tabs(asked: Request, here: str) -> list[Tab]:
    tabs = [("console:liaison", _("谁联系哪里"), (VIEW, MANAGE)), ("console:liaison_mine", _("我联系的"), (VISIT,))]
    return [
        Tab(reverse(name), label, current=name == here)
        for name, label, asks in tabs if any(asked.actor.may(each) for each in asks)
    ]  # fmt: skip


def place_rows(asked: Request, ties: list[Tie]) -> list[dict[str, Any]]:
    """Return ties as lists show them: every count opens its list."""
    told = []
    for each in queries.places(asked.actor, ties, at=asked.at):
        code = each.area.code if each.area else ""
        cases = f"{reverse('console:cases')}?{urlencode({'area': code})}"
        told.append({
            "place": each, "tie": each.tie, "url": url_of(each.tie), "kind": each.tie.get_kind_display(),
            "leader": f"{mask_name(each.tie.account.name)} {each.tie.post_label}",
            "open_url": cases if each.open else "", "late_url": f"{cases}&clock=overdue" if each.late else "",
            "last": words.day(each.last_visit, words.local(asked.at).date()) if each.last_visit else "",
            "next": words.day(each.next_visit, words.local(asked.at).date()) if each.next_visit else "",
        })  # fmt: skip
    return told


@require_safe
@staff_only(*PERMISSIONS)
def overview(request: HttpRequest) -> HttpResponse:
    """Show who looks after which place, and where nobody does. Who only has places of one's own sees those."""
    asked = cast("Request", request)
    if not (asked.actor.may(VIEW) or asked.actor.may(MANAGE)):
        return mine_page(asked)
    found = Tie.objects.visible_to(asked.actor).now().select_related("account", "estate")
    shown = listed(request, found, order=("street_id", "community_id", "id"), size=_SIZE)
    gaps = queries.gaps(asked.actor, at=asked.at, numbers=asked.numbers)
    estates = list(queries.bare_estates(asked.actor).order_by("pk")[: _GAPS + 1])
    return page(
        request, "console/leading/liaison.html", door=DOOR, title=_("联系包抓"), tabs=_tabs(asked, DOOR),
        rows=place_rows(asked, shown.items), pager=shown.pager, total=shown.total, may_manage=asked.actor.may(MANAGE),
        gaps=[{"name": gap.name, "url": reverse("console:area", args=[gap.code])} for gap in gaps[:_GAPS]],
        gap_count=len(gaps), estates=estates[:_GAPS], more_estates=len(estates) > _GAPS,
    )  # fmt: skip


@require_safe
@staff_only(VISIT)
def mine(request: HttpRequest) -> HttpResponse:
    """Show one's own places."""
    return mine_page(cast("Request", request))


def mine_page(asked: Request) -> HttpResponse:
    """Render a leader's own places: what is open and late there, visits, tasks, questions."""
    own = Tie.objects.filter(account_id=asked.actor.account_id or 0).now().select_related("account", "estate")
    return page(
        asked, "console/leading/places.html", door=DOOR, title=_("我联系的地方"),
        tabs=_tabs(asked, "console:liaison_mine"), rows=place_rows(asked, list(own.order_by("kind", "id")[:60])),
    )  # fmt: skip


@require_safe
@staff_only(*PERMISSIONS)
def tie(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one tie: the place now, visits, key tasks, what residents asked."""
    asked = cast("Request", request)
    found = tie_of(asked, key)
    may_write = found.ended_on is None and (
        asked.actor.may(MANAGE, found) or (found.account_id == asked.actor.account_id and asked.actor.may(VISIT))
    )
    return page(
        request, "console/leading/tie.html", door=DOOR, title=found.name, tie=found,
        row=place_rows(asked, [found])[0], crumbs=[Crumb(_("联系包抓"), reverse(DOOR)), Crumb(found.name)],
        visits=found.visits.order_by("-on", "-id")[:30],
        tasks=found.tasks.select_related("case").order_by("due_on")[:30],
        questions=found.questions.order_by("-id")[:30], may_write=may_write, today=words.local(asked.at).date(),
        may_manage=found.ended_on is None and asked.actor.may(MANAGE, found),
        urls={
            name: url_of(found, name) for name in ("tie_end", "visit_plan", "visit_made", "task_add", "question_add")
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Let a leader look after a place."""
    asked = cast("Request", request)
    initial = {"key": ids.uuid7(asked.at), "began_on": words.local(asked.at).date()}
    form = TieForm(request.POST or None, asked=asked, initial=initial | _place_given(asked))

    def act(values: dict[str, Any]) -> Done:
        estate = _estate(asked, values["estate"]) if values["estate"] else None
        made = actions.bind(
            asked.actor, key=values["key"], account_id=values["person"].pk, area=values["area"], estate=estate,
            duty=values["duty"], began_on=values["began_on"], at=asked.at,
        )  # fmt: skip
        return Done(url_of(made), _("安排好了"))

    return save(
        request, form, act, template="console/leading/form.html", door=DOOR, title=_("安排联系包抓"),
        verb=_("安排"), back_url=reverse(DOOR),
    )  # fmt: skip


def _place_given(asked: Request) -> dict[str, str]:
    """Return the place an address names, for the form."""
    area = areas.atlas(asked.at, asked.numbers).by_code.get(asked.GET.get("area", ""))
    return {"area": " ".join(area.breadcrumb[1:]) if area else "", "estate": asked.GET.get("estate", "")[:80]}


def _estate(asked: Request, name: str) -> Estate:
    found = list(Estate.objects.visible_to(asked.actor).now().filter(name=name.strip())[:2])
    if len(found) != 1:
        raise Invalid(
            {"estate": _("没有找到这个小区。") if not found else _("有几个同名的小区，请从小区页面进来安排。")}
        )
    return found[0]


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a tie."""
    asked = cast("Request", request)
    found = tie_of(asked, key)
    question = Question(
        _("结束对{place}的联系").format(place=found.name), _("已记的走访和任务都留着；约好没去的走访会取消。"),
        _("结束联系"), url_of(found),
    )  # fmt: skip

    def act(values: dict[str, Any]) -> Done:
        actions.end(asked.actor, tie=found, reason=values["note"], at=asked.at)
        return Done(reverse(DOOR), _("联系已结束"))

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)
