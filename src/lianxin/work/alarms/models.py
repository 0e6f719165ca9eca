"""Rules with their editions, what is remembered of a device under a rule, alarms, and when devices are muted."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import Actor, Scope
from lianxin.foundation.accounts.scoping import within
from lianxin.registry.components.models import Component
from lianxin.registry.sensors.models import Device
from lianxin.work.cases.models import Case

LEVELS = [(1, _("蓝色")), (2, _("黄色")), (3, _("橙色")), (4, _("红色"))]


class AlarmRule(models.Model):
    """A rule (告警规则). What it says lies in its editions: the one in force, and a draft that is worked on."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")  # never published
        LIVE = "live", _("启用")
        OFF = "off", _("停用")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    code = models.CharField(max_length=40, default="", blank=True)  # of a rule that came with the profile
    name = models.CharField(max_length=60)  # of the edition in force, else of the draft: for lists
    device_kind = models.CharField(max_length=20, default="", blank=True)
    state = models.CharField(max_length=5, choices=State.choices, default=State.DRAFT)
    live_number = models.PositiveIntegerField(null=True)  # of the last edition published
    draft = models.JSONField(null=True)  # being worked on; None: nothing is changed
    tried_at = models.DateTimeField(null=True)  # the draft was last tried on the past
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)
    changed_by_label = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "alarm_rule"
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="alarm_rule_code"),
            models.CheckConstraint(
                condition=Q(state="draft", live_number=None) | (~Q(state="draft") & Q(live_number__isnull=False)),
                name="alarm_rule_published",
            ),
        ]
        indexes = [models.Index(fields=["state", "device_kind", "name"], name="alarm_rule_state")]

    def __str__(self) -> str:
        return self.name


class RuleEdition(models.Model):
    """One version of what a rule says; never changed. Alarms name the edition they were opened by."""

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(AlarmRule, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    why = models.CharField(max_length=200, default="", blank=True)
    published_at = models.DateTimeField()
    published_by_id = models.BigIntegerField(null=True)
    published_by_label = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "alarm_rule_edition"
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="alarm_rule_edition_number")]


class Watch(models.Model):
    """What is remembered of one device under one rule, while there is anything to remember.

    Locked in the order of (device, rule), after the device's own row and before its alarms.
    """

    pk = models.CompositePrimaryKey("device_id", "rule_id")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+", db_index=False)
    rule = models.ForeignKey(AlarmRule, on_delete=models.CASCADE, related_name="+")
    edition = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(default=0)  # the step of the rule's ladder; 0: none
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    value = models.FloatField(null=True)
    due_at = models.DateTimeField(null=True)  # when something happens if nothing is read before
    memory = models.JSONField(default=dict)

    class Meta:
        db_table = "alarm_watch"
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="alarm_watch_due")]


