"""Who is told what about requests for data."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register
from lianxin.foundation.organizations import queries as organizations

from .models import DataRequest

ASKED = Kind("sources.asked", "采集申请")
DECIDED = Kind("sources.decided", "采集申请的结果")
WORK = Kind("sources.work", "采集任务")
register(ASKED, DECIDED, WORK)


def tell_deciders(request: DataRequest, place: AreaNode | None, *, at: datetime) -> None:
    """Tell who decides at the place that somebody asks."""
    title = _("{unit}申请采集：{title}").format(unit=_unit(request), title=request.title)
    body = _("请审核要不要让网格去做。先看它给每个网格员加多少分钟。")
    deciders = accounts.holders("sources.decide", place=place, at=at)
    _tell(deciders, ASKED, title, body, request, at=at)


def tell_decision(request: DataRequest, place: AreaNode | None, *, at: datetime) -> None:
    """Tell the asker; and, when it was let in, the communities it is about."""
    is_in = request.state == DataRequest.State.APPROVED
    title = _("采集申请{result}：{title}").format(result=_("已准入") if is_in else _("未准入"), title=request.title)
    _tell(_askers(request, at), DECIDED, title, request.decision, request, at=at)
    if is_in:
        tell_workers(request, place, _("{unit}的采集任务").format(unit=_unit(request)), at=at)


def tell_workers(request: DataRequest, place: AreaNode | None, title: str, *, at: datetime) -> None:
    """Tell the communities of the place, who share the work out or stay out."""
    body = _("{title}：到 {month}月{day}日止，每件约 {minutes} 分钟。不承接的社区可以在申请里说明。").format(
        title=request.title,
        month=request.until_date.month,
        day=request.until_date.day,
        minutes=request.minutes_each,
    )
    _tell(_communities(place, at), WORK, title, body, request, at=at)


def tell_abstention(request: DataRequest, community: AreaNode, reason: str, *, at: datetime) -> None:
    """Tell the asker that a community stays out."""
    title = _("{area}不承接：{title}").format(area=community.name, title=request.title)
    _tell(_askers(request, at), DECIDED, title, reason, request, at=at)


def tell_end(request: DataRequest, place: AreaNode | None, *, at: datetime) -> None:
    """Tell both sides that the last day is over."""
    title = _("采集到期：{title}").format(title=request.title)
    body = _("已到截止日期，不再采集。还要的话请重新申请。")
    _tell({*_askers(request, at), *_communities(place, at)}, DECIDED, title, body, request, at=at)


def _askers(request: DataRequest, at: datetime) -> list[int]:
    own = [request.asked_by_id] if request.asked_by_id is not None else []
    return own or accounts.holders("sources.request", unit_id=request.unit_id, at=at)


def _communities(place: AreaNode | None, at: datetime) -> list[int]:
    if place is not None and place.role in {"community", "grid"}:
        return accounts.holders("sources.abstain", place=place, at=at)
    posts = accounts.current_posts(at).filter(role__permissions__contains=["sources.abstain"])
    if place is not None:
        posts = posts.filter(area__street_id=place.street_id)
    return list(posts.values_list("account_id", flat=True).distinct())


def _unit(request: DataRequest) -> str:
    unit = organizations.directory().by_id.get(request.unit_id)
    return unit.short_name if unit else ""


def _tell(
    recipients: Iterable[int], kind: Kind, title: str, body: str, request: DataRequest, *, at: datetime
) -> None:  # fmt: skip
    link = f"/console/data/requests/{request.pk}/"
    notifications.notify(recipients, kind=kind.code, title=title, body=body, link=link, at=at)
