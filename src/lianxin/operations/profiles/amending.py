"""What administrators change of a profile in the pages: with power, with a reason where it matters, and audited."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.audit.actions import record
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.configuration.models import Document
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import Invalid
from lianxin.kernel.worktime import actions as worktime
from lianxin.kernel.worktime.calendars import Season
from lianxin.kernel.worktime.notice import NoticeDay

from . import loader
from .documents import messages
from .model import Profile

_LABEL = "修改配置"
_HOLE = re.compile(r"\{([a-z_]*)\}")
# What a text may ask for, with an example.
PLACEHOLDERS = {
    "number": "340881-20261121-000123", "title": "路灯不亮", "due": "11月24日 17:30", "unit": "城管局", "stage": "核查",
    "url": "https://…/f/8Kd2", "code": "482913",
}  # fmt: skip


@transaction.atomic
def load(actor: Actor, profile: Profile, *, reason: str, at: datetime) -> list[loader.TableChange]:
    """Load the files and return what changed. Raises NotAllowed, Invalid as the rooms do, and without a reason."""
    demand(actor, "config.manage", _LABEL)
    if not reason.strip():
        raise Invalid({"reason": _("请写明为什么载入。")})
    changes = loader.apply(profile, actor, at=at)
    _keep(actor, profile, changes, reason.strip(), at)
    return changes


@transaction.atomic
def load_by_operator(
    profile: Profile, *, user: str, county: loader.CountyMap | None, at: datetime
) -> list[loader.TableChange]:
    """Load the files from the command line: whoever may run it may, and the audit keeps the name at the machine."""
    changes = loader.apply(profile, SYSTEM, at=at, county=county)
    if changes:
        _keep(replace(SYSTEM, name=f"命令行 {user}"), profile, changes, "", at)
    return changes


def _keep(actor: Actor, profile: Profile, changes: Sequence[loader.TableChange], reason: str, at: datetime) -> None:
    """Keep who loaded what in the audit: counts by table, never what the rows say."""
    counts = {change.table: [len(change.added), len(change.changed), len(change.removed)] for change in changes}
    record(
        actor,
        "config.load",
        at=at,
        subject_kind="profile",
        subject_label=profile.key,
        reason=reason,
        detail={"hash": profile.content_hash, "changes": counts},
    )


@transaction.atomic
def put_day(actor: Actor, *, code: str, day: date, kind: str, name: str, reason: str, at: datetime) -> None:
    """Make a day a holiday or a make-up day here; an empty kind lets it be what its weekday says."""
    demand(actor, "config.manage", _LABEL)
    if not reason.strip():
        raise Invalid({"reason": _("请写明依据，例如通知文号。")})
    if kind:
        worktime.put_day(code, day, kind=kind, name=name.strip(), at=at, by_id=actor.account_id)
    else:
        worktime.clear_day(code, day)
    record(
        actor,
        "config.calendar",
        at=at,
        subject_kind="calendar",
        subject_label=f"{code} {day.isoformat()}",
        reason=reason.strip(),
        detail={"kind": kind or "weekday", "name": name},
    )


@transaction.atomic
def put_texts(
    actor: Actor, *, document: str, section: str, values: Mapping[str, str], reason: str, at: datetime
) -> bool:
    """Put texts of a section in force (`section` "" for the document itself); messages to reporters follow.

    Returns whether anything changed. Raises Invalid with a sentence at each text whose placeholders are not known.
    """
    demand(actor, "config.manage", _LABEL)
    if not reason.strip():
        raise Invalid({"reason": _("请写明为什么改。")})
    if wrong := faults(values):
        raise Invalid(wrong)
    whole = dict(current(document) or {})
    now = dict(whole.get(section) or {}) if section else whole
    told = {**now, **values}
    whole = {**whole, section: told} if section else told
    by_id = actor.account_id
    changed = configuration.put(document, whole, at=at, by_id=by_id, reason=reason.strip(), source="page")
    if section == "sms":
        configuration.put("messages", messages(told), at=at, by_id=by_id, reason=reason.strip(), source="page")
    if changed:
        names = sorted(name for name, text in values.items() if now.get(name) != text)
        record(actor, "config.texts", at=at, subject_kind="texts", subject_label=f"{document}.{section}".strip("."),
               reason=reason.strip(), detail={"texts": names})  # fmt: skip
    return changed


@transaction.atomic
def go_back(actor: Actor, *, document: Document, reason: str, at: datetime) -> bool:
    """Put an earlier version in force again as a new one; messages follow the texts. Returns whether it changed."""
    demand(actor, "config.manage", _LABEL)
    if not reason.strip():
        raise Invalid({"note": _("请写明为什么退回。")})
    by_id, why = actor.account_id, reason.strip()
    changed = configuration.put(document.key, document.content, at=at, by_id=by_id, reason=why, source="page")
    if document.key == "texts":
        told = messages(document.content.get("sms", {}))
        configuration.put("messages", told, at=at, by_id=by_id, reason=why, source="page")
    if changed:
        record(actor, "config.go_back", at=at, subject_kind="document", subject_label=document.key, reason=why,
               detail={"version": document.version})  # fmt: skip
    return changed


def faults(values: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with texts: placeholders nobody fills in, braces left open."""
    wrong = {}
    for name, text in values.items():
        unknown = [word for word in _HOLE.findall(text) if word not in PLACEHOLDERS]
        if unknown:
            wrong[name] = _("不认识 {words}。可用的有 {known}。").format(
                words="、".join(f"{{{word}}}" for word in unknown),
                known="、".join(f"{{{word}}}" for word in PLACEHOLDERS),
            )
        elif "{" in _HOLE.sub("", text) or "}" in _HOLE.sub("", text):
            wrong[name] = _("花括号没有成对。")
    return wrong


