"""Messages (消息): unread first, each leading to what it tells of."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lianxin.faces.console import doing
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.models import Message
from lianxin.foundation.notifications.queries import inbox as messages_of
from lianxin.foundation.notifications.queries import unread_count
from lianxin.kernel.errors import NotFound

_BIGGEST = 2**63 - 1


@require_GET
@staff_only()
def inbox(request: HttpRequest) -> HttpResponse:
    """List one's messages."""
    asked = cast("Request", request)
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 19 else None
    shows_all = "all" in request.GET
    found = messages_of(asked.actor, before=before, unread=not shows_all)
    count = unread_count(asked.actor)
    path = reverse("console:inbox")
    older = f"{path}?{'all=1&' if shows_all else ''}before={found.before}" if found.before else ""
    return page(
        request, "console/inbox.html", door="console:inbox", title=_("消息"), messages=found.messages, older_url=older,
        tabs=[Tab(path, _("未读"), count, current=not shows_all), Tab(f"{path}?all=1", _("全部"), current=shows_all)],
        unread=count, shows_all=shows_all,
    )  # fmt: skip


@require_POST
@staff_only()
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    asked = cast("Request", request)
    count = notifications.mark_read(asked.actor, at=asked.at)
    return doing.go_on(request, reverse("console:inbox"), said=_("%(count)d 条已读") % {"count": count})


@require_POST
@staff_only()
def open_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    asked = cast("Request", request)
    found = Message.objects.filter(recipient_id=asked.actor.account_id, pk=min(message_id, _BIGGEST)).first()
    if found is None:
        raise NotFound(_("没有这条消息，可能已经过期。"))
    notifications.mark_read(asked.actor, ids=[found.pk], at=asked.at)
    return HttpResponseRedirect(doing.inner_url(request, found.link) or reverse("console:inbox"))
