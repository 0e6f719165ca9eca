"""The base map (底图): sheets brought in, editions made of them, their tiles, and a background from elsewhere."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.kernel.geometry.coordinates import System


class Theme(models.TextChoices):
    """What a sheet shows; one sheet a theme makes an edition."""

    LAND = "land", "地块"
    GREEN = "green", "绿地"
    WATER = "water", "水系"
    ROAD = "road", "道路"
    BUILDING = "building", "建筑"


class Sheet(models.Model):
    """One imported file: a theme as a whole, with where it comes from and what was found in it.

    Its features are kept as long as an edition uses it; a sheet nobody took goes after thirty days (`actions.tidy`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等待读取"
        READING = "reading", "正在读取"
        READY = "ready", "可以使用"
        REFUSED = "refused", "没有读成"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    theme = models.CharField(max_length=10, choices=Theme.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    name = models.CharField(max_length=120)  # of the file
    source = models.CharField(max_length=200)  # 出处: who made it, of which year
    licence = models.CharField(max_length=200)  # 许可: by what right it is shown
    system = models.CharField(max_length=10, choices=[(one.value, one.value) for one in System])
    version = models.PositiveIntegerField(default=1)
    feature_count = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # by class
    box = ArrayField(models.FloatField(), default=list)  # west, south, east, north
    faults = models.JSONField(default=list)  # sentences, each with the number of the feature
    fault_count = models.PositiveIntegerField(default=0)
    refusal = models.CharField(max_length=300, default="", blank=True)
    added_at = models.DateTimeField()
    added_by_id = models.BigIntegerField(null=True)
    added_by_label = models.CharField(max_length=120, default="", blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "basemap_sheet"
        indexes = [models.Index(fields=["-added_at", "-id"], name="basemap_sheet_latest")]


class Feature(models.Model):
    """One thing of a sheet, in WGS-84: a road, a lake, a building."""

    id = models.BigAutoField(primary_key=True)
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="features")
    kind = models.CharField(max_length=12)  # class of a road, kind of water; "" where there is one only
    name = models.CharField(max_length=80, default="", blank=True)
    height = models.FloatField(null=True)  # metres
    shape = models.BinaryField()  # WKB

    class Meta:
        db_table = "basemap_feature"


class Edition(models.Model):
    """A base map as a whole: which sheets, cut into tiles. One is shown; earlier ones can be shown again."""

    class State(models.TextChoices):
        CUTTING = "cutting", "正在切片"
        READY = "ready", "可以使用"
        FAILED = "failed", "没有切成"

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CUTTING)
    sheet_ids = ArrayField(models.BigIntegerField(), default=list)
    is_shown = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_label = models.CharField(max_length=120, default="", blank=True)
    shown_at = models.DateTimeField(null=True)
    cut_seconds = models.FloatField(null=True)
    tile_count = models.PositiveIntegerField(default=0)
    byte_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "basemap_edition"
        constraints = [
            models.UniqueConstraint(fields=["is_shown"], condition=Q(is_shown=True), name="basemap_one_is_shown"),
        ]


class Tile(models.Model):
    """One vector tile of an edition, gzipped as it is sent."""

    pk = models.CompositePrimaryKey("edition_id", "z", "x", "y")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="tiles", db_index=False)
    z = models.SmallIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "basemap_tile"


class Background(models.Model):
    """Pictures from elsewhere under our own map, if the place has a right to them (天地图、高德…). One row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=40)
    url = models.CharField(max_length=400)  # https://host/…{z}…{x}…{y}…, {key} where the key stands
    key = EncryptedTextField(null=True, context="basemap.background.key")
    shift = models.CharField(max_length=10, default="", blank=True)  # "" or gcj02
    attribution = models.CharField(max_length=120)
    most_zoom = models.PositiveSmallIntegerField(default=18)
    is_on = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "basemap_background"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="basemap_one_background")]
