"""Why may this person do that (为什么能), and who gets nothing: permissions and scopes told from the posts in force."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.lookups import AreaField, LookupForm, PersonField
from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts import permissions
from lianxin.foundation.accounts.actor import Actor, Holding
from lianxin.foundation.accounts.models import Account, Elevation, RoleChange
from lianxin.foundation.accounts.queries import actor_of, current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.text import mask_name

from .profile import DOOR, SEEN_BY, tabs

_SHOWN = 12


class WhyForm(LookupForm):
    """Who, what, and where."""

    person = PersonField(label=gettext_lazy("谁"))
    permission = forms.ChoiceField(label=gettext_lazy("做什么"))
    area = AreaField(label=gettext_lazy("在哪里"), required=False, help_text=gettext_lazy("空着：随便哪里"))

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in permissions.catalogue().values():
            groups.setdefault(str(one.group), []).append((one.code, str(one.label)))
        self.fields["permission"].choices = list(groups.items())  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one post says to it."""

    post: str
    where: str
    said: str
    is_yes: bool


@require_safe
@never_cache
@staff_only(*SEEN_BY)
def why(request: HttpRequest) -> HttpResponse:
    """Explain a permission of one person post by post; beside it, who gets nothing."""
    asked = cast("Request", request)
    form = WhyForm(request.GET if "permission" in request.GET else None, asked=asked)
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        context = _explained(asked, values["person"], values["permission"], values["area"])
    return page(
        request, "operations/why.html", door=DOOR, title=_("为什么能"), tabs=tabs(asked), form=form,
        status=422 if form.errors else 200, checks=checks(asked), **context,
    )  # fmt: skip


def _explained(asked: Request, account: Account, permission: str, area: AreaNode | None) -> dict[str, Any]:
    actor = actor_of(account.pk, at=asked.at)
    if actor is None:
        return {"answer": False, "account": account, "reasons": [], "label": permissions.label(permission),
                "note": _("账号已停用，什么也不能做。")}  # fmt: skip
    reasons = [_reason(holding, permission, area) for holding in actor.holdings]
    note = "" if reasons else _("没有岗位，什么也不能做。")
    if permission in actor.elevated:
        lifted = Elevation.objects.filter(account=account).order_by("-pk").first()
        reasons.append(Reason(_("临时授权"), _("全域"), lifted.reason if lifted else "", is_yes=True))
    return {
        "answer": actor.may(permission, area) if area else actor.may(permission), "account": account,
        "area": area, "reasons": reasons, "label": permissions.label(permission), "note": note,
        "history": _history(actor, permission),
    }  # fmt: skip


def _reason(holding: Holding, permission: str, area: AreaNode | None) -> Reason:
    where = holding.area_name or holding.unit_name
    if permission not in holding.permissions:
        return Reason(holding.role_label, where, _("这个岗位没有这项权限。"), is_yes=False)
    if area is None:
        return Reason(holding.role_label, where, _("岗位带有这项权限。"), is_yes=True)
    if holding.area_level is None:
        said = _("岗位带有这项权限，只对本单位经手的，不按区域。")
        return Reason(holding.role_label, where, said, is_yes=False)
    if holding.covers(area):
        return Reason(
            holding.role_label, where, _("岗位带有这项权限，{area}在辖区里。").format(area=area.name), is_yes=True
        )
    said = _("岗位带有这项权限，但{area}不在辖区里。").format(area=area.name)
    return Reason(holding.role_label, where, said, is_yes=False)


def _history(actor: Actor, permission: str) -> list[dict[str, Any]]:
    """Return when the actor's roles were given this permission or lost it, by whom."""
    codes = [holding.role for holding in actor.holdings]
    rows = RoleChange.objects.filter(role_id__in=codes, is_granted=True).select_related(
        "role", "asked_by", "decided_by"
    )
    return [
        {"change": row, "is_added": permission in row.added, "asked_by": mask_name(row.asked_by.name),
         "decided_by": mask_name(row.decided_by.name) if row.decided_by else ""}
        for row in rows.order_by("-pk")[:200] if permission in (*row.added, *row.removed)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look after: how many, and which."""

    title: str
    line: str
    names: list[tuple[str, str]]
    count: int


def checks(asked: Request) -> list[Check]:
    """Return who gets nothing: units nobody works in, grids without a worker, people without post or way to be told."""
    posts = list(current_posts(asked.at).filter(account__disabled_at=None).select_related("role", "account"))
    return [_units(asked, posts), _grids(asked, posts), _powers(posts), _silent(posts)]


def _check(title: str, line: str, names: list[tuple[str, str]]) -> Check:
    return Check(title, line, names[:_SHOWN], len(names))


def _units(asked: Request, posts: list[Any]) -> Check:
    """Units that lead on the list and in which nobody may handle: what is sent there is read by nobody."""
    staffed = {post.unit_id for post in posts if "cases.handle" in post.role.permissions}
    known = organizations.directory(asked.numbers)
    leads = {row.lead_id for row in known.rows if row.in_force(asked.at) and row.lead_id}
    units = [known.by_id[pk] for pk in leads if pk in known.by_id and pk not in staffed]
    names = sorted((unit.short_name, reverse("console:unit", args=[unit.code])) for unit in units)
    return _check(_("牵头却没有经办人的单位"), _("派过去没有人收到、没有人签收"), names)


def _grids(asked: Request, posts: list[Any]) -> Check:
    afield = {post.area_id for post in posts if "cases.check" in post.role.permissions}
    grids = [node for node in areas.atlas(asked.at, asked.numbers) if node.role == "grid" and node.id not in afield]
    names = [(node.full_name, reverse("console:area", args=[node.code])) for node in grids]
    return _check(_("没有网格员的网格"), _("核实、巡查的任务落到社区"), names)


def _powers(posts: list[Any]) -> Check:
    held = {code for post in posts for code in post.role.permissions}
    names = [(str(one.label), "") for one in permissions.catalogue().values() if one.code not in held]
    return _check(_("没有任何人有的权限"), _("这些事现在谁也办不了"), names)


def _silent(posts: list[Any]) -> Check:
    seen: dict[int, Account] = {post.account_id: post.account for post in posts}
    silent = [one for one in seen.values() if one.last_login is None and not one.phone_hash]
    names = sorted((mask_name(one.name), reverse("console:person", args=[one.pk])) for one in silent)
    return _check(_("从没登录、也没留手机号的人"), _("消息送不到他们"), names)
