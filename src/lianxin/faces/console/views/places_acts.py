"""What is done about places: register, amend, confirm, end."""

from dataclasses import replace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console.forms_places import (
    BuildingForm,
    CommitteeForm,
    DwellingForm,
    EstablishmentForm,
    EstateForm,
    NewBuildingForm,
    choice_of,
    known,
)
from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.living import rooms
from lianxin.faces.console.lookups import area_name, dwelling_name
from lianxin.faces.console.saving import Act, Done, NoteForm, Question, ask, done, save
from lianxin.faces.console.standing import area_of, building_url, estate_url
from lianxin.faces.identity.request import Request
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_phone
from lianxin.registry.places import actions, queries
from lianxin.registry.places.inputs import BuildingIn, DwellingIn, EstablishmentIn, EstateIn
from lianxin.registry.places.models import Dwelling, Establishment, Estate

DOOR = "console:base"
_EDIT, _LABEL = "places.edit", gettext_lazy("登记、修改房屋和场所")
_FORM = "console/people/form.html"


def _demand(asked: Request, place: Any) -> None:
    demand(asked.actor, _EDIT, str(_LABEL), place)


def _save(asked: Request, form: Any, act: Act, *, title: str, back_url: str, verb: str = "") -> HttpResponse:
    """Show a form of a place, or do its act."""
    said = verb or _("改好了")
    return save(asked, form, act, template=_FORM, door=DOOR, title=title, verb=said, back_url=back_url)


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def add_estate(request: HttpRequest) -> HttpResponse:
    """Register an estate in a grid."""
    asked = cast("Request", request)
    form = EstateForm(request.POST or None, asked=asked)

    def act(_told: dict[str, Any]) -> Done:
        made = actions.register_estate(asked.actor, told=_estate_told(form, EstateIn(name="")), at=asked.at)
        return Done(estate_url(made), _("{name}已登记").format(name=made.name))

    return _save(asked, form, act, title=_("登记小区"), verb=_("登记"), back_url=reverse("console:estates"))


