"""Notices (通知), what they said before, who has read them (回执), and questions back (提问)."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.scoping import within


class NoticeKind(models.TextChoices):
    """What a notice is about."""

    UTILITY = "utility", "停水停电"
    ACTIVITY = "activity", "活动"
    POLICY = "policy", "政策解读"
    SAFETY = "safety", "安全提醒"
    MEETING = "meeting", "会议"
    ORDER = "order", "工作安排"
    WARNING = "warning", "预警"  # goes out and back with its warning, never by hand


class State(models.TextChoices):
    """How far a notice has come. What is out and over says so by `valid_until`."""

    DRAFT = "draft", "草稿"
    WAITING = "waiting", "待复核"
    SCHEDULED = "scheduled", "定时发布"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Notices the actor's posts keep: in areas or for units where they publish or read receipts."""
        publish, receipts = actor.scope("disclosure.publish"), actor.scope("disclosure.receipts")
        if publish.everywhere or receipts.everywhere:
            return self
        units = publish.unit_ids | receipts.unit_ids
        return self.filter(within(publish) | within(receipts) | Q(unit_id__in=units))

    def out(self) -> Self:
        """Notices that were published and are not withdrawn."""
        return self.filter(state=State.PUBLISHED)


class Notice(models.Model):
    """Something told to the residents of areas, to staff by role and area, or to both."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=60)
    body = models.TextField()
    # What a worker says at the door, in short points (给居民怎么说).
    points = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    # The audience: areas with all below them, the public there, and who holds one of these roles there.
    area_ids = ArrayField(models.BigIntegerField())
    to_public = models.BooleanField(default=False)
    to_roles = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    # Where it belongs: the smallest area that holds the whole audience, and the unit that speaks.
    area_id = models.BigIntegerField()
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    signed = models.CharField(max_length=80)  # who speaks, as readers see it
    is_urgent = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False)
    valid_from = models.DateTimeField(null=True)  # not before; None: at once
    valid_until = models.DateTimeField(null=True)
    confirm_by = models.DateTimeField(null=True)  # staff must have confirmed by then
    said_version = models.PositiveIntegerField(default=1)  # since which version its words are what they are
    confirm_version = models.PositiveIntegerField(default=1)  # a confirmation of an older version does not count
    public_reads = models.PositiveIntegerField(default=0)  # times opened by residents; nobody is told apart
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)  # for the second look
    approved_by_id = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    amended_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdraw_reason = models.CharField(max_length=200, default="", blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        db_table = "notice"
        constraints = [
            models.CheckConstraint(condition=Q(to_public=True) | ~Q(to_roles=[]), name="notice_has_audience"),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | Q(published_at__isnull=False), name="notice_out_since"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WITHDRAWN) | Q(withdrawn_at__isnull=False), name="notice_withdrawn_since"
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id=None) | ~Q(approved_by_id=models.F("created_by_id")),
                name="notice_looked_at_by_another",
            ),
        ]
        indexes = [
            GinIndex(fields=["area_ids"], condition=Q(state=State.PUBLISHED, to_public=True), name="notice_public"),
            models.Index(fields=["street_id", "-id"], name="notice_street"),
            models.Index(fields=["community_id", "-id"], name="notice_community"),
            models.Index(fields=["unit_id", "-id"], name="notice_unit"),
            models.Index(fields=["valid_from"], condition=Q(state=State.SCHEDULED), name="notice_scheduled"),
        ]


class NoticeVersion(models.Model):
    """What a notice said until it was amended, and what was changed then."""

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=60)
    body = models.TextField()
    points = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    valid_until = models.DateTimeField(null=True)
    changed = models.CharField(max_length=200)  # what readers are told of the change
    until = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "notice_version"
        constraints = [models.UniqueConstraint(fields=["notice", "version"], name="notice_version_once")]


class Receipt(models.Model):
    """One member of the staff whom a notice was meant for when it went out, and what came of it."""

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="receipts", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    post = models.CharField(max_length=80)  # by which post, as it was called then
    area_id = models.BigIntegerField(null=True)
    read_at = models.DateTimeField(null=True)
    read_version = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_version = models.PositiveIntegerField(default=0)
    explained_at = models.DateTimeField(null=True)  # told to residents at the door
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice_receipt"
        constraints = [models.UniqueConstraint(fields=["notice", "account"], name="notice_receipt_once")]
        indexes = [
            models.Index(fields=["account", "-notice"], name="notice_receipt_inbox"),
            models.Index(fields=["account"], condition=Q(read_at=None), name="notice_receipt_unread"),
        ]


class QuestionQuerySet(models.QuerySet["Question"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Questions about notices whose receipts the actor keeps."""
        return self.filter(notice__in=Notice.objects.visible_to(actor))

    def open(self) -> Self:
        """Questions nobody has answered."""
        return self.filter(answered_at=None)


class Question(models.Model):
    """What a reader asked about a notice; the answer goes to the asker, or into the notice without the asker."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="questions", db_index=False)
    asked_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    post = models.CharField(max_length=80, default="", blank=True)  # of a member of the staff; residents have none
    words = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late_at = models.DateTimeField(null=True)  # when its keepers were told that the time is over
    answer = models.CharField(max_length=1000, default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)
    # Part of the notice for everybody, in these words: nobody learns who asked.
    is_public = models.BooleanField(default=False)
    public_words = models.CharField(max_length=300, default="", blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        db_table = "notice_question"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_public=False) | (Q(answered_at__isnull=False) & ~Q(public_words="")),
                name="notice_question_public_when_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["notice", "id"], name="notice_question_notice"),
            models.Index(fields=["due_at"], condition=Q(answered_at=None), name="notice_question_open"),
            models.Index(fields=["asked_at"], name="notice_question_old"),
        ]
