"""Who gives a sign of life each day, until when, who is asked first; one row for each day, given or missed."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.registry.care.models import serving
from lianxin.registry.people.models import Person


class SignQuerySet(models.QuerySet["Sign"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Signs where the actor serves: never through a department or a firm, never by an elevation."""
        scope = serving(actor, "visits.signs")
        return self if scope.everywhere else self.filter(within(scope))

    def running(self) -> Self:
        """Signs that were not stopped."""
        return self.filter(ended_at=None)


class Sign(models.Model):
    """A person gives a sign each day until a time of day, of their own will; if not, a neighbour and then we look."""

    class Way(models.TextChoices):
        TAP = "tap", "手机上点一下"
        LINK = "link", "短信里点一下"
        CALL = "call", "通个电话"
        CURTAIN = "curtain", "邻居看窗帘"

    class ConsentBy(models.TextChoices):
        SELF = "self", "本人同意"
        GUARDIAN = "guardian", "监护人同意"
        PAPER = "paper", "书面同意（存档）"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    until = models.TimeField()  # of each day, in the place's own time
    ways = ArrayField(models.CharField(max_length=8, choices=Way.choices), default=list)
    # Named with their own consent; seen by nobody before the sign is missed.
    neighbour_name = EncryptedTextField(null=True, context="visits.sign.neighbour_name")
    neighbour_phone = EncryptedTextField(null=True, context="visits.sign.neighbour_phone")
    neighbour_agreed_at = models.DateTimeField(null=True)
    neighbour_turn = models.PositiveIntegerField(default=0)  # one more with each neighbour: the links of the old die
    consent_by = models.CharField(max_length=10, choices=ConsentBy.choices)
    reminded_on = models.DateField(null=True)  # the day for which the link was last sent by text message
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    started_by_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, default="", blank=True)

    objects = SignQuerySet.as_manager()

    class Meta:
        db_table = "sign"
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="sign_once"),
            models.CheckConstraint(
                condition=Q(neighbour_phone__isnull=True) | Q(neighbour_agreed_at__isnull=False),
                name="sign_neighbour_agreed",
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at=None), name="sign_until"),
            models.Index(fields=["grid_id"], condition=Q(ended_at=None), name="sign_grid"),
            models.Index(fields=["community_id"], condition=Q(ended_at=None), name="sign_community"),
        ]


class Pause(models.Model):
    """Days on which no sign is expected (暂停): away, in hospital; both days count in."""

    class Reason(models.TextChoices):
        AWAY = "away", "出门几天"
        HOSPITAL = "hospital", "住院"
        FAMILY = "family", "家人来住"
        OTHER = "other", "别的原因"

    id = models.BigAutoField(primary_key=True)
    sign = models.ForeignKey(Sign, on_delete=models.CASCADE, related_name="pauses")
    from_date = models.DateField()
    until_date = models.DateField()
    reason = models.CharField(max_length=10, choices=Reason.choices, default=Reason.AWAY)
    at = models.DateTimeField()

    class Meta:
        db_table = "sign_pause"
        constraints = [
            models.CheckConstraint(condition=Q(until_date__gte=models.F("from_date")), name="sign_pause_ends_later")
        ]


class SignDay(models.Model):
    """One day of a sign: given, or missed with each step that followed. There is one row a day, so one escalation."""

    class State(models.TextChoices):
        GIVEN = "given", "报了平安"
        NEIGHBOUR = "neighbour", "请邻居看"
        WORKER = "worker", "请网格员看"
        CLERK = "clerk", "请社区看"
        FINE = "fine", "去看过，人好好的"
        HELPED = "helped", "去看过，帮上了忙"
        STOPPED = "stopped", "信号停了"

    class How(models.TextChoices):
        TAP = "tap", "手机上点的"
        LINK = "link", "短信里点的"
        CALL = "call", "电话里说的"
        CURTAIN = "curtain", "邻居看到窗帘拉开了"
        VISIT = "visit", "上门看到"

    id = models.BigAutoField(primary_key=True)
    sign = models.ForeignKey(Sign, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices)
    due_at = models.DateTimeField()
    how = models.CharField(max_length=8, choices=How.choices, default="", blank=True)
    neighbour_at = models.DateTimeField(null=True)
    neighbour_said = models.CharField(max_length=8, default="", blank=True)  # fine, nobody
    worker_at = models.DateTimeField(null=True)
    worker_said = models.CharField(max_length=8, default="", blank=True)
    clerk_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "sign_day"
        constraints = [models.UniqueConstraint(fields=["sign", "day"], name="sign_day_once")]
        indexes = [
            models.Index(
                fields=["state", "due_at"], name="sign_day_open",
                condition=Q(state__in=["neighbour", "worker", "clerk"]),
            ),
            models.Index(fields=["day"], name="sign_day_day"),
        ]  # fmt: skip
