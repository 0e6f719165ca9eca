"""What residents may do with their own file (个人信息权利): prove it is theirs, read it, ask, agree and take back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.crypto import blind_indexes
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.text import clean, mask_id
from lianxin.kernel.throttle.counting import count
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.kernel.worktime.queries import calendar
from lianxin.registry.sources.models import Confirmation, Field, Source
from lianxin.registry.sources.recording import open_source, record

from . import change, looks, queries, rules
from .actions.erasing import erase_person
from .actions.registering import amended
from .models import Ask, Consent, Look, Person, Residence
from .settings import people_settings

_ANSWER = "办理居民的更正、删除申请"
# What may be agreed to, with the version and the words of the text.
CONSENTS: Mapping[str, tuple[str, str]] = {
    "care": ("care-1", "同意社区为提供照应，登记涉及健康的需要（不含病名），只给上门服务的人看，可以随时撤回。"),
    "signs": ("signs-1", "同意每天到说好的时间报平安；没有报，先请我选的邻居看一看，再请网格员来。可以随时停。"),
}
# Asked for where the thing itself is begun; the page of one's own data shows them only once they are given.
ASKED_APART = frozenset({"signs"})
CORRECTABLE = ("name", "sex", "birth_date", "id_number", "phone", "is_party_member", "home", "household", "contacts")


def own_file(actor: Actor) -> Person | None:
    """Return the file that the account has proved to be its own, or None."""
    if actor.account_id is None:
        return None
    return Person.objects.now().select_related("home").filter(account_id=actor.account_id).first()


def _own(actor: Actor) -> Person:
    found = own_file(actor)
    if found is None:
        raise NotFound(_("还没有认领本人档案，请先用姓名和证件号码后四位认领。"))
    return found


def link_account(actor: Actor, *, name: str, last_four: str, at: datetime) -> Person:
    """Prove that a file is one's own: signed in by the phone that stands in it, with name and last four of the number.

    Five tries a day; what did not match is not told. Raises NotAllowed, Refused, TooMany.
    """
    account = Account.objects.filter(pk=actor.account_id, disabled_at=None).first() if actor.account_id else None
    if account is None or not account.phone:
        raise Refused("no_phone", _("请先用手机号登录，再认领本人档案。"))
    count("people.link", str(account.pk), most=5, span=timedelta(days=1), at=at)
    ending = "".join(last_four.split()).upper()
    found = [
        person
        for person in Person.objects.now().filter(phone_hash__in=blind_indexes(account.phone, rules.PHONE_CONTEXT))
        if len(ending) == 4 and (person.id_number or "").endswith(ending) and person.name == _name(name)
    ]
    if len(found) != 1:
        raise Refused("no_match", _("没有对上。请核对姓名和证件号码后四位；手机号换过的，请到社区更新后再试。"))
    return _link(actor, found[0], at)


def _name(text: str) -> str:
    try:
        return rules.read_name(text)
    except Invalid:
        return ""


@transaction.atomic
def _link(actor: Actor, person: Person, at: datetime) -> Person:
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.account_id == actor.account_id:
        return person
    if person.account_id is not None:
        raise Refused("linked", _("这份档案已由另一个账号认领，请带证件到社区办理。"))
    person.account_id = actor.account_id
    try:
        with transaction.atomic():
            return change.write(actor, person, "link", at=at, fields=["account"], columns=["account_id"])
    except IntegrityError:
        raise Refused("linked", _("您的账号已认领了一份档案。")) from None


@transaction.atomic
def unlink_account(actor: Actor, *, at: datetime) -> None:
    """Let the account no longer belong to the file. Raises NotFound without one."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=_own(actor).pk)
    person.account_id = None
    change.write(actor, person, "unlink", at=at, fields=["account"], columns=["account_id"])


@dataclass(frozen=True, slots=True)
class Kept:
    """A field of one's own file: what is kept, what for, on which ground, since when it is known to be right."""

    name: str
    label: str
    value: str
    masked: str
    purpose: str
    legal_basis: str
    confirmed_at: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A look at one's own file: when, by whom, at what, why."""

    at: datetime
    who: str
    fields: str
    why: str
    case_number: str


@dataclass(frozen=True, slots=True)
class MyFile:
    """Everything that is stored about oneself here; care is asked of its own room (`care.queries.own_tags`)."""

    person: Person
    fields: list[Kept]
    residences: list[Residence]
    household: list[queries.Member]
    contacts: list[looks.ContactShown]
    looks: list[LookedAt]
    consents: list[Consent]
    asks: list[Ask]
    history: list[queries.Happening]


