"""The entry desk: write down what a caller says, with proposals and like cases as one types."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.acts import inputs, performing
from lianxin.faces.acts.parsing import parse_data
from lianxin.faces.console import doing
from lianxin.faces.console.components_near import candidates, chosen
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.rows import Row, rows
from lianxin.faces.identity.request import Request, address_of
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.audit import actions as audit
from lianxin.kernel import ids
from lianxin.kernel.crypto.sealing import blind_indexes
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.kernel.geometry.points import Point
from lianxin.registry.components.codes import parts, tidy
from lianxin.registry.components.models import AMISS
from lianxin.work.cases import queries
from lianxin.work.cases.actions.intake import MAX_TEXT, PHONE_CONTEXT, normal_phone
from lianxin.work.cases.keeping import keeper_of
from lianxin.work.cases.models import Case
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import Kind, Severity
from lianxin.work.desk import calls
from lianxin.work.desk.models import CallNote
from lianxin.work.dispatch.queries import catalogue
from lianxin.work.dispatch.routing import propose

from .calls import dock

_CHANNELS = [
    ("call", "来电"),
    ("hotline", "12345 转来"),
    ("leader", "领导交办"),
    ("media", "媒体"),
    ("partner", "部门移送"),
]
_EARLIER = 6
_WRONGS = [(state.value, str(state.label)) for state in AMISS]


class EntryForm(forms.Form):
    """What is asked of a caller, in the order of a conversation."""

    use_required_attribute = False
    phone = forms.CharField(
        label=gettext_lazy("电话"), required=False, max_length=30, help_text=gettext_lazy("只用来回复；办理单位看不到"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "autofocus": True}),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("称呼"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    text = forms.CharField(
        label=gettext_lazy("说的是什么事"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("照原话记，写清什么时候、在哪里、怎么了"),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("地点"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("路名、小区、门牌，或旁边有什么"),
    )
    area = forms.ChoiceField(label=gettext_lazy("社区或网格"), required=False)
    component_words = forms.CharField(
        label=gettext_lazy("哪个部件"), required=False, max_length=60,
        help_text=gettext_lazy("井盖、路灯、消火栓这类：标牌上的号、名称或路名；在图上点了位置会列出附近的"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    component_state = forms.ChoiceField(
        label=gettext_lazy("部件怎么了"), required=False, choices=_WRONGS, widget=forms.RadioSelect, initial="damaged"
    )
    category = forms.ChoiceField(label=gettext_lazy("分类"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False, widget=forms.RadioSelect)
    severity = forms.ChoiceField(label=gettext_lazy("等级"), required=False, widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=gettext_lazy("来源"), choices=_CHANNELS, widget=forms.RadioSelect, initial="call")
    claimed_at = forms.CharField(
        label=gettext_lazy("发生时间"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    is_anonymous = forms.BooleanField(label=gettext_lazy("不留姓名"), required=False)
    is_confidential = forms.BooleanField(label=gettext_lazy("请保密：只有坐席能看到是谁"), required=False)
    has_consent = forms.BooleanField(label=gettext_lazy("同意办理单位直接联系"), required=False)

    def __init__(self, asked: Request, data: QueryDict | None = None, initial: Mapping[str, str] | None = None) -> None:
        """Fill the lists with the words of this place; `initial` is what a call was noted as."""
        super().__init__(data, auto_id="entry_%s", initial=dict(initial or {}))
        nodes = catalogue(asked.numbers)
        groups: dict[str, list[tuple[str, str]]] = {}
        for leaf in nodes.leaves:
            groups.setdefault(" › ".join(leaf.path[:-1]) or leaf.name, []).append((leaf.code, leaf.name))
        self._offer("category", [("", _("按原话判断")), *groups.items()])
        self._offer("area", [("", _("先不选")), *_areas(asked)])
        self._offer("kind", [("", _("按原话判断")), *((value, str(label)) for value, label in Kind.choices)])
        self._offer("severity", [("", _("按原话判断")), *((value, str(label)) for value, label in Severity.choices)])

    def _offer(self, name: str, choices: list[Any]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices


def _areas(asked: Request) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the communities by street, those of the actor's own posts down to the grid."""
    atlas = areas.atlas(asked.at, asked.numbers)
    own = asked.actor.scope("cases.report").community_ids
    groups = []
    for street in (node for node in atlas if node.role == "street"):
        listed = []
        for community in atlas.children(street.id):
            listed.append((community.code, community.name))
            if community.id in own:
                listed += [(grid.code, f"{community.name} {grid.name}") for grid in atlas.children(community.id)]
        groups.append((street.name, listed))
    return groups


