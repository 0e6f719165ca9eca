"""An alarm becomes a case, or joins the one open on the same component and fault; what happens is noted there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.journal.writing import append
from lianxin.registry.sensors.models import Device
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Channel, Stage
from lianxin.work.dispatch.queries import catalogue

from . import raising, rules, watching, wording
from .models import Alarm, RuleEdition, Watch
from .rules import SEVERITIES, Level, Spec
from .settings import alarm_settings

AGAIN = timedelta(minutes=10)  # after which a case that could not be made is tried again
# Ends by which people said that it was done: if the device still calls, that is a new alarm.
_DONE = frozenset({Stage.CLOSED, Stage.ANSWERED})


def make_due(*, at: datetime, limit: int = 100) -> int:
    """Make the cases whose time has come; returns how many alarms were looked at. Several workers may run this."""
    due = Alarm.objects.filter(case_at__lte=at).order_by("case_at", "pk").values_list("pk", flat=True)[:limit]
    found = list(due)
    for pk in found:
        make(pk, at=at)
    return len(found)


@transaction.atomic
def make(alarm_id: int, *, at: datetime) -> Case | None:
    """Make or join the case of one alarm, if it is due; once, however often it is asked. Always the alarm first."""
    alarm = Alarm.objects.select_for_update(of=("self",)).filter(pk=alarm_id, case_at__lte=at).first()
    if alarm is None:
        return None
    spec = spec_of(alarm)
    is_late = spec is None or not alarm.is_active or alarm.case_id is not None
    waited = spec is not None and spec.case_minutes > 0 and alarm.acknowledged_at is not None
    if spec is None or is_late or waited:
        alarm.case_at = None
        alarm.save(update_fields=["case_at"])
        return None
    try:
        with transaction.atomic():
            case, is_new = _standing(alarm, spec), False
            if case is None:
                case, is_new = _report(alarm, spec, at), True
    except LianxinError as error:
        alarm.case_at, alarm.case_fault = at + AGAIN, error.sentence[:300]
        alarm.save(update_fields=["case_at", "case_fault"])
        return None
    _attach(alarm, case, is_new=is_new, at=at)
    if not is_new:
        note(case, _("告警：%(what)s。与本件是同一故障，不另立案。") % {"what": said(alarm, spec)}, at=at)
    return case


def spec_of(alarm: Alarm) -> Spec | None:
    """Return what the edition says by which an alarm was opened."""
    found = RuleEdition.objects.filter(rule_id=alarm.rule_id, number=alarm.edition).values_list("content", flat=True)
    content = found.first()
    return rules.read(content) if content is not None else None


def _standing(alarm: Alarm, spec: Spec) -> Case | None:
    """Return the open case of the same component and fault: another alarm's, or a report of the same category."""
    if alarm.component_id is None:
        return None
    others = Alarm.objects.filter(component_id=alarm.component_id, fault=alarm.fault, case__ended_at=None)
    known = others.exclude(pk=alarm.pk).exclude(case=None).order_by("-pk").values_list("case_id", flat=True).first()
    if known is not None:
        return Case.objects.get(pk=known)
    node = catalogue().by_code.get(spec.category)
    if node is None:
        return None
    same = Case.objects.filter(component_id=alarm.component_id, category_id=node.id, ended_at=None)
    return same.order_by("-pk").first()


def _report(alarm: Alarm, spec: Spec, at: datetime) -> Case:
    device = alarm.device
    node = catalogue().by_code.get(spec.category)
    where = device.point if device.point is not None and areas.locate(device.point.lon, device.point.lat, at) else None
    text = rules.fill(spec.text or str(rules.TEXT), filling(alarm, spec, device, at))
    report = cases.Report(
        text=text,
        title=f"{device.name[:30]} {alarm_settings().fault(alarm.fault)}"[:60],
        channel=Channel.SENSOR,
        severity=spec.severity or SEVERITIES[alarm.level],
        category_id=node.id if node is not None else None,
        point=where,
        area_id=None if where is not None else alarm.area_id,
        address=device.address,
        claimed_at=alarm.opened_at,
        component=_component_key(alarm),
    )
    # The same alarm makes the same case: tried again after a crash, it finds the one it made.
    return cases.report(SYSTEM, client_id=uuid5(NAMESPACE_URL, f"lianxin:alarm:{alarm.key}"), report=report, at=at)