class AlarmQuerySet(models.QuerySet["Alarm"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Alarms in the areas where the actor may view alarms, and those of devices its units own or maintain."""
        return self.within(actor.scope("alarms.view"))

    def within(self, scope: Scope) -> Self:
        """Alarms within a scope."""
        if scope.everywhere:
            return self
        where = within(scope)
        if scope.unit_ids:
            where |= Q(unit_ids__overlap=list(scope.unit_ids))
        return self.filter(where)

    def open(self) -> Self:
        """Alarms that are not over: active, or cleared while their case goes on."""
        return self.filter(ended_at=None)

    def active(self) -> Self:
        """Alarms whose device still says so."""
        return self.filter(ended_at=None, cleared_at=None)


class Alarm(models.Model):
    """A call of a device (告警): one fault, from the first time a rule was met until it is over. One open at a time."""

    class Ended(models.TextChoices):
        CLEARED = "cleared", _("自行恢复")  # and no case was made
        CASE = "case", _("案件办结")
        DISMISSED = "dismissed", _("误报")
        RETIRED = "retired", _("设备停用")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="alarms")
    component = models.ForeignKey(Component, null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(AlarmRule, null=True, on_delete=models.SET_NULL, related_name="alarms")
    edition = models.PositiveIntegerField()
    device_kind = models.CharField(max_length=20)
    fault = models.CharField(max_length=30)
    measure = models.CharField(max_length=20, default="", blank=True)
    level = models.PositiveSmallIntegerField(choices=LEVELS)  # now, or when it cleared
    top_level = models.PositiveSmallIntegerField(choices=LEVELS)  # the highest it was
    value = models.FloatField(null=True)
    peak = models.FloatField(null=True)
    times = models.PositiveIntegerField(default=1)  # how often it came back before it was over
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()  # of the last change or reading
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    area_id = models.BigIntegerField(null=True)
    unit_ids = ArrayField(models.BigIntegerField(), default=list)  # who owns and maintains the device

    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_id = models.BigIntegerField(null=True)
    acknowledged_by_label = models.CharField(max_length=120, default="", blank=True)
    acknowledged_note = models.CharField(max_length=300, default="", blank=True)
    remind_at = models.DateTimeField(null=True)
    reminders = models.PositiveIntegerField(default=0)

    cleared_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=10, choices=Ended.choices, default="", blank=True)
    ended_note = models.CharField(max_length=300, default="", blank=True)

    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")
    made_case = models.BooleanField(default=False)  # or joined one that was open
    case_at = models.DateTimeField(null=True)  # when it becomes one; None: never, or it has
    case_fault = models.CharField(max_length=300, default="", blank=True)  # why it could not
    version = models.PositiveIntegerField(default=1)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        db_table = "alarm"
        constraints = [
            models.UniqueConstraint(fields=["device", "fault"], condition=Q(ended_at=None), name="alarm_one_open"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="alarm_ended_how",
            ),
        ]
        indexes = [
            models.Index(fields=["-level", "-opened_at", "-id"], condition=Q(ended_at=None), name="alarm_open"),
            models.Index(fields=["street_id"], condition=Q(ended_at=None), name="alarm_open_street"),
            models.Index(fields=["community_id"], condition=Q(ended_at=None), name="alarm_open_community"),
            models.Index(fields=["grid_id"], condition=Q(ended_at=None), name="alarm_open_grid"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="alarm_remind"),
            models.Index(fields=["case_at"], condition=Q(case_at__isnull=False), name="alarm_case_at"),
            models.Index(fields=["component", "fault"], condition=Q(component__isnull=False), name="alarm_component"),
            models.Index(fields=["case"], condition=Q(case__isnull=False), name="alarm_case"),
            models.Index(fields=["-opened_at", "-id"], name="alarm_opened"),
            models.Index(fields=["device", "-opened_at"], name="alarm_device"),
            models.Index(fields=["rule", "-opened_at"], name="alarm_rule_opened"),
        ]

    def __str__(self) -> str:
        return f"{self.fault} {self.pk}"

    @property
    def is_active(self) -> bool:
        """Whether the device still says so."""
        return self.ended_at is None and self.cleared_at is None


class Mute(models.Model):
    """A stretch in which a device's alarms are kept but disturb nobody (静默): maintenance, a known defect."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+")
    fault = models.CharField(max_length=30, default="", blank=True)  # "": whatever it calls for
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    why = models.CharField(max_length=200)
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, default="", blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alarm_mute"
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="alarm_mute_span")]
        indexes = [models.Index(fields=["ends_at"], condition=Q(lifted_at=None), name="alarm_mute_running")]


class RuleTrial(models.Model):
    """What a rule would have done (试算): kept for a while, so that a page can be opened again."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    rule = models.ForeignKey(AlarmRule, on_delete=models.CASCADE, related_name="trials")
    content = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True)
    result = models.JSONField()

    class Meta:
        db_table = "alarm_trial"
        indexes = [models.Index(fields=["asked_at"], name="alarm_trial_asked")]