@require_http_methods(["GET", "POST"])
@staff_only("cases.report")
def entry(request: HttpRequest) -> HttpResponse:
    """Take a report by telephone or on paper; the number comes back to be read out."""
    asked = cast("Request", request)
    # Bound even to nothing at all: what is missing is said at its field.
    call = _call(asked)
    noted = {"phone": call.phone, "text": call.words} if call else None
    form = EntryForm(asked, request.POST if request.method == "POST" else None, noted)
    if request.method == "POST":
        try:
            with transaction.atomic():
                case = _take(asked)
                if call is not None:
                    calls.end(asked.actor, key=call.key, outcome=CallNote.Outcome.NEW, case=case, at=asked.at)
        except Invalid as invalid:
            _blame(form, invalid.fields)
        except LianxinError as error:
            form.add_error(None, error.sentence)
        else:
            return doing.go_on(request, reverse("console:entered", args=[case.number]))
    return page(
        request, "console/entry.html", door="console:entry", title=_("登记"), status=422 if form.errors else 200,
        form=form,
        client_id=_client_id(request), lon=request.POST.get("lon", ""), lat=request.POST.get("lat", ""),
        center=_center(asked), may_look_up=asked.actor.may("cases.reveal"), from_call=call.key if call else "",
        **_component_piece(asked), **({} if call else dock(asked)),
    )  # fmt: skip


def _call(asked: Request) -> CallNote | None:
    """Return the call that is entered as a case: one's own, and not over."""
    given = asked.POST.get("call", "") or asked.GET.get("call", "")
    try:
        key = UUID(given)
    except ValueError:
        return None
    return CallNote.objects.visible_to(asked.actor).filter(key=key).exclude(outcome=CallNote.Outcome.NOTHING).first()


def _take(asked: Request) -> Case:
    data = parse_data(inputs.ReportIn, _given(asked))
    return performing.report(
        asked.actor, client_id=ids.parse(asked.POST.get("client_id", ""), field="client_id"), data=data, at=asked.at,
        numbers=asked.numbers,
    )  # fmt: skip


def _given(asked: Request) -> dict[str, Any]:
    """Return what was typed as a report; an empty field says nothing."""
    names = ("phone", "name", "text", "address", "area", "category", "kind", "severity", "channel", "claimed_at")
    given: dict[str, Any] = {name: asked.POST[name] for name in names if asked.POST.get(name, "").strip()}
    given |= {name: True for name in ("is_anonymous", "is_confidential", "has_consent") if asked.POST.get(name)}
    if asked.POST.get("lon") and asked.POST.get("lat"):
        given["point"] = {"lon": asked.POST["lon"], "lat": asked.POST["lat"]}
        given.pop("area", None)  # a point says more than a list
    if number := _component_number(asked):
        given |= {"component": number, "component_state": asked.POST.get("component_state") or None}
    return given


def _component_number(asked: Request) -> str:
    """Return the number that was picked, or typed whole."""
    typed = tidy(asked.POST.get("component_words", ""))
    return asked.POST.get("component", "").strip() or (typed if parts(typed) else "")


def _component_piece(asked: Request) -> dict[str, Any]:
    """Return what the list of components shows: what was typed finds them, else the point."""
    words, point = asked.POST.get("component_words", "").strip(), _point(asked)
    found = candidates(asked, words=words, point=point) if asked.actor.may("components.view") else []
    return {"found": found, "chosen": _component_number(asked), "words": words, "asked_for": bool(words or point)}


@require_POST
@staff_only("cases.report")
def components(request: HttpRequest) -> HttpResponse:
    """List the components that what was typed may mean, or that stand near the point, to pick one from."""
    return render(request, "console/entry_components.html", _component_piece(cast("Request", request)))


def _blame(form: EntryForm, fields: dict[str, str]) -> None:
    form.is_valid()
    for place, sentence in fields.items():
        name = place.split(".")[0]
        known = {"point": "address", "client_id": None, "component": "component_words"}.get(
            name, name if name in form.fields else None
        )
        if not (known and known in form.errors):
            form.add_error(known, sentence)