def my_file(actor: Actor, *, at: datetime) -> MyFile:
    """Return everything stored about oneself. Raises NotFound for who has not proved which file is theirs."""
    person = _own(actor)
    ids = queries.family(person.pk)
    household = queries.household_of(person, at=at)
    return MyFile(
        person=person,
        fields=_kept(person),
        residences=queries.residences_of(person),
        household=queries.members_of(household, at=at) if household else [],
        contacts=looks.contacts_shown(person, frozenset({"contacts"})),
        looks=[_looked(look) for look in looks.looks_at(ids)],
        consents=list(Consent.objects.filter(person_id__in=ids).order_by("-given_at")),
        asks=list(Ask.objects.filter(person_id__in=ids).order_by("-asked_at", "-pk")),
        history=queries.history(person),
    )


def _kept(person: Person) -> list[Kept]:
    register = {field.code: field for field in Field.objects.filter(subject=change.SUBJECT)}
    known = Confirmation.objects.filter(subject=change.SUBJECT, subject_id=person.pk).select_related("source")
    confirmed = {each.field_id: each for each in known}
    kept = []
    for name in (*rules.ENTERED, "home"):
        code = f"person.{name}"
        field, last = register.get(code), confirmed.get(code)
        value = said(person, name)
        kept.append(
            Kept(
                name=name,
                label=field.label if field else rules.LABELS[name],
                value=value,
                masked=mask_id(value) if name == "id_number" else value,
                purpose=field.purpose if field else "",
                legal_basis=field.legal_basis if field else "",
                confirmed_at=last.at if last else None,
                source=last.source.name if last and last.source else "",
            )
        )
    return kept


def said(person: Person, name: str) -> str:
    """Return a field in words people read."""
    if name == "home":
        return person.home.address if person.home else ""
    value = getattr(person, name)
    if name == "sex":
        return str(Person.Sex(value).label)
    if name == "id_kind":
        return str(Person.IdKind(value).label)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _looked(look: Look) -> LookedAt:
    return LookedAt(
        at=look.at,
        who=f"{look.post_label} {look.actor_label}".strip(),
        fields=looks.field_labels(look.fields),
        why=looks.REASONS.get(look.reason, look.reason) + (f"：{look.note}" if look.note else ""),
        case_number=look.case_number,
    )


