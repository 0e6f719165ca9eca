"""A link (施工链接) that lets a contractor do and prove one assignment, and what was said through it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.kernel.ids import uuid7
from lianxin.work.cases.models import Assignment, Case
from lianxin.work.cases.words import AssignmentState


class LinkQuerySet(models.QuerySet["Link"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Links about cases the actor sees."""
        return self.filter(assignment__case__in=Case.objects.visible_to(actor).order_by().values("pk"))

    def unfinished(self) -> Self:
        """Links neither revoked nor confirmed; they may have expired."""
        return self.filter(revoked_at=None, confirmed_at=None)


class Link(models.Model):
    """One link for one assignment. Its token is kept as a hash only."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True, default=uuid7)
    token_hash = models.BinaryField(max_length=32, unique=True)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="links")
    crew = models.CharField(max_length=60)  # the contractor or crew, a firm's name
    person = EncryptedTextField(null=True)
    phone = EncryptedTextField(null=True)
    task = models.TextField()
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        db_table = "contractor_link"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="contractor_link_has_length"),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(revoked_at=None, confirmed_at=None),
                name="contractor_link_one_unfinished",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(erased_at=None), name="contractor_link_kept")]

    def is_live(self, at: datetime) -> bool:
        """Tell whether the link still opens its assignment. Asks the assignment, which comes with it."""
        is_open = self.revoked_at is None and self.confirmed_at is None and at < self.expires_at
        return is_open and self.assignment.state == AssignmentState.ACCEPTED


class Word(models.Model):
    """One thing said: by the contractor, or by the unit that sends it back."""

    class Kind(models.TextChoices):
        ACCEPT = "accept", "接下"
        PROGRESS = "progress", "进度"
        DONE = "done", "说办好了"
        BACK = "back", "单位退回重做"

    id = models.BigAutoField(primary_key=True)
    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="words")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    note = models.TextField(default="", blank=True)
    photos = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "contractor_word"
