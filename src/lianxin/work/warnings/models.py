"""Warnings (预警): who sends them, what each says, and which of our areas it falls on."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor, Scope
from lianxin.foundation.accounts.scoping import within

from .scoping import around


class Colour(models.TextChoices):
    """How grave it is, by the colours of the country's four grades; `NONE` where the sender gave no grade."""

    RED = "red", "红色"
    ORANGE = "orange", "橙色"
    YELLOW = "yellow", "黄色"
    BLUE = "blue", "蓝色"
    NONE = "none", "未分级"


class State(models.TextChoices):
    """How a message stands. Of a chain at most one runs, which the database keeps."""

    WAITING = "waiting", "待审"
    RUNNING = "running", "生效中"
    REPLACED = "replaced", "已更新"
    CANCELLED = "cancelled", "已解除"
    EXPIRED = "expired", "已到期"
    REFUSED = "refused", "不发布"
    NOTED = "noted", "留存"  # tests, exercises, cancellations, what falls elsewhere: kept, never told


class Source(models.Model):
    """Who sends warnings: a weather office, an emergency bureau, water … or, for what we issue, ourselves."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    code = models.SlugField(max_length=40, unique=True)  # stands in the address it posts to
    name = models.CharField(max_length=60)  # as readers see it
    version = models.PositiveIntegerField(default=1)
    area_id = models.BigIntegerField()  # it speaks for this area and what lies below, and is told nowhere else
    is_own = models.BooleanField(default=False)  # ours: what we issue ourselves
    is_trusted = models.BooleanField(default=False)  # told at once; else somebody looks first
    sender = models.CharField(max_length=200, default="", blank=True)  # of ours: what we are called in CAP
    senders = ArrayField(models.CharField(max_length=200), default=list, blank=True)  # allowed; none named: any
    secret_hash = models.CharField(max_length=64, default="", blank=True)  # SHA-256 of its key; "": cannot post
    feed_url = models.URLField(max_length=500, default="", blank=True)  # where its warnings are fetched from
    feed_etag = models.CharField(max_length=200, default="", blank=True)
    feed_modified = models.CharField(max_length=100, default="", blank=True)
    fetched_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)  # its last message that was taken
    faults = models.PositiveIntegerField(default=0)  # messages and fetches that failed since the last good one
    fault = models.CharField(max_length=300, default="", blank=True)
    fault_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "warning_source"
        constraints = [
            models.UniqueConstraint(fields=["is_own"], condition=Q(is_own=True), name="warning_source_own_once"),
        ]
        indexes = [
            models.Index(fields=["secret_hash"], condition=~Q(secret_hash=""), name="warning_source_secret"),
        ]


class WarningQuerySet(models.QuerySet["WarningMessage"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Warnings that fall on the actor's ground; what was never told only where the actor decides on them."""
        views, issues = actor.scope("warnings.view"), actor.scope("warnings.issue")
        if issues.everywhere:
            return self
        told = Q() if views.everywhere else Q(pk__in=WarningArea.objects.filter(on_ground(views)).values("warning_id"))
        decides = Q(pk__in=WarningArea.objects.filter(on_ground(issues)).values("warning_id"))
        return self.filter((told & ~Q(state__in=UNTOLD)) | decides)

    def running(self) -> Self:
        """Those in force, as far as the worker has come with ending them."""
        return self.filter(state=State.RUNNING)


UNTOLD = (State.WAITING, State.REFUSED, State.NOTED)


def on_ground(scope: Scope) -> Q:
    """Return what falls on a scope: in it, or on an area that holds it."""
    return within(scope) | Q(area_id__in=around(scope))


class WarningMessage(models.Model):
    """One message. Its chain is all that refer to each other: the first, its updates, what cancels them."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="warnings", db_index=False)
    chain = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices)
    why = models.CharField(max_length=200, default="", blank=True)  # why it is not told, or ended
    # What it calls itself, and those it follows.
    identifier = models.CharField(max_length=200)
    sender = models.CharField(max_length=200)
    sent = models.DateTimeField()
    msg_type = models.CharField(max_length=8)
    status = models.CharField(max_length=10)
    is_public = models.BooleanField(default=True)  # scope Public; else told to staff only
    is_end = models.BooleanField(default=False)  # it cancels, or gives the all-clear
    is_elsewhere = models.BooleanField(default=False)  # none of our areas: kept, never told
    follows = ArrayField(models.CharField(max_length=450), default=list, blank=True)
    # What it says in Chinese, else in the first language it speaks.
    colour = models.CharField(max_length=6, choices=Colour.choices)
    category = models.CharField(max_length=10, default="", blank=True)
    event = models.CharField(max_length=60, default="", blank=True)
    headline = models.CharField(max_length=200, default="", blank=True)
    description = models.TextField(default="", blank=True)
    instruction = models.TextField(default="", blank=True)
    sender_name = models.CharField(max_length=80, default="", blank=True)
    place = models.CharField(max_length=300, default="", blank=True)  # where, in the sender's words
    outlines = models.JSONField(default=list)  # GeoJSON polygons, circles as polygons, WGS-84
    begins_at = models.DateTimeField(null=True)  # when it is expected: onset, else effective, else sent
    expires_at = models.DateTimeField(null=True)
    document = models.TextField()  # the message, written anew by us: what we give out
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)  # told, or refused
    decided_by_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    is_stopped = models.BooleanField(default=False)  # taken from our pages by hand, whatever its sender says
    notice_key = models.UUIDField(null=True)  # what residents and staff were told by
    made_by_id = models.BigIntegerField(null=True)  # who issued one of ours

    objects = WarningQuerySet.as_manager()

    class Meta:
        db_table = "warning"
        constraints = [
            models.UniqueConstraint(fields=["source", "identifier", "sender", "sent"], name="warning_once"),
            models.UniqueConstraint(fields=["chain"], condition=Q(state="running"), name="warning_one_runs"),
            models.CheckConstraint(
                condition=~Q(state="running") | (Q(status="Actual") & Q(expires_at__isnull=False)),
                name="warning_running_is_real",
            ),
        ]
        indexes = [
            models.Index(fields=["chain", "sent"], name="warning_chain"),
            models.Index(fields=["expires_at"], condition=Q(state__in=("running", "waiting")), name="warning_alive"),
            models.Index(fields=["state", "-id"], name="warning_state"),
            models.Index(fields=["identifier", "-sent"], name="warning_identifier"),
            models.Index(fields=["received_at"], name="warning_old"),
            models.Index(fields=["notice_key"], condition=Q(notice_key__isnull=False), name="warning_notice"),
        ]


class WarningArea(models.Model):
    """One of our areas a warning falls on, with all below it; and how grave it is there."""

    id = models.BigAutoField(primary_key=True)
    warning = models.ForeignKey(WarningMessage, on_delete=models.CASCADE, related_name="areas", db_index=False)
    area_id = models.BigIntegerField()
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    colour = models.CharField(max_length=6, choices=Colour.choices)

    class Meta:
        db_table = "warning_area"
        constraints = [models.UniqueConstraint(fields=["warning", "area_id"], name="warning_area_once")]
        indexes = [
            models.Index(fields=["area_id"], name="warning_area_area"),
            models.Index(fields=["street_id"], name="warning_area_street"),
            models.Index(fields=["community_id"], name="warning_area_community"),
            models.Index(fields=["grid_id"], name="warning_area_grid"),
        ]
