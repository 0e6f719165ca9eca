"""What reports can be about (分类), what the classifier learns from, its models, and its rulings in the shadow."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Category(models.Model):
    """A class of reports of one scheme: major class 大类, minor class 小类, or the item 细类 a case is filed under."""

    id = models.BigAutoField(primary_key=True)
    scheme = models.CharField(max_length=40, default="place")
    code = models.CharField(max_length=20)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    depth = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    public_name = models.CharField(max_length=80, default="", blank=True)  # what residents read; "" = the name
    kind = models.CharField(max_length=20)  # the kind of case (事件、隐患、矛盾纠纷 …) it usually is
    description = models.TextField(default="", blank=True)
    keywords = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    active = models.BooleanField(default=True)
    sort = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "category"
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="category_code_once_a_scheme"),
            models.CheckConstraint(condition=models.Q(depth__range=(1, 3)), name="category_depth_1_to_3"),
            models.CheckConstraint(
                condition=models.Q(depth=1, parent=None) | models.Q(depth__gt=1, parent__isnull=False),
                name="category_only_major_has_no_parent",
            ),
        ]
        indexes = [models.Index(fields=["parent", "sort"], name="category_children")]


class Example(models.Model):
    """A text whose category people have decided. The same words are kept once, with the latest decision."""

    class Source(models.TextChoices):
        PROFILE = "profile", "配置样例"
        CASE = "case", "已结案件"
        CORRECTION = "correction", "人工更正"

    id = models.BigAutoField(primary_key=True)
    text_hash = models.BinaryField(max_length=16, unique=True)  # of the words without blanks and punctuation
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="examples")
    text = models.TextField()
    source = models.CharField(max_length=10, choices=Source.choices)
    at = models.DateTimeField()

    class Meta:
        db_table = "dispatch_example"
        indexes = [models.Index(fields=["category", "-at"], name="example_newest")]


class Model(models.Model):
    """A trained classifier. At most one is active; the last few inactive ones keep their arrays, to go back to."""

    id = models.BigAutoField(primary_key=True)
    version = models.PositiveIntegerField(unique=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the arrays: the same examples give the same digest
    trained_at = models.DateTimeField()
    arrays = models.BinaryField(null=True)  # numpy .npz
    # What it said of each example while it had not seen it: text hash (hex) → code. Two models are compared by it.
    judged = models.JSONField(null=True)
    metrics = models.JSONField()  # out of fold: macro_f1, accuracy, calibration_error …
    example_count = models.PositiveIntegerField()
    active = models.BooleanField(default=False)
    note = models.TextField(default="", blank=True)  # why it was, or was not, taken into use

    class Meta:
        db_table = "dispatch_model"
        constraints = [
            models.UniqueConstraint(fields=["active"], condition=models.Q(active=True), name="model_one_active"),
            models.CheckConstraint(
                condition=models.Q(active=False) | models.Q(arrays__isnull=False), name="model_active_has_arrays"
            ),
        ]


class ShadowRuling(models.Model):
    """What dispatch would have done with one subject (影子模式), and what people did."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=60, unique=True)  # a case's number or client id
    proposed_category = models.CharField(max_length=20, default="", blank=True)  # codes: history outlives rows
    confidence = models.FloatField()
    proposed_unit_id = models.BigIntegerField(null=True)
    would_dispatch = models.BooleanField()  # sure enough to have done so by itself
    model_version = models.PositiveIntegerField(default=0)
    proposed_at = models.DateTimeField()
    decided_category = models.CharField(max_length=20, default="", blank=True)
    decided_unit_id = models.BigIntegerField(null=True)
    right = models.BooleanField(null=True)  # category and unit as people decided; null until they have
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dispatch_shadow_ruling"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(right=None, decided_at=None)
                | models.Q(right__isnull=False, decided_at__isnull=False),
                name="shadow_ruling_judged_when_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__range=(0, 1)), name="shadow_ruling_confidence_is_a_share"
            ),
        ]
        indexes = [models.Index(fields=["proposed_category", "proposed_at"], name="shadow_ruling_by_category")]
