"""The ledger of hazards (隐患台账): things and places that may hurt somebody. Nothing about persons stands in it."""

from typing import Self

from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.geometry.fields import GistIndex, PointField
from lianxin.work.patrols.words import IN_LEDGER, Found, Grade, HazardKind, HazardState, Source

from .lying import Lying, LyingQuerySet
from .points import Point
from .rounds import Round


class HazardQuerySet(LyingQuerySet["Hazard"]):
    """Filters of hazards."""

    def visible_to(self, actor: Actor) -> Self:
        """Hazards where the actor may see patrols, that its units must remove, and that it found or must remove."""
        scope = actor.scope("patrols.view")
        if scope.everywhere:
            return self
        return self.filter(within(scope) | Q(unit_id__in=scope.unit_ids) | _own(actor))

    def open(self) -> Self:
        """Hazards that have not left the ledger."""
        return self.filter(state__in=IN_LEDGER)


def _own(actor: Actor) -> Q:
    if actor.account_id is None:
        return Q(pk__in=[])
    return Q(found_by_id=actor.account_id) | Q(responsible_id=actor.account_id)


class Hazard(Lying):
    """Something dangerous, until it is gone."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    number = models.CharField(max_length=24, unique=True)
    what = models.CharField(max_length=500)
    kind = models.CharField(max_length=12, choices=HazardKind.choices)
    grade = models.CharField(max_length=10, choices=Grade.choices, default=Grade.GENERAL)
    state = models.CharField(max_length=10, choices=HazardState.choices)
    source = models.CharField(max_length=8, choices=Source.choices)
    place = PointField(null=True)
    address = models.CharField(max_length=200, default="", blank=True)
    point = models.ForeignKey(Point, null=True, on_delete=models.PROTECT, related_name="hazards", db_index=False)
    round = models.ForeignKey(Round, null=True, on_delete=models.SET_NULL, related_name="hazards")
    found_by_id = models.BigIntegerField(null=True)
    found_by_label = models.CharField(max_length=120, default="", blank=True)
    found_at = models.DateTimeField()
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    responsible_id = models.BigIntegerField(null=True)  # an account
    responsible_label = models.CharField(max_length=120, default="", blank=True)
    due_date = models.DateField()
    reminded_at = models.DateTimeField(null=True)
    case_id = models.BigIntegerField(null=True)
    case_number = models.CharField(max_length=24, default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)
    settled_by_label = models.CharField(max_length=120, default="", blank=True)
    settled_words = models.CharField(max_length=300, default="", blank=True)

    objects = HazardQuerySet.as_manager()

    class Meta:
        db_table = "hazard"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(IN_LEDGER), settled_at=None)
                | (~Q(state__in=sorted(IN_LEDGER)) & Q(settled_at__isnull=False)),
                name="hazard_settled_when_gone",
            ),
        ]
        indexes = [
            models.Index(fields=["grid_id", "-id"], name="hazard_grid"),
            models.Index(fields=["community_id", "-id"], name="hazard_community"),
            models.Index(fields=["street_id", "-id"], name="hazard_street"),
            models.Index(fields=["point", "-id"], name="hazard_point"),
            models.Index(fields=["case_id"], condition=Q(case_id__isnull=False), name="hazard_case"),
            models.Index(fields=["found_by_id", "-id"], name="hazard_finder"),
            models.Index(fields=["responsible_id"], condition=Q(settled_at=None), name="hazard_responsible"),
            models.Index(fields=["due_date", "id"], condition=Q(settled_at=None), name="hazard_due"),
            GistIndex(fields=["place"], name="hazard_place", condition=Q(settled_at=None)),
        ]


class FollowUp(models.Model):
    """Somebody looked again (复查)."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    hazard = models.ForeignKey(Hazard, on_delete=models.CASCADE, related_name="followups", db_index=False)
    found = models.CharField(max_length=8, choices=Found.choices)
    note = models.CharField(max_length=500, default="", blank=True)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "hazard_followup"
        indexes = [models.Index(fields=["hazard", "-made_at"], name="hazard_followup_latest")]