def _client_id(request: HttpRequest) -> str:
    given = request.POST.get("client_id", "")
    try:
        return str(UUID(given))
    except ValueError:
        return doing.new_client_id()


def _center(asked: Request) -> str:
    """Return where the map begins: the middle of the actor's own area."""
    held = asked.actor.post
    node = areas.node(held.area_id, asked.numbers) if held is not None and held.area_id is not None else None
    roots = areas.children(None, asked.at, asked.numbers)
    center = node.center if node and node.center else roots[0].center if roots else None
    return f"{center.lon},{center.lat}" if center else ""


@require_POST
@staff_only("cases.report")
def proposal(request: HttpRequest) -> HttpResponse:
    """Tell, while one types, what it will be filed as, where it is, and what like cases there are."""
    asked = cast("Request", request)
    text = request.POST.get("text", "").replace("\0", "").strip()[:4000]
    component = chosen(asked, _component_number(asked))
    point = _point(request) or (component.point if component is not None else None)
    area = areas.locate(point.lon, point.lat, asked.at, asked.numbers) if point else None
    if area is None and request.POST.get("area"):
        area = areas.atlas(asked.at, asked.numbers).by_code.get(request.POST["area"])
    found = (
        propose(
            text or component.name if component is not None else text,
            point=point,
            area=area,
            level="city",
            at=asked.at,
            numbers=asked.numbers,
            keeper=keeper_of(component, at=asked.at, numbers=asked.numbers),
        )
        if len(text) >= 4 or component is not None
        else None
    )
    alike = queries.similar(
        point=point, text=text, at=asked.at, settings=flow_settings(asked.numbers),
        community_id=area.community_id if area else None, component_id=component.pk if component is not None else None,
    )  # fmt: skip
    visible = Case.objects.visible_to(asked.actor).filter(pk__in=[each.case.pk for each in alike])
    return render(
        request, "console/entry_proposal.html",
        {"found": found, "area": area, "outside": point is not None and area is None, "now": asked.at,
         "alike": _in_order(asked, visible, alike), "has_text": len(text) >= 4 or component is not None,
         "same": {each.case.number for each in alike if each.same_component}},
    )  # fmt: skip


def _in_order(asked: Request, visible: Any, alike: Sequence[queries.Likeness]) -> list[Row]:
    """Return the rows of what may be seen, the likest first."""
    order = {each.case.number: place for place, each in enumerate(alike)}
    return sorted(rows(visible, at=asked.at, numbers=asked.numbers), key=lambda row: order[row.number])


def _point(request: HttpRequest) -> Point | None:
    try:
        lon, lat = float(request.POST.get("lon", "")), float(request.POST.get("lat", ""))
    except ValueError:
        return None
    return Point(lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None


@require_POST
@staff_only("cases.reveal")
def earlier(request: HttpRequest) -> HttpResponse:
    """List what was reported from this phone before, for who answers a call from it; the look-up is recorded."""
    asked = cast("Request", request)
    try:
        phone = normal_phone(request.POST.get("phone", ""))
    except Invalid:
        return render(request, "console/entry_earlier.html", {"rows": [], "asked_for": False})
    hashes = blind_indexes(phone, PHONE_CONTEXT)
    cases = Case.objects.visible_to(asked.actor).filter(reporter__phone_hash__in=hashes, is_confidential=False)
    found = rows(cases.order_by("-reported_at")[:_EARLIER], at=asked.at, numbers=asked.numbers)
    audit.record(
        asked.actor, "cases.lookup_phone", at=asked.at, subject_kind="phone", subject_label=f"…{phone[-4:]}",
        fields=("phone",), reason=_("接听来电"), address=address_of(request),
    )  # fmt: skip
    return render(request, "console/entry_earlier.html", {"rows": found, "asked_for": True, "now": asked.at})


@require_safe
@staff_only("cases.report")
def entered(request: HttpRequest, number: str) -> HttpResponse:
    """Show the number to read out, and what comes next."""
    asked = cast("Request", request)
    case = queries.find(asked.actor, number)
    shown = rows([case], at=asked.at, numbers=asked.numbers)[0]
    digits = number.rsplit("-", 1)[-1]
    return page(
        request, "console/entered.html", door="console:entry", title=_("登记好了"), case=case, row=shown,
        spoken=" ".join((digits[:3], digits[3:])),
    )  # fmt: skip
