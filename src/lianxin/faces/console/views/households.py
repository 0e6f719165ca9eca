"""What is done about a household: a new one, a new head, somebody leaves."""

from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.living import person_url
from lianxin.faces.console.saving import Done, NothingForm, Question, ask
from lianxin.faces.console.views.people import DOOR, person_of
from lianxin.faces.identity.request import Request
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import NotFound, Refused
from lianxin.kernel.text import mask_name
from lianxin.registry.people import actions, queries
from lianxin.registry.people.models import Household, Membership

_EDIT, _LABEL = "people.edit", gettext_lazy("登记、修改人员")


class HeadForm(forms.Form):
    """Who becomes the head."""

    head = forms.ChoiceField(label=gettext_lazy("新户主"), widget=forms.RadioSelect)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["head"].choices = choices  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    """Into which household of the dwelling, and how one stands to its head."""

    relation = forms.ChoiceField(label=gettext_lazy("与户主关系"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["relation"].choices = choices  # type: ignore[attr-defined]


def household_of(asked: Request, key: UUID) -> Household:
    """Return a household that stands and that one may edit; raise NotFound or NotAllowed."""
    found = Household.objects.filter(key=key, valid_to=None).first()
    actor = asked.actor
    if found is None or not (actor.scope("people.view").everywhere or actor.may("people.view", found)):
        raise NotFound(_("没有这一户，或不在您的辖区。"))
    demand(actor, _EDIT, str(_LABEL), found)
    return found


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def head(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make another member the head."""
    asked = cast("Request", request)
    found = household_of(asked, key)
    members = {str(each.person.key): each.person for each in queries.members_of(found, at=asked.at)}
    others = [(pk, mask_name(person.name)) for pk, person in members.items() if person.pk != found.head_id]
    back = reverse("console:household", args=[key])

    def act(told: dict[str, Any]) -> Done:
        actions.change_head(asked.actor, household=found, head=members[told["head"]], seen=told["seen"], at=asked.at)
        return Done(back, _("户主已换"))

    form = HeadForm(request.POST or None, choices=others, initial={"seen": found.version})
    effect = _("其他人与户主的关系能推定的一并改，推不定的记为“其他”，请随后核对。")
    question = Question(_("换户主"), effect, _("换"), back, is_danger=False)
    return ask(request, form, question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def join(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a person belong to the household of their home, or form one there."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    demand(asked.actor, _EDIT, str(_LABEL), person)
    home = person.home
    if home is None:
        raise Refused("no_home", _("还没有住处，先办迁入。"))
    house = Household.objects.filter(dwelling=home, valid_to=None).order_by("pk").first()
    own = (Membership.Relation.HEAD.value, _("户主，另立一户"))
    known = [own, *(each for each in Membership.Relation.choices if each[0] != own[0])] if house else [own]

    def act(told: dict[str, Any]) -> Done:
        if house is None or told["relation"] == own[0]:
            actions.form_household(asked.actor, key=uuid4(), dwelling=home, head=person, at=asked.at)
        else:
            actions.join_household(asked.actor, household=house, person=person, relation=told["relation"], at=asked.at)
        return Done(person_url(person), _("已入户"))

    name = mask_name(person.name)
    there = _("这里已有一户，写明与户主的关系；或另立一户。") if house else _("这里还没有户，登记为户主。")
    question = Question(_("{name}入户").format(name=name), there, _("入户"), person_url(person), is_danger=False)
    return ask(
        request, JoinForm(request.POST or None, choices=[(a, str(b)) for a, b in known]), question, act, door=DOOR
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_EDIT)
def leave(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a person belong to no household."""
    asked = cast("Request", request)
    person = person_of(asked, key)

    def act(_told: dict[str, Any]) -> Done:
        actions.leave_household(asked.actor, person=person, at=asked.at)
        return Done(person_url(person), _("已离户"))

    question = Question(
        _("{name}离户").format(name=mask_name(person.name)),
        _("不再算这一户的人；住处不变。"),
        _("离户"),
        person_url(person),
    )
    return ask(request, NothingForm(request.POST if request.method == "POST" else None), question, act, door=DOOR)
