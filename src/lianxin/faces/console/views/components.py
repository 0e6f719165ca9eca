"""Components (部件): the list with its counts, one of them, and sheets of labels."""

from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console import facilities, land
from lianxin.faces.console import rows as case_rows
from lianxin.faces.console.facilities import CHECK, DOOR, EDIT, VIEW
from lianxin.faces.console.frame import SEES_MAP, page, place, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.standing import crumbs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import labels as papers
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.registry.components import queries
from lianxin.registry.components.changing import may
from lianxin.registry.components.classes import catalogue
from lianxin.registry.components.models import Component, ComponentQuerySet, State
from lianxin.work.cases.queries import component_cases

_SIZE = 20
_CASES = 6
_AROUND = 80  # metres of neighbours on the small map
_LABELS = 480  # in one file: twenty sheets


@require_safe
@staff_only(VIEW)
def components(request: HttpRequest) -> HttpResponse:
    """List components by number, with how many there are of each state and class."""
    asked = cast("Request", request)
    found, around = facilities.narrow(asked)
    seen = _seen(asked)
    counted = queries.count(seen.filter(around))
    total = facilities.said_of(counted, asked)
    rows = seen.filter(found.where).defer("words")
    shown = listed(request, rows, order=("number",), size=_SIZE, is_counted=False)
    chosen = {name: asked.GET.get(name, "") for name in ("class", "state", "stale", "area", "words")}
    return page(
        request, "console/components/list.html", door=DOOR, title=_("城市部件"),
        rows=[facilities.line(asked, row) for row in shown.items], pager=replace(shown.pager, total=total),
        total=total, chips=found.chips, chosen=chosen,
        kept={name: value for name, value in found.kept.items() if name not in chosen},
        tiles=facilities.tiles(asked, counted, chosen["state"]),
        majors=facilities.majors(asked, counted, chosen["class"]),
        areas=_areas(asked), stale=_stale(), words=urlencode(found.kept),
        may_add=asked.actor.may(EDIT), may_see_map=any(map(asked.actor.may, SEES_MAP)),
        is_bare=not counted.total, import_url=reverse("console:import_begin", args=["components"]),
    )  # fmt: skip


def _seen(asked: Request) -> ComponentQuerySet:
    """Return what the list is of: components on the books, or those struck off where these are asked for."""
    rows = Component.objects.visible_to(asked.actor)
    return rows if asked.GET.get("gone") else rows.now()


def _areas(asked: Request) -> list[tuple[str, str]]:
    actor, everywhere = asked.actor, asked.actor.scope(VIEW).everywhere
    levels = {"street", "community"} if everywhere else {"street", "community", "grid"}
    nodes = [
        node for node in areas.tree(asked.at, asked.numbers)
        if node.role in levels and (everywhere or actor.may(VIEW, node))
    ]  # fmt: skip
    low = min((node.depth for node in nodes), default=0)
    return [("", _("全部区域")), *((node.code, "\u3000" * (node.depth - low) + node.name) for node in nodes)]


def _stale() -> list[tuple[str, str]]:
    return [
        ("", _("核对时间")), ("quarter", _("三个月没有核对")), ("half", _("半年没有核对")), ("year", _("一年没有核对")),
        ("never", _("普查后没有核对过")),
    ]  # fmt: skip


