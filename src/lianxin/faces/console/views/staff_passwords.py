"""First passwords for many (发初始密码): made, shown once to be printed and handed over, kept nowhere."""

from typing import cast

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts import actions
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import current_posts, visible_staff
from lianxin.kernel.errors import NotAllowed

from .staff import DOOR

_MOST = 40  # each is a slow hash by design


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("accounts.manage")
def passwords(request: HttpRequest) -> HttpResponse:
    """List who cannot sign in yet; pressed, give each a password and show them once."""
    asked = cast("Request", request)
    waiting = visible_staff(asked.actor, at=asked.at).filter(
        disabled_at=None, password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    chosen = waiting.order_by("username")
    if request.method == "POST":
        given = {int(pk) for pk in request.POST.getlist("account")[:_MOST] if pk.isdecimal()}
        chosen = chosen.filter(pk__in=given)
    accounts = list(chosen[:_MOST])
    where = _where(asked, accounts)
    slips = []
    if request.method == "POST":
        for account in accounts:
            try:
                password = actions.reset_password(asked.actor, account=account, at=asked.at)
            except NotAllowed:
                continue  # somebody whose post reaches beyond one's own area
            slips.append((account, where.get(account.pk, ""), password))
    return page(
        request,
        "console/staff/passwords.html",
        door=DOOR,
        title=_("发初始密码"),
        slips=slips,
        rows=[(account, where.get(account.pk, "")) for account in accounts],
        total=waiting.count(),
    )


def _where(asked: Request, accounts: list[Account]) -> dict[int, str]:
    posts = current_posts(asked.at).filter(account__in=accounts).select_related("role", "area", "unit")
    said: dict[int, str] = {}
    for post in posts:
        place = (post.unit.short_name if post.unit else "") or (post.area.name if post.area else "")
        said.setdefault(post.account_id, f"{place} {post.title or post.role.label}".strip())
    return said
