"""What was collected at a door, once, and for which requests it counted; values stand in the base, not here."""

from typing import Self

from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.registry.sources.models import DataRequest, Source, Subject


class CollectedQuerySet(models.QuerySet["Collected"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """What was collected where the actor may edit people or places."""
        people, places = actor.scope("people.edit"), actor.scope("places.edit")
        if people.everywhere or places.everywhere:
            return self
        return self.filter(within(people) | within(places))


class Collected(models.Model):
    """One form that was saved: which record, how many fields, how long the form was open. No values."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)  # made by the device
    subject = models.CharField(max_length=16, choices=Subject.choices)
    subject_id = models.BigIntegerField(null=True)  # null: the record was erased
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    at = models.DateTimeField()  # when it was said, by the device
    seconds = models.PositiveIntegerField(default=0)  # for the load only
    changed_count = models.PositiveSmallIntegerField(default=0)
    confirmed_count = models.PositiveSmallIntegerField(default=0)
    conflicts = models.JSONField(default=list)  # names of fields on which a source disagrees
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField(null=True)

    objects = CollectedQuerySet.as_manager()

    class Meta:
        db_table = "collected"
        indexes = [
            models.Index(fields=["subject", "subject_id"], name="collected_of", condition=Q(subject_id__isnull=False)),
            models.Index(fields=["grid_id", "-at"], name="collected_grid"),
            models.Index(fields=["at"], name="collected_at"),
        ]


class Share(models.Model):
    """What one form counted for one request: its part of the seconds, and whether the request has its record now."""

    id = models.BigAutoField(primary_key=True)
    collected = models.ForeignKey(Collected, on_delete=models.CASCADE, related_name="shares")
    request = models.ForeignKey(DataRequest, on_delete=models.PROTECT, related_name="+", db_index=False)
    seconds = models.PositiveIntegerField()
    is_done = models.BooleanField(default=False)

    class Meta:
        db_table = "collected_share"
        constraints = [models.UniqueConstraint(fields=["request", "collected"], name="collected_share_once")]
