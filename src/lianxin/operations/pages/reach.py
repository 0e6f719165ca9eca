"""How far a permission of a role reaches: the whole place, its area, its unit, or only with a reason or an approval."""

from collections import defaultdict
from datetime import datetime
from typing import Literal

from lianxin.foundation.accounts.models import Role
from lianxin.foundation.accounts.queries import current_posts
from lianxin.operations.profiles.model import Profile
from lianxin.work.cases.rules import FLOW

Reach = Literal["all", "area", "unit"]
# Each of these verbs refuses an empty reason or purpose, or is only a request that another person decides.
_ASKED = frozenset(
    {"people.reveal", "people.merge", "people.export", "cases.reveal", "cases.extend", "audit.export", "tables.export"}
)
_TOP = "city"


def asked_for() -> frozenset[str]:
    """Return the permissions that are used only with a reason or an approval; those of the flow by its own steps."""
    needs: dict[str, list[bool]] = defaultdict(list)
    for step in FLOW:
        needs[step.permission].append(step.needs_reason)
    return _ASKED | {code for code, all_need in needs.items() if code and all(all_need)}


def reaches(roles: list[Role], profile: Profile | None, at: datetime) -> dict[str, Reach]:
    """Return how far the posts of each role reach: where they are held now, else where the profile sets them."""
    held: dict[str, set[str]] = defaultdict(set)
    for code, level in current_posts(at).values_list("role_id", "area__role").distinct():
        held[code].add(level or "")
    usual = {one.code: one.level for one in profile.roles} if profile else {}
    return {one.code: _reach(one, held[one.code] or {usual.get(one.code, "")}) for one in roles}


def _reach(role: Role, levels: set[str]) -> Reach:
    if role.scope == "unit":
        return "unit"
    return "all" if levels == {_TOP} else "area"
