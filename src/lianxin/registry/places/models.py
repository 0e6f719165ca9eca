"""Places (房屋与场所): estates and village groups, buildings and houses, dwellings, and who does business where."""

from typing import Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.kernel.geometry.fields import PointField

M = TypeVar("M", bound=models.Model)


class PlacedQuerySet(models.QuerySet[M]):
    """Filters of places, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Places where the actor may view places."""
        scope = actor.scope("places.view")
        return self if scope.everywhere else self.filter(within(scope))

    def now(self) -> Self:
        """Places that stand."""
        return self.filter(valid_to=None)


class Placed(models.Model):
    """Where something lies: its smallest area, and the ancestors rights are asked by. No foreign keys: areas
    come from memory, and a redivision re-homes these.
    """

    area_id = models.BigIntegerField(null=True)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Estate(Placed):
    """An estate (小区), village group (村民组), yard or market: what people name when they say where they live."""

    class Kind(models.TextChoices):
        ESTATE = "estate", "小区"
        VILLAGE_GROUP = "village_group", "村民组"
        YARD = "yard", "院落"
        CAMPUS = "campus", "园区校区"
        MARKET = "market", "市场"

    class Committee(models.TextChoices):
        NONE = "none", "未成立"
        PREPARATORY = "preparatory", "筹备组"
        ELECTED = "elected", "业主委员会"

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.ESTATE)
    name = models.CharField(max_length=80)
    other_names = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    initials = models.CharField(max_length=80, default="", blank=True)
    # GB/T 23705: 街路巷 and 门牌号; the division above comes from the area.
    road = models.CharField(max_length=60, default="", blank=True)
    door = models.CharField(max_length=30, default="", blank=True)
    words = SearchVectorField(null=True)
    point = PointField(null=True)
    boundary = models.JSONField(null=True)  # GeoJSON, WGS-84
    property_company = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    committee = models.CharField(max_length=12, choices=Committee.choices, default=Committee.NONE)
    committee_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    built_year = models.PositiveSmallIntegerField(null=True)
    planned_households = models.PositiveIntegerField(null=True)

    objects = PlacedQuerySet["Estate"].as_manager()

    class Meta:
        db_table = "estate"
        indexes = [
            models.Index(fields=["community_id", "name"], name="estate_community"),
            models.Index(fields=["initials"], name="estate_initials", opclasses=["varchar_pattern_ops"]),
            GinIndex(fields=["words"], name="estate_words"),
            GistIndex(fields=["point"], name="estate_point"),
        ]


class Building(Placed):
    """A building (楼栋) or a house (民房)."""

    class Kind(models.TextChoices):
        RESIDENTIAL = "residential", "住宅楼"
        HOUSE = "house", "民房"
        COMMERCIAL = "commercial", "商业楼"
        MIXED = "mixed", "商住楼"
        PUBLIC = "public", "公共建筑"

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    estate = models.ForeignKey(Estate, null=True, on_delete=models.PROTECT, related_name="buildings")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.RESIDENTIAL)
    name = models.CharField(max_length=60)  # 3幢, 15号
    number = models.PositiveIntegerField(null=True)  # the figure in it, for sorting
    road = models.CharField(max_length=60, default="", blank=True)
    door = models.CharField(max_length=30, default="", blank=True)
    address = models.CharField(max_length=200)  # full: 文昌街道和平社区和平小区3幢
    words = SearchVectorField(null=True)
    point = PointField(null=True)
    footprint = models.JSONField(null=True)  # GeoJSON, WGS-84
    floors = models.PositiveSmallIntegerField(null=True)
    basements = models.PositiveSmallIntegerField(default=0)
    entrances = ArrayField(models.CharField(max_length=12), default=list, blank=True)  # 单元, in order
    has_lift = models.BooleanField(null=True)
    built_year = models.PositiveSmallIntegerField(null=True)
    unit_head_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)  # persons: 楼栋长、单元长

    objects = PlacedQuerySet["Building"].as_manager()

    class Meta:
        db_table = "building"
        indexes = [
            models.Index(fields=["estate", "number", "name"], name="building_estate"),
            models.Index(fields=["grid_id", "id"], name="building_grid"),
            models.Index(fields=["community_id", "id"], name="building_community"),
            GinIndex(fields=["words"], name="building_words"),
            GistIndex(fields=["point"], name="building_point"),
        ]


