"""Counts of areas by day, and which areas must be counted anew."""

from django.db import models


class AreaCount(models.Model):
    """How many of a measure there were in a counting area on a day."""

    pk = models.CompositePrimaryKey("day", "measure", "area_id")
    day = models.DateField()
    measure = models.CharField(max_length=24)
    area_id = models.BigIntegerField()  # grid, else community, else street; 0: nobody knows where
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "area_count"


class CountedDay(models.Model):
    """A day that was counted, and when last."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()
    is_reckoned = models.BooleanField(default=False)  # from valid times afterwards: `measures.is_dated` only

    class Meta:
        db_table = "counted_day"


class DirtyArea(models.Model):
    """A counting area in which something changed since it was counted; -1: everywhere."""

    area_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "dirty_area"
