"""The whistle (吹哨): named units are called, report in (报到), consult (会商), and are rated by the caller."""

from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.models import Account, Post
from lianxin.foundation.organizations.models import Unit

from .case import Case


class Whistle(models.Model):
    """One call to units about a case, with the consultation's result."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="whistle_set", db_index=False)
    caller = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    caller_post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    place = models.CharField(max_length=200, default="", blank=True)
    is_urgent = models.BooleanField(default=False)
    called_at = models.DateTimeField()
    nudged_at = models.DateTimeField(null=True)  # units that had not come were urged
    consulted_at = models.DateTimeField(null=True)
    minutes = models.TextField(default="", blank=True)
    plan = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "whistle"
        indexes = [
            models.Index(fields=["case"], name="whistle_case"),
            models.Index(fields=["called_at", "id"], name="whistle_called"),
        ]


class Call(models.Model):
    """One unit's part in a whistle: when it reported in, and how the caller rated it."""

    id = models.BigAutoField(primary_key=True)
    whistle = models.ForeignKey(Whistle, on_delete=models.CASCADE, related_name="calls", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    reported_in_at = models.DateTimeField(null=True)
    reported_in_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(default="", blank=True)
    is_late = models.BooleanField(default=False)
    is_missing = models.BooleanField(default=False)
    stars = models.PositiveSmallIntegerField(null=True)
    rating = models.TextField(default="", blank=True)
    rated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "whistle_call"
        constraints = [
            models.UniqueConstraint(fields=["whistle", "unit"], name="whistle_call_once"),
            models.CheckConstraint(condition=Q(stars=None) | Q(stars__range=(1, 5)), name="whistle_call_stars"),
        ]
        indexes = [models.Index(fields=["unit", "whistle"], name="whistle_call_unit")]
