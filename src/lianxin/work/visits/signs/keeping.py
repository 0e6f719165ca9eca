"""Begin, change, pause and stop a sign of life: of the person's own will, or the guardian's, with consent on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean
from lianxin.registry.care.models import serving
from lianxin.registry.people import rights
from lianxin.registry.people.change import may_see
from lianxin.registry.people.models import Consent, Person
from lianxin.registry.people.rules import read_name, read_phone

from .models import Pause, Sign, SignDay
from .rules import ASKING, CONSENT, EARLIEST, LATEST, day_of

SUBJECT = "sign"
LABEL = "办理平安信号"
MOST_PAUSE = 180


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to give a sign. `neighbour_agrees` says that the neighbour was asked and agreed."""

    until: time
    ways: tuple[str, ...] = (Sign.Way.TAP,)
    neighbour_name: str = ""
    neighbour_phone: str = ""
    neighbour_agrees: bool = False


@transaction.atomic
def start(
    actor: Actor, *, key: UUID, person: Person, wish: Wish, at: datetime, consent_by: str = Sign.ConsentBy.SELF
) -> Sign:  # fmt: skip
    """Begin: by the person itself, or by staff with the guardian's or a written consent. The same key is the same sign.

    Raises NotFound, NotAllowed, Invalid with all faults, Refused when one runs already.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    is_own = _demand_own_or_serving(actor, person)
    if (known := Sign.objects.filter(key=key, person=person).first()) is not None:
        return known
    if person.ended_at is not None:
        raise Refused("person_ended", _("这份档案已经注销。"))
    values = _checked(wish)
    by = Sign.ConsentBy.SELF if is_own else consent_by
    if by not in Sign.ConsentBy.values:
        raise Invalid({"consent_by": _("请选择谁同意的。")})
    sign = Sign(
        key=key, person=person, consent_by=by, started_at=at, started_by_id=actor.account_id,
        street_id=person.street_id, community_id=person.community_id, grid_id=person.grid_id, **values,
    )  # fmt: skip
    sign.neighbour_agreed_at = at if sign.neighbour_phone else None
    try:
        with transaction.atomic():
            sign.save(force_insert=True)
    except IntegrityError:
        raise Refused("sign_runs", _("这个人已经有平安信号，请改原来的。")) from None
    _agree(person, by, at)
    _log(actor, sign, "start", at, {"ways": sign.ways, "consent_by": by})
    return sign


def _demand_own_or_serving(actor: Actor, person: Person) -> bool:
    """Return whether it is the actor's own; raise unless it is, or the actor handles signs there."""
    if actor.account_id is not None and person.account_id == actor.account_id:
        return True
    if not may_see(actor, person) or not serving(actor, "visits.signs"):
        if actor.kind != "staff":
            raise NotFound(_("没有这份档案。"))
        demand(actor, "visits.signs", LABEL, person)
        raise NotAllowed("visits.signs", _("您的岗位不能做这件事：{label}。").format(label=LABEL))
    demand(actor, "visits.signs", LABEL, person)
    return False


def _checked(wish: Wish) -> dict[str, Any]:
    faults: dict[str, str] = {}
    if not EARLIEST <= wish.until <= LATEST:
        faults["until"] = _("请选早上六点到晚上十点之间的时间。")
    if not wish.ways or set(wish.ways) - set(Sign.Way.values):
        faults["ways"] = _("请选怎么报平安。")
    values: dict[str, Any] = {
        "until": wish.until.replace(second=0, microsecond=0, tzinfo=None), "ways": list(dict.fromkeys(wish.ways)),
        "neighbour_name": None, "neighbour_phone": None,
    }  # fmt: skip
    if wish.neighbour_name or wish.neighbour_phone:
        for field, read, given in (
            ("neighbour_name", read_name, wish.neighbour_name), ("neighbour_phone", read_phone, wish.neighbour_phone),
        ):  # fmt: skip
            try:
                values[field] = read(given)
            except Invalid as fault:
                faults[field] = next(iter(fault.fields.values()))
        if not values["neighbour_phone"] and "neighbour_phone" not in faults:
            faults["neighbour_phone"] = _("请填邻居的手机号，没报平安时好请他看一看。")
        if not wish.neighbour_agrees:
            faults["neighbour_agrees"] = _("请先问过邻居，他同意了再勾上。")
    elif Sign.Way.CURTAIN in wish.ways:
        faults["neighbour_name"] = _("看窗帘要有一位邻居帮忙，请填他的称呼和手机号。")
    if faults:
        raise Invalid(faults)
    return values


def _agree(person: Person, by: str, at: datetime) -> None:
    version = rights.CONSENTS[CONSENT][0]
    Consent.objects.get_or_create(
        person_id=person.pk, purpose=CONSENT, withdrawn_at=None,
        defaults={"text_version": version, "given_at": at, "given_by": by},
    )  # fmt: skip