def filled(text: str) -> str:
    """Return a text as somebody would read it, with made-up facts in its places."""
    return _HOLE.sub(lambda found: PLACEHOLDERS.get(found[1], found[0]), text)


@transaction.atomic
def load_notice(actor: Actor, *, code: str, year: int, days: Sequence[NoticeDay], reason: str, at: datetime) -> int:
    """Take a year's holidays as a notice names them. Returns how many days changed; open clocks follow by a job."""
    demand(actor, "config.manage", _LABEL)
    if not reason.strip():
        raise Invalid({"reason": _("请写明依据，例如通知文号。")})
    changed = worktime.load_notice(code, year=year, days=days, at=at, by_id=actor.account_id)
    record(actor, "config.calendar", at=at, subject_kind="calendar", subject_label=f"{code} {year}",
           reason=reason.strip(), detail={"changed": changed, "named": len(days)})  # fmt: skip
    return changed


@transaction.atomic
def put_hours(
    actor: Actor, *, code: str, name: str, seasons: Sequence[tuple[str, Season]], reason: str, at: datetime
) -> None:
    """Put other working hours by season in force; days stay as they are."""
    demand(actor, "config.manage", _LABEL)
    if not reason.strip():
        raise Invalid({"reason": _("请写明依据，例如作息通知文号。")})
    worktime.put_calendar(code, name=name, seasons=seasons)
    record(actor, "config.calendar", at=at, subject_kind="calendar", subject_label=code, reason=reason.strip(),
           detail={"seasons": len(seasons)})  # fmt: skip


@transaction.atomic
def load_year(actor: Actor, *, code: str, year: int, at: datetime) -> int:
    """Take the State Council's holidays of a year; days set here stay. Returns how many days changed."""
    demand(actor, "config.manage", _LABEL)
    changed = worktime.load_statutory(code, at=at, years=[year], by_id=actor.account_id)
    record(
        actor,
        "config.calendar",
        at=at,
        subject_kind="calendar",
        subject_label=f"{code} {year}",
        reason="国务院办公厅放假通知",
        detail={"changed": changed},
    )
    return changed
