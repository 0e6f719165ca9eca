"""What units and field workers have to do about a case."""

from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.models import Account, Post
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.geometry.fields import PointField
from lianxin.work.cases.words import OPEN_ASSIGNMENT, AssignmentState

from .case import Case


class Assignment(models.Model):
    """The case as one unit or post must handle it (派遣任务): one lead, any number of assists."""

    class Part(models.TextChoices):
        LEAD = "lead", "主办"
        ASSIST = "assist", "协办"

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments")
    part = models.CharField(max_length=8, choices=Part.choices)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.OFFERED)
    handler = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    crew = models.CharField(max_length=60, default="", blank=True)  # a crew or contractor by name
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=60, default="", blank=True)
    result = models.TextField(default="", blank=True)

    class Meta:
        db_table = "assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(part="lead", state__in=sorted(OPEN_ASSIGNMENT)), name="assignment_one_lead"
            ),
            models.CheckConstraint(condition=Q(unit=None) ^ Q(post=None), name="assignment_unit_or_post"),
        ]
        indexes = [
            models.Index(fields=["unit", "case"], name="assignment_unit"),
            models.Index(fields=["post", "case"], condition=~Q(post=None), name="assignment_post"),
            models.Index(fields=["handler"], condition=~Q(handler=None), name="assignment_handler"),
        ]


class FieldTask(models.Model):
    """Look at the place: before filing (核实) or after handling (核查); in the field, at the desk, or a sample."""

    class Kind(models.TextChoices):
        PRE_FILING = "pre_filing_check", "核实"
        POST_HANDLING = "post_handling_check", "核查"

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="field_tasks", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    mode = models.CharField(max_length=10, default="field")  # field, desk, sample
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    grid_id = models.BigIntegerField(null=True)
    request = models.CharField(max_length=200, default="", blank=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    passed = models.BooleanField(null=True)
    note = models.TextField(default="", blank=True)
    point = PointField(null=True)
    distance_metres = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "field_task"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(done_at=None, cancelled_at=None), name="field_task_one_open"
            )
        ]
        indexes = [
            models.Index(fields=["case"], name="field_task_case"),
            models.Index(fields=["grid_id"], condition=Q(done_at=None, cancelled_at=None), name="field_task_grid"),
            models.Index(fields=["post"], condition=~Q(post=None), name="field_task_post"),
            models.Index(fields=["done_by"], condition=~Q(done_by=None), name="field_task_done_by"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to look."""
        return self.done_at is None and self.cancelled_at is None
