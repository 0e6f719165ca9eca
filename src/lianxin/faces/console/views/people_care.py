"""Care tags (关爱标签) on the pages of people: set, renewed, ended, a visit noted."""

from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.living import person_url
from lianxin.faces.console.saving import Done, Question, ask, done, save
from lianxin.faces.console.views.people import DOOR, person_of
from lianxin.faces.identity.request import Request
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_name
from lianxin.registry.care import actions
from lianxin.registry.care.models import CareTag


class CareForm(forms.Form):
    """What somebody needs, from the closed list, and how that is known."""

    need = forms.ChoiceField(label=gettext_lazy("需要什么照应"), choices=CareTag.Need.choices, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=gettext_lazy("凭什么认定"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("例如“入户走访，独自生活”。不写病名、证件号码和电话"),
    )  # fmt: skip
    days = forms.IntegerField(
        label=gettext_lazy("有效多少天"),
        required=False,
        help_text=gettext_lazy("不填就按这种需要的最长期限；到期没人续，自动结束"),
    )
    visit_every_days = forms.IntegerField(
        label=gettext_lazy("隔几天走访一次"), required=False, help_text=gettext_lazy("不填就按这种需要的惯例")
    )
    consent_by = forms.ChoiceField(
        label=gettext_lazy("谁同意的"), required=False, help_text=gettext_lazy("涉及健康的要先征得单独同意"),
        choices=[("", gettext_lazy("不涉及健康，不用")), *actions.CONSENT_BY.items()],
    )  # fmt: skip


class RenewForm(forms.Form):
    """Why a tag stands longer."""

    evidence = forms.CharField(
        label=gettext_lazy("这次看到什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("例如“入户看过，仍独自生活”"),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)


class EndForm(forms.Form):
    """Why a tag is needed no more."""

    reason = forms.CharField(
        label=gettext_lazy("为什么结束"), max_length=200, help_text=gettext_lazy("例如“已与子女同住”")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("care.tag")
def add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Note what a person needs."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    demand(asked.actor, "care.tag", _("设置、续期、结束关爱标签"), person)

    def act(told: dict[str, Any]) -> Done:
        tag = actions.set_tag(asked.actor, key=uuid4(), person=person, at=asked.at, **told)
        return Done(person_url(person), _("已设：{need}").format(need=CareTag.Need(tag.need).label))

    return save(
        request, CareForm(request.POST or None), act, template="console/people/form.html", door=DOOR,
        title=_("给 {name} 设关爱标签").format(name=mask_name(person.name)), verb=_("设上"),
        back_url=person_url(person), help=_("只写需要什么帮助。标签只给为本人服务的岗位看，本人随时能看到、能撤回。"),
    )  # fmt: skip


def _tag_or_404(asked: Request, key: UUID) -> CareTag:
    found = CareTag.objects.visible_to(asked.actor).running().select_related("person").filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这条关爱标签，或已经结束。"))
    return found


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("care.tag")
def renew(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a tag stand longer."""
    asked = cast("Request", request)
    tag = _tag_or_404(asked, key)

    def act(told: dict[str, Any]) -> Done:
        actions.renew_tag(asked.actor, tag=tag, at=asked.at, **told)
        return Done(person_url(tag.person), _("已续期"))

    need = CareTag.Need(tag.need).label
    question = Question(
        _("“{need}”续期").format(need=need), _("复核过，仍然需要，从今天起重新计有效期。"), _("续期"),
        person_url(tag.person), is_danger=False,
    )  # fmt: skip
    return ask(request, RenewForm(request.POST or None, initial={"seen": tag.version}), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("care.tag")
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a tag that is needed no more."""
    asked = cast("Request", request)
    tag = _tag_or_404(asked, key)

    def act(told: dict[str, Any]) -> Done:
        actions.end_tag(asked.actor, tag=tag, at=asked.at, **told)
        return Done(person_url(tag.person), _("已结束"))

    need = CareTag.Need(tag.need).label
    question = Question(
        _("结束“{need}”").format(need=need), _("走访安排随之取消，历史会留下。"), _("结束"), person_url(tag.person)
    )
    return ask(request, EndForm(request.POST or None, initial={"seen": tag.version}), question, act, door=DOOR)


@require_POST
@never_cache
@staff_only("care.view")
def visited(request: HttpRequest, key: UUID) -> HttpResponse:
    """Note that somebody came today."""
    asked = cast("Request", request)
    tag = _tag_or_404(asked, key)
    actions.note_visit(asked.actor, tag=tag, at=asked.at)
    return done(request, Done(person_url(tag.person), _("记下了今天的走访")))
