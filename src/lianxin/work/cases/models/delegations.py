"""Who decides in whose place (委托): a named kind of request, between two instants, until revoked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from lianxin.foundation.accounts.models import Account, Post


class Delegation(models.Model):
    """One post lets another decide certain requests about cases for a time. It lends the decision, not the sight."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)  # whose power it is
    to_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    kinds = ArrayField(models.CharField(max_length=10))  # of `Approval.Kind`
    reason = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "approval_delegation"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="approval_delegation_has_length"),
            models.CheckConstraint(condition=~Q(to_post=F("post")), name="approval_delegation_to_another"),
            models.CheckConstraint(condition=Q(kinds__len__gt=0), name="approval_delegation_names_kinds"),
        ]
        indexes = [
            models.Index(fields=["post", "-starts_at"], name="approval_delegation_post"),
        ]
