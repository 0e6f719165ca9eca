"""Looks (查看): sealed fields in plain for a minute, for a reason from a list; recorded, and shown to the person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.audit import actions as audit
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.text import clean, mask_name, mask_phone
from lianxin.kernel.throttle.counting import TooMany, count

from . import change, queries, rules
from .models import Look, Person
from .settings import people_settings

FIELDS = ("name", "birth_date", "id_number", "phone", "contacts")
CASE, OTHER = "case", "other"
REASONS: Mapping[str, str] = {
    "visit": "上门走访、核实信息",
    "care": "关爱探望",
    "service": "帮办代办服务事项",
    "notify": "通知、联系本人",
    CASE: "办理案件",
    "emergency": "应急处置、寻找家人",
    "correct": "核对、更正档案",
    "asked": "本人申请",
    OTHER: "其他（请写明）",
}

CaseCheck = Callable[[Actor, str], bool]
_case_checks: list[CaseCheck] = []


class TooManyLooks(TooMany):
    """Looked too often in an hour or a day."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        minutes = -(-retry_after // 60)
        sentence = _("您查看的次数太多了，请 {minutes} 分钟后再看。确有大批核对的需要，请联系数据专员。")
        self.sentence = sentence.format(minutes=minutes)
        self.args = (self.sentence,)


def sees_case(check: CaseCheck) -> CaseCheck:
    """Let the room of cases say whether an actor sees a case; until it does, no case is a reason."""
    _case_checks.append(check)
    return check


def look(
    actor: Actor,
    *,
    person: Person,
    fields: Sequence[str],
    reason: str,
    at: datetime,
    note: str = "",
    case_number: str = "",
    address: str | None = None,
) -> Look:
    """Open sealed fields of a person to the actor for a minute, in this session; `revealed` gives the values.

    Raises NotFound, NotAllowed, Invalid for a reason that lacks its words or case, TooManyLooks. Call it outside of
    a transaction, so that a look that fails counts too.
    """
    person = Person.objects.get(pk=person.pk)
    if not change.may_see(actor, person) or person.end in {Person.End.MERGED, Person.End.ERASED}:
        raise NotFound(_("没有这个人的档案，或不在您的辖区。"))
    demand(actor, "people.reveal", "查看证件号码和电话", person)
    note, case_number = clean(note, 200), clean(case_number, 24)
    _check(actor, fields, reason, note, case_number)
    _count(actor, at)
    return _write(actor, person, fields, reason, at=at, note=note, case_number=case_number, address=address)


def _check(actor: Actor, fields: Sequence[str], reason: str, note: str, case_number: str) -> None:
    faults: dict[str, str] = {}
    if not fields or set(fields) - set(FIELDS):
        faults["fields"] = _("请选择要看的内容。")
    if reason not in REASONS:
        faults["reason"] = _("请从名单里选择查看的理由。")
    if reason == OTHER and len(note) < 4:
        faults["note"] = _("选“其他”要写明为什么查看。")
    if reason == CASE and not case_number:
        faults["case_number"] = _("为办理案件查看，请填写案卷编号。")
    elif reason == CASE and not any(check(actor, case_number) for check in _case_checks):
        faults["case_number"] = _("没有这个案卷，或不由您办理，请核对编号。")
    if faults:
        raise Invalid(faults)


def _count(actor: Actor, at: datetime) -> None:
    limits = people_settings()
    try:
        count("people.look.hour", str(actor.account_id), most=limits.looks_per_hour, span=timedelta(hours=1), at=at)
        count("people.look.day", str(actor.account_id), most=limits.looks_per_day, span=timedelta(days=1), at=at)
    except TooMany as many:
        raise TooManyLooks(many.retry_after) from None


@transaction.atomic
def _write(
    actor: Actor, person: Person, fields: Sequence[str], reason: str, *, at: datetime, note: str, case_number: str,
    address: str | None,
) -> Look:  # fmt: skip
    post = actor.holding_for("people.reveal", person) or actor.post
    found = Look.objects.create(
        person_id=person.pk,
        account_id=actor.account_id or 0,
        actor_label=actor.name[:120],
        post_label=_post_label(post.area_name or post.unit_name, post.role_label) if post else "",
        session_key=actor.session_key,
        fields=[name for name in FIELDS if name in fields],
        reason=reason,
        note=note,
        case_number=case_number if reason == CASE else "",
        at=at,
        until=at + timedelta(seconds=people_settings().look_seconds),
    )
    # The words of the note stay with the look: they may speak of the person, and the audit is for good.
    audit.record(
        actor, "people.look", at=at, subject_kind=change.SUBJECT, subject_id=person.pk, fields=found.fields,
        reason=REASONS[reason], address=address, detail={"look": found.pk, "case": found.case_number},
    )  # fmt: skip
    return found


def _post_label(place: str, role: str) -> str:
    return f"{place} {role}".strip()[:120]


def open_fields(actor: Actor, person: Person, *, at: datetime) -> frozenset[str]:
    """Return what running looks of this session open of a person; nothing once the actor's post no longer does."""
    if actor.account_id is None or not actor.may("people.reveal", person):
        return frozenset()
    running = Look.objects.filter(
        person_id=person.pk, account_id=actor.account_id, session_key=actor.session_key, at__lte=at, until__gt=at
    )
    return frozenset(name for fields in running.values_list("fields", flat=True) for name in fields)


def revealed(actor: Actor, person: Person, *, at: datetime) -> dict[str, str]:
    """Return plain values of the fields that a running look opens; for `queries.shown`. One query."""
    plain = {
        "name": person.name,
        "birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "id_number": person.id_number or "",
        "phone": person.phone or "",
    }
    opened = open_fields(actor, person, at=at)
    return {name: value for name, value in plain.items() if name in opened}


@dataclass(frozen=True, slots=True)
class ContactShown:
    """A contact as a page shows it."""

    id: int
    name: str
    phone: str
    relation: str
    is_guardian: bool


def contacts_shown(person: Person, opened: frozenset[str]) -> list[ContactShown]:
    """Return whom to call for a person, masked unless `contacts` is among the fields opened."""
    plain = "contacts" in opened
    shown = []
    for each in queries.contacts_of(person):
        name = each.other.name if each.other else each.name
        phone = (each.other.phone if each.other else each.phone) or ""
        shown.append(
            ContactShown(
                each.pk, name if plain else mask_name(name), phone if plain else mask_phone(phone), each.relation,
                each.is_guardian,
            )
        )  # fmt: skip
    return shown


def field_labels(fields: Sequence[str]) -> str:
    """Return fields of a look in words."""
    return "、".join(rules.LABELS.get(name, name) for name in fields)


def looks_at(person_ids: Sequence[int], *, limit: int = 200) -> list[Look]:
    """Return who looked at a person, the latest first; `queries.family` gives the ids."""
    return list(Look.objects.filter(person_id__in=person_ids).order_by("-at", "-id")[:limit])
