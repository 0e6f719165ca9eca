"""Imports (导入): a run for each table somebody brings; its rows are staged, sealed, until undoing is over."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.registry.sources.models import Source


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """The actor's own runs; all of them to data officers, who see personal cells masked."""
        if actor.scope("sources.manage").everywhere:
            return self
        return self.filter(account_id=actor.account_id) if actor.account_id else self.none()


class ImportRun(models.Model):
    """One table on its way in."""

    class State(models.TextChoices):
        READING = "reading", "正在读表"
        UNREADABLE = "unreadable", "读不了"
        UPLOADED = "uploaded", "待对列"
        CHECKING = "checking", "正在检查"
        CHECKED = "checked", "待处理"
        PLANNED = "planned", "到日子导入"
        APPLYING = "applying", "正在导入"
        DONE = "done", "已导入"
        UNDOING = "undoing", "正在撤回"
        UNDONE = "undone", "已撤回"
        DISCARDED = "discarded", "已放弃"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    target = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=State.choices, default=State.READING)
    file_name = models.CharField(max_length=200)
    file_size = models.BigIntegerField()
    sheet = models.CharField(max_length=120, default="", blank=True)
    head_row = models.PositiveIntegerField(null=True)  # null: looked for
    glimpse = EncryptedTextField(null=True)  # JSON: sheets, columns, first rows, what was seen of the table
    mapping = models.JSONField(default=dict)  # code of a field → index of a column
    words = EncryptedTextField(null=True)  # JSON: code of a field → what is written → what is meant
    counts = models.JSONField(default=dict)  # by verdict; filled: cells taken over from above
    changes = models.JSONField(default=dict)  # what would change, by touch
    area_id = models.BigIntegerField(null=True)  # where rows lie that do not say
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")  # whose data it is
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveIntegerField(default=0)  # of its jobs: one that was overtaken stops
    total = models.PositiveIntegerField(default=0)
    progress = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)  # the job's last sign of life
    done_to = models.PositiveIntegerField(default=0)  # number of the last row that was brought in
    failure = models.CharField(max_length=300, default="", blank=True)
    account_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120, default="")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField(null=True)  # comes in by itself then
    # The table is the whole list: what it does not name ends.
    is_whole = models.BooleanField(default=False, db_default=False)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        db_table = "import_run"
        indexes = [
            models.Index(fields=["account_id", "-id"], name="import_run_account"),
            models.Index(fields=["changed_at"], name="import_run_changed", condition=~Q(state="discarded")),
            models.Index(fields=["starts_at"], name="import_run_planned", condition=Q(state="planned")),
        ]


class ImportRow(models.Model):
    """A staged row. The table is UNLOGGED: after a crash of the server a run is checked anew from its file."""

    class Verdict(models.TextChoices):
        NEW = "new", "新增"
        CHANGE = "change", "修改"
        SAME = "same", "与现有相同"
        ASK = "ask", "请确认"
        WRONG = "wrong", "有错"
        SKIP = "skip", "不导"

    pk = models.CompositePrimaryKey("run_id", "number")
    run_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    payload = models.BinaryField()  # sealed JSON: cells, filled, edits, answers, problems, geometry
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    marks = ArrayField(models.CharField(max_length=120))  # field|problem|what is written, hashed where personal
    touches = ArrayField(models.CharField(max_length=40))  # what it would make or change
    token = models.BinaryField(max_length=16, null=True)  # keyed hash of what names the record, to find doubles

    class Meta:
        db_table = "import_row"
        managed = False


class ColumnChoice(models.Model):
    """Which field a column's name meant the last time, so that the next table of its kind is matched by itself."""

    id = models.BigAutoField(primary_key=True)
    target = models.CharField(max_length=20)
    name = models.CharField(max_length=80)  # the column's name, folded
    field = models.CharField(max_length=40)  # "": left out on purpose
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        db_table = "import_column_choice"
        constraints = [models.UniqueConstraint(fields=["target", "name"], name="import_column_choice_once")]


class WordChoice(models.Model):
    """What a coded value meant the last time (字典): 女户主 → 户主."""

    id = models.BigAutoField(primary_key=True)
    target = models.CharField(max_length=20)
    field = models.CharField(max_length=40)
    written = models.CharField(max_length=40)  # folded
    meant = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        db_table = "import_word_choice"
        constraints = [models.UniqueConstraint(fields=["target", "field", "written"], name="import_word_choice_once")]
