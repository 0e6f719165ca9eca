"""What is done about a person: register, confirm, amend, move, contacts, end."""

from datetime import date, datetime, time
from typing import Any, cast
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console.forms_people import AmendForm, ContactForm, EndForm, MoveForm, PersonForm, RegisterForm
from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.living import person_url
from lianxin.faces.console.lookups import dwelling_name
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, done, save
from lianxin.faces.console.views.people import DOOR, person_of
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.words import PLACE
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_id, mask_name, mask_phone
from lianxin.registry.people import actions
from lianxin.registry.people.models import Contact, Household, Person, Residence
from lianxin.registry.places.models import Dwelling

_EDIT = "people.edit"


def _since(day: date | None) -> datetime | None:
    """Return the beginning of a day at the place; nothing for today."""
    return datetime.combine(day, time(), PLACE) if day else None


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def add(request: HttpRequest) -> HttpResponse:
    """Put a person on the books, at the dwelling of the address if it names one."""
    asked = cast("Request", request)
    code = request.GET.get("dwelling", "").replace("\0", "")
    chosen = Dwelling.objects.visible_to(asked.actor).now().filter(code=code).first()
    house = _household(chosen)
    initial = {"dwelling": dwelling_name(chosen) if chosen else "", "id_kind": Person.IdKind.CITIZEN}
    form = RegisterForm(request.POST or None, asked=asked, has_household=house is not None, initial=initial)

    def act(told: dict[str, Any]) -> Done:
        person = actions.register_person(
            asked.actor, key=_key(request), fields=form.given(), dwelling=told["dwelling"],
            residence=told["residence"], since=_since(told["since"]), at=asked.at,
        )  # fmt: skip
        _enter(asked, person, told["dwelling"], told["relation"])
        return Done(person_url(person), _("{name}已登记").format(name=mask_name(person.name)))

    return save(
        request, form, act, template="console/people/form.html", door=DOOR, title=_("登记人员"), verb=_("登记"),
        back_url=reverse("console:dwelling", args=[chosen.code]) if chosen else reverse("console:people"),
        key=request.POST.get("key") or str(uuid4()),
        help=_("住在这里但办不了、不愿出示证件的人，只登记姓名和电话也可以。"),
        other_url=reverse("console:resident_receive"), other_label=_("从别处搬来、已有档案的，办迁入"),
    )  # fmt: skip


