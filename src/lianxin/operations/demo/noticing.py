"""What was told in the made-up county of late: notices, who read them, questions; and the month before, closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import actor_of, actors_of, current_posts
from lianxin.foundation.areas.queries import AreaNode
from lianxin.insight.months import actions as months
from lianxin.insight.months.figures import month_of, previous
from lianxin.kernel import ids
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.models import Assignment, FieldTask
from lianxin.work.disclosure import actions as notices
from lianxin.work.disclosure import questions, rules
from lianxin.work.disclosure.models import Notice, Receipt, State
from lianxin.work.disclosure.rules import Wanted

from . import showing
from .telling_notices import Told, told

_READ, _CONFIRMED, _EXPLAINED = 0.86, 0.8, 0.3  # of those whom it was meant for; of those who read
_ASKED = (
    ("停水那天学校食堂也停吗？", "学校另有水箱，不受影响。", True),
    ("楼上老人不会用手机，可以代为登记吗？", "可以，带老人身份证到社区窗口，或请网格员上门登记。", True),
    ("这个活动要自带材料吗？", "不用带，社区都备好了。", False),
    ("外地户口能不能参加？", "住在本社区的都能参加。", True),
)
_AT_HOME = 2  # communities of the ready accounts: the worker's and the clerk's
_WAITING = ("时间能不能改到晚上？白天要上班。", "三栋后面的车棚算不算这次检查的范围？")


@dataclass
class _Voices:
    """Who speaks in the county: clerks, street desks, the city; and where each does."""

    clerks: list[Actor]
    streets: list[Actor]
    city: list[Actor]


def make(*, seed: int, now: datetime) -> int:
    """Tell what was told in the last six weeks, with receipts and questions; returns how many notices."""
    rng = Random(f"notices {seed}")
    voices = _voices(now)
    made = [
        notice
        for number, one in enumerate(told())
        if (notice := _tell(voices, number, one, rng=rng, now=now)) is not None
    ]
    out = [notice for notice in made if notice.state == State.PUBLISHED]
    _read(out, rng=rng, now=now)
    account = Account.objects.filter(kind=Account.Kind.RESIDENT).order_by("pk").first()
    resident = actor_of(account.pk, at=now) if account is not None else None
    if resident is not None:
        _ask(out, resident, voices, now=now)
    months.freeze(previous(month_of(now)), _busy(), at=now)
    return len(made)


def _busy() -> list[int]:
    """Return who has done something: the month of everybody else would be a row of noughts."""
    done = set(FieldTask.objects.filter(done_by__isnull=False).values_list("done_by_id", flat=True))
    done |= set(Assignment.objects.filter(handler__isnull=False).values_list("handler_id", flat=True))
    return sorted(pk for pk in done if pk is not None)


def _voices(now: datetime) -> _Voices:
    def holding(role: str) -> list[Actor]:
        posts = current_posts(now).filter(role_id=role).order_by("pk")
        known = actors_of(posts.values_list("account_id", flat=True), at=now)
        return [known[pk] for pk in posts.values_list("account_id", flat=True) if pk in known]

    ready = showing.workplaces(now)
    clerks, streets = holding("community_clerk"), holding("street_seat")
    return _Voices(_first(clerks, ready), _first(streets, ready), holding("admin"))


def _first(speakers: list[Actor], ready: list[AreaNode]) -> list[Actor]:
    """Put those first who speak where the ready accounts work, so that their first pages show something."""
    own = [next((at for at, area in enumerate(ready) if actor.may("disclosure.publish", area)), len(ready))
           for actor in speakers]  # fmt: skip
    return [actor for _place, _number, actor in sorted(zip(own, range(len(own)), speakers, strict=True))]


def _tell(voices: _Voices, number: int, one: Told, *, rng: Random, now: datetime) -> Notice | None:
    speaker = _speaker(voices, number, one)
    held = speaker.holding_for("disclosure.publish") if speaker is not None else None
    if speaker is None or held is None or held.area_id is None:
        return None
    at = now - timedelta(days=one.days_ago, hours=rng.randrange(1, 6), minutes=rng.randrange(60))
    key = _key(rng, at)
    notice = notices.save_draft(speaker, key=key, wanted=_wanted(one, held.area_id, at), at=at)
    if one.is_draft:
        return notice
    notice = notices.publish(speaker, notice=notice, at=at + timedelta(minutes=20))
    if notice.state == State.WAITING and len(voices.city) > 1 and not one.waits:
        second = next(actor for actor in voices.city if actor.account_id != speaker.account_id)
        notice = notices.approve(second, notice=notice, at=at + timedelta(minutes=50))
    if one.changed:
        notice = notices.amend(
            speaker, notice=notice, title=one.title, body=f"{one.body}\n{one.changed}", points=one.points,
            changed=one.changed, at=at + timedelta(hours=20),
        )  # fmt: skip
    if one.withdrawn:
        notice = notices.withdraw(speaker, notice=notice, reason=one.withdrawn, at=at + timedelta(hours=30))
    return notice


def _speaker(voices: _Voices, number: int, one: Told) -> Actor | None:
    choices = {"community": voices.clerks, "street": voices.streets, "city": voices.city}[one.level]
    place = number % _AT_HOME if one.at_home or one.level == "street" else number
    return choices[place % len(choices)] if choices else None


def _key(rng: Random, at: datetime) -> UUID:
    return UUID(int=(ids.uuid7(at).int >> 76 << 76) | (7 << 76) | (2 << 62) | rng.getrandbits(62))


def _wanted(one: Told, area_id: int, at: datetime) -> Wanted:
    until = at + timedelta(days=one.lasts) if one.lasts else None
    confirm = at + timedelta(days=one.confirm_in) if one.confirm_in else None
    return Wanted(
        kind=one.kind, title=_dated(one.title, at), body=_dated(one.body, at), points=one.points,
        area_ids=(area_id,), to_public=one.to_public, to_roles=one.roles, is_urgent=one.is_urgent,
        is_pinned=one.is_pinned, valid_until=until, confirm_by=confirm,
        valid_from=at + timedelta(days=one.starts_in) if one.starts_in else None,
    )  # fmt: skip


def _dated(text: str, at: datetime) -> str:
    """Write the days of a notice as days after it was written: {+2} is the day after tomorrow."""
    for ahead in range(1, 15):
        day = (at + timedelta(days=ahead)).astimezone(ZONE)
        text = text.replace(f"{{+{ahead}}}", f"{day.month}月{day.day}日")
    return text


def _read(out: list[Notice], *, rng: Random, now: datetime) -> None:
    """Let most of the staff read: straight to the rows, as so many phones would have done it."""
    changed: list[Receipt] = []
    for notice in out:
        for receipt in Receipt.objects.filter(notice=notice).order_by("pk"):
            since = notice.amended_at or notice.published_at
            if since is None or rng.random() > _READ:
                continue
            receipt.read_at = min(now, since + timedelta(minutes=rng.randrange(5, 1_600)))
            receipt.read_version = notice.said_version
            if notice.confirm_by is not None and rng.random() < _CONFIRMED:
                receipt.confirmed_at, receipt.confirmed_version = receipt.read_at, notice.said_version
            if notice.to_public and rng.random() < _EXPLAINED:
                receipt.explained_at = receipt.read_at
            changed.append(receipt)
    fields = ["read_at", "read_version", "confirmed_at", "confirmed_version", "explained_at"]
    Receipt.objects.bulk_update(changed, fields, batch_size=500)
    for notice in out:
        if notice.to_public:
            Notice.objects.filter(pk=notice.pk).update(public_reads=rng.randrange(18, 640))


def _ask(out: list[Notice], resident: Actor, voices: _Voices, *, now: datetime) -> None:
    open_ones = [notice for notice in out if notice.to_public and rules.is_out(notice, now)]
    for number, (words, answer, to_all) in enumerate(_ASKED):
        if number < len(open_ones):
            _answered(open_ones[number], resident, voices, (words, answer), to_all=to_all, now=now)
    rng = Random("waiting")
    for number, words in enumerate(_WAITING):
        if number < len(open_ones):
            at = now - timedelta(hours=5 + number)
            questions.ask(resident, key=_key(rng, at), notice_key=open_ones[-1 - number].key, words=words, at=at)


def _answered(
    notice: Notice, resident: Actor, voices: _Voices, said: tuple[str, str], *, to_all: bool, now: datetime
) -> None:  # fmt: skip
    at = min(now - timedelta(hours=3), (notice.published_at or now) + timedelta(hours=4))
    key = _key(Random(f"{notice.pk} {said[0]}"), at)
    question = questions.ask(resident, key=key, notice_key=notice.key, words=said[0], at=at)
    keepers = [*voices.clerks, *voices.streets, *voices.city]
    keeper = next((actor for actor in keepers if actor.may("disclosure.receipts", notice)), None)
    if keeper is not None:
        questions.answer(
            keeper, question=question, words=said[1], to_all=to_all, public_words=said[0], at=at + timedelta(hours=2)
        )
