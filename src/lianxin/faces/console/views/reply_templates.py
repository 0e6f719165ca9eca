"""Reply templates: the list, adding, changing, ending."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import doing
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.kernel import ids
from lianxin.kernel.errors import NotFound
from lianxin.work.desk import rules, templates
from lianxin.work.desk.models import ReplyTemplate
from lianxin.work.desk.templates import Wanted
from lianxin.work.dispatch.queries import catalogue

MANAGE = "desk.manage"
DOOR = "console:admin"
_SIZE = 40


class TemplateForm(forms.Form):
    """What a template says, and where it is offered."""

    name = forms.CharField(
        label=gettext_lazy("名字"), max_length=40, help_text=gettext_lazy("坐席按名字认，越短越好"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(label=gettext_lazy("内容"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 5}))
    acts = forms.MultipleChoiceField(
        label=gettext_lazy("用在"), choices=list(rules.ACTS.items()), widget=forms.CheckboxSelectMultiple
    )
    category = forms.ChoiceField(
        label=gettext_lazy("分类"),
        required=False,
        help_text=gettext_lazy("不选就所有分类都能用；选了，下面的细类也能用"),
    )

    def __init__(self, *args: Any, asked: Request, **values: Any) -> None:
        """Offer the categories of this place."""
        super().__init__(*args, **values)
        self.fields["text"].help_text = _("可以写这些，用时自动换成这一件的：%(places)s") % {
            "places": "、".join(f"{{{name}}}" for name in rules.PLACES)
        }
        known = [(node.code, "\u3000" * (node.depth - 1) + node.name) for node in catalogue(asked.numbers).nodes]
        cast("forms.ChoiceField", self.fields["category"]).choices = [("", _("所有分类")), *known]


@require_safe
@staff_only(MANAGE)
def reply_templates(request: HttpRequest) -> HttpResponse:
    """List the templates in use."""
    asked = cast("Request", request)
    shown = listed(request, templates.standing(), order=("-uses", "-id"), size=_SIZE)
    rows = [{"template": each, "acts": "、".join(str(rules.ACTS[act]) for act in each.acts if act in rules.ACTS)}
            for each in shown.items]  # fmt: skip
    return page(
        asked, "console/reply_templates.html", door=DOOR, title=_("答复模板"), rows=rows, pager=shown.pager,
        total=shown.total,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def template_add(request: HttpRequest) -> HttpResponse:
    """Add a template."""
    asked = cast("Request", request)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = TemplateForm(request.POST or None, asked=asked)

    def act(values: dict[str, Any]) -> Done:
        made = templates.make(asked.actor, key=key, wanted=_wanted(asked, values), at=asked.at)
        return Done(_list(), _("“%(name)s”可以用了") % {"name": made.name})

    return save(
        request, form, act, template="console/reply_template_form.html", door=DOOR, title=_("加答复模板"),
        verb=_("添加"), back_url=_list(), client_id=key,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def template_edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a template, with what it said before beside it."""
    asked = cast("Request", request)
    found = _found(key)
    initial = {"name": found.name, "text": found.text, "acts": found.acts,
               "category": found.category.code if found.category else ""}  # fmt: skip
    form = TemplateForm(request.POST or None, asked=asked, initial=initial)

    def act(values: dict[str, Any]) -> Done:
        templates.amend(
            asked.actor, template=found, wanted=_wanted(asked, values), seen=doing.seen(request), at=asked.at
        )
        return Done(_list(), _("改好了，以后插入的是新内容"))

    return save(
        request, form, act, template="console/reply_template_form.html", door=DOOR, title=_("改答复模板"),
        verb=_("存好"), back_url=_list(), seen=found.version, found=found,
        versions=list(found.versions.order_by("-version")[:20]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def template_end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Offer a template no more."""
    asked = cast("Request", request)
    found = _found(key)
    question = Question(
        _("停用“%(name)s”") % {"name": found.name}, _("以后办理时不再出现；已经送出的答复不变。"), _("停用"), _list()
    )

    def act(_values: dict[str, Any]) -> Done:
        templates.end(asked.actor, template=found, seen=None, at=asked.at)
        return Done(_list(), _("停用了"))

    return ask(request, NothingForm(request.POST or None), question, act, door=DOOR)


def _found(key: UUID) -> ReplyTemplate:
    found = templates.standing().filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这个模板，或已经停用。"))
    return found


def _wanted(asked: Request, values: dict[str, Any]) -> Wanted:
    node = catalogue(asked.numbers).by_code.get(values["category"])
    return Wanted(values["name"], values["text"], values["acts"], node.id if node else None)


def _list() -> str:
    return reverse("console:reply_templates")


@card(46)
def _card(asked: Request) -> Card | None:
    """Put 答复模板 among the cards of 管理."""
    if not asked.actor.may(MANAGE):
        return None
    count = templates.standing().count()
    return Card(_("答复模板"), _list(), "mail", _("%(count)d 个模板，答复、回退时一按就填好") % {"count": count})
