"""Write rules, put them in force, change them by new editions, put them off. Each change stands in the journal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean
from lianxin.work.alarms import rules, wording
from lianxin.work.alarms.compiled import NAME
from lianxin.work.alarms.knowing import known
from lianxin.work.alarms.models import AlarmRule, RuleEdition
from lianxin.work.alarms.permissions import RULES

SUBJECT = "alarm_rule"
_LABEL = "编写、启用告警规则"
State = AlarmRule.State


@transaction.atomic
def draft_rule(actor: Actor, *, key: UUID, content: Mapping[str, Any], at: datetime, code: str = "") -> AlarmRule:
    """Begin a rule as a draft. The same `key` is the same rule. Raises NotAllowed, Invalid."""
    demand(actor, RULES, _LABEL)
    found = AlarmRule.objects.filter(key=key).first()
    if found is not None:
        return found
    spec = _checked(content, at)
    rule = AlarmRule(key=key, code=code, draft=spec.content(), name=spec.name, device_kind=spec.device_kind)
    _sign(rule, actor, at)
    rule.save(force_insert=True)
    _tell(actor, rule, "draft", at)
    return rule


@transaction.atomic
def write_draft(
    actor: Actor, *, rule: AlarmRule, content: Mapping[str, Any], at: datetime, seen: int | None = None
) -> AlarmRule:
    """Change what the rule would say. What is in force stays until it is published. Raises Stale, Invalid."""
    found = _begin(actor, rule, seen)
    spec = _checked(content, at)
    if found.draft == spec.content():
        return found
    found.draft, found.tried_at = spec.content(), None
    if found.state == State.DRAFT:
        found.name, found.device_kind = spec.name, spec.device_kind
    return _save(actor, found, "draft", at, ["draft", "tried_at", "name", "device_kind"])


@transaction.atomic
def discard(actor: Actor, *, rule: AlarmRule, at: datetime, seen: int | None = None) -> AlarmRule | None:
    """Drop the draft; a rule that was never published goes altogether (None)."""
    found = _begin(actor, rule, seen)
    if found.state == State.DRAFT:
        _tell(actor, found, "discard", at)
        found.delete()
        return None
    found.draft = None
    return _save(actor, found, "discard", at, ["draft"])


@transaction.atomic
def publish(actor: Actor, *, rule: AlarmRule, at: datetime, why: str = "", seen: int | None = None) -> AlarmRule:
    """Put the draft in force as a new edition: from the next reading on. Raises Stale, Invalid, Refused."""
    found = _begin(actor, rule, seen)
    if found.draft is None:
        raise Refused("rule_no_draft", _("没有改动，不用再启用。"))
    spec = _checked(found.draft, at)  # what it names may have gone meanwhile
    reason = clean(why, 200)
    if found.live_number is not None and len(reason) < 2:
        raise Invalid({"why": _("请写明为什么改，以后查得到。")})
    number = (found.live_number or 0) + 1
    RuleEdition.objects.create(
        rule=found, number=number, content=spec.content(), why=reason, published_at=at,
        published_by_id=actor.account_id, published_by_label=actor.name[:120],
    )  # fmt: skip
    found.live_number, found.state, found.draft = number, State.LIVE, None
    found.name, found.device_kind = spec.name, spec.device_kind
    versions.bump(NAME)
    columns = ["live_number", "state", "draft", "name", "device_kind"]
    return _save(actor, found, "publish", at, columns, number=number, says=wording.sentence(spec), why=reason)


@transaction.atomic
def switch_off(actor: Actor, *, rule: AlarmRule, at: datetime, why: str, seen: int | None = None) -> AlarmRule:
    """Put a rule off: it watches no more, and alarms nobody else stands behind end. Raises Stale, Invalid, Refused."""
    found = _begin(actor, rule, seen)
    if found.state != State.LIVE:
        raise Refused("rule_not_live", _("这条规则没有启用。"))
    reason = clean(why, 200)
    if len(reason) < 2:
        raise Invalid({"why": _("请写明为什么停用，以后查得到。")})
    found.state = State.OFF
    versions.bump(NAME)
    return _save(actor, found, "off", at, ["state"], why=reason)


@transaction.atomic
def switch_on(actor: Actor, *, rule: AlarmRule, at: datetime, seen: int | None = None) -> AlarmRule:
    """Put a rule that is off in force again, as it last was. Raises Stale, Refused."""
    found = _begin(actor, rule, seen)
    if found.state != State.OFF:
        raise Refused("rule_not_off", _("这条规则没有停用。"))
    _checked(content_in_force(found), at)
    found.state = State.LIVE
    versions.bump(NAME)
    return _save(actor, found, "on", at, ["state"])


def content_in_force(rule: AlarmRule) -> dict[str, Any]:
    """Return what the last published edition of a rule says."""
    content: dict[str, Any] = rule.editions.get(number=rule.live_number or 0).content
    return content


def _checked(content: Mapping[str, Any], at: datetime) -> rules.Spec:
    devices = content.get("devices")
    named = [str(key) for key in devices] if isinstance(devices, list | tuple) else []
    return rules.check(content, known(at, named))


def _begin(actor: Actor, rule: AlarmRule, seen: int | None) -> AlarmRule:
    demand(actor, RULES, _LABEL)
    found = AlarmRule.objects.select_for_update().filter(pk=rule.pk).first()
    if found is None:
        raise NotFound(_("没有这条规则，或它已经删掉。"))
    if seen is not None and seen != found.version:
        sentence = _("%(name)s 刚改过这条规则，看过再改。") % {"name": found.changed_by_label or _("同事")}
        raise Stale(sentence, version=found.version, changes=[])
    return found


def _sign(rule: AlarmRule, actor: Actor, at: datetime) -> None:
    rule.changed_at, rule.changed_by_id, rule.changed_by_label = at, actor.account_id, actor.name[:120]


def _save(actor: Actor, rule: AlarmRule, act: str, at: datetime, columns: list[str], **facts: Any) -> AlarmRule:
    rule.version += 1
    _sign(rule, actor, at)
    rule.save(update_fields=[*columns, "version", "changed_at", "changed_by_id", "changed_by_label"])
    _tell(actor, rule, act, at, **facts)
    return rule


def _tell(actor: Actor, rule: AlarmRule, act: str, at: datetime, **facts: Any) -> None:
    told = {"name": rule.name, "key": str(rule.key)} | facts
    append([draft(actor, SUBJECT, rule.pk, act, at=at, version=rule.version, target=rule.state, after=told)])
