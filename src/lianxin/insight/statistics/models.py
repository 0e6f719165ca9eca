"""Facts of cases and stages, the cubes over them, and the figures of months that are closed.

Facts and cubes are written by `folding` alone, in the transaction that moves the feed's cursor. They hold ids, never
foreign keys: each can be made anew from cases, clocks and the journal at any time.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import models
from django.db.models import Q

from .measures import BUCKETS, HOURS, MEASURES


class CaseFact(models.Model):
    """What statistics know of a case: one row, as the case stands now, with its place as reported."""

    case_id = models.BigIntegerField(primary_key=True)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    category_id = models.BigIntegerField(null=True)
    major_id = models.BigIntegerField(null=True)  # the broad category above it
    unit_id = models.BigIntegerField(null=True)  # whose duty the handling is or was
    kind = models.CharField(max_length=12)
    severity = models.CharField(max_length=10)
    channel = models.CharField(max_length=12)
    stage = models.CharField(max_length=12)
    solved = models.CharField(max_length=10)
    satisfaction = models.CharField(max_length=10)
    returns = models.SmallIntegerField()
    reworks = models.SmallIntegerField()
    extensions = models.SmallIntegerField()
    is_filed_late = models.BooleanField()
    is_dispatched_late = models.BooleanField()
    is_verified_late = models.BooleanField()
    is_checked_late = models.BooleanField()
    is_raised = models.BooleanField(default=False)  # was given to a unit or post above the community
    is_done = models.BooleanField()  # handled, and no rework, return or reopening since
    is_late = models.BooleanField()  # handled after the limit, or not handled and overdue
    reported_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)  # the first answer to 核实
    filed_at = models.DateTimeField(null=True)  # the first time
    dispatched_at = models.DateTimeField(null=True)  # the first time
    verified_at = models.DateTimeField(null=True)  # the first 核查
    duty_at = models.DateTimeField(null=True)  # when it became one that had to be handled: handled, or due if earlier
    ended_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)  # the last time

    class Meta:
        db_table = "case_fact"
        indexes = [
            models.Index(fields=["reported_at"], name="fact_reported"),
            models.Index(fields=["duty_at"], name="fact_duty", condition=~Q(duty_at=None)),
            models.Index(fields=["ended_at"], name="fact_ended", condition=~Q(ended_at=None)),
            models.Index(fields=["street_id", "reported_at"], name="fact_street"),
            models.Index(fields=["community_id", "reported_at"], name="fact_community"),
            models.Index(fields=["unit_id", "duty_at"], name="fact_unit", condition=~Q(unit_id=None)),
        ]


class StageSpell(models.Model):
    """A case's stay in one stage: from the entry of the journal that led there to the one that led on."""

    pk = models.CompositePrimaryKey("case_id", "version")
    case_id = models.BigIntegerField()
    version = models.IntegerField()  # of the entry that led into the stage
    stage = models.CharField(max_length=12)
    entered_by = models.CharField(max_length=40)  # the act
    left_by = models.CharField(max_length=40)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    limit_seconds = models.BigIntegerField(null=True)  # from the clock's start to the due instant, pauses left out
    paused_seconds = models.BigIntegerField()  # of the stay
    stayed_seconds = models.BigIntegerField()  # of all its stays in this stage up to this one, pauses left out
    is_last = models.BooleanField()  # of its stays in this stage
    is_late = models.BooleanField()  # left after the due instant, or still there and overdue
    moved = models.SmallIntegerField()  # 1: came to be open by this entry, -1: ended by it, 0: neither
    holder_level = models.CharField(max_length=12)
    unit_id = models.BigIntegerField(null=True)  # while a unit has it: dispatched, handling
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "stage_spell"
        indexes = [
            models.Index(fields=["community_id", "left_at"], name="spell_community", condition=~Q(left_at=None)),
            models.Index(fields=["stage", "left_at"], name="spell_left", condition=~Q(left_at=None)),
            models.Index(fields=["stage"], name="spell_standing", condition=Q(left_at=None)),
        ]


M = TypeVar("M", bound=models.Model)


