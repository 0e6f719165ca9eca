"""Exports (导出): what was asked for, why, who approved, what became of it, who fetched it."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.sources.models import Subject


class ExportQuerySet(models.QuerySet["Export"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own exports; all of them to who approves or audits."""
        if actor.may("people.approve_export") or actor.may("audit.read"):
            return self
        return self.filter(by_id=actor.account_id, by_id__isnull=False)


class Export(models.Model):
    """One table of records that somebody takes out; the file lives a day."""

    class State(models.TextChoices):
        ASKED = "asked", "等批准"
        QUEUED = "queued", "排队中"
        RUNNING = "running", "生成中"
        READY = "ready", "可以下载"
        REFUSED = "refused", "未批准"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "没有生成"
        EXPIRED = "expired", "已过期"

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel（.xlsx）"
        CSV = "csv", "CSV（.csv）"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)  # names page and file
    version = models.PositiveIntegerField(default=0)
    subject = models.CharField(max_length=16, choices=Subject.choices)
    fields = ArrayField(models.CharField(max_length=60))
    plain = ArrayField(models.CharField(max_length=60), default=list, blank=True)  # fields not masked
    area_id = models.BigIntegerField(null=True)  # null: wherever the asker may
    format = models.CharField(max_length=4, choices=Format.choices, default=Format.XLSX)
    purpose = models.CharField(max_length=300)
    basis = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    why_approval = models.CharField(max_length=200, default="", blank=True)  # empty: none is needed
    expected_rows = models.PositiveIntegerField()
    rows = models.PositiveIntegerField(null=True)
    size = models.BigIntegerField(null=True)  # bytes
    asked_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=120, default="")
    by_post = models.CharField(max_length=120, default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_label = models.CharField(max_length=120, default="", blank=True)
    decision = models.CharField(max_length=300, default="", blank=True)
    started_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, default="", blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        db_table = "export"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id=None) | Q(by_id=None) | ~Q(decided_by_id=models.F("by_id")),
                name="export_approved_by_another",
            )
        ]
        indexes = [
            models.Index(fields=["by_id", "-id"], name="export_by"),
            models.Index(fields=["state", "-id"], name="export_state"),
        ]


class Download(models.Model):
    """Somebody fetched the file of an export."""

    id = models.BigAutoField(primary_key=True)
    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="downloads")
    at = models.DateTimeField()
    account_id = models.BigIntegerField()
    label = models.CharField(max_length=120)

    class Meta:
        db_table = "export_download"