@require_safe
@staff_only(VIEW)
def component(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one component: what its number says, who keeps it, how it was found, what is being done about it."""
    asked = cast("Request", request)
    found = queries.component_or_404(asked.actor, key)
    node, actor, is_here = areas.node(found.area_id or 0, asked.numbers), asked.actor, found.valid_to is None
    about = component_cases(actor, found)
    state = State(found.state)
    return page(
        request, "console/components/component.html", door=DOOR, title=found.name,
        crumbs=[Crumb(_("部件"), reverse(DOOR)), *crumbs(asked, node)], component=found,
        parts=facilities.parts_of(asked, found),
        kind=catalogue(asked.numbers).by_id[found.category_id], state=str(state.label), tone=facilities.TONES[state],
        icon=facilities.ICONS[facilities.TONES[state]],
        keepers=facilities.keepers(asked, found), happened=facilities.history(asked, found),
        fitted=facilities.fitted(asked, found), pictures=facilities.pictures(found),
        seen=facilities.seen_words(asked, found),
        grouped=facilities.grouped(found.number),
        cases=case_rows.rows(about[:_CASES], at=asked.at, numbers=asked.numbers), case_count=about.count(),
        may_edit=is_here and may(actor, EDIT, found),
        may_check=is_here and (may(actor, CHECK, found) or may(actor, EDIT, found)),
        areas_url=land.areas_url(asked),
    )  # fmt: skip


@require_safe
@staff_only(VIEW)
def near(request: HttpRequest, key: UUID) -> JsonResponse:
    """Give the small map one component and what stands around it."""
    asked = cast("Request", request)
    found = queries.component_or_404(asked.actor, key)
    around = [one.component for one in queries.nearest(asked.actor, found.point, _AROUND, limit=60)]
    others = [one for one in around if one.pk != found.pk]
    features = facilities.features(asked, [*others, found], here=found)
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_safe
@staff_only(VIEW)
def labels(request: HttpRequest) -> HttpResponse:
    """Say how many labels there would be, of the chosen ones or of the list, and give their files."""
    asked = cast("Request", request)
    picked = _picked(asked)
    count = picked.count()
    words = {name: asked.GET.getlist(name) for name in asked.GET if name not in {"from", "after", "first"}}
    files = [
        {
            "first": first + 1, "last": min(first + _LABELS, count),
            "url": f"{reverse('console:component_label_file')}?{urlencode({**words, 'from': first + 1}, doseq=True)}",
        }
        for first in range(0, count, _LABELS)
    ]  # fmt: skip
    some = [facilities.line(asked, row) for row in picked.defer("words").order_by("number")[:4]]
    return page(
        request, "console/components/labels.html", door=DOOR, title=_("打印标签"), count=count, files=files[:60],
        list_url=reverse(DOOR), some=some, sheets=-(-count // papers.A_SHEET), a_sheet=papers.A_SHEET, hint=_hint(),
        crumbs=[Crumb(_("部件"), reverse(DOOR)), Crumb(_("打印标签"))],
    )  # fmt: skip


def _picked(asked: Request) -> ComponentQuerySet:
    """Return the components whose labels are wanted: those picked by number, else the whole list."""
    picked = [number for number in asked.GET.getlist("pick") if number.isascii() and number.isdigit()][:_LABELS]
    rows = Component.objects.visible_to(asked.actor).now()
    if picked:
        return rows.filter(number__in=picked)
    return rows.filter(facilities.narrow(asked)[0].where)


def _hint() -> str:
    return _("坏了？扫码报修")


@require_safe
@staff_only(VIEW)
def label_file(request: HttpRequest) -> HttpResponse:
    """Give labels as a PDF, 24 on a sheet of A4, at most twenty sheets."""
    asked = cast("Request", request)
    written = asked.GET.get("from", "1")
    first = int(written) - 1 if written.isascii() and written.isdigit() and len(written) < 8 else -1
    if first < 0:
        raise Invalid({"from": _("从第几张打起，要写一个数。")})
    rows = list(_picked(asked).defer("words").order_by("number")[first : first + _LABELS])
    if not rows:
        raise NotFound(_("没有可打印的标签。"))
    known, platform = catalogue(asked.numbers), str(place(asked.numbers).get("platform", _("连心")))
    found = [
        papers.Label(
            row.name, known.by_id[row.category_id].name, facilities.grouped(row.number), facilities.label_url(row)
        )
        for row in rows
    ]
    response: Any = StreamingHttpResponse(papers.pdf(found, _hint(), platform), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return cast("HttpResponse", response)
