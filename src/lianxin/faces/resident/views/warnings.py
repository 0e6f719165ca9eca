"""Warnings in force where the resident is at home: a bar on the first page, and the page of one."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.identity.request import Request
from lianxin.faces.resident import frame
from lianxin.faces.resident.here import Here, here_of
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import NotFound
from lianxin.work.disclosure import receipts
from lianxin.work.disclosure.models import Notice
from lianxin.work.stations import queries as stations
from lianxin.work.warnings import board, queries, rules
from lianxin.work.warnings.board import Running
from lianxin.work.warnings.models import Colour, State, WarningArea, WarningMessage

_ON_HOME, _NEAR = 3, 3


def on_home(asked: Request, here: Here | None) -> list[Running]:
    """Return what is warned of at home; of who has not said where that is, only what the whole place is warned of.

    From memory: no statement.
    """
    roots = areas.children(None, asked.at, asked.numbers)
    area = here.area if here is not None else roots[0] if roots else None
    if area is None:
        return []
    found = board.public_at(area, asked.at, asked.numbers)
    return [one for one in found if here is not None or area.id in one.areas][:_ON_HOME]


@require_safe
@frame.resident_page
def warning(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one warning: what, until when, where, what to do; when it is over, that it is."""
    asked = cast("Request", request)
    found = queries.public(key)
    if found is None:
        raise NotFound(_("没有这条预警，可能已经撤下。"))
    here = here_of(asked)
    is_running = found.state == State.RUNNING and found.expires_at is not None and found.expires_at > asked.at
    notice = Notice.objects.filter(key=found.notice_key).first() if found.notice_key is not None else None
    if is_running and notice is not None and asked.actor.kind != "staff" and request.method == "GET":
        receipts.count_public(notice)
    fallen = queries.areas_of(found)
    return frame.page(
        request, "resident/warning.html", title=_("预警"), back=reverse("resident:home"), warning=found, notice=notice,
        is_running=is_running, short=board.short_title(found.event, found.colour),
        over="" if is_running else _over(found), follow=None if is_running else queries.successor(found),
        points=rules.points_of(found.instruction), own=_own_colour(asked, here, fallen),
        places=board.names([each.area_id for each in fallen], asked.numbers),
        near=_near(asked, here, found, is_running),
    )  # fmt: skip


def _over(found: WarningMessage) -> str:
    if found.state in {State.RUNNING, State.EXPIRED}:
        return _("已到期")
    return _("已解除") if found.state == State.CANCELLED else _("已更新")


def _own_colour(asked: Request, here: Here | None, fallen: list[WarningArea]) -> str:
    """Say how grave it is at home, where that is known: 黄色; nothing where it does not fall."""
    if here is None:
        return ""
    colours = [each.colour for each in fallen if _touches(asked, here.area, each.area_id)]
    return str(rules.gravest(colours).label) if colours else ""


def _touches(asked: Request, home: AreaNode, area_id: int) -> bool:
    area = areas.node(area_id, asked.numbers)
    return area_id in home.path_ids or (area is not None and home.id in area.path_ids)


def _near(asked: Request, here: Here | None, found: WarningMessage, is_running: bool) -> list[stations.Near]:  # noqa: FBT001
    """Return where one may go, while a red or orange one runs."""
    if here is None or not is_running or Colour(found.colour) not in rules.GRAVE:
        return []
    if not frame.modules(asked.numbers).get("stations", True):
        return []
    return stations.near(asked.at, point=here.area.center or here.community.center, area=here.community, most=_NEAR)
