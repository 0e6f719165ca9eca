"""Roles × permissions (岗位与权限): who may do what, and where that differs from the files."""

from collections import Counter
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.views.audit import officers
from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts import permissions
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.accounts.queries import current_posts

from . import role_changes
from .files import files
from .profile import DOOR, SEEN_BY, tabs


@require_safe
@staff_only(*SEEN_BY)
def roles(request: HttpRequest) -> HttpResponse:
    """Show the matrix."""
    asked = cast("Request", request)
    held = list(Role.objects.order_by("sort", "code"))
    found = files(asked.numbers)
    in_file = {role.code: set(role.permissions) for role in found.profile.roles} if found.profile else {}
    holders = Counter(current_posts(asked.at).values_list("role_id", flat=True))
    known = {role.code: set(role.permissions) for role in held}
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in permissions.catalogue().values():
        cells = [_cell(one.code, known[role.code], in_file.get(role.code)) for role in held]
        groups.setdefault(one.group, []).append({"permission": one, "cells": cells})
    differing = [
        (role, permissions.label(code), code in known[role.code])
        for role in held
        for code in sorted(known[role.code] ^ in_file.get(role.code, known[role.code]))
    ]
    return page(
        request,
        "operations/roles.html",
        door=DOOR,
        title=_("岗位与权限"),
        tabs=tabs(asked),
        roles=[(role, holders[role.code]) for role in held],
        groups=groups.items(),
        differing=differing,
        folder=found.folder,
        problem=found.problem,
        officers=officers(asked.at),
        **role_changes.listed(asked),
    )


def _cell(code: str, now: set[str], in_file: set[str] | None) -> tuple[bool, bool]:
    """Return whether the role has the permission, and whether the files say otherwise."""
    return code in now, in_file is not None and (code in now) != (code in in_file)
