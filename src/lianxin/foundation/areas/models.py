"""Areas (区域与网格): one tree of any depth, each node with its time of validity and its successors."""

from django.db import models

from lianxin.kernel.geometry.fields import PointField


class Role(models.TextChoices):
    """What a profile's level is for the platform, whatever the place calls it. Hot levels have columns of their own."""

    CITY = "city", "市"
    STREET = "street", "街道"
    COMMUNITY = "community", "社区"
    GRID = "grid", "网格"
    MICRO = "micro", "微网格"


class Area(models.Model):
    """A region or grid while its borders and its place in the tree stay as they are.

    A split, merge or redraw ends it and begins successors, so that what happened here keeps its area.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=24)
    scheme = models.CharField(max_length=40, default="GB/T 2260+10114+grid")
    name = models.CharField(max_length=80)
    full_name = models.CharField(max_length=300, default="")
    level = models.CharField(max_length=30)
    role = models.CharField(max_length=12, choices=Role.choices)
    kind = models.CharField(max_length=30, default="", blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200)  # "1.5.23." ids from the root down to itself
    # Ancestors (or itself) at the hot levels; null above them.
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    boundary = models.JSONField(null=True)  # GeoJSON Polygon or MultiPolygon, WGS-84
    center = PointField(null=True)
    square_metres = models.FloatField(null=True)
    households = models.PositiveIntegerField(null=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "area"
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], condition=models.Q(valid_to=None), name="area_code_now"),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="area_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["parent", "code"], name="area_children"),
            models.Index(fields=["path"], name="area_path", opclasses=["varchar_pattern_ops"]),
        ]


class Redivision(models.Model):
    """A planned or done change of borders (拆分、合并、调整) with the day it takes effect."""

    class Kind(models.TextChoices):
        SPLIT = "split", "拆分"
        MERGE = "merge", "合并"
        REDRAW = "redraw", "调整边界"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    effective_at = models.DateTimeField()
    reason = models.TextField()
    plan = models.JSONField()  # what the successors will be: name, code, boundary, households
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    rehomed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "area_redivision"


class Succession(models.Model):
    """Which areas followed which: `old` ended and `new` began with one redivision."""

    id = models.BigAutoField(primary_key=True)
    redivision = models.ForeignKey(Redivision, on_delete=models.PROTECT, related_name="successions")
    old = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="successions")
    new = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="predecessions")

    class Meta:
        db_table = "area_succession"
        constraints = [models.UniqueConstraint(fields=["redivision", "old", "new"], name="area_succession_once")]
