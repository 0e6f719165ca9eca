"""Changing a role: tick, see whom it concerns, send for approval; agree, refuse, take back; what was changed before."""

from collections.abc import Collection
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts import actions, permissions
from lianxin.foundation.accounts.actions.role_changes import APPROVE, holders
from lianxin.foundation.accounts.models import Role, RoleChange
from lianxin.kernel.errors import LianxinError, NotFound
from lianxin.kernel.text import mask_name

from .files import files
from .forms import DecideForm, RoleForm
from .profile import DOOR

MANAGE = "accounts.manage"


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Let the permissions of a role be ticked; first say whom it concerns, then send it for approval."""
    asked = cast("Request", request)
    role = Role.objects.filter(code=code).first()
    if role is None:
        raise NotFound(_("没有这个岗位。"))
    is_back = request.method == "GET" and request.GET.get("as") == "file"
    wanted = _wanted(asked, role) if request.method == "POST" else _in_file(asked, role, is_wanted=is_back)
    seen = request.POST.get("seen", "").split() if request.method == "POST" else role.permissions
    form = RoleForm(request.POST if "reason" in request.POST else None, initial={"seen": " ".join(role.permissions)})
    if form.is_bound and form.is_valid():
        with faults_into(form):
            reason = form.cleaned_data["reason"]
            made = actions.ask_role_change(asked.actor, role=role, seen=seen, wanted=wanted, reason=reason, at=asked.at)
            said = f"已送审：{role.label} {len(made.added) + len(made.removed)} 处改动，等安全管理员同意"
            return done(request, Done(reverse("profile:roles"), said))
    return page(
        request,
        "operations/role.html",
        door=DOOR,
        title=_("改{label}的权限").format(label=role.label),
        status=422 if form.errors else 200,
        role=role,
        form=form,
        groups=_groups(role, wanted),
        added=[permissions.label(one) for one in sorted(wanted - set(role.permissions))],
        removed=[permissions.label(one) for one in sorted(set(role.permissions) - wanted)],
        wanted=sorted(wanted),
        holders=holders(role, asked.at),
        is_shown=request.method == "POST" or is_back,
        waiting=RoleChange.objects.filter(role=role, decided_at=None).exists(),
        back_url=reverse("profile:roles"),
    )


def _wanted(asked: Request, role: Role) -> set[str]:
    """Return what was ticked; permissions no room knows any more stay as they are."""
    unknown = set(role.permissions) - set(permissions.catalogue())
    return (set(asked.POST.getlist("permissions")) & set(permissions.catalogue())) | unknown


def _in_file(asked: Request, role: Role, *, is_wanted: bool) -> set[str]:
    """Return what the profile's files let the role do, to go back to; else, or without files, what it may now."""
    found = files(asked.numbers).profile if is_wanted else None
    said = next((set(one.permissions) for one in found.roles if one.code == role.code), None) if found else None
    return set(role.permissions) if said is None else said


def _groups(role: Role, wanted: Collection[str]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in permissions.catalogue().values():
        has, is_wanted = one.code in role.permissions, one.code in wanted
        groups.setdefault(one.group, []).append(
            {"permission": one, "is_wanted": is_wanted, "is_changed": has != is_wanted}
        )
    return list(groups.items())


@require_POST
@staff_only(APPROVE, MANAGE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a change, refuse it with a remark, or take one's own back."""
    asked = cast("Request", request)
    found = RoleChange.objects.select_related("role").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这项改动。"))
    form = DecideForm(request.POST)
    to = reverse("profile:roles")
    if not form.is_valid():
        return done(request, Done(to, "没有写入：请从页面上的按钮办理"))
    verdict, remark = form.cleaned_data["verdict"], form.cleaned_data["remark"]
    try:
        if verdict == "withdraw":
            actions.withdraw_role_change(asked.actor, change=found, at=asked.at)
            return done(request, Done(to, "已撤回，权限没有变"))
        grant = verdict == "grant"
        actions.decide_role_change(asked.actor, change=found, grant=grant, remark=remark, at=asked.at)
    except LianxinError as error:
        if error.status == 403:
            raise
        return done(request, Done(to, error.sentence))
    said = f"已生效：{found.role.label}，影响 {found.holders:,} 人" if grant else "已退回，权限没有变"
    return done(request, Done(to, said))


def listed(asked: Request) -> dict[str, Any]:
    """Return the changes that wait and the latest that were decided, as the matrix shows them."""
    rows = RoleChange.objects.select_related("role", "asked_by", "decided_by").order_by("-pk")
    return {
        "waiting": [_row(asked, one) for one in rows.filter(decided_at=None)],
        "decided": [_row(asked, one) for one in rows.filter(decided_at__isnull=False)[:8]],
        "may_approve": asked.actor.scope(APPROVE).everywhere,
        "may_change": asked.actor.scope(MANAGE).everywhere,
    }


def _row(asked: Request, one: RoleChange) -> dict[str, Any]:
    is_own = one.asked_by_id == asked.actor.account_id
    return {
        "change": one,
        "added": [permissions.label(code) for code in one.added],
        "removed": [permissions.label(code) for code in one.removed],
        "asked_by": mask_name(one.asked_by.name),
        "decided_by": mask_name(one.decided_by.name) if one.decided_by else "",
        "is_own": is_own,
        "central": [permissions.label(code) for code in one.added if permissions.catalogue()[code].central]
        if all(code in permissions.catalogue() for code in one.added)
        else [],
    }
