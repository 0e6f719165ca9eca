"""Rules that come with a profile: put in force once, brought up to date until people here change them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.registry.sensors.kinds import KINDS

from . import actions, rules
from .knowing import known_kinds
from .models import AlarmRule, RuleEdition
from .settings import FAULTS

LOADED = "载入方案"


@dataclass
class Loaded:
    """What loading did, by code."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


@transaction.atomic
def load(told: Iterable[Mapping[str, Any]], *, at: datetime) -> Loaded:
    """Put rules in force. A rule that was changed, or put off, by people is left alone. Raises Invalid."""
    done = Loaded()
    for each in told:
        code = str(each.get("code", ""))
        known = AlarmRule.objects.filter(code=code).first()
        if known is None:
            made = actions.draft_rule(SYSTEM, key=_key(code), code=code, content=_content(each), at=at)
            actions.publish(SYSTEM, rule=made, why=LOADED, at=at)
            done.added.append(code)
        elif _is_ours(known) and _says(known) != rules.read(_content(each)):
            changed = actions.write_draft(SYSTEM, rule=known, content=_content(each), at=at)
            actions.publish(SYSTEM, rule=changed, why=LOADED, at=at)
            done.changed.append(code)
    return done


def known_to_profile(categories: Iterable[str]) -> rules.Known:
    """Return what the rules of a profile are checked against before anything is loaded: what the platform ships."""
    return replace(
        known_kinds(KINDS), faults=FAULTS, categories=frozenset(categories),
    )  # fmt: skip


def checked(told: Mapping[str, Any], known: rules.Known) -> rules.Spec:
    """Return one rule of a profile. Raises Invalid; an area is looked for only when it is loaded."""
    return rules.check(_content(told), replace(known, areas=frozenset({str(told.get("area", ""))})))


def _key(code: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"lianxin:alarm-rule:{code}")


def _content(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "code"}


def _is_ours(rule: AlarmRule) -> bool:
    """Tell whether nobody here has touched it since it was loaded."""
    untouched = rule.state == AlarmRule.State.LIVE and rule.draft is None
    return untouched and not rule.editions.exclude(why=LOADED).exists()


def _says(rule: AlarmRule) -> rules.Spec:
    return rules.read(rule.editions.get(number=rule.live_number or 0).content)


def written() -> list[dict[str, Any]]:
    """Return the live rules as a profile's file has them; those that name single devices are this place's own."""
    rows = (
        RuleEdition.objects.filter(rule__state=AlarmRule.State.LIVE)
        .select_related("rule")
        .order_by("rule_id", "number")
    )
    found = {row.rule_id: row for row in rows if row.number == row.rule.live_number}
    return [
        {"code": row.rule.code or f"r{row.rule.key.hex[:12]}"} | _plain(row.content)
        for row in found.values()
        if not row.content.get("devices")
    ]


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a content without what says nothing."""
    defaults = rules.Spec().content()
    kept = {name: value for name, value in content.items() if value != defaults.get(name) and value not in ([], ())}
    return {"op": content["op"]} | kept
