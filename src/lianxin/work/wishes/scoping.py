"""Whose desk a letter lies on: posts that answer letters, by area only; never a firm, a department or an elevation."""

from dataclasses import replace

from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor, Scope
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations import queries as organizations
from lianxin.registry.care.models import NEVER

PERMISSION = "wishes.answer"


def answering(actor: Actor) -> Scope:
    """Return where the actor answers letters. What an elevation opens for hours would be everybody's letters."""
    if actor.is_system:
        return Scope(everywhere=True)
    posts = tuple(post for post in actor.holdings if not _is_of_firm(post.unit_id))
    scope = replace(actor, holdings=posts, elevated=frozenset()).scope(PERMISSION)
    return replace(scope, unit_ids=frozenset())


def before_taken(scope: Scope) -> Q:
    """Return what finds the letters of these desks: a street's are not its communities' to read."""
    if scope.everywhere:
        return Q()
    to_street = Q(level="street", street_id__in=scope.street_ids)
    return (Q(level="community") & within(replace(scope, grid_ids=frozenset()))) | to_street


def _is_of_firm(unit_id: int | None) -> bool:
    known = organizations.unit(unit_id) if unit_id is not None else None
    return known is not None and known.kind in NEVER
