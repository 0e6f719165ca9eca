"""Calendars as administrators keep them: hours by season, and days that differ from the week."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WorkCalendar(models.Model):
    """A set of working hours that units share; exactly one is the default."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    is_default = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["WorkCalendar"]] = models.Manager()

    class Meta:
        db_table = "work_calendar"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="work_calendar_one_default"
            )
        ]


class WorkSeason(models.Model):
    """Daily hours between two days of the year, both inside, while valid; of several the highest position holds."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="seasons")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    first_month = models.PositiveSmallIntegerField(default=1)
    first_day = models.PositiveSmallIntegerField(default=1)
    last_month = models.PositiveSmallIntegerField(default=12)
    last_day = models.PositiveSmallIntegerField(default=31)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    periods = models.JSONField()  # [["08:00", "12:00"], ["14:00", "18:00"]], local time

    objects: ClassVar[models.Manager["WorkSeason"]] = models.Manager()

    class Meta:
        db_table = "work_season"
        constraints = [
            models.UniqueConstraint(fields=["calendar", "position"], name="work_season_position"),
            models.CheckConstraint(
                condition=Q(first_month__range=(1, 12), last_month__range=(1, 12))
                & Q(first_day__range=(1, 31), last_day__range=(1, 31)),
                name="work_season_days_exist",
            ),
        ]


class DayKind(models.TextChoices):
    """How a day differs from its weekday."""

    HOLIDAY = "holiday", _("放假")
    WORKDAY = "workday", _("调休上班")


class DaySource(models.TextChoices):
    """Where a day comes from: the State Council's notice, or a decision here."""

    STATUTORY = "statutory", _("国务院通知")
    LOCAL = "local", _("本地安排")


class CalendarDay(models.Model):
    """A day off or a make-up day 调休. A year is confirmed once it has statutory days and none awaits its notice."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=DayKind.choices)
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=DaySource.choices)
    confirmed = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)  # an account; the kernel does not know accounts

    objects: ClassVar[models.Manager["CalendarDay"]] = models.Manager()

    class Meta:
        db_table = "calendar_day"
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once")]
