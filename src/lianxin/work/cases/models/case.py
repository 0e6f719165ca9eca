"""The case (案件): one reported matter with a number, a place, a category, one holder and one stage."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right

from lianxin.foundation.accounts.actor import Actor, Scope
from lianxin.foundation.accounts.scoping import within
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.kernel.geometry.fields import PointField
from lianxin.registry.components.models import Component
from lianxin.work.cases.words import ENDS, Channel, Kind, Level, Severity, Stage
from lianxin.work.dispatch.models import Category

from .standards import FilingStandard


class CaseQuerySet(models.QuerySet["Case"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Cases where the actor may view cases, those its units take part in, and its own reports."""
        scope = actor.scope("cases.view")
        if scope.everywhere:
            return self
        return self.filter(_within(scope) | _own(actor))

    def open(self) -> Self:
        """Cases that somebody must still move."""
        return self.filter(ended_at=None)

    def for_post(self, scope: Scope) -> Self:
        """Cases within a scope."""
        return self if scope.everywhere else self.filter(_within(scope))


def _within(scope: Scope) -> Q:
    where = within(scope)
    if scope.unit_ids:
        where |= Q(party_unit_ids__overlap=list(scope.unit_ids))
    return where


def _own(actor: Actor) -> Q:
    own = Q(pk__in=actor.case_ids)
    if actor.account_id is not None:
        own |= Q(reporter_id=actor.account_id)
    return own


