"""Reports come in: once, whole, and in the same transaction filed and dispatched when the platform is sure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.areas.queries import locate as locate_area
from lianxin.foundation.areas.queries import node as area_node
from lianxin.kernel import crypto, versions
from lianxin.kernel.errors import Invalid, NotAllowed
from lianxin.kernel.files.actions import attach
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean
from lianxin.registry.components.models import Component
from lianxin.work.cases import keeping, rules
from lianxin.work.cases.models import Case, Reporter
from lianxin.work.cases.words import Channel, Kind, Severity, Stage
from lianxin.work.dispatch.queries import catalogue

from .beginning import SEQUENCE, new_case, set_area
from .deciding import decide, note_shadow, propose_for

MAX_TEXT = 20_000
MAX_TITLE = 60
# A report may tell of what is long past, but not of the future, a wrong watch allowed for.
OLDEST = timedelta(days=60 * 366)
WATCH_ERROR = timedelta(minutes=10)


@dataclass(frozen=True)
class Report:
    """What somebody reports. `point` or `area_id` may be missing: the seat then places it."""

    text: str
    title: str = ""
    channel: str = Channel.RESIDENT
    kind: str = ""
    severity: str = ""
    category_id: int | None = None
    point: Point | None = None
    accuracy_metres: int | None = None
    area_id: int | None = None
    address: str = ""
    claimed_at: datetime | None = None
    name: str = ""
    phone: str = ""
    is_anonymous: bool = False
    is_confidential: bool = False
    has_consent: bool = False
    files: tuple[UUID, ...] = field(default=())
    component: UUID | None = None  # the facility it is about, by its key; place and keeper come with it
    component_state: str = ""  # damaged, missing, occupied; "" damaged
    is_solved: bool = False  # by the reporter, who tells how next: the platform sends nobody


def report(actor: Actor, *, client_id: UUID, report: Report, at: datetime) -> Case:
    """Take a report. The same `client_id` sent again returns the same case and changes nothing.

    Raises Invalid, with a sentence for each field.
    """
    check_report(actor, report, at)
    # Not the time it happened: a device puts its clock right, and says a little otherwise when it sends again.
    sent = fingerprint(report.text, report.title, report.point, report.phone, *filter(None, [report.component]))
    with transaction.atomic():
        claimed = claim(client_id, kind="case", action="report", sent=sent, at=at, sequence=SEQUENCE)
        if not claimed.fresh:
            return Case.objects.get(pk=claimed.subject_id)
        return _take_in(actor, claimed.subject_id, report, at)


def check_report(actor: Actor, report: Report, at: datetime) -> None:
    """Refuse what cannot be a report, naming every field at once."""
    problems = _wrong_words(report) | _wrong_choices(report) | _wrong_time(report, at)
    if problems:
        raise Invalid(problems)
    if report.channel not in {Channel.RESIDENT, Channel.WORKER} and not actor.may("cases.report"):
        raise NotAllowed("not_yours", _("您的岗位不能登记这种来源的上报。"))


def _wrong_words(report: Report) -> dict[str, str]:
    problems: dict[str, str] = {}
    length = len(report.text.strip())
    if not clean(report.text, MAX_TEXT):
        problems["text"] = _("请写几句发生了什么。")
    elif length > MAX_TEXT:
        problems["text"] = _("写得太长（%(length)d 字）。请压到 %(limit)d 字以内，其余可作为补充再送。") % {
            "length": length, "limit": MAX_TEXT,
        }  # fmt: skip
    if len(report.title) > MAX_TITLE:
        problems["title"] = _("标题请不超过 %(limit)d 字。") % {"limit": MAX_TITLE}
    if len(report.address) > 200:
        problems["address"] = _("地点请不超过 200 字。")
    if report.phone:
        try:
            normal_phone(report.phone)
        except Invalid as error:
            problems |= error.fields
    return problems


def _wrong_choices(report: Report) -> dict[str, str]:
    problems: dict[str, str] = {}
    if report.component_state:
        try:
            keeping.said_state(report.component_state)
        except Invalid as error:
            problems |= error.fields
    if report.channel not in Channel.values:
        problems["channel"] = _("没有这种来源。")
    if report.kind and report.kind not in Kind.values:
        problems["kind"] = _("没有这种类型。")
    if report.severity and report.severity not in Severity.values:
        problems["severity"] = _("等级只有一般、较急、紧急。")
    if len(report.files) > 9:
        problems["files"] = _("最多 9 个照片、视频。请去掉 %(count)d 个。") % {"count": len(report.files) - 9}
    return problems


def _wrong_time(report: Report, at: datetime) -> dict[str, str]:
    if report.claimed_at is None or at - OLDEST <= report.claimed_at <= at + WATCH_ERROR:
        return {}
    is_early = report.claimed_at < at
    return {"claimed_at": _("发生时间太早。请核对日期。") if is_early else _("发生时间在以后。请核对日期。")}


def _take_in(actor: Actor, case_id: int, report: Report, at: datetime) -> Case:
    numbers = versions.read()
    component = keeping.component_named(report.component) if report.component is not None else None
    report = _at(component, report) if component is not None else report
    area = _area_of(report, at, numbers)
    change = new_case(
        actor, at=at, numbers=numbers, case_id=case_id, title=clean(report.title, MAX_TITLE) or title_of(report.text),
        text=clean(report.text, MAX_TEXT), channel=report.channel, kind=report.kind or Kind.PROBLEM,
    )  # fmt: skip
    case = change.case
    case.severity = report.severity or Severity.NORMAL
    if report.category_id is not None and report.category_id not in catalogue(numbers).by_id:
        raise Invalid({"category": _("没有这个分类，或它已停用。")})
    case.category_id = report.category_id
    case.point, case.accuracy_metres = report.point, report.accuracy_metres
    case.address = clean(report.address, 200)
    case.claimed_at = report.claimed_at
    if component is not None:
        case.component, case.component_state = component, keeping.said_state(report.component_state)
    case.is_anonymous, case.is_confidential, case.has_consent = (
        report.is_anonymous, report.is_confidential, report.has_consent,
    )  # fmt: skip
    # Who takes a call or passes something on is not who reported it.
    is_own = report.channel in {Channel.RESIDENT, Channel.WORKER} and not report.is_anonymous
    case.reporter_id = actor.account_id if is_own else None
    case.is_reachable = bool(report.phone) and not report.is_anonymous
    set_area(case, area)
    case.holder_level = rules.entry_level(change.settings, report.channel, case)
    proposal = propose_for(change, kind_given=bool(report.kind), severity_given=bool(report.severity))
    case.is_confidential = case.is_confidential or change.settings.is_confidential(case.kind)
    change.go(Stage.REPORTED)
    told: dict[str, Any] = {"component": component.number} if component is not None else {}
    change.log("report", channel=report.channel, **told)
    if not report.is_solved:
        decide(change, proposal)
    change.write()
    note_shadow(change, proposal)
    keep_reporter(case, report)
    if report.files:
        attach(report.files, kind="case", subject_id=case.pk, at=at, by_id=actor.account_id)
    return case


def _at(component: Component, report: Report) -> Report:
    """Return the report at the component's place, where it names no place of its own."""
    return replace(report, point=report.point or component.point, address=report.address or component.address)


