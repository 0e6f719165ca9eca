"""What every console page shares: who is signed in, where they may go, and the place's names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.console import flash
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Me, MenuItem, NavItem, Tab
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.notifications.queries import unread_count
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import NotAllowed
from lianxin.kernel.text import mask_name
from lianxin.work.warnings import board

_STRIPS = 2


@dataclass(frozen=True)
class Door:
    """A page one may go to from the rail: who may is a permission, or anybody on the staff."""

    name: str  # of the address
    icon: str
    label: str
    permissions: tuple[str, ...] = ()

    def opens_to(self, actor: Actor) -> bool:
        """Tell whether the actor may go there."""
        return not self.permissions or any(actor.may(permission) for permission in self.permissions)


@dataclass(frozen=True)
class Wing:
    """A place in the rail that several doors share; inside they stand as tabs at the top of the page."""

    icon: str
    label: str
    doors: tuple[Door, ...]


# Whoever has to do with the base data: each card and page behind asks for its own.
BASE = (
    "places.view", "people.view", "people.answer", "people.approve_export", "care.view", "sources.manage",
    "sources.rule", "sources.decide", "sources.request",
)  # fmt: skip
ADMINISTER = (
    "accounts.manage", "accounts.elevate", "config.manage", "audit.read", "dispatch.manage", "dispatch.view_report",
)  # fmt: skip
SEES_MAP = ("cases.view", "cases.handle", "places.view", "patrols.view")
WINGS = (
    Wing("home", "工作台", (Door("console:work", "home", "工作台"),)),
    Wing("inbox", "坐席", (Door("console:seat", "inbox", "坐席", ("cases.file", "cases.dispatch")),)),
    Wing(
        "list",
        "案卷",
        (
            Door("console:cases", "list", "案卷", ("cases.view",)),
            Door("console:entry", "phone", "登记", ("cases.report",)),
        ),
    ),
    Wing(
        "map",
        "一张图",
        (Door("console:map", "map", "一张图", SEES_MAP),),
    ),
    Wing(
        "whistle",
        "指挥",
        (
            Door("console:whistles", "whistle", "吹哨", ("cases.whistle", "cases.report_in", "cases.supervise")),
            Door("console:supervisions", "flag", "督办", ("cases.supervise", "cases.dispatch", "cases.report_in")),
            Door(
                "console:approvals",
                "user-check",
                "审批",
                ("cases.approve", "cases.extend", "cases.dispatch", "cases.supervise"),
            ),
            Door(
                "console:dispatch_days",
                "calendar",
                "调度日",
                ("dispatchdays.prepare", "dispatchdays.lead", "dispatchdays.answer"),
            ),
            Door("console:liaison", "users", "联系", ("liaison.view", "liaison.manage", "liaison.visit")),
        ),
    ),
    Wing(
        "heart",
        "现场",
        (
            Door("console:patrols", "walk", "巡查", ("patrols.view",)),
            Door("console:visits", "heart", "民情", ("visits.view", "visits.signs")),
            Door("console:wishes", "mail", "心愿", ("wishes.answer",)),
            Door(
                "console:notices",
                "speaker",
                "通知",
                ("disclosure.publish", "disclosure.receipts", "stations.manage", "months.answer"),
            ),
        ),
    ),
    Wing(
        "things",
        "物联感知",
        (
            Door("console:components", "lamp", "部件", ("components.view",)),
            Door("console:cameras", "video", "视频", ("cameras.view", "cameras.approve", "audit.read")),
            Door("console:sensors", "things", "设备", ("sensors.view", "systems.manage")),
            Door("console:alarms", "alert", "告警", ("alarms.view", "alarms.rules")),
            Door("console:warnings", "storm", "预警", ("warnings.view", "warnings.issue", "warnings.sources")),
        ),
    ),
    Wing(
        "chart",
        "统计",
        (
            Door("console:statistics", "chart", "概览", ("statistics.view",)),
            Door("console:tables", "table", "自助表", ("statistics.view",)),
        ),
    ),
    Wing(
        "building",
        "基础库",
        (
            Door("console:base", "building", "基础库", BASE),
            Door("console:areas", "map", "网格", ("cases.view", "areas.manage")),
            Door("console:units", "book", "权责", ("cases.view", "organizations.manage")),
        ),
    ),
    Wing("settings", "管理", (Door("console:admin", "settings", "管理", ADMINISTER),)),
)


def place(numbers: Mapping[str, int] | None = None) -> Mapping[str, Any]:
    """Return the place's names: name, full_name, centre, platform, slogan, hotline."""
    return current("place", numbers) or {"name": "连心", "centre": "网格化服务管理中心", "platform": "连心"}


