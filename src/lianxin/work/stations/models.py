"""Stations (服务站点): places where residents and riders find help, rest, water, a window; open to everybody."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.kernel.geometry.fields import PointField


class StationQuerySet(models.QuerySet["Station"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Stations the actor keeps, closed ones too."""
        scope = actor.scope("stations.manage")
        return self if scope.everywhere else self.filter(within(scope))

    def standing(self) -> Self:
        """Stations that were not closed for good; everybody may know of them."""
        return self.filter(ended_at=None)


class Station(models.Model):
    """One place with its hours and what it offers. Its telephone is the place's, never a person's."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=30)  # a code of the profile's kinds
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=120)
    point = PointField(null=True)
    area_id = models.BigIntegerField()
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    hours = models.JSONField(default=dict)  # {"1": [["08:30", "12:00"], …], …} by weekday, Monday is 1
    hours_note = models.CharField(max_length=80, default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    offers = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    note = models.CharField(max_length=300, default="", blank=True)
    # Shut for a while: until when, and why.
    pause_until = models.DateField(null=True)
    pause_reason = models.CharField(max_length=80, default="", blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, default="", blank=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        db_table = "station"
        constraints = [
            models.UniqueConstraint(fields=["area_id", "name"], condition=Q(ended_at=None), name="station_name_once")
        ]
        indexes = [
            models.Index(fields=["community_id", "id"], condition=Q(ended_at=None), name="station_community"),
            models.Index(fields=["street_id", "id"], condition=Q(ended_at=None), name="station_street"),
            GistIndex(fields=["point"], condition=Q(ended_at=None), name="station_point"),
        ]
