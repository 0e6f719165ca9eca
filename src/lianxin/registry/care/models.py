"""Care (关爱): what people need, by a closed list of needs; never a diagnosis, never a suspicion."""

from dataclasses import replace
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor, Scope
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations import queries as organizations
from lianxin.registry.people.models import Person

# Units of these kinds never see who needs care, whatever their posts say.
NEVER = frozenset({"property", "department", "enterprise", "owners_committee"})


def serving(actor: Actor, permission: str = "care.view") -> Scope:
    """Return where the actor serves people who need care: by posts only, none at a firm or a department.

    An elevation does not lead here: what it opens for hours would be everybody's need. Rooms above ask the same
    of their own permission where what they keep speaks of people at home.
    """
    if actor.is_system:
        return Scope(everywhere=True)
    posts = tuple(post for post in actor.holdings if not _is_of_firm(post.unit_id))
    return replace(actor, holdings=posts, elevated=frozenset()).scope(permission)


def _is_of_firm(unit_id: int | None) -> bool:
    known = organizations.unit(unit_id) if unit_id is not None else None
    return known is not None and known.kind in NEVER


class CareTagQuerySet(models.QuerySet["CareTag"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Tags of people whom the actor serves: in its areas, or through a unit that a tag names."""
        scope = serving(actor)
        if scope.everywhere:
            return self
        return self.filter(within(scope) | Q(viewer_unit_ids__overlap=list(scope.unit_ids)))

    def running(self) -> Self:
        """Tags that stand: neither ended nor expired."""
        return self.filter(ended_at=None)


class CareTag(models.Model):
    """A need of a person with purpose, basis, evidence, expiry and review; ends by itself when nobody renews it."""

    class Need(models.TextChoices):
        DAILY_VISIT = "daily_visit", "需每日探望"
        LONE_ELDER = "lone_elder", "独居老人需照应"
        ELDER_COUPLE = "elder_couple", "空巢老人需照应"
        CHILD_ALONE = "child_alone", "留守儿童需照看"
        MEDICINE = "medicine", "需协助取药用药"
        MOBILITY = "mobility", "行动不便需协助"
        ILLNESS_HELP = "illness_help", "重病家庭需帮扶"
        PREGNANT = "pregnant", "孕产期需关照"
        DISABILITY_AID = "disability_aid", "残疾人需辅助"
        HARDSHIP = "hardship", "生活困难需帮扶"
        EMERGENCY = "emergency", "紧急时需优先转移"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="care_tags")
    need = models.CharField(max_length=16, choices=Need.choices)
    purpose = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=200)
    evidence = models.CharField(max_length=300)
    visit_every_days = models.PositiveSmallIntegerField(null=True)
    last_visited_at = models.DateTimeField(null=True)
    viewer_unit_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    set_at = models.DateTimeField()
    set_by_id = models.BigIntegerField(null=True)
    set_by_label = models.CharField(max_length=120, default="", blank=True)
    review_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)  # when setter and grid worker were told that it expires
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, default="", blank=True)

    objects = CareTagQuerySet.as_manager()

    class Meta:
        db_table = "care_tag"
        constraints = [
            models.UniqueConstraint(fields=["person", "need"], condition=Q(ended_at=None), name="care_tag_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("set_at")), name="care_tag_expires"),
        ]
        indexes = [
            models.Index(fields=["grid_id", "need"], condition=Q(ended_at=None), name="care_tag_grid"),
            models.Index(fields=["community_id", "need"], condition=Q(ended_at=None), name="care_tag_community"),
            models.Index(fields=["expires_at"], condition=Q(ended_at=None), name="care_tag_expiry"),
        ]
