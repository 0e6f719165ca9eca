"""The county as its people know it: who sits where, which unit does what. Read once from the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from random import Random

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actors_of, current_posts
from lianxin.foundation.areas.queries import Atlas, atlas
from lianxin.foundation.organizations.queries import UnitNode, directory, responsible
from lianxin.kernel import versions
from lianxin.work.cases.evidence import LABELS
from lianxin.work.cases.models import FilingStandard
from lianxin.work.cases.settings import flow_settings
from lianxin.work.dispatch.queries import catalogue

from .story import Story
from .view import Spot, View


@dataclass(frozen=True, slots=True)
class Player:
    """A member of staff in the play."""

    account_id: int
    post_id: int
    role: str
    area: str
    unit: str


@dataclass
class Scene:
    """Staff, units and lists of a county as of an instant."""

    at: datetime
    rng: Random
    numbers: Mapping[str, int] = field(default_factory=versions.read)  # read anew when the county changes
    _spots: dict[str, Spot] = field(default_factory=dict)

    @cached_property
    def players(self) -> list[Player]:
        """All staff by post."""
        posts = current_posts(self.at).select_related("area", "unit").order_by("pk")
        return [
            Player(
                post.account_id,
                post.pk,
                post.role_id,
                post.area.code if post.area else "",
                post.unit.code if post.unit else "",
            )
            for post in posts
        ]

    @cached_property
    def actors(self) -> dict[int, Actor]:
        """All staff as those who act, by account."""
        return actors_of({player.account_id for player in self.players}, at=self.at)

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], list[Player]]:
        found: dict[tuple[str, str], list[Player]] = {}
        for player in self.players:
            found.setdefault((player.role, player.area or player.unit), []).append(player)
        return found

    @cached_property
    def _by_post(self) -> dict[int, Player]:
        return {player.post_id: player for player in self.players}

    @cached_property
    def _atlas(self) -> Atlas:
        return atlas(self.at, self.numbers)

    @cached_property
    def city(self) -> str:
        """The code of the whole place."""
        return next(node.code for node in self._atlas if node.role == "city")

    def spot(self, area: str) -> Spot:
        """Return the areas around an area, by code."""
        if not area:
            return Spot()
        if area not in self._spots:
            by_id, node = self._atlas.by_id, self._atlas.by_code[area]
            codes = [by_id[pk].code if pk in by_id else "" for pk in (node.street_id, node.community_id, node.grid_id)]
            self._spots[area] = Spot(area, *codes)
        return self._spots[area]

    def cast(self, who: str, view: View, story: Story) -> Player | None:
        """Return who plays a part; None for the reporter. Raises LookupError where the county has nobody for it."""
        if who == "reporter":
            return None
        kind, _colon, key = who.partition(":")
        if kind == "post":
            return self._by_post[int(key)]
        return self._one(*self._place_of(kind, key, view), story)

    def _place_of(self, kind: str, key: str, view: View) -> tuple[str, str]:
        """Return the role that plays a part, and where."""
        spot = view.spot
        desks = {"community": ("community_clerk", spot.community), "street": ("street_seat", spot.street)}
        seat = ("seat", self.city)
        places = {
            "unit": ("handler", key),
            "holder": desks.get(view.level, seat),
            "closer": desks["street"] if view.level in desks else seat,
            "seat": seat,
            "grid": ("grid_worker", spot.grid),
            "approver": ("supervisor", self.city),
        }
        return places.get(kind, (kind, self.city))

    def _one(self, role: str, place: str, story: Story) -> Player:
        able = self._by_place.get((role, place))
        if not able:
            raise LookupError(f"There is no {role} at {place}.")
        return able[story.pick % len(able)]

    # What people look up.

    def responsible(self, category: str, area: str, level: str) -> tuple[str, tuple[str, ...]]:
        """Ask the responsibility list."""
        ruling = responsible(category, self._atlas.by_code[area], level, at=self.at, numbers=self.numbers)
        if ruling is None:
            return "", ()
        return ruling.lead_unit.code, tuple(unit.code for unit in ruling.assists)

    def units(self, level: str, view: View) -> list[str]:
        """Return units that the level may dispatch to at the case's place and that have people."""
        kinds = flow_settings(self.numbers).may_dispatch.get(level, frozenset())
        place = {"street": view.spot.street, "community": view.spot.community}.get(level, "")
        area = self._atlas.by_code.get(place)
        found = [
            unit.code
            for unit in self._able
            if unit.kind in kinds and self._is_near(unit, level, area.id if area else None)
        ]
        return found or [unit.code for unit in self._able if unit.kind == "centre"]

    def _is_near(self, unit: UnitNode, level: str, area_id: int | None) -> bool:
        if level == "city":
            return unit.level == "city"
        node = self._atlas.by_id.get(unit.area_id) if unit.area_id is not None else None
        return node is not None and area_id is not None and getattr(node, f"{level}_id") == area_id

    @cached_property
    def _able(self) -> list[UnitNode]:
        """Units with handlers, departments first."""
        units = [unit for unit in directory(self.numbers).by_id.values() if ("handler", unit.code) in self._by_place]
        return sorted(units, key=lambda unit: (unit.kind != "department", unit.kind == "centre", unit.code))

    @cached_property
    def _evidence(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for code, labels in FilingStandard.objects.filter(valid_to=None).values_list("category__code", "evidence"):
            found.setdefault(code, set()).update(labels)
        return {code: tuple(label for label in LABELS if label in labels) for code, labels in found.items()}

    def evidence(self, category: str) -> tuple[str, ...]:
        """Return the photos that any row of the category's standard demands."""
        return self._evidence.get(category, ())

    @cached_property
    def leaves(self) -> list[str]:
        """Codes of the categories that cases are filed under."""
        return [leaf.code for leaf in catalogue(self.numbers).leaves]

    def category(self, view: View) -> str:
        """Return what the platform proposes first, else any."""
        known = (view.category, *view.proposed)
        return next((code for code in known if code), "") or self.rng.choice(self.leaves)

    @cached_property
    def _findable(self) -> list[str]:
        return [node.code for node in self._atlas if node.role == "grid"]

    def somewhere(self, story: Story) -> str:
        """Return a grid that the words might mean."""
        return story.rng.choice(self._findable)

    def of_role(self, role: str) -> Iterable[Player]:
        """Return all players of a role."""
        return (player for player in self.players if player.role == role)
