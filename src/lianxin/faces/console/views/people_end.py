"""After the end of a file: put back what was ended by mistake (恢复), or take every value away (删除)."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.living import person_url
from lianxin.faces.console.saving import Done, Question, ask
from lianxin.faces.console.views.people import DOOR, person_of
from lianxin.faces.identity.request import Request
from lianxin.kernel.text import mask_name
from lianxin.registry.people import actions
from lianxin.registry.people.actions.erasing import REASONS


class RestoreForm(forms.Form):
    """Why it was a mistake."""

    reason = forms.CharField(label=gettext_lazy("为什么恢复"), max_length=300)


class EraseForm(forms.Form):
    """On which ground; a period that is over is for the nightly run."""

    reason = forms.ChoiceField(
        label=gettext_lazy("为什么删除"),
        choices=[(code, label) for code, label in REASONS.items() if code != "retention"],
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("people.edit")
def restore(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put somebody back on the books."""
    asked = cast("Request", request)
    person = person_of(asked, key)

    def act(told: dict[str, Any]) -> Done:
        actions.restore_person(asked.actor, person=person, reason=told["reason"], at=asked.at)
        return Done(person_url(person), _("已恢复在册；关爱标签要重新设置"))

    question = Question(
        _("恢复 {name} 的档案").format(name=mask_name(person.name)),
        _("注销时一并结束的居住关系和户都接着算。"),
        _("恢复"), person_url(person), is_danger=False,
    )  # fmt: skip
    return ask(request, RestoreForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("people.answer")
def erase(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take every value of a person away."""
    asked = cast("Request", request)
    person = person_of(asked, key)

    def act(told: dict[str, Any]) -> Done:
        actions.erase_person(asked.actor, person=person, reason=told["reason"], at=asked.at)
        return Done(reverse("console:people"), _("已删除，只留一个空位和谁看过的记录"))

    question = Question(
        _("删除 {name} 的档案").format(name=mask_name(person.name)),
        _("姓名、号码、住处、联系人、变更记录全部删掉，找不回来。去世、搬走的请办注销。"),
        _("删除"), person_url(person),
    )  # fmt: skip
    return ask(request, EraseForm(request.POST or None), question, act, door=DOOR)
