"""A letter (信), the sides that talk about it, what each was told, and what was enclosed; words sealed."""

from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.crypto.fields import EncryptedTextField

from .scoping import answering, before_taken

PHONE_CONTEXT = "wishes.side.phone"


class LetterQuerySet(models.QuerySet["Letter"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """Letters the actor may open: those it took, those it is asked to take over, and those nobody has taken."""
        scope = answering(actor)
        if actor.is_system:
            return self
        if not scope or actor.account_id is None:
            return self.none()
        asked = Q(asks__to_id=actor.account_id, asks__state=Ask.State.AGREED)
        mine = Q(taken_by_id=actor.account_id) | Q(pk__in=Letter.objects.filter(asked).values("pk"))
        # Also one's own only as long as one answers there: who leaves the desk leaves its letters at once.
        return self.filter((mine | Q(state=Letter.State.WAITING)) & before_taken(scope))

    def queued_for(self, actor: Actor) -> Self:
        """Letters the actor's desk answers for, whoever took them: to be counted and listed, never read."""
        scope = answering(actor)
        return self if actor.is_system else self.filter(before_taken(scope) if scope else Q(pk__in=[]))

    def open(self) -> Self:
        """Letters that wait for somebody or are being answered."""
        return self.filter(ended_at=None)


class Letter(models.Model):
    """A private letter to a desk. It says where it went and how it stands; what it says lies in its notes."""

    class Topic(models.TextChoices):
        HELP = "help", _("求助")
        DISPUTE = "dispute", _("邻里矛盾")
        ADVICE = "advice", _("建议")
        PRAISE = "praise", _("表扬")
        HEART = "heart", _("说说心里话")
        OTHER = "other", _("别的事")

    class State(models.TextChoices):
        WAITING = "waiting", _("等人打开")
        TAKEN = "taken", _("有人在办")
        SETTLED = "settled", _("已办结")
        WITHDRAWN = "withdrawn", _("已收回")

    class Solved(models.TextChoices):
        SOLVED = "solved", _("解决了")
        PARTLY = "partly", _("解决了一部分")
        NOT = "not", _("没有解决")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    topic = models.CharField(max_length=8, choices=Topic.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # To whom: a code of the place's list of desks, with the level whose posts may open it.
    desk = models.CharField(max_length=20)
    level = models.CharField(max_length=10)
    area_id = models.BigIntegerField()
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    is_anonymous = models.BooleanField(default=False)
    from_visit = models.UUIDField(null=True)
    sent_by_id = models.BigIntegerField(null=True)  # staff who wrote it down for somebody
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()  # of the first answer
    late_told_at = models.DateTimeField(null=True)
    taken_by_id = models.BigIntegerField(null=True)
    taken_by_label = models.CharField(max_length=120, default="", blank=True)
    taken_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    case_id = models.BigIntegerField(null=True)
    case_number = models.CharField(max_length=40, default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    solved = models.CharField(max_length=8, choices=Solved.choices, default="", blank=True)
    stars = models.PositiveSmallIntegerField(null=True)
    rated_at = models.DateTimeField(null=True)
    reopens = models.PositiveSmallIntegerField(default=0)
    erased_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = LetterQuerySet.as_manager()

    class Meta:
        db_table = "wish_letter"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="taken", taken_by_id__isnull=False, ended_at=None)
                | Q(state="waiting", taken_by_id=None, ended_at=None)
                | Q(state__in=["settled", "withdrawn"], ended_at__isnull=False),
                name="wish_letter_state",
            ),
            models.CheckConstraint(condition=Q(stars=None) | Q(stars__range=(1, 5)), name="wish_letter_stars"),
        ]
        indexes = [
            models.Index(fields=["community_id", "due_at", "id"], condition=Q(ended_at=None), name="wish_community"),
            models.Index(fields=["street_id", "due_at", "id"], condition=Q(ended_at=None), name="wish_street"),
            models.Index(fields=["due_at"], condition=Q(ended_at=None, answered_at=None), name="wish_due"),
            models.Index(fields=["taken_by_id", "ended_at", "id"], name="wish_taken_by"),
            models.Index(fields=["ended_at"], condition=Q(erased_at=None), name="wish_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} {self.pk}"


class SideQuerySet(models.QuerySet["Side"]):
    """Filters that chain, scope first."""

    def opened_by(self, actor: Actor, proved: Collection[int] = ()) -> Self:
        """Sides the actor stands on by account, or has `proved` by number and phone or code."""
        mine = Q(pk__in=list(proved))
        if actor.account_id is not None:
            mine |= Q(account_id=actor.account_id)
        return self.filter(mine)


class Side(models.Model):
    """Who talks with the desk about a letter: the writer, or the other side of a dispute. Each sees its own notes."""

    class Role(models.TextChoices):
        WRITER = "writer", _("写信人")
        OTHER = "other", _("另一方")

    id = models.BigAutoField(primary_key=True)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="sides")
    role = models.CharField(max_length=8, choices=Role.choices)
    number = models.CharField(max_length=12, unique=True)
    account_id = models.BigIntegerField(null=True)
    name = EncryptedTextField(default="", blank=True)
    phone = EncryptedTextField(default="", blank=True, hashed_in="phone_hash", hash_context=PHONE_CONTEXT)
    phone_hash = models.BinaryField(max_length=40, null=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)  # the other side wants no more of it
    seen_at = models.DateTimeField(null=True)

    objects = SideQuerySet.as_manager()

    class Meta:
        db_table = "wish_side"
        constraints = [models.UniqueConstraint(fields=["letter", "role"], name="wish_side_once")]
        indexes = [models.Index(fields=["account_id", "-id"], name="wish_side_account")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.pk}"


class Note(models.Model):
    """One thing said between the desk and one side. Nobody else's page ever shows it."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    side = models.ForeignKey(Side, on_delete=models.CASCADE, related_name="notes")
    is_ours = models.BooleanField()  # from the desk to the side
    is_relayed = models.BooleanField(default=False)  # what the desk passes on from the other side
    words = EncryptedTextField(default="", blank=True)
    by_label = models.CharField(max_length=120, default="", blank=True)  # who of the desk; never a resident
    at = models.DateTimeField()

    objects: models.Manager["Note"] = models.Manager()

    class Meta:
        db_table = "wish_note"
        indexes = [models.Index(fields=["side", "id"], name="wish_note_side")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Enclosure(models.Model):
    """A photo or a recording that came with a note; its bytes lie sealed in pieces."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="enclosures")
    kind = models.CharField(max_length=8)  # as of kernel.files: photo, voice
    mime = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    seconds = models.FloatField(null=True)

    objects: models.Manager["Enclosure"] = models.Manager()

    class Meta:
        db_table = "wish_enclosure"

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Piece(models.Model):
    """Some bytes of an enclosure, base64, sealed; small, so that a rotation of keys takes them in batches."""

    id = models.BigAutoField(primary_key=True)
    enclosure = models.ForeignKey(Enclosure, on_delete=models.CASCADE, related_name="pieces")
    position = models.PositiveSmallIntegerField()
    data = EncryptedTextField()

    objects: models.Manager["Piece"] = models.Manager()

    class Meta:
        db_table = "wish_piece"
        constraints = [models.UniqueConstraint(fields=["enclosure", "position"], name="wish_piece_place")]

    def __str__(self) -> str:
        return f"piece {self.position}"


class Ask(models.Model):
    """What the desk may not do without the writer: open a case, or let a colleague read the letter."""

    class What(models.TextChoices):
        CASE = "case", _("转为事件公开办理")
        HAND_OVER = "hand_over", _("请同事接手")

    class State(models.TextChoices):
        ASKED = "asked", _("等写信人答复")
        AGREED = "agreed", _("写信人同意")
        DONE = "done", _("已办")
        REFUSED = "refused", _("写信人不同意")
        DECLINED = "declined", _("同事没有接手")
        DROPPED = "dropped", _("不再需要")

    id = models.BigAutoField(primary_key=True)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="asks")
    what = models.CharField(max_length=10, choices=What.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    to_id = models.BigIntegerField(null=True)
    to_label = models.CharField(max_length=120, default="", blank=True)
    words = EncryptedTextField(default="", blank=True)  # what the case would say, or why a colleague
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects: models.Manager["Ask"] = models.Manager()

    class Meta:
        db_table = "wish_ask"
        constraints = [
            models.UniqueConstraint(
                fields=["letter"], condition=Q(state__in=["asked", "agreed"]), name="wish_ask_one_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["to_id"], condition=Q(state="agreed"), name="wish_ask_to")]

    def __str__(self) -> str:
        return f"{self.what} {self.state}"