def _key(request: HttpRequest) -> UUID:
    """Return the key the form brought, so that sent twice it is one person."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _household(dwelling: Dwelling | None) -> Household | None:
    if dwelling is None:
        return None
    return Household.objects.filter(dwelling=dwelling, valid_to=None).order_by("pk").first()


def _enter(asked: Request, person: Person, dwelling: Dwelling, relation: str) -> None:
    """Let who was registered belong to the household there, or be the head of a new one."""
    if person.memberships.filter(valid_to=None).exists() or not relation:
        return
    house = _household(dwelling)
    if house is None or relation == "head":
        actions.form_household(asked.actor, key=uuid4(), dwelling=dwelling, head=person, at=asked.at)
    else:
        actions.join_household(asked.actor, household=house, person=person, relation=relation, at=asked.at)


@require_POST
@never_cache
@staff_only(_EDIT)
def check(request: HttpRequest) -> HttpResponse:
    """Check the one field that was left, and give it back with what is wrong."""
    asked = cast("Request", request)
    form: PersonForm = PersonForm(request.POST, asked=asked)
    name = request.headers.get("HX-Trigger-Name", "")
    if name not in form.fields:
        raise NotFound(_("没有这一栏。"))
    form.fields["name"].required = "seen" not in request.POST
    form.full_clean()
    return render(request, "console/people/field.html", {"bound": form[name]})


@require_POST
@never_cache
@staff_only(_EDIT)
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Note that everything was found right."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    actions.confirm_person(asked.actor, person=person, at=asked.at)
    return done(request, Done(person_url(person), _("已核实，记下了今天的日期")))


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def amend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what is not right."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    demand(asked.actor, _EDIT, _("登记、修改人员"), person)
    held = {
        "name": mask_name(person.name), "id_number": mask_id(person.id_number or ""),
        "phone": mask_phone(person.phone or ""),
        "birth_date": _("{year} 年").format(year=person.birth_date.year) if person.birth_date else "",
    }  # fmt: skip
    member = {True: "yes", False: "no"}.get(person.is_party_member, "")  # type: ignore[arg-type]
    initial = {"id_kind": person.id_kind, "sex": person.sex, "is_party_member": member, "seen": person.version}
    form = AmendForm(request.POST or None, asked=asked, held=held, initial=initial)

    def act(told: dict[str, Any]) -> Done:
        fields = form.changed(person)
        actions.amend_person(asked.actor, person=person, fields=fields, seen=told["seen"], at=asked.at)
        return Done(person_url(person), _("改好了") if fields else _("没有改动"))

    return save(
        request, form, act, template="console/people/form.html", door=DOOR,
        title=_("修改 {name} 的资料").format(name=mask_name(person.name)), verb=_("改好了"),
        back_url=person_url(person), help=_("只写要改的。号码和姓名不写回表里，空着就是不改。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def move(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a person live at, own or rent another dwelling."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    demand(asked.actor, _EDIT, _("登记、修改人员"), person)
    form = MoveForm(request.POST or None, asked=asked, initial={"seen": person.version})

    def act(told: dict[str, Any]) -> Done:
        actions.move_in(
            asked.actor, person=person, dwelling=told["dwelling"], kind=told["kind"], since=_since(told["since"]),
            seen=told["seen"], at=asked.at,
        )  # fmt: skip
        return Done(person_url(person), _("已记到 {home}").format(home=told["dwelling"].address))

    return save(
        request, form, act, template="console/people/form.html", door=DOOR,
        title=_("{name} 迁入、换住处").format(name=mask_name(person.name)), verb=_("记下"), back_url=person_url(person),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def leave(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    """End a relation to a dwelling."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    found = Residence.objects.select_related("dwelling").filter(pk=pk, person=person, valid_to=None).first()
    if found is None:
        raise NotFound(_("没有这条居住关系，或已经结束。"))
    kind = str(Residence.Kind(found.kind).label)

    def act(_told: dict[str, Any]) -> Done:
        actions.move_out(asked.actor, person=person, residence=found, at=asked.at)
        return Done(person_url(person), _("已结束：{kind}").format(kind=kind))

    question = Question(
        _("结束“{kind}”").format(kind=kind),
        _("{name}与{home}的这条关系到今天为止，历史会留下。").format(
            name=mask_name(person.name), home=found.dwelling.address
        ),
        _("结束"),
        person_url(person),
    )
    return ask(request, NothingForm(request.POST if request.method == "POST" else None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a person off the books."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    form = EndForm(request.POST or None, initial={"seen": person.version})

    def act(told: dict[str, Any]) -> Done:
        actions.end_person(
            asked.actor, person=person, end=told["end"], reason=told["reason"], seen=told["seen"], at=asked.at
        )
        return Done(person_url(person), _("已注销"))

    question = Question(
        _("注销 {name} 的档案").format(name=mask_name(person.name)),
        _("居住关系、户和关爱标签一并结束；档案不再列入名单，按保存期限留存。"),
        _("注销"),
        person_url(person),
    )
    return ask(request, form, question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def add_contact(request: HttpRequest, key: UUID) -> HttpResponse:
    """Add somebody to call for a person."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    demand(asked.actor, _EDIT, _("登记、修改人员"), person)

    def act(told: dict[str, Any]) -> Done:
        actions.add_contact(asked.actor, person=person, at=asked.at, **told)
        return Done(person_url(person), _("联系人已加上"))

    return save(
        request, ContactForm(request.POST or None), act, template="console/people/form.html", door=DOOR,
        title=_("给 {name} 加联系人").format(name=mask_name(person.name)), verb=_("加上"), back_url=person_url(person),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def remove_contact(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    """Take somebody off the list of a person."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    found = Contact.objects.select_related("other").filter(pk=pk, person=person).first()
    if found is None:
        raise NotFound(_("没有这位联系人。"))
    name = mask_name(found.other.name if found.other else found.name)

    def act(_told: dict[str, Any]) -> Done:
        actions.remove_contact(asked.actor, contact=found, at=asked.at)
        return Done(person_url(person), _("联系人已去掉"))

    question = Question(
        _("去掉联系人 {name}").format(name=name), _("以后有事不再联系这个人。"), _("去掉"), person_url(person)
    )
    return ask(request, NothingForm(request.POST if request.method == "POST" else None), question, act, door=DOOR)
