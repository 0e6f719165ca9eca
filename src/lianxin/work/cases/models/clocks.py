"""Clocks (时钟): a limit in continuous or working time, with its pauses."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from .case import Case

if TYPE_CHECKING:
    from datetime import datetime


class Clock(models.Model):
    """One running limit: of the case's stage, or of an assignment, whistle call, field task or approval.

    `due_at` is stored, so that workers find what is late by one index.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks", db_index=False)
    subject = models.CharField(max_length=12)  # stage, assignment, call, field_task, approval, contact
    subject_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=12)
    limit_value = models.PositiveIntegerField()
    limit_unit = models.CharField(max_length=12)
    calendar = models.CharField(max_length=40, default="", blank=True)
    started_at = models.DateTimeField()
    pauses = models.JSONField(default=list)  # [[start, end or null], …] ISO instants
    extended_seconds = models.PositiveIntegerField(default=0)  # counted in the limit's own kind of time
    shortened_to = models.DateTimeField(null=True)  # a leader's earlier instant
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "clock"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(subject="stage", stopped_at=None), name="clock_one_stage"
            ),
            models.UniqueConstraint(
                fields=["subject", "subject_id"],
                condition=Q(stopped_at=None) & ~Q(subject_id=None),
                name="clock_one_each",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="clock_case"),
            models.Index(
                fields=["due_at"],
                condition=Q(stopped_at=None, paused_at=None, overdue_at=None),
                name="clock_falls_due",
            ),
            models.Index(
                fields=["warn_at"], condition=Q(stopped_at=None, paused_at=None, warned_at=None), name="clock_warns"
            ),
        ]

    def state_at(self, at: "datetime") -> str:
        """Return ok, warn, overdue, paused or stopped."""
        if self.stopped_at is not None:
            return "stopped"
        if self.paused_at is not None:
            return "paused"
        if self.due_at is not None and self.due_at <= at:
            return "overdue"
        return "warn" if self.warn_at is not None and self.warn_at <= at else "ok"
