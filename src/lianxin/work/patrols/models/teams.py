"""Residents who patrol together (居民巡逻队)."""

from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.models import Account

from .lying import Lying, LyingQuerySet


class Team(Lying):
    """A team of a community. Who knows its code may join; a new code shuts the old one."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=60)
    about = models.CharField(max_length=300, default="", blank=True)
    code = models.CharField(max_length=12, unique=True)
    made_at = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    objects = LyingQuerySet["Team"].as_manager()

    class Meta:
        db_table = "patrol_team"
        indexes = [models.Index(fields=["community_id"], condition=Q(valid_to=None), name="patrol_team_community")]


class Member(models.Model):
    """A resident in a team, of their own will: they come by a code and leave when they like."""

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="patrol_teams")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "patrol_member"
        constraints = [
            models.UniqueConstraint(fields=["team", "account"], condition=Q(left_at=None), name="patrol_member_once"),
        ]
        indexes = [
            models.Index(fields=["team", "joined_at"], name="patrol_member_team"),
            models.Index(fields=["left_at"], condition=Q(left_at__isnull=False), name="patrol_member_left"),
        ]
