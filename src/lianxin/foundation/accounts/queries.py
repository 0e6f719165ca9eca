"""Who is asking, from one statement a request; and who holds, watches and stands in."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self, cast

from django.db import connection
from django.db.models import Q, QuerySet

from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.configuration import queries as configuration

from . import rules
from .actor import Actor, Holding, Placed
from .models import Account, DutyShift, Elevation, Post, Session, Token

# Everything a request needs to know of its asker, and the numbers that key the process's caches.
_FACTS = """
    account.id, account.name, account.username, account.kind, account.disabled_at, account.password_changed_at,
    (SELECT jsonb_agg(jsonb_build_object(
        'post_id', post.id, 'role', role.code, 'label', role.label, 'permissions', role.permissions,
        'scope', role.scope, 'title', post.title, 'area_id', area.id, 'area_role', area.role,
        'grid_id', area.grid_id, 'area_name', area.name, 'unit_id', unit.id, 'unit_name', unit.short_name
     ) ORDER BY role.sort, post.id)
     FROM post JOIN role ON role.code = post.role_id
     LEFT JOIN area ON area.id = post.area_id LEFT JOIN unit ON unit.id = post.unit_id
     WHERE post.account_id = account.id AND post.valid_from <= %(at)s
       AND (post.valid_to IS NULL OR post.valid_to > %(at)s)),
    (SELECT array_agg(DISTINCT granted) FROM elevation, unnest(elevation.permissions) granted
     WHERE elevation.account_id = account.id AND starts_at <= %(at)s AND ends_at > %(at)s AND ended_at IS NULL),
    (SELECT jsonb_object_agg(name, number) FROM version)
"""
_BY_SESSION = f"""
SELECT {_FACTS}, session.id, session.created_at, session.seen_at, session.expires_at
FROM session JOIN account ON account.id = session.account_id
WHERE session.key_hash = %(key)s AND session.revoked_at IS NULL AND session.expires_at > %(at)s
"""
_BY_TOKEN = f"""
SELECT {_FACTS}, token.id, token.used_at, token.scopes
FROM token JOIN account ON account.id = token.account_id
WHERE token.key_hash = %(key)s AND token.revoked_at IS NULL AND token.expires_at > %(at)s
"""
_BY_ACCOUNT = f"SELECT {_FACTS} FROM account WHERE account.id = ANY(%(ids)s)"
_FACT_COUNT = 9


@dataclass(frozen=True, slots=True)
class _Facts:
    """A row of `_FACTS`."""

    account_id: int
    name: str
    username: str | None
    kind: str
    disabled_at: datetime | None
    password_changed_at: datetime | None
    posts: list[dict[str, Any]]
    elevated: frozenset[str]
    numbers: dict[str, int]

    @classmethod
    def read(cls, row: tuple[Any, ...]) -> Self:
        # Django leaves JSON to its fields, so a plain cursor brings text.
        posts, elevated, numbers = row[6:_FACT_COUNT]
        account_id, name, username, kind, disabled_at, password_changed_at = row[:6]
        return cls(
            account_id=account_id,
            name=name,
            username=username,
            kind=kind,
            disabled_at=disabled_at,
            password_changed_at=password_changed_at,
            posts=json.loads(posts) if posts else [],
            elevated=frozenset(elevated or ()),
            numbers=json.loads(numbers) if numbers else {},
        )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a face needs of the session beside the actor."""

    id: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class TokenUse:
    """The token a program called with."""

    id: int
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, by what, and the numbers to ask caches with."""

    actor: Actor
    numbers: Mapping[str, int]
    session: SignedIn | None = None
    token: TokenUse | None = None


def load_actor(*, session_key: str = "", token_key: str = "", at: datetime, channel: str = "web") -> Identity | None:
    """Return who holds this key now, or None if it is unknown, over, revoked or its account disabled. One statement.

    Posts are read each time: who leaves a post has lost its permissions with the next request.
    """
    key = session_key or token_key
    row = _one(_BY_SESSION if session_key else _BY_TOKEN, {"key": rules.key_hash(key), "at": at})
    if row is None:
        return None
    facts, rest = _Facts.read(row), row[_FACT_COUNT:]
    if facts.disabled_at is not None:
        return None
    if not session_key:
        token_id, used_at, scopes = rest
        actor = _actor(facts, channel="api", key=f"t{token_id}", allowed=frozenset(scopes))
        return Identity(actor, facts.numbers, token=TokenUse(token_id, used_at))
    session_id, created_at, seen_at, expires_at = rest
    actor = _actor(facts, channel=channel, key=f"s{session_id}")
    security = configuration.current("security", facts.numbers)
    if seen_at + rules.lasting(facts.kind, security, is_afield=actor.is_afield).idle <= at:
        return None
    must_change = facts.kind == Account.Kind.STAFF and facts.password_changed_at is None
    session = SignedIn(session_id, created_at, seen_at, expires_at, must_change)
    return Identity(actor, facts.numbers, session=session)


def was_revoked(session_key: str) -> bool:
    """Tell whether a session that no longer opens anything was taken back, rather than ran out. One statement.

    A device whose session was taken back forgets what it keeps; after one that ran out its owner signs in again.
    """
    taken = Q(revoked_at__isnull=False) | Q(account__disabled_at__isnull=False)
    return Session.objects.filter(taken, key_hash=rules.key_hash(session_key)).exists()


def actor_of(account_id: int, *, at: datetime, channel: str = "system") -> Actor | None:
    """Return the actor an account is now, for jobs, made-up data and tests; None if unknown or disabled."""
    return actors_of([account_id], at=at, channel=channel).get(account_id)


def actors_of(account_ids: Iterable[int], *, at: datetime, channel: str = "system") -> dict[int, Actor]:
    """Return the actors of several accounts by id. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_ACCOUNT, {"ids": list(account_ids), "at": at})
        facts = [_Facts.read(row) for row in cursor.fetchall()]
    return {found.account_id: _actor(found, channel=channel) for found in facts if found.disabled_at is None}


