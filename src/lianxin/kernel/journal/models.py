"""The journal (流程记录), its outbox, and the feed that tells the world after the commit.

`journal_entry` and `feed` are partitioned by time; their keys hold the time, so Django sees them as
unmanaged and the migration makes them.
"""

from django.db import models


class Entry(models.Model):
    """One act, appended with who, when, why and what changed; never altered."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    action = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, default="")
    source = models.CharField(max_length=20, default="")
    target = models.CharField(max_length=20, default="")
    version = models.IntegerField()
    reason = models.CharField(max_length=60, default="")
    note = models.TextField(default="")
    public_note = models.TextField(default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    number: int  # its place in the feed, where a query brings it

    class Meta:
        db_table = "journal_entry"
        managed = False


class Feed(models.Model):
    """A committed entry with its gapless number: what consumers and live screens follow."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    entry_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    action = models.CharField(max_length=40)

    class Meta:
        db_table = "feed"
        managed = False


class Cursor(models.Model):
    """How far a consumer has come, moved in the transaction of its effect."""

    consumer = models.CharField(max_length=60, primary_key=True)
    number = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)
    failure = models.TextField(default="", blank=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "feed_cursor"