class Dwelling(Placed):
    """A flat or room (户室): the smallest place a household can live in."""

    class Use(models.TextChoices):
        SELF = "self", "自住"
        LET = "let", "出租"
        VACANT = "vacant", "空置"
        BUSINESS = "business", "经营"
        UNKNOWN = "unknown", "未核实"

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=48, unique=True)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="dwellings")
    entrance = models.CharField(max_length=12, default="", blank=True)  # 1单元 → "1"
    floor = models.SmallIntegerField(null=True)  # below ground negative
    number = models.CharField(max_length=16)  # 302
    address = models.CharField(max_length=220)
    use = models.CharField(max_length=10, choices=Use.choices, default=Use.UNKNOWN)
    square_metres = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)

    objects = PlacedQuerySet["Dwelling"].as_manager()

    class Meta:
        db_table = "dwelling"
        constraints = [
            models.UniqueConstraint(
                fields=["building", "entrance", "number"], condition=Q(valid_to=None), name="dwelling_once"
            )
        ]
        indexes = [
            models.Index(fields=["grid_id", "id"], name="dwelling_grid"),
            models.Index(fields=["community_id", "id"], name="dwelling_community"),
            models.Index(fields=["street_id", "id"], name="dwelling_street"),
        ]


class Establishment(Placed):
    """Who does business or serves at a place (单位场所): enterprise, shop, school, committee, social organisation."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        SHOP = "shop", "个体商铺"
        PROPERTY = "property", "物业公司"
        COMMITTEE = "committee", "业主委员会"
        PREPARATORY = "preparatory", "业委会筹备组"
        SOCIAL = "social", "社会组织"
        PUBLIC = "public", "公共场所"
        SCHOOL = "school", "学校"
        HEALTH = "health", "医疗机构"
        OFFICE = "office", "机关事业单位"

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120)
    initials = models.CharField(max_length=120, default="", blank=True)
    words = SearchVectorField(null=True)
    credit_code = models.CharField(max_length=18, default="", blank=True)  # GB 32100
    trade = models.CharField(max_length=40, default="", blank=True)  # 行业
    estate = models.ForeignKey(Estate, null=True, on_delete=models.PROTECT, related_name="establishments")
    building = models.ForeignKey(Building, null=True, on_delete=models.PROTECT, related_name="establishments")
    dwelling = models.ForeignKey(Dwelling, null=True, on_delete=models.PROTECT, related_name="establishments")
    address = models.CharField(max_length=200, default="", blank=True)
    point = PointField(null=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")  # where cases may be sent
    contact = models.CharField(max_length=40, default="", blank=True)
    contact_phone = EncryptedTextField(null=True)
    staff_count = models.PositiveIntegerField(null=True)
    has_party_branch = models.BooleanField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)

    objects = PlacedQuerySet["Establishment"].as_manager()

    class Meta:
        db_table = "establishment"
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(valid_to=None) & ~Q(credit_code=""),
                name="establishment_credit_code_once",
            )
        ]
        indexes = [
            models.Index(fields=["community_id", "kind", "id"], name="establishment_community"),
            models.Index(fields=["grid_id", "kind", "id"], name="establishment_grid"),
            models.Index(fields=["initials"], name="establishment_initials", opclasses=["varchar_pattern_ops"]),
            GinIndex(fields=["words"], name="establishment_words"),
            GistIndex(fields=["point"], name="establishment_point"),
        ]