def page(
    request: HttpRequest, template: str, *, door: str = "", title: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    """Render a console page inside its frame. `door` is the rail's place that is current."""
    asked = cast("Request", request)
    response = render(request, template, frame(asked, door=door, title=title) | context, status=status)
    flash.forget(request, response)
    return response


def frame(request: Request, *, door: str, title: str) -> dict[str, Any]:
    """Return the context of `parts/console.html`."""
    actor, names = request.actor, place(request.numbers)
    unread = unread_count(actor)
    nav, within = rail(actor, door)
    return {
        "now": request.at,
        "place": names["centre"],
        "page_title": title,
        "nav": nav,
        "within": within,
        "nav_foot": [
            NavItem(reverse("console:inbox"), "bell", _("消息"), badge=unread, current=door == "console:inbox")
        ],
        "me": me(actor),
        "home_url": reverse("console:work"),
        # The box at the top looks for cases; people and places have a box of their own.
        "search_url": reverse("console:find") if actor.may("cases.view") or actor.may("cases.handle") else "",
        "search_words": request.GET.get("q", ""),
        # Who sees no case hears of none: the live process would only refuse.
        "live_url": live_url(request) if actor.scope("cases.view") else "",
        # What maps are drawn on; who may not see the one map has small ones without streets.
        "ground_url": reverse("console:map_ground") if any(map(actor.may, SEES_MAP)) else "",
        "toasts": flash.said(request),
        "warned": _warned(request),
    }


def _warned(request: Request) -> list[tuple[board.Running, str]]:
    """Return the red and orange warnings of one's own ground, with their pages; from memory."""
    grave = [one for one in board.on_ground(request.actor, request.at, request.numbers) if one.is_grave]
    return [(one, reverse("console:warning", args=[one.key])) for one in grave[:_STRIPS]]


def rail(actor: Actor, door: str) -> tuple[list[NavItem], list[Tab]]:
    """Return the places of the rail, and the tabs of the wing one is in: none where it has one door only."""
    nav: list[NavItem] = []
    within: list[Tab] = []
    for wing in WINGS:
        doors = [each for each in wing.doors if each.opens_to(actor)]
        if not doors:
            continue
        is_here = door in {each.name for each in doors}
        alone = len(doors) == 1
        icon, label = (doors[0].icon, doors[0].label) if alone else (wing.icon, wing.label)
        nav.append(NavItem(reverse(doors[0].name), icon, _(label), current=is_here))
        if is_here and not alone:
            within = [Tab(reverse(each.name), _(each.label), current=each.name == door) for each in doors]
    return nav, within


def me(actor: Actor) -> Me:
    """Return who is signed in, masked as the house does."""
    held = actor.post
    said = f"{held.unit_name or held.area_name} {held.role_label}".strip() if held else ""
    afield = any(each.is_afield for each in actor.holdings)
    menu = (
        *((MenuItem(reverse("worker:home"), _("手机版"), "device"),) if afield else ()),
        *((MenuItem(reverse("screen:board"), _("大屏"), "screen"),) if actor.may("screen.view") else ()),
        MenuItem(reverse("console:me"), _("我的账号"), "user"),
        MenuItem(reverse("console:month"), _("我的月报"), "chart"),
        MenuItem(reverse("console:sign_out"), _("退出登录"), "logout", post=True),
    )
    return Me(mask_name(actor.name), said, actor.name[:1], menu)


def live_url(request: HttpRequest) -> str:
    """Return where events stream from: the live process's own port, or the same address behind a proxy."""
    if settings.LIVE_PORT:
        host = request.get_host().rsplit(":", 1)[0]
        return f"{request.scheme}://{host}:{settings.LIVE_PORT}/live/stream"
    return "/live/stream"


View = Callable[..., HttpResponse]


def staff_only(*permissions: str) -> Callable[[View], View]:
    """Let a page be seen by signed-in staff, who hold one of these permissions if any are named."""

    def around(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
            asked = cast("Request", request)
            signed_in = asked.signed_in
            if signed_in is None or asked.actor.kind != "staff":
                return HttpResponseRedirect(
                    f"{reverse('console:sign_in')}?{urlencode({'next': request.get_full_path()})}"
                )
            if signed_in.must_change_password:
                return HttpResponseRedirect(reverse("console:password"))
            if permissions and not any(asked.actor.may(permission) for permission in permissions):
                raise NotAllowed("not_yours", _("您的岗位不能打开这一页。"))
            return view(request, *args, **values)

        return guarded

    return around
