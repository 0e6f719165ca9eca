"""Audit (审计): who looked at, changed or took out what is sensitive; append-only and chained by hashes.

`audit_entry` is partitioned by year and its key holds the time, so Django sees it as unmanaged and
the migration makes it, with triggers that refuse to change or delete a row.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditEntry(models.Model):
    """One audited act. `id` is its gapless place in the chain; `hash` covers the row and the hash before it."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, default="")
    post_id = models.BigIntegerField(null=True)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=60)  # room.verb
    subject_kind = models.CharField(max_length=20, default="")
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=160, default="")
    fields = ArrayField(models.CharField(max_length=60), default=list)  # names of what was seen, never values
    reason = models.TextField(default="")
    case_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)
    algorithm = models.CharField(max_length=10)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_entry"
        managed = False
