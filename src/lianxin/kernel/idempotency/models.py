"""Ids made by clients: the same report, or the same offline action, sent again has no second effect."""

from django.db import models


class ClientKey(models.Model):
    """A client-made id and what it led to. Its own table: partitioned ones cannot keep it unique."""

    key = models.UUIDField(primary_key=True)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    action = models.CharField(max_length=40)
    fingerprint = models.BinaryField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "client_key"
