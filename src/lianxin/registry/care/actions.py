"""Set, renew, review and end tags of need; note visits; let what nobody renews expire."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.text import clean, looks_personal
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.people import change
from lianxin.registry.people import rules as people_rules
from lianxin.registry.people.models import Consent, Person
from lianxin.registry.sources.recording import record

from . import rules
from .models import NEVER, CareTag, serving

SUBJECT = "care"
_LABEL = "设置、续期、结束关爱标签"
_VISIT = "记录关爱走访"
_AGE_OF_CONSENT = 14  # below it a guardian answers (个人信息保护法 31)
CONSENT_BY: Mapping[str, str] = {"self": "本人同意", "guardian": "监护人同意", "paper": "书面同意（存档）"}


@transaction.atomic
def set_tag(
    actor: Actor,
    *,
    key: UUID,
    person: Person,
    need: str,
    evidence: str,
    at: datetime,
    purpose: str = "",
    days: int | None = None,
    visit_every_days: int | None = None,
    viewer_unit_ids: Sequence[int] = (),
    consent_by: str = "",
) -> CareTag:
    """Note what a person needs, from the closed list, until it expires. The same `key` is the same tag.

    Tags that speak of health need the person's own consent: on record, or given now (`consent_by`).
    Raises NotFound, NotAllowed, Invalid with all faults, Refused where the need stands already.
    """
    person = change.begin(actor, person, "care.tag", _LABEL)
    _demand_serving(actor, person)
    if (known := CareTag.objects.filter(key=key, person=person).first()) is not None:
        return known
    rule = rules.rule_of(need) if need in rules.RULES else None
    faults = _faults(
        rule, evidence=evidence, days=days, every=visit_every_days, units=viewer_unit_ids, consent_by=consent_by
    )
    if rule is not None and rule.needs_consent and not faults:
        faults |= _consent_faults(person, consent_by, at)
    if faults or rule is None:
        raise Invalid(faults)
    if CareTag.objects.running().filter(person=person, need=need).exists():
        raise Refused("tag_stands", _("这个人已有“{need}”，请续期或修改原来的。").format(need=CareTag.Need(need).label))
    if consent_by:
        _agree(person, consent_by, at)
    tag = CareTag(
        key=key,
        person=person,
        need=need,
        purpose=clean(purpose, 200) or rule.purpose,
        legal_basis=rule.legal_basis,
        evidence=clean(evidence, 300),
        visit_every_days=visit_every_days or rule.visit_every_days,
        viewer_unit_ids=sorted(set(viewer_unit_ids)),
        set_at=at,
        set_by_id=actor.account_id,
        set_by_label=actor.name[:120],
        review_at=at + timedelta(days=rule.review_days),
        expires_at=at + timedelta(days=min(days or rule.max_days, rule.max_days)),
    )
    for level in ("street_id", "community_id", "grid_id"):
        setattr(tag, level, getattr(person, level))
    tag.save(force_insert=True)
    _record(actor, tag, "create", at=at, fields=["need", "evidence", "expires_at"], before=None)
    return tag


def _faults(
    rule: rules.NeedRule | None,
    *,
    evidence: str,
    days: int | None,
    every: int | None = None,
    units: Sequence[int] = (),
    consent_by: str = "",
) -> dict[str, str]:
    faults = _evidence_faults(evidence)
    if rule is None:
        faults["need"] = _("请从名单里选择需要什么照应。")
    elif days is not None and not 1 <= days <= rule.max_days:
        faults["days"] = _("有效期最多 {days} 天，到期前可以复核续期。").format(days=rule.max_days)
    if every is not None and not 1 <= every <= 365:
        faults["visit_every_days"] = _("探望间隔请填 1 至 365 天。")
    if consent_by not in {"", *CONSENT_BY}:
        faults["consent_by"] = _("请选择谁同意的。")
    for unit_id in units:
        unit = organizations.unit(unit_id)
        if unit is None or unit.kind in NEVER:
            name = unit.short_name if unit else str(unit_id)
            faults["viewer_unit_ids"] = _("“{name}”不能查看关爱信息，只有提供服务的单位可以。").format(name=name)
    return faults


def _evidence_faults(evidence: str) -> dict[str, str]:
    if len(clean(evidence, 300)) < 4:
        return {"evidence": _("请写明凭什么认定，例如“入户走访，独自生活”。")}
    if looks_personal(evidence):
        return {"evidence": _("依据里不要写证件号码、电话，也不要写病名。")}
    return {}


def _consent_faults(person: Person, consent_by: str, at: datetime) -> dict[str, str]:
    age = people_rules.age(person.birth_date, at.astimezone(ZONE).date())
    if consent_by == "self" and age is not None and age < _AGE_OF_CONSENT:
        return {"consent_by": _("未满十四周岁，要由监护人同意。")}
    if consent_by or _consents(person).exists():
        return {}
    return {"consent_by": _("这一项涉及健康，要先征得本人（或监护人）单独同意，请记下谁同意的。")}


def _consents(person: Person) -> Any:
    return Consent.objects.filter(person_id=person.pk, purpose=rules.CONSENT, withdrawn_at=None)


def _agree(person: Person, by: str, at: datetime) -> None:
    if not _consents(person).exists():
        Consent.objects.create(
            person_id=person.pk, purpose=rules.CONSENT, text_version="care-1", given_at=at, given_by=by
        )


@transaction.atomic
def renew_tag(
    actor: Actor, *, tag: CareTag, evidence: str, at: datetime, days: int | None = None, seen: int | None = None
) -> CareTag:
    """Let a tag stand longer, after it was looked at again (复核续期). Raises NotFound, NotAllowed, Stale, Invalid."""
    tag = _begin(actor, tag, "care.tag", _LABEL, seen=seen)
    rule = rules.rule_of(tag.need)
    if faults := _faults(rule, evidence=evidence, days=days):
        raise Invalid(faults)
    before = {"evidence": tag.evidence, "review_at": tag.review_at, "expires_at": tag.expires_at}
    tag.evidence = clean(evidence, 300)
    tag.review_at = at + timedelta(days=rule.review_days)
    tag.expires_at = at + timedelta(days=min(days or rule.max_days, rule.max_days))
    tag.reminded_at = None
    columns = ["evidence", "review_at", "expires_at", "reminded_at"]
    return _write(actor, tag, "renew", at=at, columns=columns, fields=columns[:3], before=before)


@transaction.atomic
def end_tag(actor: Actor, *, tag: CareTag, reason: str, at: datetime, seen: int | None = None) -> CareTag:
    """End a tag that is needed no more. Raises NotFound, NotAllowed, Stale, Invalid."""
    tag = _begin(actor, tag, "care.tag", _LABEL, seen=seen)
    if not clean(reason, 200):
        raise Invalid({"reason": _("请写明为什么结束，例如“已与子女同住”。")})
    return ended(actor, tag, clean(reason, 200), at=at)


def ended(actor: Actor, tag: CareTag, reason: str, *, at: datetime, act: str = "end") -> CareTag:
    """End a tag that is locked."""
    tag.ended_at, tag.end_reason = at, reason
    return _write(actor, tag, act, at=at, columns=["ended_at", "end_reason"], fields=["ended_at"], before={})


@transaction.atomic
def note_visit(actor: Actor, *, tag: CareTag, at: datetime, visited_at: datetime | None = None) -> CareTag:
    """Note that somebody came; who serves the person may. Raises NotFound, Invalid for a visit to come."""
    tag = _begin(actor, tag, "care.view", _VISIT)
    when = visited_at or at
    if when > at:
        raise Invalid({"visited_at": _("走访时间不能晚于现在。")})
    if tag.last_visited_at is not None and when <= tag.last_visited_at:
        return tag  # noted late; somebody came since
    before = {"last_visited_at": tag.last_visited_at}
    tag.last_visited_at = when
    return _write(actor, tag, "visit", at=at, columns=["last_visited_at"], fields=["last_visited_at"], before=before)


def _begin(actor: Actor, tag: CareTag, permission: str, label: str, *, seen: int | None = None) -> CareTag:
    found = CareTag.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=tag.pk).first()
    if found is None:
        raise NotFound(_("没有这条关爱信息，或不由您服务。"))
    if permission != "care.view":
        demand(actor, permission, label, found)
        _demand_serving(actor, found)
    if found.ended_at is not None:
        raise Refused("tag_ended", _("这条关爱标签已经结束。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这条关爱标签刚被别人改过，请看过再改。"), version=found.version, changes=[])
    return found


def _demand_serving(actor: Actor, place: Person | CareTag) -> None:
    """Raise NotFound for a firm or a department, whatever its posts say."""
    scope = serving(actor)
    inside = (
        place.street_id in scope.street_ids,
        place.community_id in scope.community_ids,
        place.grid_id in scope.grid_ids,
    )
    if not scope.everywhere and not any(inside):
        raise NotFound(_("没有这条关爱信息，或不由您服务。"))


def _write(
    actor: Actor, tag: CareTag, act: str, *, at: datetime, columns: list[str], fields: Sequence[str],
    before: dict[str, Any],
) -> CareTag:  # fmt: skip
    tag.version += 1
    tag.save(update_fields=[*columns, "version"])
    _record(actor, tag, act, at=at, fields=fields, before=before)
    return tag


def _record(
    actor: Actor, tag: CareTag, act: str, *, at: datetime, fields: Sequence[str], before: dict[str, Any] | None
) -> None:
    record(actor, act, subject=SUBJECT, subject_id=tag.pk, version=tag.version, at=at, fields=fields, before=before)


def expire(*, at: datetime, limit: int = 200) -> int:
    """End tags that nobody renewed; several workers may run this. Returns how many."""
    return _each(CareTag.objects.running().filter(expires_at__lte=at), _expired, at, limit)


def remind(*, at: datetime, limit: int = 200) -> int:
    """Tell of tags that expire within a fortnight, once; listeners tell people. Returns how many."""
    soon = CareTag.objects.running().filter(expires_at__lte=at + timedelta(days=rules.REMIND_DAYS), reminded_at=None)
    return _each(soon.filter(expires_at__gt=at), _reminded, at, limit)


def _each(found: Any, act: Any, at: datetime, limit: int) -> int:
    done = 0
    for pk in list(found.order_by("expires_at", "pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            tag = found.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if tag is not None:
                act(tag, at)
                done += 1
    return done


def _expired(tag: CareTag, at: datetime) -> None:
    ended(SYSTEM, tag, _("到期，没有续期"), at=at, act="expire")


def _reminded(tag: CareTag, at: datetime) -> None:
    tag.reminded_at = at
    _write(SYSTEM, tag, "remind", at=at, columns=["reminded_at"], fields=[], before={})


def follow_home(person: Person) -> None:
    """Let running tags lie where the person lives now, so that who serves there sees them."""
    CareTag.objects.running().filter(person=person).update(
        street_id=person.street_id, community_id=person.community_id, grid_id=person.grid_id
    )


@transaction.atomic
def end_all(person_id: int, *, reason: str, at: datetime, consent_only: bool = False) -> int:
    """End the tags of a person who died, left, or took back the consent. Returns how many."""
    found = CareTag.objects.running().select_for_update(of=("self",)).filter(person_id=person_id).order_by("pk")
    tags = [tag for tag in found if not consent_only or rules.RULES[tag.need].needs_consent]
    for tag in tags:
        ended(SYSTEM, tag, reason, at=at)
    return len(tags)
