"""Visits (走访) and what was heard on them (民情日记); daily signs of life (平安信号) stand in `signs`."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.registry.care.models import CareTag, serving
from lianxin.registry.people.models import Household, Person
from lianxin.registry.places.models import Dwelling, Establishment
from lianxin.work.cases.models import Case

from .signs.models import Pause, Sign, SignDay

__all__ = ["Pause", "Sign", "SignDay", "Visit", "VisitVersion"]


class VisitQuerySet(models.QuerySet["Visit"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Visits where the actor serves: never through a department or a firm, never by an elevation."""
        scope = serving(actor, "visits.view")
        return self if scope.everywhere else self.filter(within(scope))

    def due(self) -> Self:
        """Visits after which somebody wanted to come again and nobody has."""
        return self.filter(follow_up_on__isnull=False, followed_at=None)


class Visit(models.Model):
    """One visit: to whom or where, how, what about. Its words are sealed; they go first, the counts stay."""

    class Kind(models.TextChoices):
        HOME = "home", "上门"
        PHONE = "phone", "电话"
        MET = "met", "路上遇到"

    class Outcome(models.TextChoices):
        MET = "met", "见到了"
        NOBODY = "nobody", "没人在家"
        LATER = "later", "不方便，改天再来"

    class Went(models.TextChoices):
        SELF = "self", "我去的"
        COLLEAGUE = "colleague", "同事去的，我代记"
        NEIGHBOUR = "neighbour", "楼栋长、志愿者去的，我代记"

    class Company(models.TextChoices):
        COLLEAGUE = "colleague", "同事"
        HEAD = "head", "楼栋长、单元长"
        VOLUNTEER = "volunteer", "志愿者"
        POLICE = "police", "民警"
        DOCTOR = "doctor", "家庭医生"
        SOCIAL = "social", "社工"
        PROPERTY = "property", "物业"

    class Topic(models.TextChoices):
        DAILY = "daily", "日常照应"
        HEALTH = "health", "看病用药"
        HOUSE = "house", "房子和小区"
        SAFETY = "safety", "消防安全"
        NEIGHBOURS = "neighbours", "邻里"
        WORK = "work", "工作收入"
        SCHOOL = "school", "孩子上学"
        POLICY = "policy", "政策咨询"
        SERVICE = "service", "办事"
        OPINION = "opinion", "意见建议"
        OTHER = "other", "别的事"

    class Mood(models.TextChoices):
        """How the talk went, not what somebody is like."""

        WELL = "well", "谈得高兴"
        PLAIN = "plain", "平常"
        WORRIED = "worried", "有担心"
        UPSET = "upset", "有怨气"

    class Proposal(models.TextChoices):
        OPEN = "open", "等社区看"
        SET = "set", "已设"
        DECLINED = "declined", "没有采纳"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)  # made by the device
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey(Dwelling, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    establishment = models.ForeignKey(Establishment, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.HOME)
    outcome = models.CharField(max_length=6, choices=Outcome.choices, default=Outcome.MET)
    went = models.CharField(max_length=10, choices=Went.choices, default=Went.SELF)
    visited_at = models.DateTimeField()
    company = ArrayField(models.CharField(max_length=10, choices=Company.choices), default=list, blank=True)
    topics = ArrayField(models.CharField(max_length=12, choices=Topic.choices), default=list, blank=True)
    mood = models.CharField(max_length=8, choices=Mood.choices, default="", blank=True)
    words = EncryptedTextField(null=True, context="visits.visit.words")
    words_erased_at = models.DateTimeField(null=True)
    follow_up_on = models.DateField(null=True)
    followed_at = models.DateTimeField(null=True)
    # What it led to.
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    wish_key = models.UUIDField(null=True)
    need = models.CharField(
        max_length=16, choices=CareTag.Need.choices, default="", blank=True
    )  # proposed to the clerk
    need_evidence = EncryptedTextField(null=True, context="visits.visit.need_evidence")
    proposal = models.CharField(max_length=8, choices=Proposal.choices, default="", blank=True)
    area_id = models.BigIntegerField(null=True)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)  # the number of the version in force
    created_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, default="", blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        db_table = "visit"
        constraints = [
            models.CheckConstraint(
                condition=Q(followed_at=None) | Q(follow_up_on__isnull=False), name="visit_followed_what_was_due"
            ),
            models.CheckConstraint(condition=(Q(need="") & Q(proposal="")) | (~Q(need="") & ~Q(proposal="")),
                                   name="visit_proposal_of_a_need"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["grid_id", "-visited_at", "-id"], name="visit_grid"),
            models.Index(fields=["community_id", "-visited_at", "-id"], name="visit_community"),
            models.Index(fields=["street_id", "-visited_at", "-id"], name="visit_street"),
            models.Index(fields=["-visited_at", "-id"], name="visit_latest"),
            models.Index(fields=["person", "-visited_at"], name="visit_person", condition=Q(person__isnull=False)),
            models.Index(fields=["dwelling", "-visited_at"], name="visit_home", condition=Q(dwelling__isnull=False)),
            models.Index(
                fields=["follow_up_on"], name="visit_due", condition=Q(follow_up_on__isnull=False, followed_at=None)
            ),
            models.Index(fields=["community_id"], name="visit_proposed", condition=Q(proposal="open")),
            models.Index(
                fields=["visited_at"], name="visit_with_words",
                condition=Q(words__isnull=False) | Q(need_evidence__isnull=False),
            ),
        ]  # fmt: skip


class VisitVersion(models.Model):
    """One version of a visit as it was told. An edit made from an old version is kept apart until it is settled."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="versions")
    person_id = models.BigIntegerField(null=True)  # whose, so that it goes with an erasure
    key = models.UUIDField()  # the device's record
    number = models.PositiveIntegerField()
    based_on = models.PositiveIntegerField(default=0)  # the version the writer had seen; 0: the first
    settles = ArrayField(models.PositiveIntegerField(), default=list, blank=True)  # versions kept apart that it names
    is_apart = models.BooleanField(default=False)
    settled_by = models.PositiveIntegerField(null=True)  # the number of the version that settled it
    content = EncryptedTextField(null=True, context="visits.version.content")  # JSON
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "visit_version"
        constraints = [
            models.UniqueConstraint(fields=["visit", "number"], name="visit_version_once"),
            models.UniqueConstraint(fields=["key", "is_apart"], name="visit_version_key_once"),
            models.CheckConstraint(condition=Q(is_apart=True) | Q(settled_by=None), name="visit_version_settled"),
            models.CheckConstraint(condition=Q(number__gt=F("based_on")), name="visit_version_after_its_base"),
        ]
        indexes = [
            models.Index(fields=["person_id"], name="visit_version_person", condition=Q(person_id__isnull=False))
        ]
