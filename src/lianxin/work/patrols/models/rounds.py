"""Plans, the rounds that follow from them, and what was found at each point."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.kernel.geometry.fields import PointField
from lianxin.work.patrols.words import Excuse, How, Rhythm, RoundState

from .lying import Lying, LyingQuerySet
from .points import Point, Route
from .teams import Member, Team


class Plan(Lying):
    """A route on certain days, within certain hours, by whom (巡查计划)."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="plans")
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices)
    days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)  # 1 Monday … 7, or of the month
    every_days = models.PositiveSmallIntegerField(null=True)
    begins = models.TimeField()  # hours of the place
    ends = models.TimeField()  # not after `begins`: the next morning
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    # One of three: posts of the route's area by role, a named account, a residents' team.
    role = models.CharField(max_length=40, default="", blank=True)
    walker_id = models.BigIntegerField(null=True)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="plans")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = LyingQuerySet["Plan"].as_manager()

    class Meta:
        db_table = "patrol_plan"
        constraints = [
            models.CheckConstraint(condition=Q(walker_id=None) | Q(team=None), name="patrol_plan_has_one_walker"),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gte=F("from_date")), name="patrol_plan_ends_later"
            ),
        ]
        indexes = [
            models.Index(fields=["community_id"], condition=Q(ended_at=None), name="patrol_plan_community"),
            models.Index(fields=["from_date"], condition=Q(ended_at=None), name="patrol_plan_running"),
        ]


class RoundQuerySet(LyingQuerySet["Round"]):
    """Filters of rounds."""

    def visible_to(self, actor: Actor) -> Self:
        """Rounds where the actor may see patrols, its own, and those of its teams."""
        scope = actor.scope("patrols.view")
        return self if scope.everywhere else self.filter(within(scope) | mine(actor))

    def open(self) -> Self:
        """Rounds that may still be walked."""
        return self.filter(state__in=[RoundState.PLANNED, RoundState.RUNNING])


def mine(actor: Actor) -> Q:
    """Rounds that are the actor's by name, of a team the actor is in, or of the actor's role in a wider area."""
    if actor.account_id is None:
        return Q(pk__in=[])
    teams = Member.objects.filter(account_id=actor.account_id, left_at=None).values("team_id")
    found = Q(walker_id=actor.account_id) | Q(team_id__in=teams)
    roles, above = roles_above(actor)
    return found | Q(role__in=roles, area_id__in=above) if roles else found


def roles_above(actor: Actor) -> tuple[frozenset[str], frozenset[int]]:
    """Return the roles by which the actor walks, and the areas its posts lie in with all above them."""
    held = [each for each in actor.holdings if "patrols.walk" in each.permissions and each.area_id is not None]
    nodes = [node for each in held if (node := areas.node(each.area_id or 0)) is not None]
    return frozenset(each.role for each in held), frozenset(pk for node in nodes for pk in node.path_ids)


class Round(Lying):
    """One walk (一次巡查), planned or of one's own accord."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=80)
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="rounds", db_index=False)
    day = models.DateField()
    route = models.ForeignKey(Route, null=True, on_delete=models.PROTECT, related_name="rounds", db_index=False)
    state = models.CharField(max_length=10, choices=RoundState.choices, default=RoundState.PLANNED)
    role = models.CharField(max_length=40, default="", blank=True)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="rounds")
    walker_id = models.BigIntegerField(null=True)  # who should, or who began
    walker_label = models.CharField(max_length=120, default="", blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)  # None: of one's own accord
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # When the window was found to be over, and what was not reached marked.
    judged_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, default="", blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        db_table = "patrol_round"
        constraints = [
            models.UniqueConstraint(fields=["plan", "day"], name="patrol_round_once_a_day"),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")), name="patrol_round_has_hours"
            ),
        ]
        indexes = [
            models.Index(fields=["grid_id", "-day"], name="patrol_round_grid"),
            models.Index(fields=["community_id", "-day"], name="patrol_round_community"),
            models.Index(fields=["street_id", "-day"], name="patrol_round_street"),
            models.Index(fields=["-day", "-id"], name="patrol_round_day"),
            models.Index(fields=["route", "day"], name="patrol_round_route"),
            models.Index(fields=["walker_id", "-day"], name="patrol_round_walker"),
            models.Index(
                fields=["closes_at"], condition=Q(judged_at=None, closes_at__isnull=False), name="patrol_round_unjudged"
            ),
        ]


class Stop(models.Model):
    """A point that a planned round should reach. `missed_at`: the window closed and nobody had been there."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="stops", db_index=False)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField()
    missed_at = models.DateTimeField(null=True)
    excuse = models.CharField(max_length=10, choices=Excuse.choices, default="", blank=True)
    excuse_note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "patrol_stop"
        constraints = [models.UniqueConstraint(fields=["round", "point"], name="patrol_stop_once")]
        indexes = [
            models.Index(fields=["missed_at"], condition=Q(missed_at__isnull=False), name="patrol_stop_missed"),
        ]


class CheckIn(models.Model):
    """Somebody was at a point (打卡). One a point and round; never altered."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)  # made by the device
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="checkins", db_index=False)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="checkins", db_index=False)
    by_id = models.BigIntegerField(null=True)
    how = models.CharField(max_length=4, choices=How.choices)
    made_at = models.DateTimeField()  # by the device's clock, set right
    received_at = models.DateTimeField()
    place = PointField(null=True)
    accuracy = models.PositiveIntegerField(null=True)  # metres
    distance = models.PositiveIntegerField(null=True)  # metres to the point
    is_off_site = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)  # after the window
    reason = models.CharField(max_length=200, default="", blank=True)
    checklist_id = models.BigIntegerField(null=True)  # which list was answered; None: the built-in one
    answers = models.JSONField(default=dict, blank=True)  # code of the question → Answer
    problems = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        db_table = "patrol_checkin"
        constraints = [models.UniqueConstraint(fields=["round", "point"], name="patrol_checkin_once")]
        indexes = [models.Index(fields=["point", "-made_at"], name="patrol_checkin_point")]


class Track(models.Model):
    """Where a phone was while its owner walked a round with the screen on (轨迹). Shown to that person only,
    sealed, and gone after some days.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="tracks", db_index=False)
    account_id = models.BigIntegerField()
    line = EncryptedTextField(context="patrols.track.line")  # JSON: [[lon, lat, seconds, metres], …]
    count = models.PositiveIntegerField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "patrol_track"
        indexes = [
            models.Index(fields=["round", "account_id", "begins_at"], name="patrol_track_round"),
            models.Index(fields=["ends_at"], name="patrol_track_age"),
        ]
