"""Where a row of this room lies, and what in it an actor may see."""

from typing import Self, TypeVar

from django.db import models

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.areas.queries import AreaNode

M = TypeVar("M", bound=models.Model)
HOT = ("area_id", "street_id", "community_id", "grid_id")


class LyingQuerySet(models.QuerySet[M]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Rows where the actor may see patrols."""
        scope = actor.scope("patrols.view")
        return self if scope.everywhere else self.filter(within(scope))

    def within(self, actor: Actor, permission: str) -> Self:
        """Rows where the actor may do what a permission names."""
        scope = actor.scope(permission)
        return self if scope.everywhere else self.filter(within(scope))


class Lying(models.Model):
    """The smallest area, and the ancestors rights are asked by. No foreign keys: areas come from memory, and a
    redivision re-homes these.
    """

    area_id = models.BigIntegerField(null=True)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


def put(row: Lying, area: AreaNode) -> None:
    """Write where the row lies."""
    row.area_id = area.id
    row.street_id, row.community_id, row.grid_id = area.street_id, area.community_id, area.grid_id


def put_as(row: Lying, other: Lying) -> None:
    """Let a row lie where another does."""
    for name in HOT:
        setattr(row, name, getattr(other, name))
