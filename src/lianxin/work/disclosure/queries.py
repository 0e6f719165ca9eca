"""Reads: what residents of a place are told, what a member of the staff has to read, who has, and what was asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.files.models import StoredFile
from lianxin.kernel.files.queries import files_of_many

from . import rules
from .models import Notice, Question, QuestionQuerySet, Receipt, State

SUBJECT = "notice"


def living(at: datetime) -> Q:
    """Return what keeps notices whose time is not over."""
    return Q(valid_until__gt=at) | Q(valid_until=None, published_at__gt=at - rules.LONGEST)


def public(area: AreaNode, at: datetime, numbers: Mapping[str, int] | None = None) -> QuerySet[Notice]:
    """Return what residents of an area are told now: of it, of what lies above it, and of what lies below.

    Pinned first, then the latest. One statement, by the index of areas.
    """
    around = {*area.path_ids, *(node.id for node in areas.atlas(at, numbers).descend(area.id))}
    found = Notice.objects.out().filter(living(at), to_public=True, area_ids__overlap=sorted(around))
    return found.order_by("-is_pinned", "-published_at", "-pk")


def public_notice(key: UUID) -> Notice | None:
    """Return a notice that the public was told, withdrawn or over ones too: its page says so. One statement."""
    told = Notice.objects.filter(key=key, to_public=True, published_at__isnull=False)
    return told.filter(state__in=(State.PUBLISHED, State.WITHDRAWN)).first()


def answers_of(notice: Notice) -> QuerySet[Question]:
    """Return the questions and answers that are part of a notice, the earliest first."""
    return Question.objects.filter(notice=notice, is_public=True).order_by("answered_at", "pk")


def received(actor: Actor, at: datetime) -> QuerySet[Receipt]:
    """Return the receipts of notices one has to read or has read, that are out: the unread and the latest first."""
    mine = Receipt.objects.filter(account_id=actor.account_id or 0, notice__state=State.PUBLISHED)
    over = Q(notice__valid_until__gt=at) | Q(notice__valid_until=None, notice__published_at__gt=at - rules.LONGEST)
    return mine.filter(over).select_related("notice").order_by(F("read_at").asc(nulls_first=True), "-notice_id")


def receipt_of(actor: Actor, key: UUID) -> Receipt | None:
    """Return one's own receipt of a notice, withdrawn ones too."""
    mine = Receipt.objects.filter(notice__key=key, account_id=actor.account_id or 0)
    return mine.exclude(notice__state=State.DRAFT).select_related("notice").first()


def unread_count(actor: Actor, at: datetime) -> int:
    """Return how many notices one has not opened. One statement by an index that holds only those."""
    if actor.account_id is None:
        return 0
    return received(actor, at).filter(read_at=None).order_by().count()


def own_questions(actor: Actor, notice_ids: Iterable[int] | None = None) -> QuerySet[Question]:
    """Return what the actor asked, the latest first."""
    mine = Question.objects.filter(asked_by_id=actor.account_id).order_by("-pk")
    return mine if notice_ids is None else mine.filter(notice_id__in=list(notice_ids))


@dataclass(frozen=True, slots=True)
class Counts:
    """How a notice was received by the staff it was meant for."""

    meant: int = 0
    read: int = 0
    confirmed: int = 0
    explained: int = 0
    asked: int = 0
    unanswered: int = 0


def counts(notices: Sequence[Notice]) -> dict[int, Counts]:
    """Return how notices were received, by id. Two statements however many they are."""
    ids = [notice.pk for notice in notices]
    rows = Receipt.objects.filter(notice_id__in=ids).order_by().values("notice_id").annotate(
        meant=Count("pk"), read=Count("pk", filter=Q(read_at__isnull=False)),
        confirmed=Count("pk", filter=Q(confirmed_version__gte=F("notice__confirm_version"))),
        explained=Count("pk", filter=Q(explained_at__isnull=False)),
    )  # fmt: skip
    asked = Question.objects.filter(notice_id__in=ids).order_by().values("notice_id").annotate(
        asked=Count("pk"), unanswered=Count("pk", filter=Q(answered_at=None))
    )  # fmt: skip
    found: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    for row in [*rows, *asked]:
        found[row.pop("notice_id")] |= row
    return {pk: Counts(**told) for pk, told in found.items()}


def receipts(notice: Notice) -> QuerySet[Receipt]:
    """Return who a notice was meant for: in the order of areas, so that it is a list, not a ranking."""
    found = Receipt.objects.filter(notice=notice).select_related("account")
    return found.order_by(Coalesce("area_id", 0), "pk")


def questions(actor: Actor) -> QuestionQuerySet:
    """Return the questions the actor answers."""
    return Question.objects.visible_to(actor).select_related("notice", "asked_by")


def files_of(notices: Sequence[Notice]) -> dict[int, list[StoredFile]]:
    """Return pictures and recordings of notices by id. One statement, none without notices."""
    found: dict[int, list[StoredFile]] = {}
    if notices:
        for file in files_of_many(SUBJECT, [notice.pk for notice in notices]):
            if file.subject_id is not None:
                found.setdefault(file.subject_id, []).append(file)
    return found


def with_answers(found: QuerySet[Receipt]) -> QuerySet[Receipt]:
    """Let receipts bring the public answers of their notices along. One more statement."""
    told = Question.objects.filter(is_public=True).order_by("answered_at", "pk")
    return found.prefetch_related(Prefetch("notice__questions", queryset=told, to_attr="told"))
