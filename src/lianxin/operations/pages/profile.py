"""The profile (方案): in force against its files, loading them, lists taken out, every change of a document."""

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Page, Tab
from lianxin.foundation.accounts.models import Account
from lianxin.kernel.configuration.models import Document
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import NotFound, Refused
from lianxin.kernel.paging import page as cut
from lianxin.kernel.text import mask_name
from lianxin.operations.profiles import amending, comparison, loader
from lianxin.operations.profiles.documents import flat

from .files import files, is_loaded
from .forms import ReasonForm

DOOR = "console:admin"
SEEN_BY = ("config.manage", "accounts.manage", "audit.read")
NAMES = {
    "place": "地方",
    "levels": "层级",
    "grid_kinds": "网格种类",
    "unit_kinds": "单位种类",
    "flow": "流程与时限",
    "labels": "用语",
    "modules": "模块",
    "texts": "门户用语",
    "pairings": "结对",
    "messages": "短信",
    "roles": "岗位与权限",
    "profile": "方案",
    "micro_units": "微网格责任单位",
    "security": "安全",
    "sensors": "物联设备",
}
_TABLES = {"categories": "分类", "standards": "立案、处置和结案标准", "units": "单位", "responsibilities": "权责清单"}


def tabs(asked: Request) -> list[Tab]:
    """Return the pages about the profile."""
    pages = (
        ("home", "与文件对比"),
        ("roles", "岗位与权限"),
        ("why", "为什么能"),
        ("standards", "分类与标准"),
        ("calendar", "工作日历"),
        ("texts", "用语模板"),
        ("history", "改动记录"),
    )
    return [
        Tab(
            reverse(f"profile:{name}"),
            label,
            current=asked.path.startswith(reverse(f"profile:{name}"))
            and (name != "home" or asked.path == reverse("profile:home")),
        )
        for name, label in pages
    ]


@require_safe
@staff_only(*SEEN_BY)
def home(request: HttpRequest) -> HttpResponse:
    """Show where the configuration in force differs from the files."""
    asked = cast("Request", request)
    found = files(asked.numbers)
    differing = comparison.differences(found.profile) if found.profile else []
    latest = Document.objects.filter(key="profile").order_by("-version").first()
    groups: dict[str, list[comparison.Difference]] = {}
    for one in differing:
        groups.setdefault(NAMES.get(one.document, one.document), []).append(one)
    return page(
        request,
        "operations/profile.html",
        door=DOOR,
        title=_("方案"),
        tabs=tabs(asked),
        files=found,
        groups=[
            (name, [(one.path, _shown(one.in_file), _shown(one.in_force)) for one in rows[:40]], len(rows))
            for name, rows in groups.items()
        ],
        total=len(differing),
        latest=latest,
        by=_names([latest] if latest else []),
        is_loaded=is_loaded(found, asked.numbers),
        is_begun=_is_begun(asked),
        tables=_TABLES.items(),
        may_load=asked.actor.scope("config.manage").everywhere,
    )


def _shown(value: Any) -> str:
    if value is None:
        return "没有"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(one) for one in value[:12]) + (f" 等 {len(value)} 项" if len(value) > 12 else "") or "空"
    return str(value)[:300] or "空"


def _names(documents: Iterable[Document]) -> dict[int, str]:
    ids = {one.created_by_id for one in documents if one.created_by_id}
    return {pk: mask_name(account.name) for pk, account in Account.objects.in_bulk(ids).items()} if ids else {}


def _is_begun(asked: Request) -> bool:
    """Tell whether the files are another place's, whose practice this place began with."""
    loaded = current("profile", asked.numbers) or {}
    return not loaded.get("key") and bool(loaded.get("begun_from"))


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def load(request: HttpRequest) -> HttpResponse:
    """Say what loading the files would change; then load them."""
    asked = cast("Request", request)
    found = files(asked.numbers)
    if found.profile is None:
        raise Refused("profile_unreadable", found.problem)
    if _is_begun(asked):
        raise Refused("profile_of_another", _("这里只是从那套做法起步，不能整套载入：会换上别处的名称、区域和单位。"))
    profile = found.profile
    form = ReasonForm(request.POST or None)
    changes = [] if request.method == "POST" else loader.plan(profile, at=asked.at)

    def act(values: dict[str, Any]) -> Done:
        done = amending.load(asked.actor, profile, reason=values["reason"], at=asked.at)
        return Done(reverse("profile:home"), f"方案已载入，{len(done)} 类有改动" if done else "已与文件一致，没有改动")

    return save(
        request,
        form,
        act,
        template="operations/load.html",
        door=DOOR,
        title=_("载入方案"),
        files=found,
        changes=[(one, [(word, keys[:8], len(keys)) for word, keys in kinds_of(one) if keys]) for one in changes],
        back_url=reverse("profile:home"),
    )


def kinds_of(one: loader.TableChange) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what happens to the rows of a table, in words."""
    return (
        ("新增", one.added),
        ("更改", one.changed),
        ("停用", one.removed),
        ("不会改（边界只能用拆分合并）", one.refused),
    )


@require_safe
@staff_only(*SEEN_BY)
def export(_request: HttpRequest, table: str) -> HttpResponse:
    """Give a list in force in the form of the profile's file."""
    if table not in _TABLES:
        raise NotFound(_("没有这个清单。"))
    response = HttpResponse(comparison.export(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table}.csv"'
    return response


@require_safe
@staff_only(*SEEN_BY)
def history(request: HttpRequest) -> HttpResponse:
    """List the versions of documents: who, when, why, and what changed."""
    asked = cast("Request", request)
    key = request.GET.get("key", "")
    found = Document.objects.filter(key=key) if key else Document.objects.all()
    rows = cut(found, order=("-id",), after=request.GET.get("after"), size=20)
    before = _before(rows.items)
    names = _names(rows.items)
    latest = dict(Document.objects.values_list("key").annotate(version=Max("version")))
    may_change = asked.actor.scope("config.manage").everywhere
    link = "?" + (f"key={key}&" if key in NAMES else "")
    return page(
        request,
        "operations/history.html",
        door=DOOR,
        title=_("改动记录"),
        tabs=tabs(asked),
        key=key,
        names=NAMES.items(),
        rows=[
            {
                "document": one,
                "name": NAMES.get(one.key, one.key),
                "by": names.get(one.created_by_id or 0, "系统"),
                "may_go_back": may_change and one.key != "profile" and one.version < latest[one.key],
                "changes": _changes(before.get((one.key, one.version - 1)), one),
            }
            for one in rows.items
        ],
        pager=Page(
            0,
            0,
            previous_url=f"{link}after={rows.previous}" if rows.previous else "",
            next_url=f"{link}after={rows.next}" if rows.next else "",
        ),
    )


def _before(shown: list[Document]) -> dict[tuple[str, int], Document]:
    wanted = {(one.key, one.version - 1) for one in shown}
    found = Document.objects.filter(key__in={key for key, _ in wanted}, version__in={number for _, number in wanted})
    return {(one.key, one.version): one for one in found}


def _changes(before: Document | None, now: Document) -> list[tuple[str, str, str]]:
    if before is None:
        return []
    old, new = dict(flat(before.content)), dict(flat(now.content))
    paths = [path for path in sorted(old.keys() | new.keys()) if old.get(path) != new.get(path)]
    return [(path, _shown(old.get(path)), _shown(new.get(path))) for path in paths[:12]]
