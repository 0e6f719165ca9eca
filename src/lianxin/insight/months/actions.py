"""Close months, take appeals and answer them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.areas.queries import node
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean, looks_personal
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.kernel.worktime.queries import calendar

from . import queries
from .figures import FIGURES, month_of
from .models import Appeal, MonthFigure

SUBJECT = "month_appeal"
ANSWER_WITHIN = Limit(5, Unit.WORK_DAY)
# Who has months: whoever works in the field or handles cases.
FIELD = ("cases.check", "cases.resolve", "cases.handle", "cases.verify", "patrols.walk", "visits.write")
_LOCK = 7_310_115  # one closer at a time


def workers(at: datetime) -> list[int]:
    """Return the accounts whose months are closed: those with a post in the field. One statement."""
    posts = current_posts(at).filter(role__permissions__overlap=list(FIELD))
    return list(posts.order_by("account_id").values_list("account_id", flat=True).distinct())


def freeze(month: date, account_ids: Iterable[int], *, at: datetime) -> int:
    """Close a month for these workers, each in a transaction; one that is closed stays as it is. Returns how many.

    Raises ValueError for a month that is not over.
    """
    if month >= month_of(at):
        raise ValueError("A month that is not over cannot be closed.")
    frozen = 0
    for account_id in account_ids:
        with transaction.atomic():
            frozen += _freeze_one(month, account_id, at)
    return frozen


def _freeze_one(month: date, account_id: int, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, account_id % 2_000_000_000])
    if MonthFigure.objects.filter(account_id=account_id, month=month).exists():
        return 0
    values = queries.count(account_id, month)
    MonthFigure.objects.bulk_create(
        [
            MonthFigure(
                account_id=account_id, month=month, code=value.figure.code, rule=value.rule,
                counted=list(value.counted), among=None if value.among is None else list(value.among), frozen_at=at,
            )
            for value in values
        ]
    )  # fmt: skip
    return 1


@transaction.atomic
def appeal(
    actor: Actor, *, key: UUID, month: date, code: str, words: str, at: datetime, made_at: datetime | None = None,
    thing_id: int | None = None,
) -> Appeal:  # fmt: skip
    """Say that a figure of one's own month, or one thing behind it, is counted wrong. The same `key` is the same.

    Raises Invalid, NotFound for a thing that does not stand behind the figure, Refused while the same waits.
    """
    told = clean(words, 500)
    if actor.account_id is None or actor.kind != "staff":
        raise NotAllowed("own_month", _("只有工作人员有月报。"))
    made = claim(
        key, kind=SUBJECT, action="appeal", at=at, sequence="month_appeal_id_seq",
        sent=fingerprint(actor.account_id, month, code, thing_id, told),
    )  # fmt: skip
    if not made.fresh:
        return Appeal.objects.get(pk=made.subject_id)
    _check(actor, _Wrong(month.replace(day=1), code, thing_id, told), at)
    held = actor.post
    area = node(held.area_id) if held is not None and held.area_id is not None else None
    found = Appeal.objects.create(
        pk=made.subject_id, key=key, account_id=actor.account_id, month=month.replace(day=1), code=code,
        thing_id=thing_id, words=told, asked_at=min(made_at or at, at),
        due_at=calendar().after(at, ANSWER_WITHIN.counted),
        post=f"{held.area_name or held.unit_name} {held.role_label}".strip()[:80] if held else "",
        street_id=area.street_id if area else None, community_id=area.community_id if area else None,
        grid_id=area.grid_id if area else None,
    )  # fmt: skip
    append([draft(actor, SUBJECT, found.pk, "appeal", at=at, version=1)])
    return found


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What somebody holds to be counted wrong."""

    month: date
    code: str
    thing_id: int | None
    words: str


def _check(actor: Actor, wrong: _Wrong, at: datetime) -> None:
    if wrong.code not in FIGURES:
        raise NotFound(_("月报里没有这一项，可能已经改了名。"))
    if len(wrong.words) < 4:
        raise Invalid({"words": _("请写清哪里算得不对，四个字以上。")})
    if looks_personal(wrong.words):
        raise Invalid({"words": _("不用写电话和证件号，写案件编号就好。")})
    values = queries.own_month(actor, wrong.month, at=at).values
    value = next((each for each in values if each.figure.code == wrong.code), None)
    if wrong.thing_id is not None and (value is None or wrong.thing_id not in {*value.counted, *(value.among or ())}):
        raise NotFound(_("这一项里没有这件事。要补进来的，请对整项申诉，写上编号。"))
    same = Appeal.objects.open().filter(account_id=actor.account_id or 0, month=wrong.month, code=wrong.code)
    if same.filter(thing_id=wrong.thing_id).exists():
        raise Refused("appeal_waits", _("这一处您已经申诉过，正在等答复。"))


@transaction.atomic
def answer(actor: Actor, *, appeal: Appeal, ruling: str, words: str, at: datetime) -> Appeal:
    """Answer an appeal; a ruling changes what is shown beside the frozen figure, which itself stays.

    Raises NotFound, NotAllowed, Invalid, Refused for one answered, and for one's own.
    """
    found = queries.appeals(actor).select_for_update(of=("self",)).filter(pk=appeal.pk).first()
    if found is None:
        raise NotFound(_("没有这份申诉，或不由您答复。"))
    demand(actor, "months.answer", _("答复对数字的申诉"), found)
    if found.answered_at is not None:
        raise Refused("answered", _("这份申诉已经答复了。"))
    told, faults = clean(words, 500), {}
    if len(told) < 4:
        faults["answer"] = _("请写清为什么，四个字以上。")
    if ruling not in Appeal.Ruling.values:
        faults["ruling"] = _("请选择怎么处理。")
    elif ruling != Appeal.Ruling.STANDS and found.thing_id is None:
        faults["ruling"] = _("对整项的申诉不能改单件，请说明情况；要改的请本人对那一件申诉。")
    if faults:
        raise Invalid(faults)
    found.ruling, found.answer = ruling, told
    found.answered_at, found.answered_by_id = at, actor.account_id
    found.save(update_fields=["ruling", "answer", "answered_at", "answered_by_id"])
    append([draft(actor, SUBJECT, found.pk, "answer", at=at, version=2, after={"ruling": ruling})])
    return found


def forget(*, at: datetime, years: int = 3) -> int:
    """Drop frozen months and answered appeals older than so many years; returns how many rows went."""
    before = month_of(at).replace(year=month_of(at).year - years)
    gone = MonthFigure.objects.filter(month__lt=before).delete()[0]
    return gone + Appeal.objects.filter(month__lt=before, answered_at__isnull=False).delete()[0]
