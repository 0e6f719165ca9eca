"""What dispatch has learnt (派遣学习): the shadow report, models, and how far the platform acts by itself."""

from datetime import timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_dispatch import AutomationForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.paging_in_memory import paged
from lianxin.faces.console.saving import Done, NoteForm, NothingForm, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.kernel.errors import NotFound
from lianxin.work.cases.actions import automation
from lianxin.work.cases.settings import Automatic, flow_settings
from lianxin.work.dispatch import actions
from lianxin.work.dispatch.models import Model
from lianxin.work.dispatch.queries import ShadowLine, catalogue, shadow_report

DOOR = "console:admin"
SEEN_BY = ("dispatch.view_report", "dispatch.manage", "config.manage")
_SPANS = {"7": "7 天", "30": "30 天", "90": "90 天"}
_MODES = {"off": "关闭", "shadow": "影子", "on": "开启"}


@require_safe
@staff_only(*SEEN_BY)
def dispatch(request: HttpRequest) -> HttpResponse:
    """Show how dispatch would have done, the models, and how far it acts."""
    asked = cast("Request", request)
    span = request.GET.get("days", "30")
    span = span if span in _SPANS else "30"
    lines = shadow_report(asked.at - timedelta(days=int(span)), asked.at)
    decided, right, sure, sure_right = (
        sum(getattr(line, name) for line in lines) for name in ("decided", "right", "sure", "sure_right")
    )
    shown, pager = paged(request, sorted(lines, key=lambda line: -line.proposed), size=30)
    settings = flow_settings(asked.numbers)
    return page(
        request,
        "console/dispatch/dispatch.html",
        door=DOOR,
        title=_("派遣学习"),
        rows=shown,
        pager=pager,
        spans=[Tab(f"?days={days}", label, current=days == span) for days, label in _SPANS.items()],
        decided=decided,
        right_share=right / decided if decided else None,
        sure=sure,
        proposed=sum(line.proposed for line in lines),
        sure_share=sure_right / sure if sure else None,
        modes=[_mode(asked, which, getattr(settings, which)) for which in automation.LABELS],
        models=list(Model.objects.defer("arrays", "judged").order_by("-version")[:8]),
        kept=set(Model.objects.filter(arrays__isnull=False).values_list("pk", flat=True)),
        may_configure=asked.actor.scope("config.manage").everywhere,
        may_activate=asked.actor.scope("dispatch.manage").everywhere,
    )


def _mode(asked: Request, which: str, automatic: Automatic) -> dict[str, Any]:
    leaves = len(catalogue(asked.numbers).leaves)
    return {
        "which": which,
        "label": automation.LABELS[which],
        "mode": _MODES[automatic.mode],
        "is_on": automatic.mode == "on",
        "confidence": automatic.confidence,
        "count": leaves if automatic.categories is None else len(automatic.categories),
        "leaves": leaves,
    }


@require_http_methods(["GET", "POST"])
@staff_only("dispatch.manage")
def activate(request: HttpRequest, version: int) -> HttpResponse:
    """Take an earlier model into use again."""
    asked = cast("Request", request)
    to = reverse("console:dispatch")
    effect = "下一件上报起按这一版建议分类；现在用的那一版保留，随时可以换回来。"
    question = Question(f"改用第 {version} 版模型", effect, "改用这一版", to, is_danger=False)

    def act(values: dict[str, Any]) -> Done:
        actions.activate_model(asked.actor, version=version, reason=values["note"], at=asked.at)
        return Done(to, f"已改用第 {version} 版模型")

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only("dispatch.manage")
def train(request: HttpRequest) -> HttpResponse:
    """Train from the latest examples at once."""
    asked = cast("Request", request)
    to = reverse("console:dispatch")
    effect = _("后台用到目前为止的样例训练一版，约一两分钟；不比现在这版差才会换上，样例没有变化就不出新版。")
    question = Question(_("现在训练一版"), effect, _("开始训练"), to, is_danger=False)

    def act(_values: dict[str, Any]) -> Done:
        actions.ask_training(asked.actor, at=asked.at)
        return Done(to, _("已开始训练，一两分钟后刷新本页看结果"))

    return ask(request, NothingForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def automate(request: HttpRequest, which: str) -> HttpResponse:
    """Change how far the platform acts by itself; figures first."""
    asked = cast("Request", request)
    if which not in automation.LABELS:
        raise NotFound(_("没有这一页。"))
    now: Automatic = getattr(flow_settings(asked.numbers), which)
    leaves, figures = catalogue(asked.numbers).leaves, automation.figures(asked.at)
    codes = [leaf.code for leaf in leaves]
    chosen = set(codes if now.categories is None else now.categories)
    initial = {"mode": now.mode, "confidence": str(now.confidence)}
    form = AutomationForm(request.POST or None, codes=codes, confidence=now.confidence, initial=initial)
    picked = set(request.POST.getlist("categories")) if form.is_bound else chosen
    to = reverse("console:dispatch")

    def act(values: dict[str, Any]) -> Done:
        changed = automation.set_automation(asked.actor, which=cast("automation.Which", which), at=asked.at, **values)
        return Done(to, f"{automation.LABELS[which]}已改好，下一件起生效" if changed else "和原来一样，没有改动")

    return save(
        request,
        form,
        act,
        template="console/dispatch/automation.html",
        door=DOOR,
        title=automation.LABELS[which],
        rows=[_choice(leaf, figures.get(leaf.code), which, leaf.code in picked) for leaf in leaves],
        least=automation.LEAST_DECIDED,
        days=automation.LOOKED_BACK.days,
        back_url=to,
        proven=sum(automation.is_proven(figures.get(code)) for code in codes),
        total=len(codes),
    )


def _choice(leaf: Any, line: ShadowLine | None, which: str, is_chosen: bool) -> dict[str, Any]:  # noqa: FBT001
    # Filing needs the category to be right; dispatching, the unit too.
    right = 0 if line is None else line.right if which == "auto_dispatch" else line.decided - line.wrong_category
    return {
        "leaf": leaf,
        "decided": line.decided if line else 0,
        "share": right / line.decided if line and line.decided else None,
        "is_proven": automation.is_proven(line),
        "is_chosen": is_chosen,
    }
