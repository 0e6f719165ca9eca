"""Part of a household becomes one of its own (分户)."""

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
from lianxin.faces.console.saving import Done, Question, ask
from lianxin.faces.console.views.households import household_of
from lianxin.faces.console.views.people import DOOR
from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import mask_name
from lianxin.registry.people import actions, rules
from lianxin.registry.people.models import Membership


class SplitForm(forms.Form):
    """Who heads the new household, and who goes along."""

    head = forms.ChoiceField(label=gettext_lazy("新户的户主"), widget=forms.RadioSelect)
    along = forms.MultipleChoiceField(
        label=gettext_lazy("一起分出去的人"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **rest: Any) -> None:
        super().__init__(*args, **rest)
        for name in ("head", "along"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("people.edit")
def split(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let some members be a household of their own at the same dwelling; they move later as they like."""
    asked = cast("Request", request)
    found = household_of(asked, key)
    members = Membership.objects.filter(household=found, valid_to=None).select_related("person").order_by("pk")
    by_key = {str(each.person.key): each for each in members}
    others = [(k, mask_name(each.person.name)) for k, each in by_key.items() if each.person_id != found.head_id]

    def act(told: dict[str, Any]) -> Done:
        head = by_key[told["head"]]
        along = [by_key[each] for each in told["along"] if each != told["head"]]
        if len(along) + 1 == len(by_key):
            raise Invalid({"along": _("不能全部分出去，至少留一个人。")})
        new = actions.split_household(
            asked.actor, key=uuid4(), household=found, head=head.person, at=asked.at,
            members=[(each.person, rules.turned(head.relation, each.relation)) for each in along],
        )  # fmt: skip
        return Done(reverse("console:household", args=[new.key]), _("已分户；住处没有变，搬走的请办迁入"))

    question = Question(
        _("分户"), _("分出去的人自成一户，与新户主的关系能推定的推定，其余记为“其他”。"), _("分户"),
        reverse("console:household", args=[key]), is_danger=False,
    )  # fmt: skip
    return ask(request, SplitForm(request.POST or None, choices=others), question, act, door=DOOR)
