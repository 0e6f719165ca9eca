"""Cameras (视频点位): where they stand and what they cover; who may open one, until when and why; each opening.

No picture is stored or looked through here: a camera is opened in its owner's system, by an address.
"""

from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.geometry.fields import PointField
from lianxin.registry.components.models import Component
from lianxin.registry.places.models import Placed

from .coverage import FULL, Wedge, wedge

TURNING = frozenset({"ball", "panorama"})  # kinds that see all around


class CameraQuerySet(models.QuerySet["Camera"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Cameras in the areas where the actor may see cameras, and those its own units own."""
        return self.reached_by(actor, "cameras.view")

    def reached_by(self, actor: Actor, permission: str) -> Self:
        """Cameras for which the actor holds a permission, by area or by the unit that owns them."""
        scope = actor.scope(permission)
        if scope.everywhere:
            return self
        return self.filter(within(scope) | Q(owner_unit_id__in=scope.unit_ids))

    def now(self) -> Self:
        """Cameras that stand."""
        return self.filter(valid_to=None)


class Camera(Placed):
    """One camera, where it stands, whose it is, and what it covers as far as somebody told."""

    class Kind(models.TextChoices):
        FIXED = "fixed", "固定枪机"
        REMOTE = "remote", "遥控枪机"
        BALL = "ball", "球机"
        HALF = "half", "半球"
        PANORAMA = "panorama", "全景"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        ON = "on", "在线"
        OFF = "off", "离线"
        REPAIR = "repair", "检修"
        UNKNOWN = "unknown", "未核实"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    number = models.CharField(max_length=20)  # GB/T 28181
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FIXED)
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    system = models.CharField(max_length=30, default="", blank=True)  # code of the owner's Platform
    point = PointField()
    height_m = models.FloatField(null=True)  # metres above the ground
    bearing = models.PositiveSmallIntegerField(null=True)  # degrees clockwise from north, 0 to 359
    angle = models.PositiveSmallIntegerField(null=True)  # degrees, 1 to 360
    reach_m = models.PositiveSmallIntegerField(null=True)  # metres along the line of sight
    address = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNKNOWN)
    state_since = models.DateTimeField()
    # The mast it hangs on.
    component = models.ForeignKey(Component, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=300, default="", blank=True)
    words = SearchVectorField(null=True)

    objects = CameraQuerySet.as_manager()

    class Meta:
        db_table = "camera"
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(valid_to=None), name="camera_number_once"),
            models.CheckConstraint(condition=Q(bearing=None) | Q(bearing__lt=360), name="camera_bearing"),
            models.CheckConstraint(condition=Q(angle=None) | Q(angle__gte=1, angle__lte=360), name="camera_angle"),
        ]
        indexes = [
            models.Index(fields=["grid_id", "id"], condition=Q(valid_to=None), name="camera_grid"),
            models.Index(fields=["community_id", "id"], condition=Q(valid_to=None), name="camera_community"),
            models.Index(fields=["street_id", "id"], condition=Q(valid_to=None), name="camera_street"),
            models.Index(fields=["owner_unit", "id"], name="camera_owner"),
            models.Index(fields=["component"], condition=~Q(component=None), name="camera_component"),
            models.Index(fields=["number"], name="camera_number", opclasses=["varchar_pattern_ops"]),
            GinIndex(fields=["words"], name="camera_words"),
            GistIndex(fields=["point"], condition=Q(valid_to=None), name="camera_point"),
        ]

    @property
    def wedge(self) -> Wedge | None:
        """What it covers, as far as somebody told. One that turns covers all around, if not at once."""
        angle = self.angle or (FULL if self.kind in TURNING else None)
        return wedge(self.point, bearing=self.bearing, angle=angle, reach_m=self.reach_m, height_m=self.height_m)


class Platform(models.Model):
    """A video platform of an owner (接入平台): the address by which one of its cameras is opened there.

    `template` holds `{number}` once; its host must stand in the configuration (document "cameras").
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=30, unique=True)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    template = models.CharField(max_length=300, default="", blank=True)  # empty: nothing can be opened there yet
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)
    changed_label = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "camera_platform"


class AccessQuerySet(models.QuerySet["Access"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own; those of cameras one decides about or whose owner one works for; all of them to auditors."""
        if actor.may("audit.read") or actor.scope("cameras.approve").everywhere:
            return self
        own = Q(by_id=actor.account_id, by_id__isnull=False)
        cameras = Camera.objects.reached_by(actor, "cameras.approve")
        owned = Q(camera__owner_unit_id__in=actor.scope("cameras.view").unit_ids)
        return self.filter(own | owned | Q(camera__in=cameras))

    def decided_by(self, actor: Actor) -> Self:
        """Requests that wait for a decision the actor may make: never its own."""
        cameras = Camera.objects.reached_by(actor, "cameras.approve")
        found = self.filter(state=Access.State.ASKED).exclude(by_id=actor.account_id)
        return found if actor.scope("cameras.approve").everywhere else found.filter(camera__in=cameras)

    def running(self, at: datetime) -> Self:
        """Accesses by which one may open a camera at an instant."""
        return self.filter(state=Access.State.GRANTED, until__gt=at)


class Access(models.Model):
    """Leave to open one camera (调阅): who, what for, until when; who decided."""

    class State(models.TextChoices):
        ASKED = "asked", "等批准"
        GRANTED = "granted", "可以打开"
        REFUSED = "refused", "没有批准"
        WITHDRAWN = "withdrawn", "已撤回"
        REVOKED = "revoked", "已收回"
        ENDED = "ended", "已到期"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=1)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="accesses", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices)
    purpose = models.CharField(max_length=200)
    case_number = models.CharField(max_length=30, default="", blank=True)
    hours = models.PositiveSmallIntegerField()  # how long it was asked for
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120)
    by_post = models.CharField(max_length=120, default="", blank=True)
    by_unit_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)  # null although decided: its unit needs no approval
    decided_label = models.CharField(max_length=120, default="", blank=True)
    decision = models.CharField(max_length=200, default="", blank=True)
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_label = models.CharField(max_length=120, default="", blank=True)
    end_reason = models.CharField(max_length=200, default="", blank=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        db_table = "camera_access"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id=None) | Q(by_id=None) | ~Q(decided_by_id=models.F("by_id")),
                name="camera_access_approved_by_another",
            ),
            models.CheckConstraint(condition=~Q(state="granted") | Q(until__isnull=False), name="camera_access_ends"),
            models.UniqueConstraint(
                fields=["camera", "by_id"], condition=Q(state__in=["asked", "granted"]), name="camera_access_once"
            ),
        ]
        indexes = [
            models.Index(fields=["camera", "-id"], name="camera_access_camera"),
            models.Index(fields=["by_id", "-id"], name="camera_access_by"),
            models.Index(fields=["asked_at"], condition=Q(state="asked"), name="camera_access_waiting"),
            models.Index(fields=["until"], condition=Q(state="granted"), name="camera_access_until"),
        ]


class Opening(models.Model):
    """Somebody was given the address of a camera in its owner's system (打开)."""

    id = models.BigAutoField(primary_key=True)
    access = models.ForeignKey(Access, on_delete=models.PROTECT, related_name="openings")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="openings", db_index=False)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    label = models.CharField(max_length=120)

    class Meta:
        db_table = "camera_opening"
        indexes = [
            models.Index(fields=["camera", "-at"], name="camera_opening_of"),
            models.Index(fields=["-at"], name="camera_opening_at"),
        ]
