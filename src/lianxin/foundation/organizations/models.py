"""Units (单位) of every kind in one tree, and the responsibility list (权责清单)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from lianxin.foundation.areas.models import Area


class Unit(models.Model):
    """A government unit, street, centre, community, property company, owners' committee, party organisation…"""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=30)  # a kind of the profile
    level = models.CharField(max_length=12)  # role of the area level it belongs to: city, street, community, grid
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="units")
    credit_code = models.CharField(max_length=18, default="", blank=True)  # GB 32100
    duty_phone = models.CharField(max_length=30, default="", blank=True)  # a desk, not a person
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "unit"
        indexes = [
            models.Index(fields=["kind", "level"], name="unit_kind"),
            models.Index(fields=["path"], name="unit_path", opclasses=["varchar_pattern_ops"]),
        ]


class Responsibility(models.Model):
    """One row of the responsibility list: who leads and who assists for a category in an area. Most specific wins."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=20)  # the row's number in the published list
    category = models.CharField(max_length=20, default="", blank=True)  # a code; its descendants follow; "" = all
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=12)  # the holder's level that may dispatch by this row
    lead = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="leads")
    lead_kind = models.CharField(max_length=30, default="", blank=True)  # or: the unit of this kind in the case's area
    assists = ArrayField(models.BigIntegerField(), default=list)
    basis = models.TextField(default="", blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "responsibility"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lead__isnull=False) ^ ~models.Q(lead_kind=""), name="responsibility_names_one_lead"
            ),
        ]
        indexes = [models.Index(fields=["category", "area"], name="responsibility_where")]
