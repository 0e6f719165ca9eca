"""What every page of residents shares: the place's names, large print, the community, and how a refusal looks."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import faults
from lianxin.faces.parts.shapes import Crumb
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import LianxinError, NotFound

from .here import desk_of, here_of

ELDER = "lx_elder"
YEAR = 365 * 86400
# What a profile's portal says; a place that leaves a line out gets these.
_TEXTS: Mapping[str, str | Promise] = {
    "name": gettext_lazy("连心"),
    "welcome": gettext_lazy("有事您说，我们来办"),
    "report": gettext_lazy("请您反映"),
    "report_hint": gettext_lazy("拍张照，30 秒说清"),
    "services": gettext_lazy("帮您办事"),
    "services_hint": gettext_lazy("能在网上办的都在这里"),
    "mine": gettext_lazy("我的事"),
    "follow": gettext_lazy("查进度"),
    "follow_hint": gettext_lazy("凭编号和手机号就能查，不用登录"),
    "anonymous": gettext_lazy("匿名反映（工作人员也看不到是谁）"),
    "emergency": gettext_lazy("急事请直接打 110、119、120"),
    "privacy": gettext_lazy("手机号只用来告诉您办理进度，办理单位看不到。"),
    "worker": gettext_lazy("网格员"),
}
# Told after an act, named in the address: a closed list, so that nobody can make our pages say something.
SAID = {
    "add": gettext_lazy("补充的内容已送出，办理的人会看到。"),
    "urge": gettext_lazy("已替您催办。"),
    "thank": gettext_lazy("谢谢您，已转告办理的人。"),
    "withdraw": gettext_lazy("已撤回。"),
    "reopen": gettext_lazy("已要求重新办理。"),
    "appeal": gettext_lazy("申诉已收到，会换一位工作人员再看。"),
    "evaluate": gettext_lazy("谢谢您的评价。"),
    "wish_say": gettext_lazy("已送到办信的人那里。"),
    "wish_agree": gettext_lazy("已告诉办信的人：您同意。"),
    "wish_refuse": gettext_lazy("已告诉办信的人：您不同意。"),
    "wish_rate": gettext_lazy("谢谢您的评价。"),
    "wish_reopen": gettext_lazy("已请办信的人接着办。"),
    "wish_withdraw": gettext_lazy("信已收回，信里的话已经删除。"),
    "wish_leave": gettext_lazy("您已退出，不会再转话给您。"),
    "asked": gettext_lazy("已送到发通知的单位，答复会发到您的手机。"),
    "patrol_joined": gettext_lazy("欢迎加入，随时可以退出。"),
    "patrol_left": gettext_lazy("已退出。谢谢您一直以来的帮忙。"),
    "patrol_checked": gettext_lazy("已打卡，谢谢您。"),
    "patrol_hazard": gettext_lazy("已送到社区，有人会到现场看。"),
    "place": gettext_lazy("已记住您的社区。"),
    "signed_in": gettext_lazy("已登录。"),
    "signed_out": gettext_lazy("已退出登录。这部手机上不再记着您的事。"),
    "ended": gettext_lazy("那台设备已退出。"),
    "read": gettext_lazy("都标为看过了。"),
    "claimed": gettext_lazy("这是社区存着的您的信息。不对的，点“不对”。"),
    "data_asked": gettext_lazy("已送到社区，15 个工作日内答复您。"),
    "agreed": gettext_lazy("已记下您的同意，随时可以收回。"),
    "taken_back": gettext_lazy("已收回同意，靠它登记的照应会结束。"),
    "unlinked": gettext_lazy("这个账号不再打开您的档案。要看可以再认领。"),
}
View = Callable[..., HttpResponse]


def texts(numbers: Mapping[str, int]) -> dict[str, str | Promise]:
    """Return the words of the portal: the profile's, and ours where it says nothing."""
    documents = current("texts", numbers) or {}
    return {**_TEXTS, **documents.get("portal", {})}


def modules(numbers: Mapping[str, int]) -> Mapping[str, bool]:
    """Return which modules this place has switched on."""
    return current("modules", numbers) or {}


def is_elder(request: HttpRequest) -> bool:
    """Tell whether this browser asks for large print."""
    return request.COOKIES.get(ELDER) == "1"


def page(
    request: HttpRequest, template: str, *, title: str, back: str = "", status: int = 200,
    told: Sequence[Mapping[str, str]] = (), **context: Any,
) -> HttpResponse:  # fmt: skip
    """Render a page inside the frame; `told` are sentences on top, `back` where the arrow leads."""
    asked = cast("Request", request)
    here = here_of(asked)
    said = SAID.get(request.GET.get("said", "")) if request.method == "GET" else None
    frame = {
        "now": asked.at, "texts": texts(asked.numbers), "place": texts(asked.numbers)["name"], "page_title": title,
        "back_url": back, "elder": is_elder(request), "elder_url": reverse("resident:elder"), "here": here,
        "desk": desk_of(here, asked.at, asked.numbers), "foot_links": _foot(),
        "told": [*([{"tone": "", "words": said}] if said else []), *told],
    }  # fmt: skip
    return render(request, template, frame | context, status=status)


def _foot() -> list[Crumb]:
    doors = (("home", _("首页")), ("follow", _("查进度")), ("me", _("我的")), ("place", _("换社区")))
    return [Crumb(label, reverse(f"resident:{name}")) for name, label in doors]


def resident_page(view: View) -> View:
    """Let a view be a page: never kept by caches, and an expected failure is shown in the frame."""

    @wraps(view)
    @never_cache
    def shown(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        try:
            return view(request, *args, **values)
        except LianxinError as error:
            return failure(request, error)

    return shown


def failure(request: HttpRequest, error: LianxinError) -> HttpResponse:
    """Show what could not be done, in its own words."""
    response = page(
        request, "resident/fault.html", title=_("没有办成"), status=error.status, back=reverse("resident:home"),
        sentence=error.sentence,
    )  # fmt: skip
    return told_when(error, response)


def told_when(error: LianxinError, response: HttpResponse) -> HttpResponse:
    """Tell browsers and programs after how many seconds to come again, where the failure says so."""
    if (seconds := getattr(error, "retry_after", None)) is not None:
        response["Retry-After"] = str(seconds)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that there is no such page: to staff in their console, to everybody else in ours."""
    if request.path.startswith("/console") or not hasattr(request, "actor"):
        return faults.not_found(request, exception)
    return failure(request, NotFound(_("没有这一页。可能地址写错了，或它已经不在了。")))