def _counts(*names: str) -> Callable[[type[M]], type[M]]:
    """Give a model a count under each name."""

    def give(model: type[M]) -> type[M]:
        for name in names:
            models.IntegerField(default=0).contribute_to_class(model, name)
        return model

    return give


@_counts(*MEASURES)
class FlowCell(models.Model):
    """How many cases of each measure on a day in an area: of all, of a broad category, of a unit, or of a channel."""

    pk = models.CompositePrimaryKey("facet", "area_id", "day", "facet_id")
    facet = models.CharField(max_length=8)  # "", major, unit, channel
    area_id = models.BigIntegerField()  # 0: the whole place; a street, but for units; without facet also a community
    day = models.DateField()
    facet_id = models.BigIntegerField()  # of the category or unit, or the channel's number; 0: none

    class Meta:
        db_table = "flow_cell"


@_counts(*BUCKETS, "late", "limits")
class DwellCell(models.Model):
    """How long cases stood in a stage that they left for good on a day: of an area, or of a unit everywhere."""

    pk = models.CompositePrimaryKey("area_id", "unit_id", "day", "stage")
    area_id = models.BigIntegerField()  # 0: the whole place; a street
    unit_id = models.BigIntegerField()  # 0: all
    day = models.DateField()
    stage = models.CharField(max_length=12)
    # `limits`: how many had a limit; here the sum of these.
    limit_seconds = models.BigIntegerField(default=0)

    class Meta:
        db_table = "dwell_cell"


@_counts(*HOURS)
class HeatCell(models.Model):
    """How many cases were reported in each hour of a day in an area."""

    pk = models.CompositePrimaryKey("area_id", "day")
    area_id = models.BigIntegerField()  # 0, a street, a community
    day = models.DateField()

    class Meta:
        db_table = "heat_cell"


class StockCell(models.Model):
    """How many cases came to be open and ceased to be on a day in an area; added up from the first day: the stock."""

    pk = models.CompositePrimaryKey("area_id", "day")
    area_id = models.BigIntegerField()  # 0, a street, a community
    day = models.DateField()
    came = models.IntegerField(default=0)
    went = models.IntegerField(default=0)

    class Meta:
        db_table = "stock_cell"


@_counts("cases", "late", "limits")
class StandingCell(models.Model):
    """How many cases stand in a stage since a quarter of an hour: of an area, or of a unit everywhere."""

    pk = models.CompositePrimaryKey("area_id", "unit_id", "stage", "slot")
    area_id = models.BigIntegerField()  # 0: the whole place; a street; a community
    unit_id = models.BigIntegerField()  # 0: all
    stage = models.CharField(max_length=12)
    slot = models.IntegerField()  # quarters of an hour since 1970
    limit_seconds = models.BigIntegerField(default=0)  # the sum of those that have a limit

    class Meta:
        db_table = "standing_cell"
        indexes = [models.Index(fields=["slot"], name="standing_empty", condition=Q(cases=0))]


class FrozenMonth(models.Model):
    """A month whose figures are closed (封存): what was told of it stays told."""

    month = models.DateField(primary_key=True)  # its first day
    at = models.DateTimeField()

    class Meta:
        db_table = "frozen_month"


@_counts(*MEASURES)
class FrozenFlow(models.Model):
    """The sums of a closed month, as they stood when it was closed."""

    pk = models.CompositePrimaryKey("month", "facet", "area_id", "facet_id")
    month = models.DateField()
    facet = models.CharField(max_length=8)
    area_id = models.BigIntegerField()
    facet_id = models.BigIntegerField()

    class Meta:
        db_table = "frozen_flow"


class Built(models.Model):
    """The shape that facts and cubes have: one row, once all has been made anew."""

    shape = models.IntegerField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "statistics_built"


class LateCorrection(models.Model):
    """A case whose part in a closed month changed afterwards: listed, not applied to the closed figures."""

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    case_id = models.BigIntegerField()
    at = models.DateTimeField()
    changes = models.JSONField()  # measure → 1 or -1

    class Meta:
        db_table = "late_correction"
        indexes = [models.Index(fields=["month", "id"], name="correction_month")]
