"""Points, what is looked at there, and the routes through them."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.geometry.fields import GistIndex, PointField
from lianxin.work.patrols.words import PointKind

from .lying import Lying, LyingQuerySet


class PointQuerySet(LyingQuerySet["Point"]):
    """Filters of points."""

    def now(self) -> Self:
        """Points that stand."""
        return self.filter(valid_to=None)


class Point(Lying):
    """A place somebody should look at now and then (巡查点): a stretch of road, a market, an estate's gate."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    code = models.CharField(max_length=16, unique=True)  # stands on the sticker: D0123
    kind = models.CharField(max_length=16, choices=PointKind.choices)
    name = models.CharField(_("名称"), max_length=80)
    address = models.CharField(max_length=200, default="", blank=True)
    hint = models.CharField(max_length=200, default="", blank=True)  # where the sticker is, what to mind
    place = PointField()
    radius = models.PositiveSmallIntegerField()  # metres
    # The sticker's code follows from this number: one more, and the old sticker opens nothing.
    sticker = models.PositiveSmallIntegerField(default=1)
    tag_hash = models.CharField(max_length=64, default="", blank=True)  # of the number of an NFC tag
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    objects = PointQuerySet.as_manager()

    class Meta:
        db_table = "patrol_point"
        indexes = [
            models.Index(fields=["grid_id", "code"], name="patrol_point_grid"),
            models.Index(fields=["community_id", "code"], name="patrol_point_community"),
            models.Index(fields=["street_id", "code"], name="patrol_point_street"),
            models.Index(fields=["tag_hash"], condition=~Q(tag_hash=""), name="patrol_point_tag"),
            GistIndex(fields=["place"], name="patrol_point_place"),
        ]


class Checklist(models.Model):
    """What is asked at points of a kind (检查项), in one version. The nearest area's own list counts."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=PointKind.choices)
    area_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    questions = models.JSONField()  # [{"code", "text", "photo": bool, "hazard": kind of hazard}]
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_label = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "patrol_checklist"
        constraints = [models.UniqueConstraint(fields=["kind", "area_id", "version"], name="patrol_checklist_version")]


class Route(Lying):
    """Points in the order one walks them (巡查路线)."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=300, default="", blank=True)
    made_at = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    objects = LyingQuerySet["Route"].as_manager()

    class Meta:
        db_table = "patrol_route"
        indexes = [
            models.Index(fields=["community_id", "name"], condition=Q(valid_to=None), name="patrol_route_community"),
            models.Index(fields=["grid_id"], condition=Q(valid_to=None), name="patrol_route_grid"),
        ]


class RoutePoint(models.Model):
    """A point of a route at its place in the order, from 1."""

    id = models.BigAutoField(primary_key=True)
    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="stations", db_index=False)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="stations")
    position = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "patrol_route_point"
        constraints = [
            models.UniqueConstraint(fields=["route", "position"], name="patrol_route_order"),
            models.UniqueConstraint(fields=["route", "point"], name="patrol_route_once"),
        ]
