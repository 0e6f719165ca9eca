"""Words of the place (用语模板): names, residents' pages, text messages; with preview, versions, what files say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.identity.request import Request
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.operations.profiles import amending
from lianxin.operations.profiles.documents import documents

from .files import files
from .profile import DOOR, SEEN_BY, tabs


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that are edited together: where they stand, and which of them there are when nobody has written any."""

    document: str
    section: str
    label: Any
    line: Any
    names: Mapping[str, Any]
    longest: int = 400


GROUPS = {
    "place": Group("place", "", gettext_lazy("地方名称"), gettext_lazy("页面左上、打印件抬头、短信落款"), {
        "name": gettext_lazy("地方简称"), "full_name": gettext_lazy("地方全称（打印抬头）"),
        "centre": gettext_lazy("中心名称（打印落款）"), "platform": gettext_lazy("平台名称"),
        "slogan": gettext_lazy("一句话"), "hotline": gettext_lazy("热线"),
    }, 80),
    "portal": Group("texts", "portal", gettext_lazy("居民页面"), gettext_lazy("居民手机上看到的名称和话"), {
        "name": gettext_lazy("平台叫什么"), "welcome": gettext_lazy("欢迎语"), "report": gettext_lazy("上报按钮"),
        "report_hint": gettext_lazy("上报提示"), "services": gettext_lazy("办事按钮"),
        "services_hint": gettext_lazy("办事提示"), "mine": gettext_lazy("我的"),
        "follow_hint": gettext_lazy("查进度提示"),
        "anonymous": gettext_lazy("匿名说明"), "emergency": gettext_lazy("急事提示"),
        "privacy": gettext_lazy("隐私说明"),
        "worker": gettext_lazy("网格员叫什么"),
    }),
    "sms": Group("texts", "sms", gettext_lazy("短信"), gettext_lazy("告诉上报人的每一条短信"), {
        "received": gettext_lazy("收到了"), "filed": gettext_lazy("受理了"), "dispatched": gettext_lazy("派出去了"),
        "progress": gettext_lazy("有进展"), "closed": gettext_lazy("办结了"), "answered": gettext_lazy("答复了"),
        "declined": gettext_lazy("不予立案"), "referred": gettext_lazy("转出去了"), "extended": gettext_lazy("延期了"),
        "overdue_apology": gettext_lazy("超时致歉"), "code": gettext_lazy("验证码"), "task": gettext_lazy("任务"),
        "task_urgent": gettext_lazy("紧急任务"),
    }, 140),
    "public_names": Group("texts", "public_names", gettext_lazy("单位对居民的叫法"),
                          gettext_lazy("没写的用简称"), {}, 40),
}  # fmt: skip


def _now(group: Group, asked: Request) -> dict[str, str]:
    whole = current(group.document, asked.numbers) or {}
    held = whole.get(group.section) or {} if group.section else whole
    names = [*group.names, *([] if group.document == "place" else (name for name in held if name not in group.names))]
    return {name: str(held.get(name, "")) for name in names}


def _labels(group: Group, codes: Iterable[str]) -> Mapping[str, Any]:
    """Return what each text is called; those of units by the unit's name."""
    if group.section != "public_names":
        return {code: group.names.get(code, code) for code in codes}
    named = dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))
    return {code: named.get(code, code) for code in codes}


def _in_file(group: Group, asked: Request) -> dict[str, str] | None:
    found = files(asked.numbers)
    if found.profile is None:
        return None
    whole = documents(found.profile)[group.document]
    return dict(whole.get(group.section) or {}) if group.section else dict(whole)


@require_safe
@staff_only(*SEEN_BY)
def texts(request: HttpRequest) -> HttpResponse:
    """Show all texts as they would be read, and which differ from the files."""
    asked = cast("Request", request)
    groups = []
    for code, group in GROUPS.items():
        now, in_file = _now(group, asked), _in_file(group, asked)
        labels = _labels(group, now)
        rows = [
            (labels[name], amending.filled(text),
             in_file is not None and text != str(in_file.get(name, "")))
            for name, text in now.items() if text
        ]  # fmt: skip
        groups.append((code, group, rows[:14]))
    return page(
        request, "operations/texts.html", door=DOOR, title=_("用语模板"), tabs=tabs(asked), groups=groups,
        may_change=asked.actor.scope("config.manage").everywhere,
    )  # fmt: skip


class TextsForm(forms.Form):
    """One field a text, and why."""

    def __init__(self, group: Group, now: Mapping[str, str], data: Any = None) -> None:
        super().__init__(data, initial={f"text-{name}": text for name, text in now.items()})
        labels = _labels(group, now)
        for name in now:
            is_long = group.longest > 80
            widget = forms.Textarea(attrs={"rows": 2}) if is_long else forms.TextInput()
            self.fields[f"text-{name}"] = forms.CharField(
                label=labels[name], max_length=group.longest, required=False, widget=widget
            )
        self.fields["reason"] = forms.CharField(
            label=gettext_lazy("为什么改"), max_length=500, help_text=gettext_lazy("会记入审计，可在改动记录里退回")
        )

    def texts(self) -> dict[str, str]:
        """Return what was written, by name."""
        given = {name: self.cleaned_data.get(name, "") for name in self.fields if name.startswith("text-")}
        return {name.removeprefix("text-"): text.strip() for name, text in given.items()}


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def text(request: HttpRequest, group: str) -> HttpResponse:
    """Edit a group of texts; 看看效果 shows them filled in without writing anything."""
    asked = cast("Request", request)
    found = GROUPS.get(group)
    if found is None:
        raise NotFound(_("没有这一组用语。"))
    now, in_file = _now(found, asked), _in_file(found, asked)
    form = TextsForm(found, now, request.POST or None)
    shown: dict[str, str] = {}
    if form.is_bound and "preview" in request.POST:
        form.is_valid()
        form.errors.pop("reason", None)
        wrong = amending.faults(form.texts())
        for name, sentence in wrong.items():
            form.add_error(f"text-{name}", sentence)
        shown = {name: amending.filled(one) for name, one in form.texts().items() if one and one != now.get(name)}
    elif form.is_bound and form.is_valid():
        with faults_into(form):
            return _save(asked, found, form)
    differing = {} if in_file is None else {
        name: str(in_file.get(name, "")) for name, one in now.items() if one != str(in_file.get(name, ""))
    }  # fmt: skip
    labels = _labels(found, now)
    return page(
        request, "operations/text.html", door=DOOR, title=found.label, tabs=tabs(asked), group=found, form=form,
        shown=[(labels[name], one) for name, one in shown.items()],
        differing=[(labels[name], one) for name, one in differing.items()],
        placeholders=amending.PLACEHOLDERS.items(), status=422 if form.errors else 200,
        back_url=reverse("profile:texts"),
    )  # fmt: skip


def _save(asked: Request, group: Group, form: TextsForm) -> HttpResponse:
    values = form.texts()
    if wrong := amending.faults(values):
        for name, sentence in wrong.items():
            form.add_error(f"text-{name}", sentence)
        raise Invalid({})
    is_changed = amending.put_texts(
        asked.actor, document=group.document, section=group.section, values=values,
        reason=form.cleaned_data["reason"], at=asked.at,
    )  # fmt: skip
    return done(asked, Done(reverse("profile:texts"), _("改好了，马上生效") if is_changed else _("没有改动")))
