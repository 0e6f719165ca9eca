"""Split, merge and redraw (拆分、合并、调整) on the map: cut or join, name each piece, plan the day."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import land, redividing
from lianxin.faces.console.forms_areas import MOST_FILE, RedivideForm, midnight
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.redividing import Ground
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Phase
from lianxin.foundation.areas import actions
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.geometry.polygons import Outline

from .areas import DOOR, atlas_of, node_or_404


def _chosen(asked: Request, code: str) -> tuple[AreaNode, Ground]:
    node = node_or_404(asked, code)
    taken = redividing.ground(node, asked.GET, atlas_of(asked))
    if not taken.areas or taken.areas[0].pk != node.id:
        raise Refused("area_without_border", f"“{node.name}”没有边界或已撤销，不能在图上调整。")
    if not asked.actor.may("areas.manage", taken.areas[0]):
        raise NotAllowed("areas.manage", "您的岗位不能调整这里的边界。")
    return node, taken


@require_safe
@staff_only("areas.manage")
def pieces(request: HttpRequest, code: str) -> HttpResponse:
    """Give the pieces that the address cuts, to the map."""
    asked = cast("Request", request)
    _node, taken = _chosen(asked, code)
    outlines = redividing.pieces(taken, request.GET.get("line", ""))
    return JsonResponse({"type": "FeatureCollection", "features": redividing.as_features(outlines)})


@require_http_methods(["GET", "POST"])
@staff_only("areas.manage")
def redivide(request: HttpRequest, code: str) -> HttpResponse:
    """Plan new borders: choose and cut by the address (GET), read a file or plan (POST)."""
    asked = cast("Request", request)
    node, taken = _chosen(asked, code)
    wrong = ""
    try:
        outlines, told, text = _outlines(request, taken)
    except Invalid as invalid:
        outlines, told, text, wrong = [taken.whole], [], "", invalid.sentence
    form = _form(asked, node, taken, outlines, told)
    if form.is_bound and form.is_valid():
        with faults_into(form):
            return done(request, _plan(asked, node, taken, outlines, form.cleaned_data))
    return _page(asked, node, taken, outlines, form, text=text, wrong=wrong)


def _outlines(request: HttpRequest, taken: Ground) -> tuple[list[Outline], list[Mapping[str, Any]], str]:
    """Return the pieces, from a file where one was sent, else along the lines of the address."""
    text = request.POST.get("geojson", "").strip()
    if (sent := request.FILES.get("file")) is not None:
        if sent.size is None or sent.size > MOST_FILE:
            raise Invalid({"geojson": "文件太大。边界文件应在 2 MB 以内。"})
        text = sent.read().decode("utf-8-sig", "replace")
    if text:
        read = redividing.read_file(text)
        return [outline for outline, _said in read], [said for _outline, said in read], text
    return redividing.pieces(taken, request.GET.get("line", "")), [], ""


def _form(
    asked: Request, node: AreaNode, taken: Ground, outlines: Sequence[Outline], told: Sequence[Mapping[str, Any]]
) -> RedivideForm:
    spare = redividing.free_codes(node, atlas_of(asked), len(outlines))
    described = redividing.described(taken, outlines, told, spare)
    data = asked.POST if "effective_date" in asked.POST else None
    return RedivideForm(data, pieces=described, initial={"effective_date": redividing.day_of(asked.at)})


def _plan(
    asked: Request, node: AreaNode, taken: Ground, outlines: Sequence[Outline], values: Mapping[str, Any]
) -> Done:
    new = redividing.successors(taken, outlines, values)
    planned = actions.plan_redivision(
        asked.actor,
        kind=redividing.kind_of(taken, len(new)),
        old=taken.areas,
        successors=new,
        effective_at=midnight(values["effective_date"]),
        reason=values["reason"],
        at=asked.at,
    )
    remarks = planned.plan["remarks"]
    said = f"已列入计划，{values['effective_date'].month}月{values['effective_date'].day}日 0 点生效"
    return Done(reverse("console:area", args=[node.code]), f"{said}。请留意：{remarks[0]}" if remarks else said)


def _page(
    asked: Request,
    node: AreaNode,
    taken: Ground,
    outlines: Sequence[Outline],
    form: RedivideForm,
    *,
    text: str,
    wrong: str,
) -> HttpResponse:
    atlas = atlas_of(asked)
    is_changed = len(outlines) > 1 or len(taken.areas) > 1 or bool(text)
    chosen = {area.pk for area in taken.areas}
    step = 2 if is_changed else 1
    return page(
        asked,
        "console/areas/redivide.html",
        door=DOOR,
        title=f"调整{node.name}的边界",
        status=422 if form.errors or wrong else 200,
        node=node,
        crumbs=land.crumbs(node, asked.numbers),
        form=form if is_changed else None,
        steps=[
            Phase("选区域、画线", "还没有写入"),
            Phase("每一块叫什么", "还没有写入"),
            Phase("到日子生效", "之前都能取消"),
        ],
        step=step,
        neighbours=[(one, one.id in chosen) for one in redividing.neighbours(node, atlas)],
        taken=taken,
        line=asked.GET.get("line", ""),
        query=asked.GET.urlencode(),
        text=text,
        wrong=wrong,
        count=len(outlines),
        center=f"{node.center.lon},{node.center.lat}" if node.center else "",
        back_url=reverse("console:area", args=[node.code]),
    )