class Case(models.Model):
    """One reported matter. Every change goes through `actions`, which keep journal and row in step."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=24)
    version = models.IntegerField(default=0)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PROBLEM)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.REPORTED)
    stage_entered_at = models.DateTimeField()
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.NORMAL)
    holder_level = models.CharField(max_length=12, choices=Level.choices, default=Level.CITY)

    title = models.CharField(max_length=80)
    text = models.TextField()
    address = models.CharField(max_length=200, default="", blank=True)
    point = PointField(null=True)
    accuracy_metres = models.PositiveIntegerField(null=True)
    words = SearchVectorField(null=True)

    # As reported, for statistics; never changed but by `amend`. No foreign key: areas come from memory.
    area_id = models.BigIntegerField(null=True)
    # For duty and visibility; a redivision re-homes these.
    area_now_id = models.BigIntegerField(null=True)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)

    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    standard = models.ForeignKey(FilingStandard, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The facility it is about (部件), and how the report found it; see `keeping`.
    component = models.ForeignKey(Component, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    component_state = models.CharField(max_length=8, default="", db_default="", blank=True)
    # What dispatch proposed, with its reasons, as the seat sees it.
    proposal = models.JSONField(null=True)
    filed_by_system = models.BooleanField(default=False)
    dispatched_by_system = models.BooleanField(default=False)

    channel = models.CharField(max_length=12, choices=Channel.choices)
    reporter_id = models.BigIntegerField(null=True)  # the account, when the reporter has one
    is_anonymous = models.BooleanField(default=False)
    is_confidential = models.BooleanField(default=False)
    has_consent = models.BooleanField(default=False)  # the handler may be told who reported
    is_reachable = models.BooleanField(default=False)  # the reporter left a phone: who handles contacts them first
    is_hazard_confirmed = models.BooleanField(default=False)

    # Who takes part now: units and posts with an assignment or a call, and who ever handled (never verifies).
    lead_unit_id = models.BigIntegerField(null=True)
    lead_post_id = models.BigIntegerField(null=True)
    party_unit_ids = ArrayField(models.BigIntegerField(), default=list)
    party_post_ids = ArrayField(models.BigIntegerField(), default=list)
    handler_ids = ArrayField(models.BigIntegerField(), default=list)
    handler_unit_ids = ArrayField(models.BigIntegerField(), default=list)

    # The running stage clock, copied here so that queues sort and filter by one index.
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    is_overdue = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True)
    review_at = models.DateTimeField(null=True)
    pause_kind = models.CharField(max_length=10, default="", blank=True)  # suspend 挂账, postpone 缓办, split 拆分

    returns = models.PositiveSmallIntegerField(default=0)
    reworks = models.PositiveSmallIntegerField(default=0)
    urges = models.PositiveSmallIntegerField(default=0)
    additions = models.PositiveSmallIntegerField(default=0)
    thanks = models.PositiveSmallIntegerField(default=0)
    extensions = models.PositiveSmallIntegerField(default=0)
    reopens = models.PositiveSmallIntegerField(default=0)
    appeals = models.PositiveSmallIntegerField(default=0)
    whistles = models.PositiveSmallIntegerField(default=0)
    merges = models.PositiveSmallIntegerField(default=0)
    children_open = models.PositiveSmallIntegerField(default=0)
    supervisions_open = models.PositiveSmallIntegerField(default=0)
    approvals_open = models.PositiveSmallIntegerField(default=0)
    is_ruled = models.BooleanField(default=False)  # a supervisor named the unit: no further return
    needs_follow_up = models.BooleanField(default=False)

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children", db_index=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged", db_index=False)
    outcome = models.CharField(max_length=60, default="", blank=True)  # reason code of an end
    answer = models.TextField(default="", blank=True)  # what the reporter is told at the end
    solved = models.CharField(max_length=10, default="", blank=True)  # solved, partly, not
    satisfaction = models.CharField(max_length=10, default="", blank=True)  # satisfied, basically, not
    stars = models.PositiveSmallIntegerField(null=True)

    reported_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)  # when the reporter says it was, if not now
    filed_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        db_table = "cases"
        constraints = [
            # Not `unique=True`, which would add a second index for prefixes that nobody asks for.
            models.UniqueConstraint(fields=["number"], name="case_number"),
            models.CheckConstraint(
                condition=Q(stage__in=sorted(ENDS), ended_at__isnull=False)
                | (~Q(stage__in=sorted(ENDS)) & Q(ended_at=None)),
                name="case_ends_with_its_stage",
            ),
            models.CheckConstraint(condition=Q(merged_into=None) | Q(stage=Stage.MERGED), name="case_merged_somewhere"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(ended_at=None), name="case_open_due"),
            models.Index(fields=["stage", "due_at", "id"], condition=Q(ended_at=None), name="case_open_stage"),
            models.Index(fields=["street_id", "due_at", "id"], condition=Q(ended_at=None), name="case_open_street"),
            models.Index(
                fields=["community_id", "due_at", "id"], condition=Q(ended_at=None), name="case_open_community"
            ),
            models.Index(fields=["grid_id", "due_at", "id"], condition=Q(ended_at=None), name="case_open_grid"),
            models.Index(fields=["lead_unit_id", "due_at", "id"], condition=Q(ended_at=None), name="case_open_lead"),
            models.Index(fields=["reported_at", "id"], name="case_reported"),
            models.Index(fields=["street_id", "reported_at", "id"], name="case_street"),
            models.Index(fields=["community_id", "reported_at", "id"], name="case_community"),
            models.Index(fields=["grid_id", "reported_at", "id"], name="case_grid"),
            models.Index(
                fields=["reporter_id", "reported_at"], condition=~Q(reporter_id=None), name="case_reported_by"
            ),
            models.Index(fields=["category", "reported_at"], name="case_category"),
            models.Index(fields=["standard"], name="case_standard"),
            models.Index(fields=["component", "-id"], condition=~Q(component=None), name="case_component"),
            models.Index(
                fields=["component", "-id"], condition=Q(ended_at=None) & ~Q(component=None), name="case_open_component"
            ),
            models.Index(fields=["parent"], condition=~Q(parent=None), name="case_parent"),
            models.Index(fields=["merged_into"], condition=~Q(merged_into=None), name="case_merged_into"),
            GinIndex(fields=["party_unit_ids"], name="case_parties"),
            # A unit's open cases are few beside its past ones.
            GinIndex(fields=["party_unit_ids"], condition=Q(ended_at=None), name="case_open_parties"),
            # What is brought before a leader: few of the open cases, the heaviest first.
            models.Index(
                fields=["-returns", "due_at", "id"],
                condition=Q(ended_at=None, returns__gt=0),
                name="case_open_returned",
            ),
            models.Index(
                fields=["-urges", "due_at", "id"], condition=Q(ended_at=None, urges__gt=0), name="case_open_urged"
            ),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(ended_at=None) & (Q(reopens__gt=0) | Q(stars__lte=2)),
                name="case_open_again",
            ),
            models.Index(
                F("party_unit_ids__len").desc(),
                "due_at",
                "id",
                condition=Q(ended_at=None, party_unit_ids__len__gt=1),
                name="case_open_several",
            ),
            models.Index(
                fields=["paused_at", "id"], condition=Q(ended_at=None) & ~Q(paused_at=None), name="case_open_paused"
            ),
            # People read out the last six digits.
            models.Index(Right("number", 6), name="case_number_tail"),
            GinIndex(fields=["words"], name="case_words"),
            GistIndex(fields=["point"], name="case_point"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether somebody must still move it."""
        return self.ended_at is None


class ComponentBefore(models.Model):
    """How a component was before cases said that something is amiss; there while some say so, under its lock."""

    component = models.OneToOneField(Component, primary_key=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8)
    known_at = models.DateTimeField()

    class Meta:
        db_table = "case_component_before"


class Reporter(models.Model):
    """Who reported, apart from the case: sealed, seen only with a reason, erased when its time is over."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="reporter")
    name = EncryptedTextField(default="")
    phone = EncryptedTextField(default="", hashed_in="phone_hash", hash_context="cases.reporter.phone")
    phone_hash = models.BinaryField(max_length=40, null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_reporter"
        indexes = [models.Index(fields=["phone_hash"], name="case_reporter_phone")]
