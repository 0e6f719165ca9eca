"""管理: one page of cards, each with what needs a look."""

from datetime import timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import ADMINISTER, page, staff_only
from lianxin.faces.console.hub import Card, card, cards, concern
from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import current_posts, elevations_waiting
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.audit.queries import verify_latest
from lianxin.foundation.notifications.models import Delivery
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.journal.listening import parked_count
from lianxin.work.dispatch.models import Model

from .duties import found_in

_LATELY = timedelta(days=7)


@require_safe
@staff_only(*ADMINISTER)
def admin(request: HttpRequest) -> HttpResponse:
    """Show all cards the person may open."""
    found = cards(cast("Request", request))
    worries = sum(len(one.concerns) for one in found)
    return page(
        request, "console/admin/admin.html", door="console:admin", title=_("管理"), cards=found, worries=worries
    )


@card(10)
def people(asked: Request) -> Card | None:
    """人员."""
    if not any(map(asked.actor.may, ("accounts.manage", "accounts.read"))):
        return None
    staff = Account.objects.filter(kind=Account.Kind.STAFF, disabled_at=None)
    idle = staff.exclude(pk__in=current_posts(asked.at).values("account_id")).count()
    waiting = elevations_waiting(asked.at).count() if asked.actor.scope("accounts.elevate").everywhere else 0
    concerns = [*concern(waiting, "%d 件临时授权等批准", is_late=True), *concern(idle, "%d 个账号没有岗位")]
    return Card("人员", reverse("console:staff"), "users", f"{staff.count():,} 人在用，岗位、值班、临时授权", concerns)


@card(30)
def land(asked: Request) -> Card | None:
    """网格."""
    atlas = areas.atlas(asked.at, asked.numbers)
    grids = sum(node.role == "grid" for node in atlas)
    remarks = len(areas.household_check(asked.at, asked.numbers))
    plans = len(areas.planned_redivisions())
    concerns = [*concern(remarks, "%d 个网格户数要核对"), *concern(plans, "%d 次边界调整已列入计划")]
    return Card("网格", reverse("console:areas"), "map", f"{grids:,} 个网格", concerns)


@card(40)
def duties(asked: Request) -> Card | None:
    """权责."""
    missing, doubled = found_in(asked)
    units = len(organizations.unit_tree(asked.at, asked.numbers))
    rows = sum(row.in_force(asked.at) for row in organizations.directory(asked.numbers).rows)
    concerns = [*concern(len(missing), "%d 处没有人牵头"), *concern(len(doubled), "%d 处互相矛盾")]
    return Card("单位与权责", reverse("console:units"), "book", f"{units:,} 个单位，清单 {rows:,} 条", concerns)


@card(50)
def dispatching(asked: Request) -> Card | None:
    """派遣."""
    if not any(map(asked.actor.may, ("dispatch.view_report", "dispatch.manage", "config.manage"))):
        return None
    active = Model.objects.filter(active=True).values_list("version", "metrics").first()
    line = f"分类模型第 {active[0]} 版，{active[1].get('macro_f1', 0):.2f}" if active else "还没有训练分类模型"
    return Card(
        "派遣学习",
        reverse("console:dispatch"),
        "bulb",
        line,
        () if active else concern(1, "先跑一次训练，才能自动建议分类"),
    )


@card(60)
def audit(asked: Request) -> Card | None:
    """审计."""
    if not asked.actor.may("audit.read"):
        return None
    report = verify_latest(200)
    concerns = () if report.whole else concern(report.broken_at or 0, "审计链在第 %d 条断了", is_late=True)
    return Card("审计", reverse("console:audit"), "shield", f"{report.checked:,} 条，只增不改", concerns)


@card(70)
def machinery(asked: Request) -> Card | None:
    """消息与后台."""
    if not asked.actor.may("config.manage"):
        return None
    lately = Delivery.objects.filter(failed_at__gt=asked.at - _LATELY).count()
    waiting = Delivery.objects.filter(sent_at=None, failed_at=None, due_at__lte=asked.at - timedelta(hours=1)).count()
    concerns = [
        *concern(parked_count(), "%d 条流程消息没有处理成，正在重试", is_late=True),
        *concern(lately, "近 7 天 %d 条短信、邮件没有送出", is_late=True),
        *concern(waiting, "%d 条消息过了一小时还没发出"),
    ]
    return Card("消息与后台", reverse("console:inbox"), "bell", "短信、邮件和流程消息", concerns)