# How people begin before they say what it is; a title made of it would tell nothing.
_COURTESY = re.compile(
    r"(?:(?:尊敬的[^，,：:。！!\s]{0,12}|各位领导|领导|您好|你好|大家好|麻烦看一下|麻烦您?|反映个事|我?(?:想|要)?反映(?:一)?个问题)"
    r"[，,：:；;！!。\s]+)+"
)


def title_of(text: str) -> str:
    """Return a title from the first words of a report, courtesies left out."""
    whole = clean(text, 400)
    greeted = _COURTESY.match(whole)
    words = (whole[greeted.end() :] if greeted else "") or whole
    first = re.split(r"[。！？!?\n；;]", words, maxsplit=1)[0].strip() or words
    return first if len(first) <= 30 else first[:29] + "…"


def _area_of(report: Report, at: datetime, numbers: Mapping[str, int]) -> AreaNode | None:
    if report.area_id is not None:
        found = area_node(report.area_id, numbers)
        if found is None or found.valid_to is not None:
            raise Invalid({"area": _("没有这个社区或网格，请重新选择。")})
        return found
    if report.point is None:
        return None
    found = locate_area(report.point.lon, report.point.lat, at, numbers)
    if found is None:
        raise Invalid({"point": _("这个位置不在本地辖区内。请在图上重新点，或只写地点，由坐席来定位。")})
    return found


def keep_reporter(case: Case, report: Report) -> None:
    """Keep who reported, sealed and apart; nothing at all of an anonymous report."""
    if report.is_anonymous or not (report.name or report.phone):
        return
    phone = normal_phone(report.phone) if report.phone else ""
    Reporter.objects.create(
        case=case, name=clean(report.name, 60), phone=phone,
        phone_hash=crypto.blind_index(phone, PHONE_CONTEXT).hash if phone else None,
    )  # fmt: skip


PHONE_CONTEXT = "cases.reporter.phone"
_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9}|0\d{9,11})")


def normal_phone(phone: str) -> str:
    """Return the digits of a mainland phone number; raise Invalid for anything else."""
    digits = re.sub(r"[\s()（）-]", "", phone)
    found = _PHONE.fullmatch(digits)
    if found is None:
        raise Invalid({"phone": _("手机号是 11 位。请核对，或留空匿名反映。")})
    return found[1]
