"""What people say about a case once it is handled, and what leaders press on."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.models import Account
from lianxin.foundation.organizations.models import Unit

from .case import Case


class Feedback(models.Model):
    """An evaluation (评价) by the reporter, a call-back (回访) by the seat, or a community's rating of a unit."""

    class Kind(models.TextChoices):
        EVALUATION = "evaluation", "评价"
        CALL_BACK = "call_back", "回访"
        UNIT_RATING = "unit_rating", "单位评价"

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="feedback", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    solved = models.CharField(max_length=10, default="", blank=True)
    satisfaction = models.CharField(max_length=10, default="", blank=True)
    stars = models.PositiveSmallIntegerField(null=True)
    tags = ArrayField(models.CharField(max_length=20), default=list)
    words = models.TextField(default="", blank=True)
    by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        db_table = "case_feedback"
        constraints = [
            models.CheckConstraint(condition=Q(stars=None) | Q(stars__range=(1, 5)), name="case_feedback_stars")
        ]
        indexes = [models.Index(fields=["case"], name="case_feedback_case")]


class Supervision(models.Model):
    """A leader's or supervisor's word on an open case (督办), listed until it is answered."""

    class Kind(models.TextChoices):
        SUPERVISE = "supervise", "督办"
        HAND_OVER = "hand_over", "调度"
        URGED = "urged", "多次催办"

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="supervisions", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SUPERVISE)
    by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(default="", blank=True)

    class Meta:
        db_table = "supervision"
        indexes = [
            models.Index(fields=["case"], name="supervision_case"),
            models.Index(fields=["asked_at"], condition=Q(answered_at=None), name="supervision_open"),
            models.Index(fields=["answered_at", "id"], name="supervision_answered"),
        ]
