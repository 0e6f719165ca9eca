"""A dispatch day (调度日), the units it asks in, its items (议题), what units said, what was decided and promised."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations.models import Unit
from lianxin.work.cases.models import Case

PREPARE, LEAD, ANSWER = "dispatchdays.prepare", "dispatchdays.lead", "dispatchdays.answer"


def kept_by(actor: Actor) -> Q:
    """Return what lies in the areas where the actor prepares or leads dispatch days."""
    where = Q(pk__in=[])
    for permission in (PREPARE, LEAD):
        scope = actor.scope(permission)
        where |= ~Q(pk=None) if scope.everywhere else within(scope)
    return where


class DayQuerySet(models.QuerySet["DispatchDay"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Days the actor prepares or leads, and those that ask its units in."""
        units = actor.scope(ANSWER).unit_ids
        told = Invitation.objects.filter(unit_id__in=units, invited_at__isnull=False)
        asked = told.values("day_id") if units else []
        return self.filter(kept_by(actor) | Q(pk__in=asked))


class DispatchDay(models.Model):
    """One day on which a leader takes hard cases of the whole place, or of a street, and decides them with the units.

    No person is named in it: who leads, prepared and decided is told by post.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("筹备中")
        OPEN = "open", _("正在调度")
        ENDED = "ended", _("已结束")
        CALLED_OFF = "called_off", _("已取消")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARED)
    area_id = models.BigIntegerField()
    street_id = models.BigIntegerField(null=True)  # None: the whole place
    community_id = models.BigIntegerField(null=True)  # always None; every record carries the hot levels
    grid_id = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    answers_until = models.DateTimeField()  # when written answers are wanted
    place = models.CharField(max_length=80, default="", blank=True)
    leader_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    leader_label = models.CharField(max_length=120)
    # What all screens look at while it is open.
    current = models.ForeignKey("Item", null=True, on_delete=models.SET_NULL, related_name="+")
    previous = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    prepared_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    closing_words = models.TextField(default="", blank=True)

    objects = DayQuerySet.as_manager()

    class Meta:
        db_table = "dispatch_day"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="dispatch_day_lasts"),
            models.UniqueConstraint(fields=["area_id"], condition=Q(state="open"), name="dispatch_day_one_open"),
        ]
        indexes = [
            models.Index(fields=["area_id", "-starts_at"], name="dispatch_day_area"),
            models.Index(fields=["-starts_at", "-id"], name="dispatch_day_starts"),
            models.Index(fields=["answers_until"], condition=Q(state="prepared"), name="dispatch_day_waits"),
        ]

    def __str__(self) -> str:
        return f"dispatch day {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come of it."""
        return self.state in {self.State.ENDED, self.State.CALLED_OFF}


class Invitation(models.Model):
    """A unit asked in, when it was told so, and when it came (到会)."""

    id = models.BigAutoField(primary_key=True)
    day = models.ForeignKey(DispatchDay, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)

    objects: models.Manager["Invitation"] = models.Manager()

    class Meta:
        db_table = "dispatch_day_invitation"
        constraints = [models.UniqueConstraint(fields=["day", "unit"], name="dispatch_day_invited_once")]


class Item(models.Model):
    """What a day deals with (议题): a case with the reasons it is there, or a question; without a day it waits."""

    class State(models.TextChoices):
        LISTED = "listed", _("待议")
        DECIDED = "decided", _("已决定")
        CARRIED = "carried", _("顺延下次")
        DROPPED = "dropped", _("不再议")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=1)
    day = models.ForeignKey(DispatchDay, null=True, on_delete=models.CASCADE, related_name="items", db_index=False)
    # For whom it waits, while it has no day.
    area_id = models.BigIntegerField()
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    place = models.PositiveIntegerField(default=0)  # in the order of the day
    state = models.CharField(max_length=10, choices=State.choices, default=State.LISTED)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    why = models.JSONField(default=list)  # codes of rules with their numbers, as of when it was put there
    words = models.TextField(default="", blank=True)  # of who put it there: what is to be decided
    unit_ids = ArrayField(models.BigIntegerField(), default=list)  # units asked about it
    added_at = models.DateTimeField()
    added_by_id = models.BigIntegerField(null=True)
    added_label = models.CharField(max_length=120, default="", blank=True)
    carried_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects: models.Manager["Item"] = models.Manager()

    class Meta:
        db_table = "dispatch_day_item"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "case"], condition=~Q(case=None) & ~Q(state="dropped"), name="dispatch_day_case_once"
            ),
            models.UniqueConstraint(
                fields=["area_id", "case"], condition=Q(day=None) & ~Q(case=None), name="dispatch_day_waits_once"
            ),
        ]
        indexes = [
            models.Index(fields=["day", "place", "id"], name="dispatch_day_order"),
            models.Index(fields=["area_id"], condition=Q(day=None), name="dispatch_day_waiting"),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class Position(models.Model):
    """What a unit said about an item: written beforehand, or spoken and taken down on the day."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="positions", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    is_live = models.BooleanField(default=False)
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()

    objects: models.Manager["Position"] = models.Manager()

    class Meta:
        db_table = "dispatch_day_position"
        indexes = [models.Index(fields=["item", "id"], name="dispatch_day_position_item")]


class Decision(models.Model):
    """What the leader decided about an item, once; on a case it was done in the same moment, by `act`."""

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.CASCADE, related_name="decision")
    words = models.TextField()
    lead_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    assist_unit_ids = ArrayField(models.BigIntegerField(), default=list)
    due_at = models.DateTimeField(null=True)
    act = models.CharField(max_length=12, default="", blank=True)  # supervise or hand_over; nothing for a question
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()

    objects: models.Manager["Decision"] = models.Manager()

    class Meta:
        db_table = "dispatch_day_decision"


class Promise(models.Model):
    """What a unit promised (承诺) by when. Of a case its facts tell whether it was kept; else the office says so."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="promises", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)
    due_on = models.DateField()  # kept if done by the end of this day
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    # Said by the office, where there is no case to tell it.
    is_kept = models.BooleanField(null=True)
    remark = models.CharField(max_length=300, default="", blank=True)
    judged_at = models.DateTimeField(null=True)

    objects: models.Manager["Promise"] = models.Manager()

    class Meta:
        db_table = "dispatch_day_promise"
        indexes = [
            models.Index(fields=["item"], name="dispatch_day_promise_item"),
            models.Index(fields=["due_on"], condition=Q(reminded_at=None), name="dispatch_day_promise_due"),
        ]
