"""委托: whom I let decide in my place and until when, and whose place I was asked to stand in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianxin.faces.console import commanding
from lianxin.faces.console.choosing import post_label
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, done, faults_into
from lianxin.faces.console.views.approvals import tabs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.foundation.accounts.actor import Holding
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.queries import node
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Approval, Delegation
from lianxin.work.cases.standing import DECIDES, SEES

_SHOWN = 30
_MOST_POSTS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One delegation in words."""

    given: Delegation
    of: str
    to: str
    kinds: str
    state: str
    is_live: bool
    is_mine: bool


class DelegationForm(forms.Form):
    """Whom to let decide what, from when to when."""

    post = forms.ChoiceField(label=gettext_lazy("哪个岗位的审批"))
    to_post = forms.ChoiceField(label=gettext_lazy("请谁代审"), help_text=gettext_lazy("看得到同一片案件的岗位"))
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("哪几种申请"), choices=Approval.Kind.choices, widget=forms.CheckboxSelectMultiple,
        initial=Approval.Kind.values,
    )  # fmt: skip
    starts_at = forms.DateTimeField(label=gettext_lazy("从"))
    ends_at = forms.DateTimeField(label=gettext_lazy("到"), help_text=gettext_lazy("到时自动结束，也可以随时收回"))
    reason = forms.CharField(label=gettext_lazy("为什么"), max_length=500,
                             widget=forms.TextInput(attrs={"placeholder": "出差、休假……"}))  # fmt: skip

    def __init__(self, asked: Request, own: list[Holding], data: Any = None) -> None:
        """Offer one's own posts that decide, and the posts that see what they see."""
        at = words.local(asked.at).astimezone(ZONE)
        week = {"starts_at": f"{at:%Y-%m-%dT%H:%M}", "ends_at": f"{at + timedelta(days=7):%Y-%m-%dT%H:%M}"}
        super().__init__(data, initial=week, auto_id="lend_%s")
        self._offer("post", [(str(held.post_id), f"{held.area_name} {held.role_label}".strip()) for held in own])
        self._offer("to_post", [("", _("请选择")), *_candidates(asked, own)])
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices


def _candidates(asked: Request, own: list[Holding]) -> list[tuple[str, str]]:
    """Return the posts that see all that one of one's own decides on. One statement."""
    places: set[int] = set()
    for held in own:
        area = node(held.area_id, asked.numbers) if held.area_id is not None else None
        places |= set(area.path_ids) if area is not None else set()
    able = current_posts(asked.at).filter(
        Q(area__role="city") | Q(area_id__in=places), role__scope="area", role__permissions__contains=[SEES],
        role__permissions__overlap=list(commanding.MAY_SEE_APPROVALS),
    )  # fmt: skip
    found = able.exclude(account=asked.actor.account_id).select_related("account", "role", "area")
    return [(str(post.pk), post_label(post)) for post in found.order_by("role__sort", "pk")[:_MOST_POSTS]]


@require_http_methods(["GET", "POST"])
@staff_only(*commanding.MAY_SEE_APPROVALS)
def delegations(request: HttpRequest) -> HttpResponse:
    """Show delegations given and received, and let one make another."""
    asked = cast("Request", request)
    own = [held for held in asked.actor.holdings if DECIDES in held.permissions]
    form = DelegationForm(asked, own, request.POST if request.method == "POST" else None) if own else None
    if request.method == "POST" and form is not None and form.is_valid():
        with faults_into(form):
            return done(request, _entrust(asked, form.cleaned_data))
    return page(
        request, "console/command/delegations.html", door=commanding.APPROVALS, title=_("委托审批"),
        status=422 if form is not None and form.errors else 200,
        tabs=tabs(asked, "delegations"), form=form, lines=_lines(asked), most=cases.MOST_DAYS,
    )  # fmt: skip


def _entrust(asked: Request, values: dict[str, Any]) -> Done:
    cases.entrust(
        asked.actor, post_id=int(values["post"]), to_post_id=int(values["to_post"]), kinds=values["kinds"],
        starts_at=_instant(values["starts_at"]), ends_at=_instant(values["ends_at"]), reason=values["reason"],
        at=asked.at,
    )  # fmt: skip
    return Done(reverse("console:delegations"), _("已委托，代审的人会收到消息。"))


def _instant(given: datetime) -> datetime:
    return given if given.tzinfo is not None else given.replace(tzinfo=ZONE)


def _lines(asked: Request) -> list[Line]:
    actor, posts = asked.actor, [held.post_id for held in asked.actor.holdings]
    found = Delegation.objects.filter(Q(made_by=actor.account_id) | Q(post__in=posts) | Q(to_post__in=posts))
    told = found.select_related(
        "post__area", "post__role", "post__account", "to_post__area", "to_post__role", "to_post__account"
    )
    return [_line(each, asked) for each in told.order_by("-starts_at", "-pk")[:_SHOWN]]


def _line(given: Delegation, asked: Request) -> Line:
    at = asked.at
    kinds = dict(Approval.Kind.choices)
    state = (
        _("已收回") if given.revoked_at is not None
        else _("已到期") if given.ends_at <= at
        else _("还没开始") if given.starts_at > at
        else _("正在代审") if _holds(given.post, at) and _holds(given.to_post, at)
        else _("岗位变动，已失效")
    )  # fmt: skip
    live = given.revoked_at is None and given.ends_at > at
    is_mine = given.made_by_id == asked.actor.account_id
    labels = "、".join(str(kinds[kind]) for kind in given.kinds if kind in kinds)
    return Line(given, post_label(given.post), post_label(given.to_post), labels, state, live, is_mine)


def _holds(post: Post, at: datetime) -> bool:
    return post.valid_to is None or post.valid_to > at


@require_http_methods(["GET", "POST"])
@staff_only(*commanding.MAY_SEE_APPROVALS)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a delegation back."""
    asked = cast("Request", request)
    back = reverse("console:delegations")
    question = Question(_("收回委托"), _("收回后立刻生效，代审的人不能再审。已审的不变。"), _("收回"), back)

    def act(_values: dict[str, Any]) -> Done:
        cases.revoke_trust(asked.actor, delegation_id=pk, at=asked.at)
        return Done(back, _("已收回委托。"))

    form = NothingForm(request.POST if request.method == "POST" else None)
    return ask(request, form, question, act, door=commanding.APPROVALS)
