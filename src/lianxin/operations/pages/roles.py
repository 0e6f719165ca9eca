"""Roles × permissions (岗位与权限): who may do what, how far, and where that differs from the files."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.views.audit import officers
from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts import permissions
from lianxin.foundation.accounts.models import Role, RoleChange
from lianxin.foundation.accounts.permissions import Permission
from lianxin.foundation.accounts.queries import current_posts
from lianxin.kernel.text import mask_name

from . import reach, role_changes
from .files import files
from .profile import DOOR, SEEN_BY, tabs

# A page stays small: groups beyond so many cells are folded, and open by their address.
MOST_CELLS = 1_200
_WORDS = {"all": gettext_lazy("全域"), "area": gettext_lazy("本辖区"), "unit": gettext_lazy("本单位")}


@dataclass(frozen=True)
class Wanted:
    """What of the matrix is asked for, as words in the address."""

    words: str = ""
    group: str = ""
    role: str = ""
    differing: bool = False

    def takes(self, one: Permission, *, has_difference: bool) -> bool:
        """Tell whether a row is among what is asked for."""
        found = self.words.casefold() in f"{one.label} {one.code} {one.group}".casefold()
        return found and self.group in ("", one.group) and (has_difference or not self.differing)


@dataclass(frozen=True)
class Matrix:
    """What is in force and what the files say, by role."""

    roles: list[Role]
    in_file: Mapping[str, set[str]]
    reaches: Mapping[str, reach.Reach]
    asked: frozenset[str]

    def differs(self, role: Role, code: str) -> bool:
        """Tell whether the files say otherwise."""
        said = self.in_file.get(role.code)
        return said is not None and (code in role.permissions) != (code in said)

    def cell(self, role: Role, code: str) -> tuple[str, bool]:
        """Return the sign of a cell and whether the files say otherwise."""
        sign = "" if code not in role.permissions else "asked" if code in self.asked else self.reaches[role.code]
        return sign, self.differs(role, code)


@require_safe
@staff_only(*SEEN_BY)
def roles(request: HttpRequest) -> HttpResponse:
    """Show the matrix."""
    asked = cast("Request", request)
    held = list(Role.objects.order_by("sort", "code"))
    found = files(asked.numbers)
    in_file = {role.code: set(role.permissions) for role in found.profile.roles} if found.profile else {}
    given = request.GET
    wanted = Wanted(
        given.get("q", "").strip()[:40], given.get("group", ""), given.get("role", ""), "differing" in given
    )
    shown = [role for role in held if wanted.role in ("", role.code)] or held
    whole = Matrix(held, in_file, reach.reaches(held, found.profile, asked.at), reach.asked_for())
    matrix = Matrix(shown, in_file, whole.reaches, whole.asked)
    holders = Counter(current_posts(asked.at).values_list("role_id", flat=True))
    groups = _groups(matrix, wanted)
    return page(
        request,
        "operations/roles.html",
        door=DOOR,
        title=_("岗位与权限"),
        tabs=tabs(asked),
        roles=[(role, holders[role.code], _WORDS[matrix.reaches[role.code]]) for role in shown],
        every_role=held,
        every_group=list(dict.fromkeys(one.group for one in permissions.catalogue().values())),
        groups=groups,
        is_found=any(count for _name, _rows, count in groups),
        wanted=wanted,
        differing=_differing(whole),
        folder=found.folder,
        problem=found.problem,
        officers=officers(asked.at),
        **role_changes.listed(asked),
    )


def _groups(matrix: Matrix, wanted: Wanted) -> list[tuple[str, list[dict[str, Any]], int]]:
    """Return the groups with their rows and how many there are; a group that is folded has no rows."""
    groups: dict[str, list[Permission]] = {}
    for one in permissions.catalogue().values():
        if wanted.takes(one, has_difference=any(matrix.differs(role, one.code) for role in matrix.roles)):
            groups.setdefault(one.group, []).append(one)
    result, room = [], MOST_CELLS
    for name, rows in groups.items():
        room -= len(rows) * len(matrix.roles)
        result.append((name, _rows(matrix, rows) if room >= 0 or name == wanted.group else [], len(rows)))
    return result


def _rows(matrix: Matrix, rows: Iterable[Permission]) -> list[dict[str, Any]]:
    return [{"permission": one, "cells": [matrix.cell(role, one.code) for role in matrix.roles]} for one in rows]


def _differing(matrix: Matrix) -> list[dict[str, Any]]:
    """Return where roles differ from the files, each with who changed it and why, if it was changed here."""
    changes = list(RoleChange.objects.filter(is_granted=True).select_related("asked_by").order_by("-decided_at")[:200])
    found = []
    for role in matrix.roles:
        for code in sorted(set(role.permissions) ^ matrix.in_file.get(role.code, set(role.permissions))):
            change = next((one for one in changes if one.role_id == role.code and code in _codes(one)), None)
            by = mask_name(change.asked_by.name) if change else ""
            has = code in role.permissions
            found.append({"role": role, "label": permissions.label(code), "has": has, "change": change, "by": by})
    return found


def _codes(one: RoleChange) -> set[str]:
    return {*one.added, *one.removed}