@transaction.atomic
def ask(actor: Actor, *, key: UUID, kind: str, at: datetime, field: str = "", wish: str = "", words: str = "") -> Ask:
    """Ask to have something corrected, withdrawn, deleted or copied; answered within 15 working days.

    A correction names the `field` and the value that is right (`wish`), or says it in `words` where it is no single
    value. The same `key` is the same ask. Raises NotFound, Invalid, Refused where the same was asked and is open.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=_own(actor).pk)
    if (known := Ask.objects.filter(key=key, person_id=person.pk).first()) is not None:
        return known
    words, wish = clean(words, 300), clean(wish, 120)
    _check_ask(person, kind=kind, field=field, wish=wish, words=words, at=at)
    if Ask.objects.filter(person_id=person.pk, kind=kind, field=field, state=Ask.State.ASKED).exists():
        raise Refused("asked", _("这件事您已经提过，正在办理。"))
    counted = Limit(people_settings().ask_work_days, Unit.WORK_DAY).counted
    found = Ask.objects.create(
        key=key, person_id=person.pk, account_id=actor.account_id or 0, kind=kind, field=field, wish=wish or None,
        words=words, asked_at=at, due_at=calendar().after(at, counted), street_id=person.street_id,
        community_id=person.community_id, grid_id=person.grid_id,
    )  # fmt: skip
    _note(actor, person, "ask", [kind], at=at, ask_id=found.pk)
    return found


def _check_ask(person: Person, *, kind: str, field: str, wish: str, words: str, at: datetime) -> None:
    if kind not in Ask.Kind.values:
        raise Invalid({"kind": _("请选择要更正、撤回、删除还是索取副本。")})
    if kind == Ask.Kind.WITHDRAW and field not in CONSENTS:
        raise Invalid({"field": _("请选择撤回哪一项同意。")})
    if kind != Ask.Kind.CORRECT:
        return
    if field not in CORRECTABLE:
        raise Invalid({"field": _("请选择哪一项不对。")})
    if field in rules.ENTERED:
        if not wish:
            raise Invalid({"wish": _("请填写正确的内容。")})
        held = {"id_kind": person.id_kind} if field == "id_number" else {}
        try:
            rules.checked({field: _typed(field, wish)}, today=at.astimezone(ZONE).date(), held=held)
        except Invalid as fault:
            raise Invalid({"wish": next(iter(fault.fields.values()))}) from None
    elif not words:
        raise Invalid({"words": _("请说明哪里不对、应当是什么。")})


def _typed(field: str, wish: str) -> str | bool:
    return wish in {"是", "true", "1"} if field == "is_party_member" else wish


def _note(actor: Actor, person: Person, act: str, fields: list[str], *, at: datetime, ask_id: int = 0) -> None:
    """Record what was asked or agreed, without a new version: nothing in the file has changed."""
    record(
        actor, act, subject=change.SUBJECT, subject_id=person.pk, version=person.version, at=at, fields=fields,
        before={"ask": ask_id} if ask_id else {},
    )  # fmt: skip


@transaction.atomic
def answer(actor: Actor, *, ask: Ask, agree: bool, words: str, at: datetime) -> Ask:
    """Answer an ask and do what was asked: amend, take back the consent, or erase. Raises NotFound, NotAllowed,
    Invalid for a no without its reason, Refused for one that was answered, or what `amend` and `erase` raise.
    """
    ask = Ask.objects.select_for_update(of=("self",)).get(pk=ask.pk)
    person = Person.objects.select_for_update(of=("self",)).get(pk=ask.person_id)
    if not change.may_see(actor, person):
        raise NotFound(_("没有这项申请，或不在您的辖区。"))
    demand(actor, "people.answer", _ANSWER, person)
    words = clean(words, 300)
    if ask.state != Ask.State.ASKED:
        raise Refused("answered", _("这项申请已经办过了。"))
    if not agree and not words:
        raise Invalid({"words": _("不同意的，请写明理由和依据，居民会看到。")})
    ask.state = Ask.State.DONE if agree else Ask.State.REFUSED
    ask.answered_at, ask.answered_by_id, ask.answer = at, actor.account_id, words
    ask.save(update_fields=["state", "answered_at", "answered_by_id", "answer"])
    _note(actor, person, "answer", [ask.kind], at=at, ask_id=ask.pk)
    if agree:
        _do(actor, person, ask, at)
    return ask


def _do(actor: Actor, person: Person, ask: Ask, at: datetime) -> None:
    if ask.kind == Ask.Kind.CORRECT and ask.field in rules.ENTERED and ask.wish:
        source = open_source(actor, Source.Kind.RESIDENT, name=_("本人申请更正"), at=at)
        amended(actor, person, {ask.field: _typed(ask.field, ask.wish)}, at=at, source=source)
    elif ask.kind == Ask.Kind.WITHDRAW:
        _withdraw(actor, person, ask.field, at)
    elif ask.kind == Ask.Kind.DELETE:
        erase_person(actor, person=person, reason="asked", at=at)


def asks_waiting(actor: Actor) -> list[Ask]:
    """Return what residents asked and nobody has answered, where the actor answers; the most pressing first."""
    scope = actor.scope("people.answer")
    found = Ask.objects.filter(state=Ask.State.ASKED)
    return list((found if scope.everywhere else found.filter(within(scope))).order_by("due_at", "pk")[:500])


@transaction.atomic
def give_consent(actor: Actor, *, purpose: str, at: datetime) -> Consent:
    """Agree to a purpose of `CONSENTS` in the words it has now. Raises NotFound, Invalid."""
    person = _own(actor)
    if purpose not in CONSENTS:
        raise Invalid({"purpose": _("没有这一项同意。")})
    consent, made = Consent.objects.get_or_create(
        person_id=person.pk, purpose=purpose, withdrawn_at=None,
        defaults={"text_version": CONSENTS[purpose][0], "given_at": at, "given_by": "self"},
    )  # fmt: skip
    if made:
        _note(actor, person, "agree", [f"consent.{purpose}"], at=at)
    return consent


@transaction.atomic
def withdraw_consent(actor: Actor, *, purpose: str, at: datetime) -> int:
    """Take back one's agreement, at once and without a reason; what stood on it ends. Returns how many there were."""
    return _withdraw(actor, _own(actor), purpose, at)


def _withdraw(actor: Actor, person: Person, purpose: str, at: datetime) -> int:
    ids = queries.family(person.pk)
    running = Consent.objects.filter(person_id__in=ids, purpose=purpose, withdrawn_at=None)
    taken_back = running.update(withdrawn_at=at)
    if taken_back:
        _note(actor, person, "withdraw", [f"consent.{purpose}"], at=at)
    return taken_back
