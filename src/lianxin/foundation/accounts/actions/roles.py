"""Roles (角色) come from the profile, or from the page of an administrator."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import permissions
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid

from . import guarding
from .entries import tell


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role to be. `scope`: held at an area, or at a unit."""

    code: str
    label: str
    permissions: tuple[str, ...]
    scope: str
    sort: int = 0


@transaction.atomic
def load_roles(actor: Actor, rows: Iterable[RoleRow], *, at: datetime, dry_run: bool = False) -> list[str]:
    """Bring roles in and return the codes that are new or changed; the same again changes nothing.

    Takes effect with the next request of everyone who holds them. Raises Invalid for unknown
    permissions, Refused if nobody could manage accounts any more.
    """
    demand(actor, guarding.MANAGE, "管理角色")
    guarding.one_at_a_time()
    before = guarding.administrators(at)
    known = {role.code: role for role in Role.objects.select_for_update()}
    changed = []
    for row in rows:
        _check(row)
        role = known.get(row.code)
        wanted = {
            "label": row.label, "permissions": sorted(row.permissions), "scope": row.scope, "sort": row.sort,
        }  # fmt: skip
        had = {name: getattr(role, name) for name in wanted} if role else {}
        if had | {"permissions": sorted(had.get("permissions", ()))} == wanted:
            continue
        changed.append(row.code)
        if not dry_run:
            Role.objects.update_or_create(code=row.code, defaults=wanted)
            tell(actor, 0, "set_role", at=at, before=had, after=wanted | {"role": row.code})
    guarding.keep_an_administrator(before, at)
    return changed


def _check(row: RoleRow) -> None:
    permissions.check_known(row.permissions)
    if row.scope not in {"area", "unit"}:
        raise Invalid({"scope": _("角色 {code} 的范围应是 area（辖区）或 unit（单位）。").format(code=row.code)})
    if not row.label.strip():
        raise Invalid({"label": _("角色 {code} 没有名称。").format(code=row.code)})
