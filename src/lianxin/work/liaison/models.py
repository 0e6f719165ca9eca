"""Liaison (联系包抓): who looks after which place from when on; visits, key tasks, and what residents asked."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.scoping import within
from lianxin.registry.places.models import Estate
from lianxin.work.cases.models import Case

VIEW, MANAGE, VISIT = "liaison.view", "liaison.manage", "liaison.visit"


class TieQuerySet(models.QuerySet["Tie"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Ties in the areas where the actor looks at them or keeps them, and its own."""
        mine = Q(account_id=actor.account_id) if actor.account_id is not None else Q(pk=None)
        for permission in (VIEW, MANAGE):
            scope = actor.scope(permission)
            if scope.everywhere:
                return self
            mine |= within(scope)
        return self.filter(mine)

    def now(self) -> Self:
        """Ties in force."""
        return self.filter(ended_on=None)


class Tie(models.Model):
    """One leader's bond with one community, estate or micro grid, from a day on. Who they are is told by post."""

    class Kind(models.TextChoices):
        COMMUNITY = "community", _("社区")
        ESTATE = "estate", _("小区")
        GRID = "grid", _("微网格")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=1)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    post_label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    area_id = models.BigIntegerField()  # of an estate: where it lies
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    estate = models.ForeignKey(Estate, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)  # of the place
    duty = models.CharField(max_length=200, default="", blank=True)  # what in particular
    began_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, default="", blank=True)

    objects = TieQuerySet.as_manager()

    class Meta:
        db_table = "liaison_tie"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="estate", estate__isnull=False) | (~Q(kind="estate") & Q(estate=None)),
                name="liaison_estate",
            ),
            models.UniqueConstraint(
                fields=["account", "area_id"], condition=Q(ended_on=None, estate=None), name="liaison_area_once"
            ),
            models.UniqueConstraint(
                fields=["account", "estate"], condition=Q(ended_on=None), name="liaison_estate_once"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "ended_on"], name="liaison_account"),
            models.Index(fields=["community_id"], condition=Q(ended_on=None), name="liaison_community"),
            models.Index(fields=["street_id"], condition=Q(ended_on=None), name="liaison_street"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Visit(models.Model):
    """A visit: planned for a day, then made or called off. Notes name no resident."""

    class State(models.TextChoices):
        PLANNED = "planned", _("已约好")
        MADE = "made", _("去过了")
        CALLED_OFF = "called_off", _("没去成")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    tie = models.ForeignKey(Tie, on_delete=models.CASCADE, related_name="visits", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    on = models.DateField()  # planned for, or made on
    purpose = models.CharField(max_length=120, default="", blank=True)
    notes = models.TextField(default="", blank=True)
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, default="", blank=True)
    told_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)

    objects: models.Manager["Visit"] = models.Manager()

    class Meta:
        db_table = "liaison_visit"
        indexes = [
            models.Index(fields=["tie", "-on"], name="liaison_visit_tie"),
            models.Index(fields=["on"], condition=Q(state="planned"), name="liaison_visit_planned"),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Task(models.Model):
    """A key task (重点任务) at a place: what, by when, perhaps the case that carries it."""

    class State(models.TextChoices):
        OPEN = "open", _("在办")
        DONE = "done", _("办好了")
        DROPPED = "dropped", _("不办了")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    tie = models.ForeignKey(Tie, on_delete=models.CASCADE, related_name="tasks")
    words = models.CharField(max_length=200)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=300, default="", blank=True)
    told_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects: models.Manager["Task"] = models.Manager()

    class Meta:
        db_table = "liaison_task"

    def __str__(self) -> str:
        return f"task {self.pk}"


class Question(models.Model):
    """What residents asked on a visit, without who, and the answer they were given."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    tie = models.ForeignKey(Tie, on_delete=models.CASCADE, related_name="questions")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.SET_NULL, related_name="questions")
    words = models.CharField(max_length=300)
    asked_on = models.DateField()
    answer = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_label = models.CharField(max_length=120, default="", blank=True)

    objects: models.Manager["Question"] = models.Manager()

    class Meta:
        db_table = "liaison_question"

    def __str__(self) -> str:
        return f"question {self.pk}"
