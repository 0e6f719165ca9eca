"""Split, merge and redraw (拆分、合并、挪边界) on the map: cut, join or move, name each piece, plan the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import land, mends, redividing
from lianxin.faces.console.forms_areas import MOST_FILE, RedivideForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.impact import torn
from lianxin.faces.console.redividing import Ground
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.faces.parts.words import local
from lianxin.foundation.areas import actions, following, queries
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.areas.rules import HOUSEHOLDS
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.geometry.polygons import Outline

from .areas import DOOR, atlas_of, node_or_404

WAYS = {"split": "拆分", "merge": "合并", "redraw": "挪边界", "file": "用边界文件"}


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is asked for so far: the way, who takes part, the pieces, what a file says of them, what is wrong."""

    how: str
    taken: Ground
    outlines: Sequence[Outline]
    told: Sequence[Mapping[str, Any]] = ()
    text: str = ""
    wrong: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether there is something to plan."""
        return not self.wrong and (len(self.outlines) > 1 or len(self.taken.areas) > 1 or bool(self.text))


def _chosen(asked: Request, node: AreaNode, codes: set[str]) -> Ground:
    taken = redividing.ground(node, codes | set(asked.GET.getlist("with")), atlas_of(asked))
    if not taken.areas or taken.areas[0].pk != node.id or node.parent_id is None:
        raise Refused("area_without_border", _("“{name}”没有边界或已撤销，不能在图上调整。").format(name=node.name))
    if not all(asked.actor.may("areas.manage", area) for area in taken.areas):
        raise NotAllowed("areas.manage", _("您的岗位不能调整这里的边界。"))
    return taken


def _sketch(asked: Request, node: AreaNode) -> Sketch:
    """Read what the address and the form ask for; what is wrong with it is said, and nothing cut."""
    try:
        text = _text(asked, node)
        read = redividing.read_file(text) if text else []
        told = [said for _outline, said in read]
        how = asked.GET.get("how", "") or ("file" if text else "merge" if _is_merge(asked) else "split")
        taken = _chosen(asked, node, redividing.codes_in(told))
        if text:
            return Sketch(how, taken, [outline for outline, _said in read], told, text)
        return Sketch(how, taken, redividing.pieces(taken, asked.GET.get("line", "")))
    except Invalid as invalid:
        taken = _chosen(asked, node, set())
        return Sketch(asked.GET.get("how", "split"), taken, [taken.whole], wrong=invalid.sentence)


def _is_merge(asked: Request) -> bool:
    return bool(asked.GET.getlist("with")) and not asked.GET.get("line")


def _text(asked: Request, node: AreaNode) -> str:
    """Return borders that were sent as GeoJSON, in a field or a file, or that mend a fault of the address."""
    if (sent := asked.FILES.get("file")) is not None:
        if sent.size is None or sent.size > MOST_FILE:
            raise Invalid({"geojson": _("文件太大。边界文件应在 2 MB 以内。")})
        return cast("bytes", sent.read()).decode("utf-8-sig", "replace")
    if text := asked.POST.get("geojson", "").strip():
        return text
    if asked.method == "GET" and asked.GET.get("mend"):
        remedy = mends.asked_for(asked, node)
        codes = {found.code for pk in remedy.borders if (found := queries.node(pk, asked.numbers))}
        return redividing.as_text(_chosen(asked, node, codes), remedy.borders)
    return ""


@require_safe
@staff_only("areas.manage")
def pieces(request: HttpRequest, code: str) -> HttpResponse:
    """Give the pieces that the address cuts, to the map."""
    asked = cast("Request", request)
    sketch = _sketch(asked, node_or_404(asked, code))
    found = redividing.as_features(sketch.outlines) if sketch.is_changed else []
    return JsonResponse({"type": "FeatureCollection", "features": found})


@require_safe
@staff_only("areas.manage")
def net(request: HttpRequest, code: str) -> HttpResponse:
    """Give an area and its neighbours as one net of common corners, to be moved on the map."""
    asked = cast("Request", request)
    node = node_or_404(asked, code)
    codes = {one.code for one in redividing.neighbours(node, atlas_of(asked))}
    return JsonResponse({"type": "FeatureCollection", "features": redividing.net(_chosen(asked, node, codes))})


@require_http_methods(["GET", "POST"])
@staff_only("areas.manage")
def redivide(request: HttpRequest, code: str) -> HttpResponse:
    """Plan new borders: choose and cut by the address (GET), move or read a file, and plan (POST)."""
    asked = cast("Request", request)
    node = node_or_404(asked, code)
    sketch = _sketch(asked, node)
    form = _form(asked, node, sketch) if sketch.is_changed else None
    if form is not None and form.is_bound and form.is_valid():
        with faults_into(form):
            return done(request, _plan(asked, node, sketch, form))
    return _page(asked, node, sketch, form)


def _form(asked: Request, node: AreaNode, sketch: Sketch) -> RedivideForm:
    atlas = atlas_of(asked)
    spare = redividing.free(node, queries.index(asked.numbers), atlas, len(sketch.outlines))
    ids = redividing.below(sketch.taken, atlas)
    described = redividing.described(sketch.taken, sketch.outlines, sketch.told, spare, ids)
    data = asked.POST if "reason" in asked.POST else None
    initial = {
        "effective_date": redividing.day_of(asked.at),
        "seen": sketch.taken.versions,
        "reason": asked.GET.get("reason", ""),
    }
    return RedivideForm(data, pieces=described, initial=initial)


def _plan(asked: Request, node: AreaNode, sketch: Sketch, form: RedivideForm) -> Done:
    new = redividing.successors(sketch.taken, sketch.outlines, form.cleaned_data)
    effective_at = form.instant(asked.at)
    planned = actions.plan_redivision(
        asked.actor,
        kind=redividing.kind_of(sketch.taken, len(new)),
        old=sketch.taken.areas,
        successors=new,
        effective_at=effective_at,
        reason=form.cleaned_data["reason"],
        at=asked.at,
        seen=form.versions_seen(),
    )
    if effective_at <= asked.at:
        actions.apply_redivision(asked.actor, redivision=planned, at=asked.at)
        return Done(reverse("console:area", args=[new[0].code]), "新边界已生效，在办案件和岗位正在跟过去")
    day, remarks = local(effective_at), planned.plan["remarks"]
    said = f"已列入计划，{day.month}月{day.day}日 0 点生效"
    return Done(reverse("console:area", args=[node.code]), f"{said}。请留意：{remarks[0]}" if remarks else said)


def _page(asked: Request, node: AreaNode, sketch: Sketch, form: RedivideForm | None) -> HttpResponse:
    atlas, taken = atlas_of(asked), sketch.taken
    chosen = {area.pk for area in taken.areas}
    is_grid = node.role == "grid"
    parent = atlas.by_id[node.parent_id or 0]
    counts = [area.households for area in taken.areas]
    return page(
        asked,
        "console/areas/redivide.html",
        door=DOOR,
        title=_("调整{name}的边界").format(name=node.name),
        status=422 if sketch.wrong or (form is not None and form.errors) else 200,
        node=node,
        crumbs=land.crumbs(node, asked.numbers),
        form=form,
        how=sketch.how,
        ways=[Tab(f"?{urlencode({'how': way})}", label, current=way == sketch.how) for way, label in WAYS.items()],
        neighbours=[(one, one.id in chosen) for one in redividing.neighbours(node, atlas)],
        limits=queries.household_limits(asked.numbers).get(node.kind, HOUSEHOLDS) if is_grid else None,
        moves=following.left(redividing.below(taken, atlas)) if form else {},
        torn=torn(redividing.below(taken, atlas), sketch.outlines) if form else 0,
        households=None if None in counts else sum(filter(None, counts)),
        line=asked.GET.get("line", ""),
        query=asked.GET.urlencode(),
        text=sketch.text,
        wrong=sketch.wrong,
        parent=parent,
        back_url=reverse("console:area", args=[node.code]),
    )
