"""Where each field comes from (一数一源), who asked for it, and what it was before."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.crypto.fields import EncryptedTextField


class Subject(models.TextChoices):
    """What a field, a change or a conflict is about."""

    PERSON = "person", "人员"
    HOUSEHOLD = "household", "户"
    LIVING = "living", "居住关系"
    CARE = "care", "关爱标签"
    ESTATE = "estate", "小区"
    BUILDING = "building", "楼栋"
    DWELLING = "dwelling", "房屋"
    ESTABLISHMENT = "establishment", "单位场所"


class Sensitivity(models.IntegerChoices):
    """How much harm a leak does; each step needs more to be seen."""

    OPEN = 0, "公开"
    INTERNAL = 1, "内部"
    PERSONAL = 2, "个人信息"
    SENSITIVE = 3, "敏感个人信息"


class Field(models.Model):
    """A registered field (字段目录): purpose, legal basis, owner. Forms and imports are built of these only."""

    code = models.CharField(max_length=60, primary_key=True)  # subject.name, such as person.phone
    subject = models.CharField(max_length=16, choices=Subject.choices)
    label = models.CharField(max_length=40)
    sensitivity = models.PositiveSmallIntegerField(choices=Sensitivity.choices, default=Sensitivity.INTERNAL)
    purpose = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=200)
    owner = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    # A value confirmed longer ago is stale; null: it does not age.
    stale_after_days = models.PositiveIntegerField(null=True)
    place = models.PositiveSmallIntegerField(default=0)  # order on forms
    is_required = models.BooleanField(default=False)  # a record without it is not whole
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "register_field"


class FieldChange(models.Model):
    """What an administrator changed of a registered field: owner, days until stale; old and new in words."""

    id = models.BigAutoField(primary_key=True)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, default="")
    changes = models.JSONField()  # name → [old, new]
    reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        db_table = "register_field_change"


class Source(models.Model):
    """One delivery of data: a file, a push by API, or the daily work of a post."""

    class Kind(models.TextChoices):
        FILE = "file", "文件导入"
        PUSH = "push", "部门推送"
        DESK = "desk", "工作人员录入"
        VISIT = "visit", "上门核实"
        RESIDENT = "resident", "居民本人"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # of a push: applied, same, conflict, older, refused

    class Meta:
        db_table = "source"
        indexes = [models.Index(fields=["-at"], name="source_latest")]


class Revision(models.Model):
    """One change of one record, with what stood there before: for history, undoing and un-merging.

    Sealed, because what stood there may be personal; deleted with the record it is about.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=16, choices=Subject.choices)
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField()  # of the record after the change
    act = models.CharField(max_length=20)  # create, amend, confirm, end, merge, unmerge, undo, erase
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, default="")
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="revisions")
    fields = ArrayField(models.CharField(max_length=40), default=list)
    before = EncryptedTextField(null=True)  # JSON of the fields; null: there was nothing

    class Meta:
        db_table = "revision"
        indexes = [
            models.Index(fields=["subject", "subject_id", "-id"], name="revision_of"),
        ]


class Confirmation(models.Model):
    """When a field of a record was last found right, and by whom."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=16, choices=Subject.choices)
    subject_id = models.BigIntegerField()
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)  # for whom it was confirmed; null: nobody's unit, or the resident
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "confirmation"
        constraints = [models.UniqueConstraint(fields=["subject", "subject_id", "field"], name="confirmation_latest")]


class ConflictQuerySet(models.QuerySet["Conflict"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Conflicts about records where the actor rules; those about records without a place, to who rules all."""
        scope = actor.scope("sources.rule")
        return self if scope.everywhere else self.filter(within(scope))

    def open(self) -> Self:
        """Conflicts nobody has ruled yet."""
        return self.filter(ruled_at=None)


class Conflict(models.Model):
    """Two sources disagree on a field; a person rules, the owner of the field first."""

    class Ruling(models.TextChoices):
        HELD = "held", "保留现值"
        OFFERED = "offered", "采用新值"
        NEITHER = "neither", "都不对，另行核实"

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=16, choices=Subject.choices)
    subject_id = models.BigIntegerField()
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="+")
    held = EncryptedTextField(null=True)
    offered = EncryptedTextField(null=True)
    held_source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    offered_source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    # Where the record lies, so that who serves there sees it.
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    ruling = models.CharField(max_length=10, choices=Ruling.choices, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    ruled_at = models.DateTimeField(null=True)
    ruled_by_id = models.BigIntegerField(null=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        db_table = "conflict"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "field"],
                condition=models.Q(ruled_at=None),
                name="conflict_open_once",
            )
        ]
        indexes = [models.Index(fields=["-at"], condition=models.Q(ruled_at=None), name="conflict_open")]


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Requests of the actor's own units; all of them to who decides or serves."""
        if actor.may("sources.decide") or actor.may("people.view"):
            return self
        return self.filter(unit_id__in=actor.scope("sources.request").unit_ids)


class DataRequest(models.Model):
    """A department asks the grid to collect something (准入清单): what, why, until when, how many minutes."""

    class State(models.TextChoices):
        ASKED = "asked", "待审核"
        APPROVED = "approved", "已准入"
        DECLINED = "declined", "未准入"
        WITHDRAWN = "withdrawn", "已撤回"
        ENDED = "ended", "已到期"

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    subject = models.CharField(max_length=16, choices=Subject.choices)
    fields = ArrayField(models.CharField(max_length=60))  # codes of Field
    purpose = models.CharField(max_length=300)
    legal_basis = models.CharField(max_length=300)
    area_id = models.BigIntegerField(null=True)  # null: the whole county
    minutes_each = models.PositiveSmallIntegerField()
    expected_count = models.PositiveIntegerField()
    every_days = models.PositiveSmallIntegerField(null=True)  # null: once
    from_date = models.DateField()
    until_date = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decision = models.CharField(max_length=300, default="", blank=True)
    version = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    spent_minutes = models.PositiveIntegerField(default=0)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        db_table = "data_request"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_date__gte=models.F("from_date")), name="data_request_ends_after_it_begins"
            )
        ]
        indexes = [models.Index(fields=["state", "-id"], name="data_request_state")]


class Abstention(models.Model):
    """A community does not take a request on (社区不承接): for itself only, with its reason."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(DataRequest, on_delete=models.PROTECT, related_name="abstentions")
    area_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, default="")

    class Meta:
        db_table = "data_request_abstention"
        constraints = [models.UniqueConstraint(fields=["request", "area_id"], name="abstention_once")]
