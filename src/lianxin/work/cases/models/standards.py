"""The filing standard (立案、处置和结案标准)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from lianxin.work.cases.words import Severity
from lianxin.work.dispatch.models import Category


class FilingStandard(models.Model):
    """One row: when a category is filed, how long it may take, and what must be proved to close it.

    A filed case points at one row of one version, so a new standard never changes old cases.
    """

    id = models.BigAutoField(primary_key=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="standards", db_index=False)
    row = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=1)
    condition = models.TextField()
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.NORMAL)
    limit_value = models.PositiveIntegerField()
    limit_unit = models.CharField(max_length=12)
    closing_condition = models.TextField(default="", blank=True)
    evidence = ArrayField(models.CharField(max_length=20), default=list)  # labels of demanded photos
    unit_kind = models.CharField(max_length=30, default="", blank=True)
    basis = models.TextField(default="", blank=True)
    # How its end is verified: field, desk, or a sample of it (share in percent, the rest at the desk).
    verification = models.CharField(max_length=10, default="field")
    sample_percent = models.PositiveSmallIntegerField(default=100)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "filing_standard"
        constraints = [
            models.UniqueConstraint(fields=["category", "row", "version"], name="filing_standard_version"),
            models.UniqueConstraint(
                fields=["category", "row"], condition=models.Q(valid_to=None), name="filing_standard_in_force"
            ),
        ]
