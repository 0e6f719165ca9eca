"""Months (我的月报): closed months of one worker, frozen with what stands behind each figure; appeals and rulings."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.scoping import within


class MonthFigure(models.Model):
    """One figure of one worker's closed month, as it was counted then; never counted anew."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()  # its first day
    code = models.CharField(max_length=24)
    rule = models.PositiveSmallIntegerField()  # which way of counting: `Figure.rule`
    # The things behind it, by id in the order they came: those that count, and all they were counted among.
    counted = ArrayField(models.BigIntegerField(), default=list)
    among = ArrayField(models.BigIntegerField(), null=True)  # None: there is nothing it is a part of
    frozen_at = models.DateTimeField()

    class Meta:
        db_table = "month_figure"
        constraints = [models.UniqueConstraint(fields=["account", "month", "code"], name="month_figure_once")]


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Appeals the actor answers, and its own."""
        scope = actor.scope("months.answer")
        if scope.everywhere:
            return self
        own = Q(account_id=actor.account_id) if actor.account_id is not None else Q(pk__in=[])
        return self.filter(within(scope) | own)

    def open(self) -> Self:
        """Appeals nobody has answered."""
        return self.filter(answered_at=None)


class Appeal(models.Model):
    """A worker says that a figure, or one thing behind it, is counted wrong (申诉); the ruling stands beside it."""

    class Ruling(models.TextChoices):
        STANDS = "stands", "算得对，不改"
        LEAVE_OUT = "leave_out", "这一件不算进来"
        COUNT_IN = "count_in", "这一件算办到"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    post = models.CharField(max_length=80)
    month = models.DateField()
    code = models.CharField(max_length=24)
    thing_id = models.BigIntegerField(null=True)  # which of the things behind it; None: the figure as a whole
    words = models.CharField(max_length=500)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ruling = models.CharField(max_length=10, choices=Ruling.choices, default="", blank=True)
    answer = models.CharField(max_length=500, default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        db_table = "month_appeal"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month", "code", "thing_id"], condition=Q(answered_at=None), nulls_distinct=False,
                name="month_appeal_one_waits",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, ruling="") | (Q(answered_at__isnull=False) & ~Q(ruling="")),
                name="month_appeal_ruled_when_answered",
            ),
            models.CheckConstraint(
                condition=Q(answered_by_id=None) | ~Q(answered_by_id=models.F("account_id")),
                name="month_appeal_answered_by_another",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["account", "month"], name="month_appeal_own"),
            models.Index(fields=["due_at", "id"], condition=Q(answered_at=None), name="month_appeal_open"),
            models.Index(fields=["community_id", "-id"], name="month_appeal_community"),
            models.Index(fields=["street_id", "-id"], name="month_appeal_street"),
        ]
