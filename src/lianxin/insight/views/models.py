"""Saved views (视图), what each viewer made of them, and which cases a subscriber's view holds."""

from typing import Self

from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.work.cases.models import Case


class Share(models.TextChoices):
    """Who else may use a view. Each sees their own cases by it."""

    NOBODY = "", "只有我"
    UNIT = "unit", "我的单位"
    AREA = "area", "我所在区域的岗位"
    ROLE = "role", "同岗位的人"


class Page(models.TextChoices):
    """The page a view belongs to."""

    SEAT = "seat", "坐席"
    CASES = "cases", "案卷"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own views, and those shared with a unit, an area or a role of one's posts."""
        if actor.account_id is None:
            return self.none()
        where = Q(owner_id=actor.account_id)
        if units := [held.unit_id for held in actor.holdings if held.unit_id is not None]:
            where |= Q(share=Share.UNIT, unit_id__in=units)
        if places := [held.area_id for held in actor.holdings if held.area_id is not None]:
            where |= Q(share=Share.AREA, area_id__in=places)
        if roles := [held.role for held in actor.holdings]:
            where |= Q(share=Share.ROLE, role__in=roles)
        return self.filter(where)


class SavedView(models.Model):
    """A filter of cases under a name: words as they stand in a list's address, never its cases."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    page = models.CharField(max_length=10, choices=Page.choices)
    name = models.CharField(max_length=20)
    words = models.CharField(max_length=600, default="", blank=True)
    share = models.CharField(max_length=6, choices=Share.choices, default=Share.NOBODY, blank=True)
    unit_id = models.BigIntegerField(null=True)
    area_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        db_table = "saved_view"
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once")]
        indexes = [
            models.Index(fields=["unit_id"], condition=Q(share="unit"), name="saved_view_unit"),
            models.Index(fields=["area_id"], condition=Q(share="area"), name="saved_view_area"),
            models.Index(fields=["role"], condition=Q(share="role"), name="saved_view_role"),
        ]

    def is_seen_by(self, actor: Actor) -> bool:
        """Tell whether the actor may use it, as `visible_to` does."""
        if self.owner_id == actor.account_id:
            return True
        return any(
            (self.share == Share.UNIT and held.unit_id is not None and held.unit_id == self.unit_id)
            or (self.share == Share.AREA and held.area_id is not None and held.area_id == self.area_id)
            or (self.share == Share.ROLE and held.role == self.role)
            for held in actor.holdings
        )


class ViewUse(models.Model):
    """What one viewer made of a view: its place among theirs, whether their page opens with it, their subscription."""

    id = models.BigAutoField(primary_key=True)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="uses", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    # Subscription 订阅: one message in so many minutes at most, 0: at once; None: not subscribed.
    every_minutes = models.PositiveSmallIntegerField(null=True)
    # Whether `ViewMatch` holds what the view shows now; a view whose words changed begins anew, telling nothing.
    is_seeded = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "view_use"
        constraints = [models.UniqueConstraint(fields=["view", "account"], name="view_use_once")]
        indexes = [
            models.Index(fields=["account"], name="view_use_of"),
            models.Index(fields=["view"], condition=~Q(every_minutes=None), name="view_use_subscribed"),
        ]


class ViewMatch(models.Model):
    """A case that a subscriber's view holds. A case that leaves the view leaves this too, and may come in again."""

    id = models.BigAutoField(primary_key=True)
    use = models.ForeignKey(ViewUse, on_delete=models.CASCADE, related_name="matches", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    is_told = models.BooleanField(default=False)

    class Meta:
        db_table = "view_match"
        constraints = [models.UniqueConstraint(fields=["use", "case"], name="view_match_once")]
        indexes = [
            models.Index(fields=["case"], name="view_match_case"),
            models.Index(fields=["use"], condition=Q(is_told=False), name="view_match_untold"),
        ]
