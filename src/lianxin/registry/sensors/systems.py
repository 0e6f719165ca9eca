"""The register of joined systems (接入系统台账): put one on the books, amend, close, open again, give it a key."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.sources.recording import record

from . import changing, keys
from .adapters import ADAPTERS
from .inputs import SystemIn, checked_system
from .models import System
from .register import NAME

__all__ = ["SystemIn", "amend", "close", "issue_key", "register", "reopen", "revoke_key"]

SUBJECT = "system"
MANAGE = "登记、关停接入系统"
_SEQUENCE = "joined_system_id_seq"


@transaction.atomic
def register(actor: Actor, *, key: UUID, told: SystemIn, at: datetime) -> System:
    """Put a system on the books. The same `key` is the same system. Raises NotAllowed, Invalid, Refused."""
    demand(actor, "systems.manage", MANAGE)
    told = checked_system(told, at=at, adapters=frozenset(ADAPTERS))
    claimed = claim(key, kind=SUBJECT, action="register", sent=fingerprint(told), at=at, sequence=_SEQUENCE)
    if not claimed.fresh:
        return System.objects.get(pk=claimed.subject_id)
    if System.objects.filter(code=told.code).exists():
        raise Refused("system_code_taken", _("代码 {code} 已经登记过，请换一个。").format(code=told.code))
    system = System.objects.create(pk=claimed.subject_id, key=key, code=told.code, **told.values())
    record(actor, "create", subject=SUBJECT, subject_id=system.pk, version=1, at=at)
    versions.bump(NAME)
    return system


@transaction.atomic
def amend(actor: Actor, *, system: System, seen: int, told: SystemIn, at: datetime) -> System:
    """Change what is told of a system, not its code. Raises NotAllowed, Stale, Invalid."""
    system = _locked(actor, system, seen=seen)
    told = checked_system(told, at=at, adapters=frozenset(ADAPTERS))
    return _write(actor, system, "amend", told.values(), at=at)


@transaction.atomic
def close(actor: Actor, *, system: System, seen: int, why: str, at: datetime, closed_on: date | None = None) -> System:
    """Close a system: its key goes, what it sends is refused. Raises Invalid without a reason."""
    system = _locked(actor, system, seen=seen)
    day = closed_on or at.astimezone(ZONE).date()
    faults = {}
    if len(clean(why, 200)) < 2:
        faults["why"] = _("请写明为什么关停，由什么接替。")
    if not system.joined_on <= day <= at.astimezone(ZONE).date():
        faults["closed_on"] = _("关停日期应在接入之后，且不晚于今天。")
    if faults:
        raise Invalid(faults)
    system = _write(actor, system, "close", {"closed_on": day, "why": clean(why, 200)}, at=at)
    keys.revoke(system)
    return system


@transaction.atomic
def reopen(actor: Actor, *, system: System, seen: int, at: datetime) -> System:
    """Join a closed system again; it needs a new key."""
    system = _locked(actor, system, seen=seen)
    return _write(actor, system, "reopen", {"closed_on": None, "why": ""}, at=at)


@transaction.atomic
def issue_key(actor: Actor, *, system: System, at: datetime) -> str:
    """Give a system a new key and return it, this once; the one before counts for another day."""
    system = _locked(actor, system)
    if system.closed_on is not None:
        raise Refused("system_closed", _("这个系统已经关停。"))
    if not system.adapter:
        raise Refused("system_silent", _("这个系统不推送数据，用不着密钥。要推送，先选择接入方式。"))
    key = keys.put(system, at=at, by_id=actor.account_id)
    record(actor, "key", subject=SUBJECT, subject_id=system.pk, version=system.version, at=at)
    versions.bump(NAME)
    return key


@transaction.atomic
def revoke_key(actor: Actor, *, system: System, at: datetime) -> int:
    """Let no key of a system count from now on. Returns how many did. Raises NotFound without any."""
    system = _locked(actor, system)
    count = keys.revoke(system)
    if not count:
        raise NotFound(_("这个系统没有密钥。"))
    record(actor, "revoke", subject=SUBJECT, subject_id=system.pk, version=system.version, at=at)
    versions.bump(NAME)
    return count


def _locked(actor: Actor, system: System, *, seen: int | None = None) -> System:
    demand(actor, "systems.manage", MANAGE)
    current = System.objects.select_for_update(of=("self",)).get(pk=system.pk)
    if seen is not None and current.version != seen:
        changes = changing.since(SUBJECT, current.pk, seen)
        raise Stale(_("这个系统刚被别人改过，看看改动再决定。"), version=current.version, changes=changes)
    return current


def _write(actor: Actor, system: System, act: str, values: Mapping[str, Any], *, at: datetime) -> System:
    before = {name: getattr(system, name) for name, value in values.items() if getattr(system, name) != value}
    if not before:
        return system
    for name in before:
        setattr(system, name, values[name])
    system.version += 1
    system.save(update_fields=[*before, "version"])
    record(
        actor, act, subject=SUBJECT, subject_id=system.pk, version=system.version, at=at, fields=list(before),
        before=before,
    )  # fmt: skip
    versions.bump(NAME)
    return system
