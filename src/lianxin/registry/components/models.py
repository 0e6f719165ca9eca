"""Components (部件): their classes, the facilities themselves, and the running number of each class."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.geometry.fields import PointField
from lianxin.registry.places.models import Placed


class State(models.TextChoices):
    """How a component is found."""

    INTACT = "intact", "完好"
    DAMAGED = "damaged", "破损"
    MISSING = "missing", "丢失"
    OCCUPIED = "occupied", "占用"
    DISUSED = "disused", "废弃"
    REMOVED = "removed", "移除"


# What somebody should do something about.
AMISS = (State.DAMAGED, State.MISSING, State.OCCUPIED)


class Accuracy(models.TextChoices):
    """How exact the place is: the classes of the survey."""

    A = "A", "A 级（±0.5 米）"
    B = "B", "B 级（±1 米）"
    C = "C", "C 级（±10 米）"


class How(models.TextChoices):
    """How a component came onto the books (数据来源)."""

    MEASURED = "measured", "实测"
    MAP = "map", "地图采集"
    FIELD = "field", "现场登记"
    RECORDS = "records", "权属单位资料"
    OTHER = "other", "其他"


class ComponentClass(models.Model):
    """A class of components (部件小类): two digits of the major class and two of its own."""

    class Scheme(models.TextChoices):
        NATIONAL = "national", "国家标准"
        PLACE = "place", "本地扩展"

    scheme = models.CharField(max_length=10, choices=Scheme.choices)
    code = models.CharField(max_length=4)
    major_name = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=200, default="", blank=True)
    # The category of cases (小类) that reports about such a component are filed under, as a rule; "": nobody said.
    category_code = models.CharField(max_length=20, default="", blank=True)
    is_extension = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "component_class"
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="component_class_once"),
            # The number of a component holds the code alone, so that two in use must not share it.
            models.UniqueConstraint(fields=["code"], condition=Q(is_active=True), name="component_class_in_use_once"),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{4}$"), name="component_class_code"),
        ]


class ComponentQuerySet(models.QuerySet["Component"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Components in the areas where the actor may view them, and those its units manage, own or maintain."""
        scope = actor.scope("components.view")
        if scope.everywhere:
            return self
        where = within(scope)
        if scope.unit_ids:
            where |= kept_by(scope.unit_ids)
        return self.filter(where)

    def now(self) -> Self:
        """Components on the books."""
        return self.filter(valid_to=None)


def kept_by(unit_ids: frozenset[int]) -> Q:
    """Return what some of these units manage, own or maintain."""
    return Q(maintaining_unit__in=unit_ids) | Q(owning_unit__in=unit_ids) | Q(managing_unit__in=unit_ids)


class Component(Placed):
    """A fixed facility of the city: what it is, where, whose, how it was last found. Struck off, never deleted."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    number = models.CharField(max_length=16, unique=True)  # 6 county + 4 class + 6 running
    category = models.ForeignKey(ComponentClass, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State.choices, default=State.INTACT)
    state_since = models.DateTimeField()
    managing_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")  # 主管
    owning_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")  # 权属
    maintaining_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")  # 养护
    point = PointField()
    accuracy = models.CharField(max_length=1, choices=Accuracy.choices, default=Accuracy.C)
    address = models.CharField(max_length=200, default="", blank=True)
    surveyed_on = models.DateField(null=True)
    surveyed_how = models.CharField(max_length=10, choices=How.choices, default=How.FIELD)
    checked_at = models.DateTimeField(null=True)
    checked_by_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=300, default="", blank=True)
    words = SearchVectorField(null=True)

    objects = ComponentQuerySet.as_manager()

    class Meta:
        db_table = "component"
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9]{16}$"), name="component_number"),
            models.CheckConstraint(condition=Q(version__gte=1), name="component_version"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="component_span"
            ),
        ]
        # Each holds what the counts by class and state need, so that they are read from the index alone.
        indexes = [
            models.Index(
                fields=["category", "number"],
                include=["state"],
                condition=Q(valid_to=None),
                name="component_class_list",
            ),
            models.Index(fields=["state", "number"], condition=Q(valid_to=None), name="component_state_list"),
            *(
                models.Index(
                    fields=[f"{level}_id", "number"],
                    include=["category", "state"],
                    condition=Q(valid_to=None),
                    name=f"component_{level}",
                )
                for level in ("grid", "community", "street")
            ),
            GinIndex(fields=["words"], name="component_words"),
            GistIndex(fields=["point"], name="component_point"),
        ]


class Serial(models.Model):
    """The last running number given out in one class of one county."""

    head = models.CharField(max_length=10, primary_key=True)  # county and class
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "component_serial"
