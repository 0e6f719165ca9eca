"""What is wrong in the base, where, since when; and the tasks by which it is mended."""

from typing import Self

from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.registry.sources.models import Subject


class Task(models.Model):
    """Findings of one kind in one grid, to be mended by a day: done when they are gone."""

    id = models.BigAutoField(primary_key=True)
    check_code = models.CharField(max_length=30)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    due_date = models.DateField()
    note = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, default="")
    done_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quality_task"
        constraints = [
            models.UniqueConstraint(
                fields=["grid_id", "check_code"], condition=Q(done_at=None, withdrawn_at=None), name="quality_task_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["community_id", "due_date"],
                condition=Q(done_at=None, withdrawn_at=None),
                name="quality_task_open",
            )
        ]


_PLACES = (Subject.ESTATE, Subject.BUILDING, Subject.DWELLING, Subject.ESTABLISHMENT)
_PEOPLE = (Subject.PERSON, Subject.HOUSEHOLD, Subject.LIVING)


class FindingQuerySet(models.QuerySet["Finding"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Findings about what the actor may see: people, places and care each by their own permission."""
        seen = Q(pk__in=[])
        for permission, subjects in (
            ("people.view", _PEOPLE), ("places.view", _PLACES), ("care.view", (Subject.CARE,)),
        ):  # fmt: skip
            scope = actor.scope(permission)
            if scope.everywhere:
                seen |= Q(subject__in=subjects)
            elif scope:
                seen |= Q(subject__in=subjects) & within(scope)
        return self.filter(seen)

    def open(self) -> Self:
        """Findings that are not mended."""
        return self.filter(fixed_at=None)


class Finding(models.Model):
    """One thing wrong with one record; `detail` is the field it is about, where there is one."""

    id = models.BigAutoField(primary_key=True)
    check_code = models.CharField(max_length=30)
    subject = models.CharField(max_length=16, choices=Subject.choices)
    subject_id = models.BigIntegerField()
    detail = models.CharField(max_length=60, default="", blank=True)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    fixed_at = models.DateTimeField(null=True)
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="findings")

    objects = FindingQuerySet.as_manager()

    class Meta:
        db_table = "quality_finding"
        constraints = [
            models.UniqueConstraint(
                fields=["check_code", "subject", "subject_id", "detail"],
                condition=Q(fixed_at=None),
                name="quality_finding_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["check_code", "id"], condition=Q(fixed_at=None), name="quality_finding_check"),
            models.Index(
                fields=["community_id", "check_code", "id"],
                condition=Q(fixed_at=None),
                name="quality_finding_community",
            ),
            models.Index(fields=["grid_id", "check_code"], condition=Q(fixed_at=None), name="quality_finding_grid"),
        ]


class DayCount(models.Model):
    """How many findings of a kind stood open in a community at the end of a day: the line of the board."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    check_code = models.CharField(max_length=30)
    community_id = models.BigIntegerField(null=True)
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "quality_day"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "check_code", "community_id"], name="quality_day_once", nulls_distinct=False
            )
        ]
