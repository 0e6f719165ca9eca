"""Who is told what about a case: kinds of message, their audience and words, and the listener that sends them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render
from lianxin.foundation.organizations.queries import unit as unit_node
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE

from . import standing
from .models import Approval, Assignment, Case, Reporter
from .settings import flow_settings_now
from .words import Severity

CONSUMER = "cases.messages"
Audience = Callable[[Case, Entry], list[int]]


def _of_units(permission: str) -> Audience:
    """Those who may act for the units the entry names; at night and urgent, who is on duty there too."""

    def find(case: Case, entry: Entry) -> list[int]:
        units = entry.after.get("units") or [entry.after.get("unit") or case.lead_unit_id]
        found: set[int] = set()
        for unit_id in {pk for pk in units if pk}:
            found |= set(accounts.holders(permission, unit_id=unit_id, at=entry.at))
            if case.severity == Severity.URGENT:
                found |= set(accounts.on_duty(unit_id=unit_id, at=entry.at))
        return sorted(found)

    return find


def _holders(permission: str) -> Audience:
    """Those who may move the case at the level that holds it."""

    def find(case: Case, entry: Entry) -> list[int]:
        found = accounts.holders(permission, place=_held_at(case), at=entry.at)
        if case.severity == Severity.URGENT:
            found = sorted({*found, *accounts.on_duty(place=_held_at(case), at=entry.at)})
        return found

    return find


@dataclass(frozen=True)
class _Place:
    street_id: int | None
    community_id: int | None
    grid_id: int | None


def _held_at(case: Case) -> _Place:
    """The place as the holder's level sees it: nothing below that level."""
    level = case.holder_level
    return _Place(
        case.street_id if level in {"street", "community", "grid"} else None,
        case.community_id if level in {"community", "grid"} else None,
        case.grid_id if level == "grid" else None,
    )


def _field(case: Case, entry: Entry) -> list[int]:
    """The grid's own workers."""
    return accounts.holders("cases.verify", place=case, at=entry.at)


def _approvers(case: Case, entry: Entry) -> list[int]:
    """Those who may decide what was asked, and those to whom they have lent the decision."""
    asked = Approval.objects.filter(pk=entry.after.get("approval") or entry.after.get("subject_id")).first()
    able = accounts.holders("cases.approve", place=_held_at(case), at=entry.at)
    lent = standing.told(asked.kind, approvers=able, at=entry.at) if asked is not None else []
    own = {entry.actor_id, asked.asked_by_id if asked is not None else None}
    return sorted({*able, *lent} - own)


def _pressing(case: Case, entry: Entry) -> list[int]:
    """A request lies long: its deciders and, from now on, their substitutes; overdue, the level above as well."""
    told = _approvers(case, entry)
    standing_in = accounts.substitutes(told, at=entry.at).values()
    above = accounts.holders("cases.approve", place=_Place(None, None, None), at=entry.at)
    asked = Approval.objects.filter(pk=entry.after.get("subject_id")).first()
    found = {*told, *standing_in, *(above if entry.action == "overdue" else ())}
    return sorted(found - {asked.asked_by_id if asked is not None else None})


def _forwarded(_case: Case, entry: Entry) -> list[int]:
    post = Post.objects.filter(pk=entry.after.get("to")).first()
    return [post.account_id] if post is not None else []


def _asker(_case: Case, entry: Entry) -> list[int]:
    asked = Approval.objects.filter(pk=entry.after.get("approval")).first()
    return [asked.asked_by_id] if asked is not None and asked.asked_by_id is not None else []


def _late(case: Case, entry: Entry) -> list[int]:
    """Whoever holds what is late: the unit whose part it is, the unit that leads, or the holder's level."""
    if entry.after.get("subject") == "approval":
        return _pressing(case, entry)
    if entry.after.get("subject") == "assignment":
        part = Assignment.objects.filter(pk=entry.after.get("subject_id")).first()
        if part is not None and part.unit_id is not None:
            return accounts.holders("cases.handle", unit_id=part.unit_id, at=entry.at)
    if case.lead_unit_id is not None and case.stage in {"dispatched", "handling"}:
        return _of_units("cases.handle")(case, entry)
    return _holders("cases.file")(case, entry)


def _supervisors(case: Case, entry: Entry) -> list[int]:
    return accounts.holders("cases.supervise", place=_held_at(case), at=entry.at)


def _pressed(case: Case, entry: Entry) -> list[int]:
    return sorted({*_late(case, entry), *_holders("cases.dispatch")(case, entry)})


def _decided(case: Case, entry: Entry) -> list[int]:
    """The level that holds it now, and units that a leader's decision made join."""
    joined = _of_units("cases.handle")(case, entry) if entry.after.get("units") else []
    return sorted({*_holders("cases.dispatch")(case, entry), *joined})


