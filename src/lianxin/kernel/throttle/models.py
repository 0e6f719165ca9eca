"""Counters of tries. Only hashes of what is counted are kept: a phone or an address cannot be read back."""

from django.db import models


class Counter(models.Model):
    """How often one thing was tried since the span began."""

    key = models.BinaryField(max_length=32, primary_key=True)
    began_at = models.DateTimeField()
    tries = models.PositiveIntegerField()

    class Meta:
        db_table = "throttle"
        indexes = [models.Index(fields=["began_at"], name="throttle_age")]
