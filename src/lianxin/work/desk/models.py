"""Reply templates (答复模板) with what they said before, and call notes (通话记录)."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.work.cases.models import Case
from lianxin.work.dispatch.models import Category


class ReplyTemplate(models.Model):
    """Words that are said often, with places for what differs from case to case."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=30)
    text = models.TextField()
    acts = ArrayField(models.CharField(max_length=20))  # of rules.ACTS
    # For this category and all below it; None: for all.
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    uses = models.PositiveIntegerField(default=0)  # acts that were sent with it
    last_used_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reply_template"
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(ended_at=None), name="reply_template_name_once"),
        ]
        indexes = [
            models.Index(fields=["category"], condition=~Q(category=None), name="reply_template_category"),
        ]


class TemplateVersion(models.Model):
    """What a template said until it was changed."""

    id = models.BigAutoField(primary_key=True)
    template = models.ForeignKey(ReplyTemplate, on_delete=models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=30)
    text = models.TextField()
    uses = models.PositiveIntegerField()
    until = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "reply_template_version"
        constraints = [models.UniqueConstraint(fields=["template", "version"], name="reply_template_version_once")]


class CallNoteQuerySet(models.QuerySet["CallNote"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own notes: nobody else's."""
        return self.filter(account_id=actor.account_id) if actor.account_id is not None else self.none()

    def open(self) -> Self:
        """Calls that last."""
        return self.filter(ended_at=None)


class CallNote(models.Model):
    """What a seat wrote down while a call lasted; words and telephone are sealed, and erased in time."""

    class Outcome(models.TextChoices):
        """What a call led to."""

        NEW = "new", "登记了新案件"
        ATTACHED = "attached", "记到已有案件"
        NOTHING = "nothing", "不用办理"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)  # made by the page
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    step = models.PositiveIntegerField(default=0)  # the page's count of saves: an older one never wins
    words = EncryptedTextField(default="", context="desk.call.words")
    phone = EncryptedTextField(
        default="", context="desk.call.phone", hashed_in="phone_hash", hash_context="cases.reporter.phone"
    )
    phone_hash = models.BinaryField(max_length=40, null=True)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default="", blank=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    erased_at = models.DateTimeField(null=True)

    objects = CallNoteQuerySet.as_manager()

    class Meta:
        db_table = "call_note"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="call_note_ends_with_an_outcome",
            ),
            # A second call while one lasts goes on the same page.
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="call_note_one_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["account", "-started_at"], name="call_note_of"),
            models.Index(fields=["case"], condition=~Q(case=None), name="call_note_case"),
            models.Index(fields=["changed_at"], condition=Q(erased_at=None), name="call_note_to_erase"),
            models.Index(fields=["started_at"], name="call_note_to_forget"),
        ]