@transaction.atomic
def amend(actor: Actor, *, sign: Sign, wish: Wish, at: datetime, seen: int | None = None) -> Sign:
    """Change the time, the ways, or the neighbour. Raises NotFound, NotAllowed, Stale, Invalid, Refused."""
    sign = locked(actor, sign, seen=seen)
    values = _checked(wish)
    if values["neighbour_phone"] != sign.neighbour_phone:
        sign.neighbour_agreed_at = at if values["neighbour_phone"] else None
        sign.neighbour_turn += 1
    for name, value in values.items():
        setattr(sign, name, value)
    sign.version += 1
    sign.save(update_fields=[*values, "neighbour_agreed_at", "neighbour_turn", "version"])
    _log(actor, sign, "amend", at, {"ways": sign.ways})
    return sign


@transaction.atomic
def pause(actor: Actor, *, sign: Sign, from_date: date, until_date: date, reason: str, at: datetime) -> Pause:
    """Expect no sign on some days. Raises NotFound, NotAllowed, Invalid, Refused."""
    sign = locked(actor, sign)
    faults = {}
    if until_date < from_date or until_date < day_of(at):
        faults["until_date"] = _("请选哪天回来，要在开始那天以后。")
    elif until_date - from_date > timedelta(days=MOST_PAUSE):
        faults["until_date"] = _("一次最多停半年。不再需要的，请点“不用了”。")
    if reason not in Pause.Reason.values:
        faults["reason"] = _("请选一个原因。")
    if faults:
        raise Invalid(faults)
    made, _new = Pause.objects.get_or_create(
        sign=sign, from_date=from_date, until_date=until_date, defaults={"reason": reason, "at": at}
    )
    _log(actor, sign, "pause", at, {"from": from_date.isoformat(), "until": until_date.isoformat()})
    return made


@transaction.atomic
def resume(actor: Actor, *, sign: Sign, at: datetime) -> Sign:
    """Expect a sign again from today on. Raises NotFound, NotAllowed, Refused."""
    sign = locked(actor, sign)
    today = day_of(at)
    Pause.objects.filter(sign=sign, from_date__gte=today).delete()
    Pause.objects.filter(sign=sign, until_date__gte=today).update(until_date=today - timedelta(days=1))
    _log(actor, sign, "resume", at, {})
    return sign


@transaction.atomic
def stop(actor: Actor, *, sign: Sign, at: datetime) -> Sign:
    """End a sign, at once and without a reason; the neighbour's name and phone go. Raises NotFound, NotAllowed."""
    sign = locked(actor, sign)
    _end(actor, sign, "stopped", at)
    Consent.objects.filter(person_id=sign.person_id, purpose=CONSENT, withdrawn_at=None).update(withdrawn_at=at)
    return sign


def end_all(actor: Actor, person_id: int, *, reason: str, at: datetime) -> int:
    """End the signs of who left the books or took the consent back; returns how many."""
    with transaction.atomic():
        found = list(Sign.objects.running().select_for_update(of=("self",)).filter(person_id=person_id))
        for sign in found:
            _end(actor, sign, reason, at)
    return len(found)


def _end(actor: Actor, sign: Sign, reason: str, at: datetime) -> None:
    sign.ended_at, sign.end_reason = at, reason
    sign.neighbour_name = sign.neighbour_phone = sign.neighbour_agreed_at = None
    sign.neighbour_turn += 1
    sign.version += 1
    columns = ["neighbour_name", "neighbour_phone", "neighbour_agreed_at", "neighbour_turn"]
    sign.save(update_fields=["ended_at", "end_reason", "version", *columns])
    SignDay.objects.filter(sign=sign, state__in=ASKING).update(state=SignDay.State.STOPPED, answered_at=at)
    _log(actor, sign, "stop", at, {"reason": reason})


def locked(actor: Actor, sign: Sign, *, seen: int | None = None) -> Sign:
    """Lock a running sign of one's own or where one handles signs. Raises NotFound, NotAllowed, Refused, Stale."""
    found = Sign.objects.select_for_update(of=("self",)).select_related("person").get(pk=sign.pk)
    if actor is not SYSTEM:
        _demand_own_or_serving(actor, found.person)
    if found.ended_at is not None:
        raise Refused("sign_ended", _("这个平安信号已经停了。"))
    if seen is not None and seen != found.version:
        raise Stale(_("刚有人改过，请看过再改。"), version=found.version, changes=[])
    return found


def follow_home(person: Person) -> None:
    """Let a running sign lie where the person lives now."""
    Sign.objects.running().filter(person=person).update(
        street_id=person.street_id, community_id=person.community_id, grid_id=person.grid_id
    )


def ways_in_words(ways: Sequence[str]) -> str:
    """Return ways in words."""
    labels = dict(Sign.Way.choices)
    return "、".join(str(labels.get(way, clean(way, 10))) for way in ways)


def _log(actor: Actor, sign: Sign, act: str, at: datetime, told: dict[str, Any]) -> None:
    append([draft(actor, SUBJECT, sign.pk, act, at=at, version=sign.version, after=told)])