def _estate_told(form: EstateForm, told: EstateIn) -> EstateIn:
    company = form.cleaned_data["property_company"]
    area = form.cleaned_data["area"]
    return replace(
        told, other_names=form.others(), area_id=area.id, property_company_id=company.id if company else None,
        **form.words("name", "kind", "road", "door", "built_year", "planned_households"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def amend_estate(request: HttpRequest, code: str) -> HttpResponse:
    """Change an estate; its addresses follow."""
    asked = cast("Request", request)
    found = queries.get_estate(asked.actor, code)
    _demand(asked, found)
    node = area_of(asked, found)
    initial = {
        "name": found.name, "kind": found.kind, "area": area_name(node) if node else "", "road": found.road,
        "other_names": "、".join(found.other_names), "door": found.door, "built_year": found.built_year,
        "property_company": found.property_company.name if found.property_company else "",
        "planned_households": found.planned_households, "seen": found.version,
    }  # fmt: skip
    form = EstateForm(request.POST or None, asked=asked, initial=initial)

    def act(told: dict[str, Any]) -> Done:
        wanted = _estate_told(form, EstateIn.of(found))
        # A point says more than a name; who changes the name of the grid means it.
        if node is None or told["area"].id != node.id:
            wanted = replace(wanted, point=None)
        actions.amend_estate(asked.actor, estate=found, seen=told["seen"] or 0, told=wanted, at=asked.at)
        return Done(estate_url(found), _("改好了"))

    return _save(asked, form, act, title=_("修改 {name}").format(name=found.name), back_url=estate_url(found))


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def committee(request: HttpRequest, code: str) -> HttpResponse:
    """Tell how far the owners of an estate are."""
    asked = cast("Request", request)
    found = queries.get_estate(asked.actor, code)
    _demand(asked, found)
    initial = {"committee": found.committee, "seen": found.version}
    form = CommitteeForm(request.POST or None, asked=asked, initial=initial)

    def act(told: dict[str, Any]) -> Done:
        unit_id = found.committee_unit_id if told["committee"] != Estate.Committee.NONE else None
        actions.set_committee(
            asked.actor, estate=found, seen=told["seen"] or 0, committee=told["committee"], unit_id=unit_id, at=asked.at
        )
        return Done(estate_url(found), _("记下了"))

    question = Question(
        _("{name}的业委会").format(name=found.name),
        _("进展会出现在小区页和画像里。"),
        _("记下"),
        estate_url(found),
        is_danger=False,
    )
    return ask(request, form, question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def add_building(request: HttpRequest, code: str) -> HttpResponse:
    """Register a building of an estate, with its dwellings if their layout is told."""
    asked = cast("Request", request)
    above = queries.get_estate(asked.actor, code)
    _demand(asked, above)
    form = NewBuildingForm(request.POST or None, asked=asked, initial={"entrances": "1、2"})

    def act(_told: dict[str, Any]) -> Done:
        wanted = _building_told(form, BuildingIn(name="", estate_id=above.pk, area_id=above.area_id))
        made = actions.register_building(asked.actor, told=wanted, layout=form.layout(), at=asked.at)
        return Done(building_url(made), _("{name}已登记").format(name=made.address))

    title = _("给 {name} 加一栋楼").format(name=above.name)
    return _save(asked, form, act, title=title, verb=_("登记"), back_url=estate_url(above))


def _building_told(form: BuildingForm, told: BuildingIn) -> BuildingIn:
    return replace(
        told, entrances=form.doors(), has_lift=known(form.cleaned_data["has_lift"]),
        basements=form.cleaned_data["basements"] or 0, **form.words("name", "kind", "floors", "built_year"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def amend_building(request: HttpRequest, code: str) -> HttpResponse:
    """Change a building; the addresses of its dwellings follow."""
    asked = cast("Request", request)
    found = queries.get_building(asked.actor, code)
    _demand(asked, found)
    initial = {
        "name": found.name, "kind": found.kind, "floors": found.floors, "basements": found.basements,
        "entrances": "、".join(found.entrances), "has_lift": choice_of(found.has_lift), "built_year": found.built_year,
        "seen": found.version,
    }  # fmt: skip
    form = BuildingForm(request.POST or None, asked=asked, initial=initial)

    def act(told: dict[str, Any]) -> Done:
        wanted = _building_told(form, BuildingIn.of(found))
        actions.amend_building(asked.actor, building=found, seen=told["seen"] or 0, told=wanted, at=asked.at)
        return Done(building_url(found), _("改好了"))

    return _save(asked, form, act, title=_("修改 {name}").format(name=found.address), back_url=building_url(found))


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def add_dwelling(request: HttpRequest, code: str) -> HttpResponse:
    """Register one dwelling of a building."""
    asked = cast("Request", request)
    above = queries.get_building(asked.actor, code)
    _demand(asked, above)
    form = DwellingForm(request.POST or None, asked=asked)

    def act(_told: dict[str, Any]) -> Done:
        told = DwellingIn(above.pk, **form.words("number", "entrance", "floor", "use", "square_metres"))
        made = actions.register_dwelling(asked.actor, told=told, at=asked.at)
        return Done(_dwelling_url(made), _("已登记"))

    title = _("给 {name} 加一套房屋").format(name=above.address)
    return _save(asked, form, act, title=title, verb=_("登记"), back_url=building_url(above))


def _dwelling_url(dwelling: Dwelling) -> str:
    return reverse("console:dwelling", args=[dwelling.code])


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def amend_dwelling(request: HttpRequest, code: str) -> HttpResponse:
    """Change a dwelling; what is written counts as found today."""
    asked = cast("Request", request)
    found = queries.get_dwelling(asked.actor, code)
    _demand(asked, found)
    names = ("entrance", "number", "floor", "use", "square_metres")
    initial = {name: getattr(found, name) for name in names} | {"seen": found.version}
    form = DwellingForm(request.POST or None, asked=asked, initial=initial)

    def act(told: dict[str, Any]) -> Done:
        wanted = replace(DwellingIn.of(found), **form.words(*names))
        changed = actions.amend_dwelling(asked.actor, dwelling=found, seen=told["seen"] or 0, told=wanted, at=asked.at)
        actions.confirm_dwelling(asked.actor, dwelling=changed, at=asked.at)
        return Done(_dwelling_url(found), _("改好了，也算今天核实过"))

    title = _("修改 {name}").format(name=f"{found.building.address} {rooms(found)}")
    return _save(asked, form, act, title=title, back_url=_dwelling_url(found))


@require_POST
@staff_only(_EDIT)
def confirm_dwelling(request: HttpRequest, code: str) -> HttpResponse:
    """Note that a dwelling was found as registered."""
    asked = cast("Request", request)
    found = queries.get_dwelling(asked.actor, code)
    _demand(asked, found)
    actions.confirm_dwelling(asked.actor, dwelling=found, at=asked.at)
    return done(request, Done(_dwelling_url(found), _("已核实，记下了今天的日期")))


def _establishment_url(found: Establishment) -> str:
    return reverse("console:establishment", args=[found.code])


def _establishment_told(form: EstablishmentForm, told: EstablishmentIn) -> EstablishmentIn:
    area, dwelling = form.cleaned_data["area"], form.cleaned_data["dwelling"]
    if area is not None and area.id != told.area_id:
        told = replace(told, point=None, estate_id=None, building_id=None, area_id=area.id)
    building = dwelling.building if dwelling else None
    where = (
        {"dwelling_id": dwelling.pk, "building_id": building.pk, "estate_id": building.estate_id}
        if building
        else {"dwelling_id": None}
    )
    # A phone is not written back into the form: left empty, the one that is held stays unless it is to go.
    kept = None if form.cleaned_data.get("no_phone") else told.contact_phone
    phone = form.cleaned_data["contact_phone"] or kept
    return replace(
        told, contact_phone=phone, has_party_branch=known(form.cleaned_data["has_party_branch"]), **where,
        **form.words("name", "kind", "credit_code", "trade", "address", "contact", "staff_count"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def add_establishment(request: HttpRequest) -> HttpResponse:
    """Register an establishment in a dwelling or a grid."""
    asked = cast("Request", request)
    form = EstablishmentForm(request.POST or None, asked=asked)
    del form.fields["no_phone"]

    def act(_told: dict[str, Any]) -> Done:
        form.demand_place()
        told = _establishment_told(form, EstablishmentIn(kind="", name=""))
        made = actions.register_establishment(asked.actor, told=told, at=asked.at)
        return Done(_establishment_url(made), _("{name}已登记").format(name=made.name))

    return _save(asked, form, act, title=_("登记单位场所"), verb=_("登记"), back_url=reverse("console:establishments"))


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def amend_establishment(request: HttpRequest, code: str) -> HttpResponse:
    """Change an establishment."""
    asked = cast("Request", request)
    found = queries.get_establishment(asked.actor, code)
    _demand(asked, found)
    node = area_of(asked, found)
    names = ("name", "kind", "credit_code", "trade", "address", "contact", "staff_count")
    initial = {name: getattr(found, name) for name in names} | {
        "area": area_name(node) if node else "", "dwelling": dwelling_name(found.dwelling) if found.dwelling else "",
        "has_party_branch": choice_of(found.has_party_branch), "seen": found.version,
    }  # fmt: skip
    form = EstablishmentForm(request.POST or None, asked=asked, initial=initial)
    if found.contact_phone:
        form.fields["contact_phone"].help_text = _("现在是 {masked}，不改就空着").format(
            masked=mask_phone(found.contact_phone)
        )
    else:
        del form.fields["no_phone"]

    def act(told: dict[str, Any]) -> Done:
        wanted = _establishment_told(form, EstablishmentIn.of(found))
        actions.amend_establishment(asked.actor, establishment=found, seen=told["seen"] or 0, told=wanted, at=asked.at)
        return Done(_establishment_url(found), _("改好了"))

    return _save(asked, form, act, title=_("修改 {name}").format(name=found.name), back_url=_establishment_url(found))


@require_POST
@staff_only(_EDIT)
def check_establishment(request: HttpRequest) -> HttpResponse:
    """Check the credit code when one leaves the field."""
    form = EstablishmentForm(request.POST, asked=cast("Request", request))
    name = request.headers.get("HX-Trigger-Name", "")
    if name not in form.fields:
        raise NotFound(_("没有这一栏。"))
    form.full_clean()
    return render(request, "console/people/field.html", {"bound": form[name]})


@require_POST
@staff_only(_EDIT)
def confirm_establishment(request: HttpRequest, code: str) -> HttpResponse:
    """Note that an establishment was found as registered."""
    asked = cast("Request", request)
    found = queries.get_establishment(asked.actor, code)
    _demand(asked, found)
    actions.confirm_establishment(asked.actor, establishment=found, at=asked.at)
    return done(request, Done(_establishment_url(found), _("已核实，记下了今天的日期")))


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def end_establishment(request: HttpRequest, code: str) -> HttpResponse:
    """Let an establishment end."""
    asked = cast("Request", request)
    found = queries.get_establishment(asked.actor, code)
    _demand(asked, found)

    def act(told: dict[str, Any]) -> Done:
        actions.end_establishment(
            asked.actor, establishment=found, seen=found.version, reason=told["note"], at=asked.at
        )
        return Done(reverse("console:establishments"), _("{name}已注销").format(name=found.name))

    question = Question(
        _("注销 {name}").format(name=found.name),
        _("关门、搬走或吊销的才注销，历史会留下。"),
        _("注销"),
        _establishment_url(found),
    )
    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(_EDIT)
def end(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Let an estate, a building or a dwelling end; refused while something or somebody is in it."""
    asked = cast("Request", request)
    found: Any
    if kind == "estates":
        found = queries.get_estate(asked.actor, code)
        name, back, after = found.name, estate_url(found), reverse("console:estates")
    elif kind == "buildings":
        found = queries.get_building(asked.actor, code)
        after = estate_url(found.estate) if found.estate else reverse("console:buildings")
        name, back = found.address, building_url(found)
    else:
        found = queries.get_dwelling(asked.actor, code)
        name, back, after = found.address, _dwelling_url(found), building_url(found.building)
    _demand(asked, found)

    def act(told: dict[str, Any]) -> Done:
        how = {"seen": found.version, "reason": told["note"], "at": asked.at}
        if kind == "estates":
            actions.end_estate(asked.actor, estate=found, **how)
        elif kind == "buildings":
            actions.end_building(asked.actor, building=found, **how)
        else:
            actions.end_dwelling(asked.actor, dwelling=found, **how)
        return Done(after, _("{name}已注销").format(name=name))

    effect = _("拆除、合并或登记错的才注销；里面还有楼栋、房屋或住户的，要先办完。历史会留下。")
    question = Question(_("注销 {name}").format(name=name), effect, _("注销"), back)
    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)
