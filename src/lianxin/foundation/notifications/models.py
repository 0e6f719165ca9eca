"""Notifications (消息): the inbox inside, and deliveries that leave by SMS, e-mail and the like."""

from django.db import models

from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.rules import PHONE_CONTEXT
from lianxin.kernel.crypto.fields import EncryptedTextField


class Message(models.Model):
    """One line in the inbox of one account."""

    id = models.BigAutoField(primary_key=True)
    recipient = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="messages", db_index=False)
    kind = models.CharField(max_length=60)  # room.subject, for example cases.overdue
    title = models.CharField(max_length=120)
    body = models.TextField(default="", blank=True)
    link = models.CharField(max_length=200, default="", blank=True)
    entry_id = models.BigIntegerField(null=True)  # the journal entry it tells of
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # Not read by then: the substitute is told too.
    escalate_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_from = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="escalations", db_index=False
    )

    class Meta:
        db_table = "message"
        constraints = [
            models.UniqueConstraint(
                fields=["entry_id", "recipient", "kind"],
                condition=models.Q(entry_id__isnull=False),
                name="message_once_an_entry",
            ),
            models.UniqueConstraint(
                fields=["escalated_from", "recipient"],
                condition=models.Q(escalated_from__isnull=False),
                name="message_escalated_once",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="message_inbox"),
            models.Index(fields=["recipient"], condition=models.Q(read_at=None), name="message_unread"),
            models.Index(
                fields=["escalate_at"],
                condition=models.Q(read_at=None, escalated_at=None, escalate_at__isnull=False),
                name="message_to_escalate",
            ),
        ]


class Delivery(models.Model):
    """A message on its way out by one channel, at least once; receivers tell repeats by `key`."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    recipient = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="deliveries")
    # For people without an account: where to, and its keyed hash to send once.
    address = EncryptedTextField(null=True, hashed_in="address_hash", hash_context=PHONE_CONTEXT)
    address_hash = models.BinaryField(max_length=40, null=True)
    channel = models.CharField(max_length=20)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    body = models.TextField(default="", blank=True)
    link = models.CharField(max_length=200, default="", blank=True)
    entry_id = models.BigIntegerField(null=True)
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()  # not before: after quiet hours, or after a pause between tries
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # given up
    failure = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        db_table = "delivery"
        constraints = [
            models.UniqueConstraint(
                fields=["entry_id", "recipient", "channel", "kind"],
                condition=models.Q(entry_id__isnull=False, recipient__isnull=False),
                name="delivery_once_a_recipient",
            ),
            models.UniqueConstraint(
                fields=["entry_id", "address_hash", "channel", "kind"],
                condition=models.Q(entry_id__isnull=False, address_hash__isnull=False),
                name="delivery_once_an_address",
            ),
            models.CheckConstraint(
                condition=models.Q(recipient__isnull=False) | models.Q(address__isnull=False),
                name="delivery_goes_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(sent_at=None, failed_at=None), name="delivery_waiting"),
        ]