def _one(statement: str, values: dict[str, bytes | datetime]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cast("tuple[Any, ...] | None", cursor.fetchone())


def _actor(facts: _Facts, *, channel: str, key: str = "", allowed: frozenset[str] | None = None) -> Actor:
    return Actor(
        account_id=facts.account_id,
        name=facts.name or facts.username or "",
        kind=cast("Literal['staff', 'resident']", facts.kind),
        holdings=tuple(_holding(post, facts.numbers) for post in facts.posts),
        channel=channel,
        session_key=key,
        elevated=facts.elevated,
        allowed=allowed,
    )


Level = Literal["city", "street", "community", "grid"]


def _holding(post: Mapping[str, Any], numbers: Mapping[str, int]) -> Holding:
    area_level, area_id = post["area_role"], post["area_id"]
    if area_level == "micro":
        # Cases know no level below the grid; a post at a micro grid reads as one at its grid.
        area_level, area_id = "grid", post["grid_id"]
    if post["scope"] == "unit" and post["unit_id"] is not None:
        area_level = area_id = None
    unit_ids = organizations.descendants(post["unit_id"], numbers) if post["unit_id"] else frozenset()
    return Holding(
        post_id=post["post_id"],
        role=post["role"],
        role_label=post["title"] or post["label"],
        permissions=frozenset(post["permissions"]),
        area_level=cast("Level | None", area_level),
        area_id=area_id,
        area_name=(post["area_name"] or "") if area_level else "",
        unit_id=post["unit_id"],
        unit_ids=unit_ids,
        unit_name=post["unit_name"] or "",
    )


def current_posts(at: datetime) -> QuerySet[Post]:
    """Posts held at an instant by accounts that are not disabled."""
    held = Q(valid_from__lte=at) & (Q(valid_to=None) | Q(valid_to__gt=at))
    return Post.objects.filter(held, account__disabled_at=None)


def holders(
    permission: str, *, at: datetime, place: Placed | AreaNode | None = None, unit_id: int | None = None
) -> list[int]:
    """Return the accounts with a post that gives a permission for a place or a unit, in order. One statement.

    For a place only the nearest level counts: a grid's own worker before the community, the street, the city.
    """
    posts = current_posts(at).filter(role__permissions__contains=[permission])
    if unit_id is not None:
        return _accounts(posts.filter(unit_id=unit_id))
    if place is None:
        return _accounts(posts)
    ranks = {place.grid_id: 0, place.community_id: 1, place.street_id: 2}
    ids = [area_id for area_id in ranks if area_id is not None]
    reach = Q(area_id__in=ids) | Q(area__role="city")
    found = posts.filter(reach).exclude(role__scope="unit", unit__isnull=False).values_list("account_id", "area_id")
    ranked = [(ranks.get(area_id, 3), account_id) for account_id, area_id in found]
    nearest = min((rank for rank, _account in ranked), default=None)
    return sorted({account_id for rank, account_id in ranked if rank == nearest})


def members(unit_id: int, *, at: datetime) -> list[int]:
    """Return the accounts with a post at a unit itself. One statement."""
    return _accounts(current_posts(at).filter(unit_id=unit_id))


def _accounts(posts: QuerySet[Post]) -> list[int]:
    return list(posts.order_by("account_id").values_list("account_id", flat=True).distinct())


def on_duty(
    *, at: datetime, place: Placed | AreaNode | None = None, unit_id: int | None = None, permission: str = ""
) -> list[int]:
    """Return the accounts whose duty shift runs now for a place (the nearest level first) or a unit."""
    shifts = DutyShift.objects.filter(starts_at__lte=at, ends_at__gt=at, post__in=current_posts(at)).select_related(
        "post__area"
    )
    if permission:
        shifts = shifts.filter(post__role__permissions__contains=[permission])
    if unit_id is not None:
        return sorted({shift.post.account_id for shift in shifts.filter(post__unit_id=unit_id)})
    if place is None:
        return sorted({shift.post.account_id for shift in shifts})
    for area_id in (place.grid_id, place.community_id, place.street_id):
        near = sorted({shift.post.account_id for shift in shifts if area_id and shift.post.area_id == area_id})
        if near:
            return near
    return sorted({s.post.account_id for s in shifts if s.post.area is not None and s.post.area.role == "city"})


def substitutes(account_ids: Iterable[int], *, at: datetime) -> dict[int, int]:
    """Return who stands in for whom, by the first of their posts that names somebody who is not disabled."""
    posts = current_posts(at).filter(account__in=list(account_ids), substitute__disabled_at=None)
    named = posts.exclude(substitute=None).order_by("-role__sort", "-pk").values_list("account_id", "substitute_id")
    return {account_id: substitute for account_id, substitute in named if substitute is not None}


def sessions_of(account_id: int, *, at: datetime) -> QuerySet[Session]:
    """List where an account is signed in, the latest first."""
    return Session.objects.filter(account_id=account_id, revoked_at=None, expires_at__gt=at).order_by("-seen_at", "-pk")


def tokens_of(account_id: int, *, at: datetime) -> QuerySet[Token]:
    """List the keys of an account that still open something."""
    return Token.objects.filter(account_id=account_id, revoked_at=None, expires_at__gt=at).order_by("-pk")


def elevations_waiting(at: datetime) -> QuerySet[Elevation]:
    """List elevations asked for within the last day and not yet decided, the oldest first."""
    asked = Elevation.objects.filter(starts_at=None, ended_at=None)
    return asked.filter(requested_at__gt=at - rules.REQUEST_LIVES).select_related("account").order_by("requested_at")


def visible_staff(actor: Actor, *, at: datetime) -> QuerySet[Account]:
    """Staff accounts with a post where the actor may look people up or manage them."""
    staff = Account.objects.filter(kind=Account.Kind.STAFF)
    scope, manage = actor.scope("accounts.read"), actor.scope("accounts.manage")
    if scope.everywhere or manage.everywhere:
        return staff
    areas = scope.street_ids | scope.community_ids | manage.street_ids | manage.community_ids
    inside = (
        Q(area__street_id__in=areas)
        | Q(area__community_id__in=areas)
        | Q(area__grid_id__in=scope.grid_ids | manage.grid_ids)
        | Q(unit__in=scope.unit_ids | manage.unit_ids)
    )
    return staff.filter(Q(pk__in=current_posts(at).filter(inside).values("account_id")) | Q(pk=actor.account_id))
