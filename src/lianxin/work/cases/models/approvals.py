"""Requests that another post decides: more time (延期), postpone (缓办), suspend (挂账)."""

from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.models import Account, Post
from lianxin.foundation.organizations.models import Unit

from .case import Case


class Approval(models.Model):
    """One request and its decision. Nobody decides their own."""

    class Kind(models.TextChoices):
        EXTEND = "extend", "延期"
        POSTPONE = "postpone", "缓办"
        SUSPEND = "suspend", "挂账"

    class State(models.TextChoices):
        ASKED = "asked", "待审批"
        APPROVED = "approved", "已同意"
        REFUSED = "refused", "未同意"
        LAPSED = "lapsed", "已失效"

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="approvals", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.TextField()
    limit_value = models.PositiveIntegerField(null=True)  # extend: how much more
    limit_unit = models.CharField(max_length=12, default="", blank=True)
    review_at = models.DateTimeField(null=True)  # postpone, suspend: looked at again
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(default="", blank=True)
    # By delegation (委托) or as a substitute (替班): the post in whose place it was decided.
    decided_for = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    # Handed to one entitled post (转给); whoever else may decide still may.
    forwarded_to = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    forwarded_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    forwarded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "approval"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="asked"), name="approval_one_asked"),
        ]
        indexes = [
            models.Index(fields=["case"], name="approval_case"),
            models.Index(fields=["asked_at"], condition=Q(state="asked"), name="approval_waiting"),
        ]
