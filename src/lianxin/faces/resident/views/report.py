"""Report something: one page, three steps, no account. It may be sent twice and counts once."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.acts import limits, performing, tracking
from lianxin.faces.acts.inputs import ReportIn
from lianxin.faces.acts.parsing import parse_data
from lianxin.faces.identity import cookies
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.resident import frame
from lianxin.faces.resident.choosing import area_choices
from lianxin.faces.resident.forms import ReportForm
from lianxin.faces.resident.here import here_at, here_of
from lianxin.faces.resident.joining import join
from lianxin.faces.resident.labels import WRONGS, Labelled, labelled, words_of
from lianxin.faces.resident.matters import promise_of
from lianxin.faces.resident.nearby import PublicMatter, case_behind, likely_same
from lianxin.faces.resident.uploads import files_of_form, kept, keys_of_form
from lianxin.faces.resident.views.following import own_case
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.areas import queries as areas
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.idempotency.models import ClientKey
from lianxin.kernel.throttle.counting import count
from lianxin.registry.components.models import Component
from lianxin.work.cases.models import Case

_HOUR = timedelta(hours=1)
# The link of a report without a phone: as long as one may ask for it to be handled again, and more.
_LINK_LIVES = timedelta(days=90)
# Behind one address there may be a whole neighbourhood.
_LOOKS_AN_HOUR = 600


@require_http_methods(["GET", "POST"])
@frame.resident_page
def report(request: HttpRequest) -> HttpResponse:
    """Show the form, or take it."""
    asked = cast("Request", request)
    return _take(asked) if request.method == "POST" else _show(asked, _form(asked), ids.uuid7(asked.at))


def _form(request: Request) -> ReportForm:
    here = here_of(request)
    choices, anonymous = area_choices(request), frame.texts(request.numbers)["anonymous"]
    if request.method == "POST":
        return ReportForm(request.POST, areas=choices, anonymous=anonymous)
    scanned = here_at(request.GET.get("area", ""), request.at, request.numbers)
    choices = area_choices(request, here=scanned or here)
    code = scanned.area.code if scanned else here.area.code if here else ""
    initial = {
        "area": code, "address": request.GET.get("at", "")[:80] if scanned else "", "phone": _own_phone(request),
        "component": request.GET.get("component", "")[:32],
    }  # fmt: skip
    return ReportForm(initial=initial, areas=choices, anonymous=anonymous)


def _own_phone(request: Request) -> str:
    """Return the phone of a resident who is signed in, who need not type it again."""
    if request.actor.kind != "resident" or request.actor.account_id is None:
        return ""
    return Account.objects.only("phone").get(pk=request.actor.account_id).phone or ""


def _show(
    request: Request, form: ReportForm, client_id: UUID, *, keys: Sequence[UUID] = (), told: str = "",
    same: Sequence[PublicMatter] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    here = here_of(request)
    center = here.area.center or here.community.center if here else None
    if center is None:
        center = next((area.center for area in areas.children(None, request.at, request.numbers)), None)
    return frame.page(
        request, "resident/report.html", title=_("请您反映"), back=reverse("resident:home"), status=status,
        told=[{"tone": "wrong", "words": told}] if told else [], form=form, client_id=client_id, kept=kept(keys),
        same=same, center=center, thing=_thing(request, form),
    )  # fmt: skip


def _thing(request: Request, form: ReportForm) -> Labelled | None:
    """Return the component that is being reported, as everybody may know it; a number that is none is left out."""
    found = _component(str(form["component"].value() or ""))
    # Asked of nothing else, so that nothing else need answer it.
    form.fields["component_state"].required = found is not None
    return words_of(found, at=request.at, numbers=request.numbers) if found is not None else None


def _component(number: str) -> Component | None:
    if not number:
        return None
    try:
        return labelled(number)
    except NotFound:
        return None


def _take(request: Request) -> HttpResponse:
    form = _form(request)
    form.full_clean()
    client_id = _client_id(request)
    keys = keys_of_form(request)
    try:
        limits.count_report(request.actor, address_of(request), at=request.at)
        keys = files_of_form(request, client_id, by_id=request.actor.account_id, at=request.at)
        told = _told(form, keys)
        same = [] if request.POST.get("join") else _not_looked_at(request, client_id, told)
        if same:
            return _show(request, form, client_id, keys=keys, same=same)
        case = _send(request, client_id, told)
    except Invalid as error:
        form.show(error)
        return _show(request, form, client_id, keys=keys, status=422)
    except Refused as refused:
        if refused.rule != "client_id_reused":
            return frame.told_when(
                refused, _show(request, form, client_id, keys=keys, told=refused.sentence, status=refused.status)
            )
        again = _("刚才那件已经送出了。要反映另一件事，请再按一次“送出”。")
        return _show(request, form, ids.uuid7(request.at), keys=keys, told=again, status=409)
    response = HttpResponseRedirect(reverse("resident:sent", args=[case.number]))
    cookies.remember_case(request, response, case.pk)
    return response


def _client_id(request: Request) -> UUID:
    """Return the id the form was made with; one that was lost is made anew."""
    try:
        return ids.parse(request.POST.get("client_id", ""))
    except Invalid:
        return ids.uuid7(request.at)


def _told(form: ReportForm, keys: Sequence[UUID]) -> ReportIn:
    """Return the report as the act takes it. Raises Invalid with a sentence a field."""
    if not form.is_valid():
        raise Invalid({name: str(faults[0]) for name, faults in form.errors.items()})
    given = form.cleaned_data
    text = given["text"] if given["text"].strip() else _unsaid(given, keys)
    told: dict[str, object] = {
        "text": text, "address": given["address"], "area": given["area"] or None, "files": keys,
        "has_consent": given["has_consent"], "is_confidential": given["is_confidential"],
        "is_anonymous": given["is_anonymous"],
    }  # fmt: skip
    if given["component"]:
        told |= {"component": given["component"], "component_state": given["component_state"] or None}
    if not given["is_anonymous"]:
        told |= {"name": given["name"], "phone": given["phone"]}
    if given["lon"] and given["lat"]:
        point = Point.checked(given["lon"], given["lat"], field="area")
        # The map is surer than the list, which may only say where one lives.
        told |= {
            "point": {"lon": point.lon, "lat": point.lat},
            "area": None,
            "accuracy_metres": _metres(given["accuracy"]),
        }
    return parse_data(ReportIn, told)


def _unsaid(given: Mapping[str, str], keys: Sequence[UUID]) -> str:
    """Return what stands for words not written: what is amiss with the component, or that there are photos."""
    found = _component(given["component"])
    if found is not None and given["component_state"]:
        return f"{found.name}：{dict(WRONGS)[given['component_state']]}"
    return _("（没有写字，请看照片、听录音）") if keys else ""


def _metres(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else None


def _send(request: Request, client_id: UUID, told: ReportIn) -> Case:
    into = case_behind(request.POST.get("join", ""))
    if into is not None:
        return join(request.actor, client_id=client_id, data=told, into=into, at=request.at, numbers=request.numbers)
    try:
        return performing.report(request.actor, client_id=client_id, data=told, at=request.at, numbers=request.numbers)
    except Invalid as error:
        raise Invalid({_FIELDS.get(name, name): sentence for name, sentence in error.fields.items()}) from None


# Where the form asks for what an act calls otherwise.
_FIELDS = {"point": "area", "files": "photos"}


def _not_looked_at(request: Request, client_id: UUID, told: ReportIn) -> list[PublicMatter]:
    """Return what may be the same matter, unless the resident has seen it and sent all the same."""
    if ClientKey.objects.filter(key=client_id).exists():
        return []  # sent before: what is found would be this very report
    found = _same(request, told)
    seen = {case_behind(token) for token in request.POST.getlist("seen")}
    return [] if all(case_behind(each.token) in seen for each in found) else found


def _same(request: Request, told: ReportIn) -> list[PublicMatter]:
    here = here_at(told.area, request.at, request.numbers) if told.area else None
    component = _component(told.component or "")
    point = told.point.point if told.point else component.point if component is not None else None
    return likely_same(
        point=point, community_id=here.community.id if here else None, text=told.text, at=request.at,
        numbers=request.numbers, component=component,
    )  # fmt: skip


@require_safe
@frame.resident_page
def nearby(request: HttpRequest) -> HttpResponse:
    """Show, as a piece of the form, what others reported close to a point in like words."""
    asked = cast("Request", request)
    count("resident.nearby", address_of(request) or "", most=_LOOKS_AN_HOUR, span=_HOUR, at=asked.at)
    try:
        point = Point.checked(request.GET.get("lon"), request.GET.get("lat"))
    except Invalid:
        point = None
    text = request.GET.get("text", "")[:400]
    same = likely_same(point=point, community_id=None, text=text, at=asked.at, numbers=asked.numbers) if point else []
    return render(request, "resident/same.html", {"same": same, "now": asked.at, "elder": frame.is_elder(request)})


@require_safe
@frame.resident_page
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """Show the number, large, and what happens next."""
    asked = cast("Request", request)
    case = own_case(asked, number)
    if case is None:
        return HttpResponseRedirect(reverse("resident:case", args=[number]))
    return frame.page(
        request, "resident/sent.html", title=_("已收到"), back=reverse("resident:home"), case=case,
        promise=promise_of(case.merged_into or case, asked.at), is_joined=case.merged_into_id is not None,
        own_link=tracking.new_key(case.pk, at=asked.at, lives=_LINK_LIVES) if not case.is_reachable else "",
    )  # fmt: skip
