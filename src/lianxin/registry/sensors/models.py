"""Devices (物联设备), the systems they come through (接入系统), what they last said, and how much was refused.

Readings themselves lie in partitioned tables that Django does not manage; see `partitions`.
"""

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


class System(models.Model):
    """A system of somebody's that was joined (接入系统): whose, since when, how; closed with a day and a reason."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    code = models.CharField(max_length=40, unique=True)  # its name at the door: letters, digits, hyphens
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=200, default="", blank=True)  # what it is for
    supplier = models.CharField(max_length=80, default="", blank=True)
    owner_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    adapter = models.CharField(max_length=20, default="", blank=True)  # "": sends us nothing by itself
    how = models.CharField(max_length=200, default="", blank=True)  # how it is joined, in words
    joined_on = models.DateField()
    closed_on = models.DateField(null=True)
    why = models.CharField(max_length=200, default="", blank=True)  # why it was closed, what took its place
    last_seen_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "joined_system"
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=models.F("joined_on")), name="joined_system_span"
            ),
            models.CheckConstraint(condition=Q(closed_on=None) | ~Q(why=""), name="joined_system_closed_why"),
        ]


class DeviceQuerySet(models.QuerySet["Device"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Devices in the areas where the actor may view them, and those its units own or maintain."""
        scope = actor.scope("sensors.view")
        if scope.everywhere:
            return self
        where = within(scope)
        if scope.unit_ids:
            where |= Q(maintaining_unit__in=scope.unit_ids) | Q(owning_unit__in=scope.unit_ids)
        return self.filter(where)

    def now(self) -> Self:
        """Devices that are not retired."""
        return self.filter(valid_to=None)


class Device(Placed):
    """A thing that reports by itself: what kind, where, on which component, whose, how often it should speak."""

    class State(models.TextChoices):
        ACTIVE = "active", "在用"
        PAUSED = "paused", "停用"
        RETIRED = "retired", "退役"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    number = models.CharField(max_length=40, unique=True)  # upper case; what it calls itself
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)  # of the document `sensors`
    component = models.ForeignKey(Component, null=True, on_delete=models.PROTECT, related_name="+")
    system = models.ForeignKey(System, null=True, on_delete=models.PROTECT, related_name="devices")
    owning_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    maintaining_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    point = PointField(null=True)
    address = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    state_since = models.DateTimeField()
    state_why = models.CharField(max_length=200, default="", blank=True)
    expected_every = models.PositiveIntegerField()  # seconds between two messages
    installed_on = models.DateField(null=True)
    note = models.CharField(max_length=300, default="", blank=True)
    words = SearchVectorField(null=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        db_table = "device"
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9A-Z][0-9A-Z._:-]{1,39}$"), name="device_number"),
            models.CheckConstraint(condition=Q(expected_every__gte=1), name="device_expected"),
        ]
        indexes = [
            models.Index(fields=["kind", "number"], condition=Q(valid_to=None), name="device_kind"),
            models.Index(fields=["grid_id", "number"], condition=Q(valid_to=None), name="device_grid"),
            models.Index(fields=["community_id", "number"], condition=Q(valid_to=None), name="device_community"),
            models.Index(fields=["street_id", "number"], condition=Q(valid_to=None), name="device_street"),
            GinIndex(fields=["words"], name="device_words"),
            GistIndex(fields=["point"], name="device_point"),
        ]


class DeviceKey(models.Model):
    """A secret that a device or a system proves itself by: only its hash. Of two, the older ends within a day."""

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="keys")
    system = models.ForeignKey(System, null=True, on_delete=models.CASCADE, related_name="keys")
    hash = models.BinaryField(max_length=32)  # SHA-256 of the key: 32 random bytes need no slow hash
    broker = models.CharField(max_length=200)  # the same as Mosquitto's password file writes it
    issued_at = models.DateTimeField()
    issued_by_id = models.BigIntegerField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "device_key"
        constraints = [
            models.CheckConstraint(
                condition=Q(device=None, system__isnull=False) | Q(device__isnull=False, system=None),
                name="device_key_of_one",
            ),
            models.UniqueConstraint(fields=["device"], condition=Q(ends_at=None), name="device_key_one_for_good"),
            models.UniqueConstraint(fields=["system"], condition=Q(ends_at=None), name="system_key_one_for_good"),
        ]


class Stream(models.Model):
    """One measure of one device (数据流), with what it last said."""

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="streams")
    measure = models.CharField(max_length=20)
    unit = models.CharField(max_length=12, default="", blank=True)
    last_at = models.DateTimeField(null=True)
    last_value = models.FloatField(null=True)
    last_received_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stream"
        constraints = [models.UniqueConstraint(fields=["device", "measure"], name="stream_once")]


class DeviceState(models.Model):
    """How a device is now. A row that changes with every message: no index holds a column that does.

    Whoever writes readings of a device locks this row first, in the order of ids: it guards the device's streams.
    """

    device = models.OneToOneField(Device, primary_key=True, on_delete=models.CASCADE, related_name="now")
    last_at = models.DateTimeField(null=True)  # the device's clock
    last_received_at = models.DateTimeField(null=True)
    battery = models.FloatField(null=True)  # %
    signal = models.FloatField(null=True)  # dBm
    silent_since = models.DateTimeField(null=True)  # kept by a job; whoever speaks again is silent no more
    is_low = models.BooleanField(default=False)  # battery
    is_weak = models.BooleanField(default=False)  # signal

    class Meta:
        db_table = "device_state"
        indexes = [
            models.Index(fields=["device"], condition=Q(silent_since__isnull=False), name="device_silent"),
            models.Index(fields=["device"], condition=Q(is_low=True), name="device_low"),
            models.Index(fields=["device"], condition=Q(is_weak=True), name="device_weak"),
        ]


class IntakeCount(models.Model):
    """How many messages of an hour came to what: taken, or refused for a reason. Rows are added up by a job.

    Each batch only inserts, so that several intakes never wait for each other here; 0 stands for nobody.
    """

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField()
    system_id = models.BigIntegerField(default=0)
    device_id = models.BigIntegerField(default=0)  # of what is refused; 0 where the number is not known, and for taken
    outcome = models.CharField(max_length=20)  # "taken" or a reason
    messages = models.IntegerField()
    last_at = models.DateTimeField()
    sample = models.CharField(max_length=200, default="", blank=True)  # one of the sentences; never what was sent

    class Meta:
        db_table = "intake_count"
        indexes = [
            models.Index(fields=["hour", "outcome"], name="intake_count_hour"),
            models.Index(fields=["device_id", "hour"], condition=~Q(device_id=0), name="intake_count_device"),
            models.Index(fields=["system_id", "hour"], condition=~Q(system_id=0), name="intake_count_system"),
        ]


class ReadingDay(models.Model):
    """A day of a stream, counted from its hours; the day as people here live it."""

    pk = models.CompositePrimaryKey("stream_id", "day")
    stream_id = models.BigIntegerField()
    day = models.DateField()
    count = models.IntegerField()
    least = models.FloatField()
    most = models.FloatField()
    total = models.FloatField()
    last = models.FloatField()

    class Meta:
        db_table = "reading_day"


class Counted(models.Model):
    """How far readings have been counted into hours, and hours into days."""

    name = models.CharField(max_length=10, primary_key=True)
    until = models.DateTimeField()

    class Meta:
        db_table = "reading_counted"
