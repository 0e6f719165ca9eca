"""Who acts: an account with the posts it holds now. Once loaded it answers without queries."""

from dataclasses import dataclass
from typing import Literal, Protocol


class Placed(Protocol):
    """Anything with a place in the tree of areas: an `Area` or a case."""

    @property
    def street_id(self) -> int | None: ...
    @property
    def community_id(self) -> int | None: ...
    @property
    def grid_id(self) -> int | None: ...


Hot = Literal["street", "community", "grid"]


@dataclass(frozen=True, slots=True)
class Holding:
    """One post (岗位) held now: a role at an area or a unit, with the permissions the role gives."""

    post_id: int
    role: str
    role_label: str
    permissions: frozenset[str]
    # The area it covers with everything below; "city" covers all. None: the post is at a unit only.
    area_level: Literal["city", "street", "community", "grid"] | None = None
    area_id: int | None = None
    area_name: str = ""
    # The unit it works in; `unit_ids` holds that unit and all below it.
    unit_id: int | None = None
    unit_ids: frozenset[int] = frozenset()
    unit_name: str = ""

    @property
    def is_afield(self) -> bool:
        """Tell whether it is a post of one grid: whoever holds it works outside, by phone."""
        return self.area_level == "grid"

    def covers(self, place: Placed) -> bool:
        """Tell whether the place lies in the post's area."""
        if self.area_level is None:
            return False
        if self.area_level == "city":
            return True
        return self.area_id is not None and getattr(place, f"{self.area_level}_id") == self.area_id


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an actor may use a permission: everywhere, in areas by hot level, for units, or nowhere."""

    everywhere: bool = False
    street_ids: frozenset[int] = frozenset()
    community_ids: frozenset[int] = frozenset()
    grid_ids: frozenset[int] = frozenset()
    unit_ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.everywhere or self.street_ids or self.community_ids or self.grid_ids or self.unit_ids)


@dataclass(frozen=True, slots=True)
class Actor:
    """An account, or nobody, or the system, with what it may do and where."""

    account_id: int | None = None
    name: str = ""
    kind: Literal["staff", "resident", "anonymous", "system", "client"] = "anonymous"
    holdings: tuple[Holding, ...] = ()
    channel: str = "web"
    session_key: str = ""
    # Permissions granted for a short time (临时授权), everywhere, each use audited.
    elevated: frozenset[str] = frozenset()
    # Cases this session has proved to have reported, by number and phone.
    case_ids: frozenset[int] = frozenset()
    # A token's scopes narrow what its account may do; None: not narrowed.
    allowed: frozenset[str] | None = None

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def is_afield(self) -> bool:
        """Whether all the actor's posts are of single grids: it works outside, by a phone of its own."""
        return bool(self.holdings) and all(held.is_afield for held in self.holdings)

    @property
    def post(self) -> Holding | None:
        """The post shown as the actor's own: its first."""
        return self.holdings[0] if self.holdings else None

    def _granted(self, permission: str) -> bool:
        return self.allowed is None or permission in self.allowed

    def holding_for(self, permission: str, place: Placed | None = None, unit_id: int | None = None) -> Holding | None:
        """Return the post by which the actor may do this at `place` or for `unit_id`, or None.

        Without both: any post that gives the permission.
        """
        if not self._granted(permission):
            return None
        for holding in self.holdings:
            if permission not in holding.permissions:
                continue
            if place is None and unit_id is None:
                return holding
            if place is not None and holding.covers(place):
                return holding
            if unit_id is not None and unit_id in holding.unit_ids:
                return holding
        return None

    def may(self, permission: str, place: Placed | None = None, unit_id: int | None = None) -> bool:
        """Tell whether the actor may do this at `place` or for `unit_id` (without both: anywhere)."""
        if self.is_system or (permission in self.elevated and self._granted(permission)):
            return True
        return self.holding_for(permission, place, unit_id) is not None

    def scope(self, permission: str) -> Scope:
        """Return where the actor may use the permission, for filters of querysets."""
        if self.is_system or (permission in self.elevated and self._granted(permission)):
            return Scope(everywhere=True)
        if not self._granted(permission):
            return Scope()
        held = [holding for holding in self.holdings if permission in holding.permissions]
        areas: dict[str, set[int]] = {"street": set(), "community": set(), "grid": set()}
        for holding in held:
            if holding.area_level in areas and holding.area_id is not None:
                areas[holding.area_level].add(holding.area_id)
        return Scope(
            everywhere=any(holding.area_level == "city" for holding in held),
            street_ids=frozenset(areas["street"]),
            community_ids=frozenset(areas["community"]),
            grid_ids=frozenset(areas["grid"]),
            unit_ids=frozenset().union(*(holding.unit_ids for holding in held)),
        )


SYSTEM = Actor(name="系统", kind="system", channel="system")
ANONYMOUS = Actor()