def _component_key(alarm: Alarm) -> UUID | None:
    component = alarm.component
    return component.key if component is not None and component.valid_to is None else None


def filling(alarm: Alarm, spec: Spec, device: Device, at: datetime) -> dict[str, str]:
    """Return what fills the text of an alarm's case."""
    node = areas.node(alarm.area_id) if alarm.area_id is not None else None
    place = device.address or (" ".join(node.breadcrumb[1:]) if node is not None else "")
    return wording.values(
        spec, alarm_settings(), device=device.name, kind=device.kind, place=place, level=alarm.level,
        value=alarm.value, at=alarm.opened_at, silent_for=at - alarm.opened_at + timedelta(seconds=spec.for_seconds),
    )  # fmt: skip


def said(alarm: Alarm, spec: Spec | None) -> str:
    """Return an alarm in few words: which device, what fault, how grave, what it read."""
    told = f"{alarm.device.name} {alarm_settings().fault(alarm.fault)}（{alarm.get_level_display()}）"
    if spec is None or alarm.value is None:
        return told
    return f"{told}，{wording.reading(alarm.device_kind, alarm.measure, alarm.value)}"


def _attach(alarm: Alarm, case: Case, *, is_new: bool, at: datetime) -> None:
    alarm.case, alarm.made_case, alarm.case_at, alarm.case_fault = case, is_new, None, ""
    alarm.version += 1
    alarm.save(update_fields=["case", "made_case", "case_at", "case_fault", "version"])
    facts = raising.placed(alarm) | {"case": case.number, "is_new": is_new}
    append([draft(SYSTEM, raising.SUBJECT, alarm.pk, "case", at=at, version=alarm.version, after=facts)])


def note(case: Case, words: str, *, at: datetime) -> None:
    """Note on a case what its device says; colleagues read it, reporters do not."""
    cases.annotate(SYSTEM, case=case, seen=None, at=at, note=words)


@transaction.atomic
def follow_end(case: Case, *, at: datetime) -> int:
    """End the alarms of a case that is over; returns how many. Devices first, then what is remembered, then alarms.

    If the device still calls after the work was done, that is forgotten, so that its next word opens a new alarm.
    """
    found = list(Alarm.objects.filter(case=case, ended_at=None).values_list("pk", "device_id", "fault"))
    if not found:
        return 0
    device_ids = sorted({device_id for _pk, device_id, _fault in found})
    watching.lock_devices(device_ids)
    hand = raising.held(device_ids, at=at)
    for pk, device_id, fault in found:
        alarm = hand.alarms.get((device_id, fault))
        if alarm is None or alarm.pk != pk:
            continue
        if alarm.is_active and case.stage in _DONE:
            _forget(device_id, fault)
        hand.end(alarm, Alarm.Ended.CASE, case=case.number, stage=case.stage)
    hand.write()
    return len(found)


@transaction.atomic
def follow_merge(case: Case, *, at: datetime) -> None:
    """Let the alarms of a case that was merged go on with the one it was merged into."""
    into = case.merged_into
    if into is None:
        return
    for alarm in Alarm.objects.filter(case=case, ended_at=None).select_for_update(of=("self",)).order_by("pk"):
        _attach(alarm, into, is_new=False, at=at)


def _forget(device_id: int, fault: str) -> None:
    editions = RuleEdition.objects.filter(content__fault=fault)
    Watch.objects.filter(device_id=device_id, rule_id__in=editions.values("rule_id")).delete()


def news(alarm: Alarm, act: str, facts: Mapping[str, Any]) -> str:
    """Return in words what an alarm tells its case."""
    level = Level(int(facts.get("level") or alarm.level)).label
    value = facts.get("value")
    read = wording.reading(alarm.device_kind, alarm.measure, float(value)) if value is not None else ""
    fault = alarm_settings().fault(alarm.fault)
    what = {
        "clear": _("告警恢复：%(device)s %(fault)s"),
        "raise": _("告警升到%(level)s：%(device)s %(fault)s"),
        "lower": _("告警降到%(level)s：%(device)s %(fault)s"),
    }.get(act, _("又报警了（%(level)s）：%(device)s %(fault)s"))
    told = what % {"level": level, "device": alarm.device.name, "fault": fault}
    return f"{told}，{read}。" if read else f"{told}。"