def _overdue(case: Case, entry: Entry) -> list[int]:
    if entry.after.get("subject") == "approval":
        return _pressing(case, entry)
    return sorted({*_late(case, entry), *_supervisors(case, entry)})


@dataclass(frozen=True)
class Telling:
    """What staff are told on an act."""

    kind: Kind
    audience: Audience


def _kind(code: str, label: str, title: str, *, channels: tuple[str, ...] = ()) -> Kind:
    # What leaves the house names neither place nor matter; the link shows them to who may see.
    body = "编号 {number}，请打开查看。{due}" if channels else "{title}，{place}。{due}"
    return Kind(f"cases.{code}", label, title, body, channels)


STAFF: Mapping[str, Telling] = {
    "report": Telling(
        _kind("reported_urgent", "紧急上报", "紧急上报 {tail}", channels=("sms",)), _holders("cases.file")
    ),
    "check": Telling(_kind("check", "核实任务", "请到现场核实 {tail}"), _field),
    "dispatch": Telling(
        _kind("dispatched", "派遣任务", "新任务待签收 {tail}", channels=("sms",)), _of_units("cases.handle")
    ),
    "rule": Telling(_kind("ruled", "裁定", "裁定由您单位主办 {tail}", channels=("sms",)), _of_units("cases.handle")),
    "add_assist": Telling(_kind("assist", "协办任务", "请协办 {tail}"), _of_units("cases.handle")),
    "return": Telling(_kind("returned", "回退", "被回退，请重新派遣 {tail}"), _holders("cases.dispatch")),
    "handle": Telling(_kind("handled", "待核查", "已办好，请核查 {tail}"), _field),
    "rework": Telling(_kind("rework", "返工", "核查没通过，请再办 {tail}"), _of_units("cases.handle")),
    "verify": Telling(_kind("verified", "待结案", "核查通过，请结案 {tail}"), _holders("cases.close")),
    "whistle": Telling(
        _kind("whistle", "吹哨", "吹哨：请到场 {tail}", channels=("sms",)), _of_units("cases.report_in")
    ),
    "nudge": Telling(
        _kind("nudged", "催报到", "催一催：请到场报到 {tail}", channels=("sms",)), _of_units("cases.report_in")
    ),
    "forward": Telling(_kind("forwarded", "转来审批", "转给您审批 {tail}"), _forwarded),
    "ask_extension": Telling(_kind("approval", "审批", "申请延期，请审批 {tail}"), _approvers),
    "ask_postponement": Telling(_kind("approval", "审批", "申请延期，请审批 {tail}"), _approvers),
    "ask_suspension": Telling(_kind("approval", "审批", "申请延期，请审批 {tail}"), _approvers),
    "approve": Telling(_kind("decided", "审批结果", "申请有结果了 {tail}"), _asker),
    "refuse": Telling(_kind("decided", "审批结果", "申请有结果了 {tail}"), _asker),
    "warn": Telling(_kind("warn", "临近时限", "快到时限 {tail}"), _late),
    "overdue": Telling(_kind("overdue", "超时", "已超时 {tail}", channels=("sms",)), _overdue),
    "supervise": Telling(_kind("supervised", "督办", "督办：{tail}", channels=("sms",)), _pressed),
    "urge": Telling(_kind("urged", "催办", "上报人催办 {tail}"), _late),
    "escalate": Telling(_kind("escalated", "上报上级", "下级上报 {tail}"), _holders("cases.dispatch")),
    "delegate": Telling(_kind("delegated", "下派", "上级下派 {tail}"), _holders("cases.dispatch")),
    "hand_over": Telling(_kind("handed_over", "调度", "调度到本级 {tail}"), _decided),
    "reopen": Telling(_kind("reopened", "重办", "要求重办 {tail}"), _holders("cases.dispatch")),
    "appeal": Telling(_kind("appealed", "申诉", "上报人申诉 {tail}"), _holders("cases.file")),
    "review_due": Telling(_kind("review", "复查", "挂账到期，请复查 {tail}"), _supervisors),
}

