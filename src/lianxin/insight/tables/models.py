"""Saved tables, who gets them when, the files made; and lists of cases that somebody takes out."""

from typing import Self

from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account


class SavedTableQuerySet(models.QuerySet["SavedTable"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own, those shared with one's post's area or unit, and those shared with all; none without the right."""
        if actor.account_id is None or not actor.may("statistics.view"):
            return self.none()
        near = Q(pk__in=[])
        for held in actor.holdings:
            if held.unit_id is not None:
                near |= Q(unit_id=held.unit_id)
            elif held.area_id is not None:
                near |= Q(area_id=held.area_id, unit_id=None)
        return self.filter(
            Q(account_id=actor.account_id) | Q(shared=SavedTable.Shared.ALL) | Q(shared=SavedTable.Shared.NEAR) & near
        )


class SavedTable(models.Model):
    """A table under a name: the words it is asked for with, never its numbers. Each who opens it sees their own."""

    class Shared(models.TextChoices):
        NONE = "none", "只有我"
        NEAR = "near", "和我同单位、同辖区的岗位"
        ALL = "all", "能看统计的所有人"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=0)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    label = models.CharField(max_length=120)  # whose it is: post and name
    name = models.CharField(max_length=60)
    words = models.JSONField()  # name → values, as in an address
    shared = models.CharField(max_length=4, choices=Shared.choices, default=Shared.NONE)
    unit_id = models.BigIntegerField(null=True)  # of the owner's post: whom NEAR reaches
    area_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    objects = SavedTableQuerySet.as_manager()

    class Meta:
        db_table = "saved_table"
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="saved_table_once")]
        indexes = [models.Index(fields=["shared", "-id"], name="saved_table_shared")]


class Schedule(models.Model):
    """Somebody gets a saved table as a file, again and again, made with their own rights of that hour."""

    class Every(models.TextChoices):
        DAY = "day", "每天"
        WEEK = "week", "每周"
        MONTH = "month", "每月"

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel（.xlsx）"
        CSV = "csv", "CSV（.csv）"

    id = models.BigAutoField(primary_key=True)
    table = models.ForeignKey(SavedTable, on_delete=models.CASCADE, related_name="schedules", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    every = models.CharField(max_length=5, choices=Every.choices)
    hour = models.PositiveSmallIntegerField()
    weekday = models.PositiveSmallIntegerField(default=1)  # of each week, 1 is Monday
    day = models.PositiveSmallIntegerField(default=1)  # of each month, up to 28
    is_on_workdays = models.BooleanField(default=True)  # else the next one
    format = models.CharField(max_length=4, choices=Format.choices, default=Format.XLSX)
    next_at = models.DateTimeField(null=True)  # null: stopped
    stopped = models.CharField(max_length=120, default="", blank=True)  # why

    class Meta:
        db_table = "table_schedule"
        constraints = [
            models.UniqueConstraint(fields=["table", "account"], name="table_schedule_once"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="table_schedule_hour"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="table_schedule_weekday"),
            models.CheckConstraint(condition=Q(day__range=(1, 28)), name="table_schedule_day"),
        ]
        indexes = [models.Index(fields=["next_at"], name="table_schedule_next", condition=~Q(next_at=None))]


class State(models.TextChoices):
    """How far a file has come."""

    QUEUED = "queued", "排队中"
    RUNNING = "running", "生成中"
    READY = "ready", "可以下载"
    FAILED = "failed", "没有生成"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "已过期"


class TableFile(models.Model):
    """One file of a schedule, made once for each time it falls due; it lives thirty days."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="files", db_index=False)
    due_at = models.DateTimeField()
    format = models.CharField(max_length=4, choices=Schedule.Format.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(null=True)  # bytes
    rows = models.PositiveIntegerField(null=True)
    failure = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "table_file"
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="table_file_once")]
        indexes = [
            models.Index(
                fields=["started_at"], name="table_file_running", condition=Q(state__in=["queued", "running"])
            ),
            models.Index(fields=["expires_at"], name="table_file_expires", condition=Q(state="ready")),
        ]


class CaseListQuerySet(models.QuerySet["CaseList"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own; all of them to who audits."""
        if actor.may("audit.read"):
            return self
        return self.filter(by_id=actor.account_id, by_id__isnull=False)


class CaseList(models.Model):
    """A list of cases that somebody takes out as a file, without personal data; the file lives a day."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    about = models.CharField(max_length=200)  # what is listed, in words
    wanted = models.JSONField()  # which cases: filters of a list, or a number of statistics
    format = models.CharField(max_length=4, choices=Schedule.Format.choices)
    purpose = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    expected_rows = models.PositiveIntegerField()
    rows = models.PositiveIntegerField(default=0)  # written so far
    size = models.BigIntegerField(null=True)  # bytes
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True)  # when it last got on
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    fetched = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, default="", blank=True)
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120)

    objects = CaseListQuerySet.as_manager()

    class Meta:
        db_table = "case_list"
        indexes = [
            models.Index(fields=["by_id", "-id"], name="case_list_by"),
            models.Index(fields=["expires_at"], name="case_list_expires", condition=Q(state="ready")),
            models.Index(fields=["state"], name="case_list_state", condition=Q(state__in=["queued", "running"])),
        ]
