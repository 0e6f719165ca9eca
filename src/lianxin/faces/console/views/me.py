"""One's own account: posts, where it is signed in, how one is told, and the password."""

from datetime import time
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console import doing
from lianxin.faces.console.forms import show_faults
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import current_posts, sessions_of
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications import kinds
from lianxin.foundation.notifications.rules import Preferences
from lianxin.kernel.errors import Invalid, NotFound


class NoticeForm(forms.Form):
    """Which kinds of message also go by text message, and the hours in which none does."""

    sms = forms.MultipleChoiceField(
        label=gettext_lazy("这些也发短信"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("站内消息总会有；紧急的不受这里限制"),
    )  # fmt: skip
    quiet = forms.BooleanField(label=gettext_lazy("免打扰时间里不发短信"), required=False)
    begin = forms.TimeField(label=gettext_lazy("从"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    end = forms.TimeField(label=gettext_lazy("到"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, *args: Any, **values: Any) -> None:
        """Offer the kinds that there are."""
        super().__init__(*args, **values)
        field = cast("forms.MultipleChoiceField", self.fields["sms"])
        field.choices = [(kind.code, kind.label) for kind in kinds.catalogue().values()]

    def clean(self) -> dict[str, Any]:
        """Demand both ends of the quiet hours."""
        told = super().clean() or {}
        if told.get("quiet") and not (told.get("begin") and told.get("end")):
            self.add_error("begin", _("请填开始和结束两个钟点。"))
        return told


@require_http_methods(["GET", "POST"])
@staff_only()
def me(request: HttpRequest) -> HttpResponse:
    """Show one's account, and keep how one wants to be told."""
    asked = cast("Request", request)
    account = Account.objects.get(pk=asked.actor.account_id or 0)
    kept = account.preferences.get("notifications", {})
    form = NoticeForm(request.POST or None, initial=_initial(kept))
    if form.is_valid():
        try:
            notifications.set_preferences(asked.actor, given=_wanted(form.cleaned_data, kept), at=asked.at)
        except Invalid as invalid:
            show_faults(form, invalid.fields)
        else:
            return doing.go_on(request, reverse("console:me"), said=_("提醒方式已记下。"))
    posts = current_posts(asked.at).filter(account=account).select_related("role", "area", "unit", "substitute")
    return page(
        request, "console/me.html", title=_("我的账号"), status=422 if form.errors else 200, form=form, account=account,
        posts=posts.order_by("role__sort", "pk"), sessions=sessions_of(account.pk, at=asked.at),
        current=asked.signed_in.id if asked.signed_in else None,
    )  # fmt: skip


def _initial(kept: dict[str, Any]) -> dict[str, Any]:
    chosen = Preferences.of(kept)
    wanted = [
        kind.code for kind in kinds.catalogue().values() if "sms" in chosen.channels.get(kind.code, kind.channels)
    ]
    begin, end = chosen.quiet or (time(22), time(7))
    return {"sms": wanted, "quiet": chosen.quiet is not None, "begin": f"{begin:%H:%M}", "end": f"{end:%H:%M}"}


def _wanted(told: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """Change what the form shows; channels it does not show stay as they were."""
    before = Preferences.of(kept)
    channels = {}
    for kind in kinds.catalogue().values():
        others = [name for name in before.channels.get(kind.code, kind.channels) if name != "sms"]
        channels[kind.code] = [*others, *(["sms"] if kind.code in told["sms"] else [])]
    quiet = [f"{told['begin']:%H:%M}", f"{told['end']:%H:%M}"] if told["quiet"] else None
    return {"channels": channels, "quiet": quiet}


@require_POST
@staff_only()
def revoke(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out another device of one's own."""
    asked = cast("Request", request)
    mine = {session.pk for session in sessions_of(asked.actor.account_id or 0, at=asked.at)}
    if session_id not in mine:
        raise NotFound(_("没有这个登录，可能已经退出。"))
    accounts.revoke_session(asked.actor, session_id=session_id, at=asked.at)
    return doing.go_on(request, reverse("console:me"), said=_("那台设备已退出登录。"))