# What the reporter is told by SMS or in the inbox: nothing that names a person or a place.
REPORTER: Mapping[str, Kind] = {
    "report": Kind(
        "cases.received",
        "已收到",
        "已收到",
        "您反映的“{title}”已收到，编号 {number}，凭编号和手机号可查进度。",
        ("sms",),
    ),
    "dispatch": Kind(
        "cases.public_dispatched", "已派单位", "已派给{unit}", "编号 {number} 已派给{unit}办理。", ("sms",)
    ),
    "close": Kind("cases.closed", "已办结", "已办结", "编号 {number} 已办结，请您说说办得怎样。", ("sms",)),
    "answer": Kind("cases.answered", "已答复", "已答复", "编号 {number} 已答复，凭编号和手机号可查。", ("sms",)),
    "decline": Kind(
        "cases.declined", "未受理", "未受理", "编号 {number} 没有立案，理由和申诉办法凭编号和手机号可查。", ("sms",)
    ),
    "refer": Kind("cases.referred", "已转交", "已转交", "编号 {number} 已转交，凭编号和手机号可查怎样联系。", ("sms",)),
    "reply": Kind("cases.replied", "有答复", "有新答复", "编号 {number} 有新的答复，凭编号和手机号可查。", ("sms",)),
}

# To whom a decision is lent; it is about no case.
ENTRUSTED = Kind("cases.entrusted", "委托审批", "有人委托您代审", "到审批页看看：委托期间的申请会列在“等我审”。", ())

register(ENTRUSTED, *{telling.kind.code: telling.kind for telling in STAFF.values()}.values(), *REPORTER.values())


# What those whose case was merged into this one are told too.
_SHARED = frozenset({"dispatch", "close"})


@listens(CONSUMER, *(f"case.{action}" for action in {*STAFF, *REPORTER}))
def tell(entry: Entry) -> None:
    """Tell staff and the reporter; a second delivery of the same entry changes nothing."""
    case = Case.objects.defer("text", "words", "proposal").get(pk=entry.subject_id)
    values = _values(case, entry)
    telling = STAFF.get(entry.action)
    if telling is not None and _is_worth_telling(case, entry):
        _tell_staff(telling, case, entry, values)
    about = REPORTER.get(entry.action)
    if about is not None and case.parent_id is None:
        _tell_reporter(about, case, entry, values)
        if case.merges and entry.action in _SHARED:
            for joined in Case.objects.filter(merged_into=case):
                _tell_reporter(about, joined, entry, values | {"number": joined.number, "title": joined.title})


def _is_worth_telling(case: Case, entry: Entry) -> bool:
    if entry.action == "report":
        return case.severity == Severity.URGENT
    if entry.action == "handle":
        return entry.target == "handled"
    if entry.action in {"warn", "overdue"}:
        return not _says_the_same_as_the_stage(entry)
    return True


def _says_the_same_as_the_stage(entry: Entry) -> bool:
    """Tell whether the clock only repeats the stage's: that of the lead's own part, or of the check after handling."""
    subject, subject_id = entry.after.get("subject"), entry.after.get("subject_id")
    if subject == "field_task":
        return bool(entry.after.get("clock") == "verify")
    return subject == "assignment" and Assignment.objects.filter(pk=subject_id, part=Assignment.Part.LEAD).exists()


def _tell_staff(telling: Telling, case: Case, entry: Entry, values: Mapping[str, object]) -> None:
    recipients = [pk for pk in telling.audience(case, entry) if pk != entry.actor_id]
    title, body = render(telling.kind.code, values)
    notifications.notify(
        recipients, kind=telling.kind.code, title=title, body=body, link=f"/console/cases/{case.number}",
        entry_id=entry.id, urgent=case.severity == Severity.URGENT, at=entry.at,
    )  # fmt: skip


def _tell_reporter(about: Kind, case: Case, entry: Entry, values: Mapping[str, object]) -> None:
    title, body = render(about.code, values)
    link = f"/follow/{case.number}"
    if case.reporter_id is not None:
        notifications.notify(
            [case.reporter_id], kind=about.code, title=title, body=body, link=link, entry_id=entry.id, at=entry.at
        )
    if "sms" not in about.channels:
        return
    reporter = Reporter.objects.filter(case=case, erased_at=None).exclude(phone_hash=None).first()
    if reporter is not None:
        notifications.tell_address(
            reporter.phone,
            channel="sms",
            kind=about.code,
            title=title,
            body=body,
            link=link,
            entry_id=entry.id,
            at=entry.at,
        )


def _values(case: Case, entry: Entry) -> dict[str, object]:
    lead = (entry.after.get("units") or [case.lead_unit_id])[0]
    found = unit_node(lead) if lead is not None else None
    return {
        "number": case.number,
        "tail": f"…{case.number[-6:]}",
        "title": case.title,
        "place": case.address or "位置见案件",
        "due": _until(case.due_at),
        "unit": found.short_name if found else "承办单位",
        "stage": flow_settings_now().stage_label(case.stage),
    }


def _until(due_at: datetime | None) -> str:
    return f"{due_at.astimezone(ZONE):%-m月%-d日 %H:%M} 前。" if due_at else ""
