"""The machine of a case: steps and guards. Pure: no database, no clock; one table feeds buttons, API and checks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.foundation.accounts.actor import Actor, Holding
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, Refused
from lianxin.kernel.flow import Flow, Step

from .models import Assignment, Case
from .settings import FlowSettings
from .words import LEVELS, OPEN, Level, Stage

S = Stage
ALL_STAGES = frozenset(Stage)
ACTIVE = frozenset({S.FILED, S.DISPATCHED, S.HANDLING})
WITH_UNITS = frozenset({S.DISPATCHED, S.HANDLING})


def _step(name: str, label: str, sources: Collection[str], target: str | None, permission: str, **more: object) -> Step:
    return Step(name, gettext_lazy(label), sources, target, permission, **more)  # type: ignore[arg-type]


# tie: area – the post covers the place; holder – at the holder's level; lead, party – of the unit that handles;
# reporter – who reported; ask – any staff who sees it.
FLOW = Flow(
    _step("place", "定位置", {S.REPORTED, S.FILED}, None, "cases.amend", tie="holder"),
    _step("check", "请网格员核实", {S.REPORTED}, None, "cases.check", tie="holder"),
    _step("report_check", "核实反馈", {S.REPORTED}, None, "cases.verify", needs_note=True),
    _step("answer", "直接答复", {S.REPORTED}, S.ANSWERED, "cases.answer", tie="holder", needs_note=True),
    _step("resolve_on_spot", "自行处置", {S.REPORTED}, S.HANDLED, "cases.resolve", needs_note=True),
    _step("file", "立案", {S.REPORTED}, S.FILED, "cases.file", tie="holder"),
    _step("dispatch", "派遣", {S.FILED}, S.DISPATCHED, "cases.dispatch", tie="holder"),
    _step("rule", "裁定", {S.FILED}, S.DISPATCHED, "cases.rule", needs_note=True),
    _step("accept", "签收", {S.DISPATCHED, S.HANDLING}, S.HANDLING, "cases.handle", tie="party"),
    _step("contact", "首次联系", {S.DISPATCHED, S.HANDLING}, None, "cases.contact", tie="party", needs_note=True),
    _step("assign", "内部指派", {S.HANDLING}, None, "cases.handle", tie="party"),
    _step("progress", "阶段反馈", {S.HANDLING}, None, "cases.handle", tie="party", needs_note=True),
    _step("handle", "办好了", {S.HANDLING}, S.HANDLED, "cases.handle", tie="party", needs_note=True),
    _step("ask_extension", "申请延期", {S.HANDLING}, None, "cases.extend", tie="lead", needs_note=True),
    _step("ask_postponement", "申请缓办", {S.HANDLING}, None, "cases.extend", tie="lead", needs_note=True),
    _step("ask_suspension", "申请挂账", {S.HANDLING}, None, "cases.extend", tie="lead", needs_note=True),
    _step("approve", "同意", OPEN, None, "cases.approve"),
    _step("refuse", "不同意", OPEN, None, "cases.approve", needs_note=True),
    _step("resume", "恢复办理", OPEN, None, "cases.approve"),
    _step("return", "回退", WITH_UNITS, S.FILED, "cases.return", tie="party", needs_note=True, needs_reason=True),
    _step("recall", "撤回", {S.DISPATCHED}, S.FILED, "cases.recall", tie="holder"),
    _step("add_assist", "加协办", WITH_UNITS, None, "cases.dispatch", tie="holder"),
    _step("verify", "核查通过", {S.HANDLED}, S.VERIFIED, "cases.verify"),
    _step("rework", "返工", {S.HANDLED}, S.HANDLING, "cases.verify", needs_note=True),
    _step("close", "结案", {S.VERIFIED}, S.CLOSED, "cases.close"),
    _step("decline", "不予立案", {S.REPORTED}, S.DECLINED, "cases.decline", tie="holder", needs_reason=True),
    _step("refer", "移送", {S.REPORTED, S.FILED}, S.REFERRED, "cases.refer", tie="holder", needs_reason=True),
    _step("merge", "并案", {S.REPORTED, *ACTIVE}, S.MERGED, "cases.merge"),
    _step("unmerge", "撤销并案", {S.MERGED}, None, "cases.merge"),
    _step("split", "拆分", {S.FILED, S.DISPATCHED}, None, "cases.split", tie="holder"),
    _step("amend", "更正", OPEN, None, "cases.amend", tie="holder"),
    _step("escalate", "上报上级", {S.REPORTED, *ACTIVE}, None, "cases.escalate", tie="holder", needs_note=True),
    _step("delegate", "下派", {S.REPORTED, *ACTIVE}, None, "cases.escalate", tie="holder"),
    _step("whistle", "吹哨", ACTIVE, None, "cases.whistle", needs_note=True),
    _step("report_in", "报到", ACTIVE, None, "cases.report_in", tie="called"),
    _step("consult", "会商", ACTIVE, None, "cases.consult", tie="caller", needs_note=True),
    _step("rate", "评价单位", ALL_STAGES, None, "cases.rate", tie="caller"),
    _step("supervise", "督办", OPEN, None, "cases.supervise", needs_note=True),
    _step("answer_supervision", "答复督办", OPEN, None, "cases.annotate", tie="ask", needs_note=True),
    _step("hand_over", "调度", OPEN, None, "cases.supervise", needs_note=True),
    _step("force_close", "强制结案", OPEN, S.CLOSED, "cases.force_close", needs_note=True, needs_reason=True),
    _step("void", "作废", OPEN, S.VOID, "cases.void", needs_note=True, needs_reason=True),
    _step("call_back", "回访", {S.HANDLED, S.CLOSED}, None, "cases.call_back"),
    _step("reopen", "重办", {S.CLOSED}, S.FILED, "cases.reopen", tie="reporter_or_area", needs_note=True),
    _step("appeal", "申诉", {S.DECLINED}, S.REPORTED, "cases.report", tie="reporter", needs_note=True),
    _step("add", "补充", OPEN, None, "cases.report", tie="reporter", needs_note=True),
    _step("urge", "催办", OPEN, None, "cases.report", tie="reporter"),
    _step("thank", "感谢", ALL_STAGES, None, "cases.report", tie="reporter"),
    _step("withdraw", "撤诉", OPEN, S.WITHDRAWN, "cases.report", tie="reporter"),
    _step("evaluate", "评价", frozenset(ALL_STAGES - OPEN), None, "cases.report", tie="reporter"),
    _step("annotate", "备注", ALL_STAGES, None, "cases.annotate", tie="ask", needs_note=True),
    _step("reply", "答复上报人", ALL_STAGES, None, "cases.reply", tie="ask", needs_note=True),
)


class Parties(Protocol):
    """The open assignments and open whistle calls of a case, as guards need them."""

    @property
    def assignments(self) -> list[Assignment]: ...
    @property
    def called_unit_ids(self) -> frozenset[int]: ...
    @property
    def caller_id(self) -> int | None: ...


@dataclass(frozen=True)
class NoParties:
    """A case that nobody handles yet."""

    assignments: list[Assignment]
    called_unit_ids: frozenset[int] = frozenset()
    caller_id: int | None = None


@dataclass(frozen=True)
class Asking:
    """Who asks about which case, with what a guard may look at."""

    case: Case
    actor: Actor
    parties: Parties
    settings: FlowSettings
    at: datetime


def is_reporter(case: Case, actor: Actor) -> bool:
    """Tell whether the actor reported the case, by account or by number and phone."""
    return case.pk in actor.case_ids or (actor.account_id is not None and case.reporter_id == actor.account_id)


def own_assignment(asking: Asking, permission: str, *, only_lead: bool = False) -> Assignment | None:
    """Return the open assignment that the actor may act for: of its own post or of its unit, the lead's first."""
    for assignment in sorted(asking.parties.assignments, key=lambda each: each.part != "lead"):
        if only_lead and assignment.part != "lead":
            continue
        if any(assignment.post_id == held.post_id for held in asking.actor.holdings if assignment.post_id):
            return assignment
        if assignment.unit_id is not None and asking.actor.may(permission, unit_id=assignment.unit_id):
            return assignment
    return None


def _level_of(holding: Holding) -> str:
    return holding.area_level or "unit"


def _at_holder_level(asking: Asking, permission: str) -> bool:
    case, actor = asking.case, asking.actor
    if permission in actor.elevated:
        return True
    return any(
        permission in held.permissions and held.covers(case) and _level_of(held) == case.holder_level
        for held in actor.holdings
    )


def tied(step: Step, asking: Asking) -> bool:
    """Tell whether the actor has the tie to the case that the step demands, and the permission."""
    case, actor = asking.case, asking.actor
    if actor.is_system:
        return True
    match step.tie:
        case "reporter":
            return is_reporter(case, actor)
        case "reporter_or_area":
            return is_reporter(case, actor) or actor.may(step.permission, case)
        case "party":
            return own_assignment(asking, step.permission) is not None
        case "lead":
            return own_assignment(asking, step.permission, only_lead=True) is not None
        case "called":
            return any(actor.may(step.permission, unit_id=unit) for unit in asking.parties.called_unit_ids)
        case "caller":
            return actor.may(step.permission, case) and asking.parties.caller_id in {None, actor.account_id}
        case "holder":
            return actor.may(step.permission, case) and _at_holder_level(asking, step.permission)
        case "ask":
            return _sees(asking, step.permission)
        case _:
            return actor.may(step.permission, case)


def _sees(asking: Asking, permission: str) -> bool:
    units = [*asking.case.party_unit_ids, asking.case.lead_unit_id]
    return asking.actor.may(permission, asking.case) or any(
        unit is not None and asking.actor.may(permission, unit_id=unit) for unit in units
    )


def obstacle(step: Step, asking: Asking) -> LianxinError | None:
    """Return what stops the step for this actor now, or None. Evidence and texts are checked by the act itself."""
    case = asking.case
    if not tied(step, asking):
        return NotAllowed("not_yours", _("“%(act)s”不由您的岗位来做。") % {"act": step.label})
    if case.stage not in step.sources:
        return Refused(
            "wrong_stage",
            _("现在是“%(stage)s”，不能“%(act)s”。")
            % {"stage": asking.settings.stage_label(case.stage), "act": step.label},
        )
    guard = GUARDS.get(step.name)
    return guard(asking) if guard else None


def steps_for(asking: Asking) -> list[Step]:
    """Return the steps to offer this actor now, in the order of the flow."""
    return [step for step in FLOW.steps_from(asking.case.stage) if obstacle(step, asking) is None]


# Guards: one rule each, named in what it returns.


def _not_paused(asking: Asking) -> LianxinError | None:
    if asking.case.paused_at is None:
        return None
    return Refused("paused", _("案件已暂停。请先恢复办理。"))


def _guard_dispatch(asking: Asking) -> LianxinError | None:
    case, settings = asking.case, asking.settings
    if case.category_id is None:
        return Refused("no_category", _("还没有分类，不能派遣。"))
    if case.children_open:
        return Refused("split", _("案件已拆分，由各子案办理。"))
    if needs_ruling(case, settings):
        return Refused("needs_ruling", _("已回退 %(count)d 次，须由督查裁定主办单位。") % {"count": case.returns})
    return _not_paused(asking)


def needs_ruling(case: Case, settings: FlowSettings) -> bool:
    """Tell whether units have returned the case so often that only a supervisor may name one."""
    return case.returns >= settings.returns_before_ruling and not case.is_ruled


def _guard_rule(asking: Asking) -> LianxinError | None:
    if not needs_ruling(asking.case, asking.settings):
        return Refused("no_ruling_needed", _("还不到要裁定的时候，按常规派遣即可。"))
    return None


def _guard_accept(asking: Asking) -> LianxinError | None:
    own = own_assignment(asking, "cases.handle")
    if not asking.actor.is_system and own is not None and own.state != "offered":
        return Refused("accepted_already", _("已经签收过了。"))
    return _not_paused(asking)


def _guard_accepted(asking: Asking) -> LianxinError | None:
    own = own_assignment(asking, "cases.handle")
    if own is not None and own.state != "accepted":
        return Refused("not_accepted", _("请先签收。"))
    return _not_paused(asking)


def _guard_return(asking: Asking) -> LianxinError | None:
    own = own_assignment(asking, "cases.return")
    if asking.case.is_ruled and own is not None and own.part == "lead":
        return Refused("ruled", _("主办单位由督查裁定，不能再回退。"))
    return _not_paused(asking)


def _guard_recall(asking: Asking) -> LianxinError | None:
    if any(each.state == "accepted" for each in asking.parties.assignments):
        return Refused("accepted_already", _("已有单位签收，不能撤回。"))
    return None


def _guard_ask(asking: Asking) -> LianxinError | None:
    if asking.case.approvals_open:
        return Refused("asked_already", _("已有申请在等审批。"))
    return _guard_accepted(asking)


def _guard_ask_extension(asking: Asking) -> LianxinError | None:
    case, settings = asking.case, asking.settings
    if case.extensions >= settings.max_extensions:
        return Refused("extended_already", _("已延期 %(count)d 次，不能再延。") % {"count": case.extensions})
    if case.due_at is not None and case.due_at <= asking.at:
        return Refused("too_late", _("已过时限，不能再申请延期。"))
    return _guard_ask(asking)


def _guard_decide(asking: Asking) -> LianxinError | None:
    if not asking.case.approvals_open:
        return Refused("nothing_asked", _("没有待审批的申请。"))
    return None


def _guard_resume(asking: Asking) -> LianxinError | None:
    if asking.case.paused_at is None or asking.case.pause_kind == "split":
        return Refused("not_paused", _("案件没有暂停。"))
    return None


def _guard_verify(asking: Asking) -> LianxinError | None:
    case, actor = asking.case, asking.actor
    if actor.account_id is not None and actor.account_id in case.handler_ids:
        return NotAllowed("own_handling", _("办理的人不能核查自己办的案件。"))
    units = {held.unit_id for held in actor.holdings if held.unit_id is not None}
    if units & set(case.handler_unit_ids):
        return NotAllowed("own_handling", _("办理单位不能核查自己办的案件。"))
    return None


def _guard_close(asking: Asking) -> LianxinError | None:
    actor = asking.actor
    if any(held.unit_id in asking.case.handler_unit_ids for held in actor.holdings if held.unit_id):
        return NotAllowed("own_handling", _("办理单位不能给自己办的案件结案。"))
    return None


def _guard_split(asking: Asking) -> LianxinError | None:
    if asking.case.children_open or asking.case.parent_id is not None:
        return Refused("split", _("拆分过的案件不再拆分。"))
    return _not_paused(asking)


def _guard_merge(asking: Asking) -> LianxinError | None:
    if asking.case.merges or asking.case.children_open or asking.case.parent_id:
        return Refused("has_followers", _("别的案件并在这里，或它已拆分，不能再并出去。"))
    return None


def _no_children(asking: Asking) -> LianxinError | None:
    if asking.case.children_open:
        return Refused("split", _("还有子案没办完，先办子案。"))
    return None


def _guard_withdraw(asking: Asking) -> LianxinError | None:
    if asking.case.children_open:
        return _no_children(asking)
    if asking.case.is_hazard_confirmed:
        return Refused("hazard", _("已确认是公共隐患，会继续办完，不能撤回。"))
    return None


def _guard_reopen(asking: Asking) -> LianxinError | None:
    case = asking.case
    if case.ended_at is not None and asking.at > case.ended_at + timedelta(days=asking.settings.reopen_days):
        days = asking.settings.reopen_days
        return Refused("too_late", _("办结已超过 %(days)d 天，请重新反映。") % {"days": days})
    return None


def _guard_appeal(asking: Asking) -> LianxinError | None:
    if asking.case.appeals:
        return Refused("appealed_already", _("已经申诉过一次。"))
    return None


def _guard_answer_supervision(asking: Asking) -> LianxinError | None:
    if not asking.case.supervisions_open:
        return Refused("nothing_asked", _("没有待答复的督办。"))
    return None


def _guard_escalate(asking: Asking) -> LianxinError | None:
    if asking.case.children_open:
        return _no_children(asking)
    if level_above(asking.case.holder_level) is None:
        return Refused("highest", _("已在最高一级。"))
    return None


def _guard_delegate(asking: Asking) -> LianxinError | None:
    case = asking.case
    if case.children_open:
        return _no_children(asking)
    if level_below(case.holder_level, case) is None:
        return Refused("lowest", _("下面没有可以接的层级，请先定位置。"))
    return None


GUARDS = {
    "dispatch": _guard_dispatch,
    "rule": _guard_rule,
    "accept": _guard_accept,
    "assign": _guard_accepted,
    "progress": _guard_accepted,
    "handle": _guard_accepted,
    "ask_extension": _guard_ask_extension,
    "ask_postponement": _guard_ask,
    "ask_suspension": _guard_ask,
    "approve": _guard_decide,
    "refuse": _guard_decide,
    "resume": _guard_resume,
    "return": _guard_return,
    "recall": _guard_recall,
    "verify": _guard_verify,
    "rework": _guard_verify,
    "close": _guard_close,
    "split": _guard_split,
    "merge": _guard_merge,
    "force_close": _no_children,
    "void": _no_children,
    "refer": _no_children,
    "hand_over": _no_children,
    "escalate": _guard_escalate,
    "delegate": _guard_delegate,
    "withdraw": _guard_withdraw,
    "reopen": _guard_reopen,
    "appeal": _guard_appeal,
    "answer_supervision": _guard_answer_supervision,
}


def level_above(level: str) -> str | None:
    """Return the level over this one, skipping the grid's."""
    index = LEVELS.index(level) + 1
    return LEVELS[index] if index < len(LEVELS) else None


def level_below(level: str, case: Case) -> str | None:
    """Return the next lower level that the case's place has and that may hold a case (never the grid)."""
    for lower in reversed(LEVELS[1 : LEVELS.index(level)]):
        if getattr(case, f"{lower}_id") is not None:
            return lower
    return None


def may_send(settings: FlowSettings, level: str, unit_kind: str) -> bool:
    """Tell whether a holder at `level` may dispatch to a unit of this kind (the profile's 条块 rule)."""
    kinds = settings.may_dispatch.get(level, frozenset())
    return "*" in kinds or unit_kind in kinds


def demanded(missing: Collection[str], labels: dict[str, str]) -> Refused:
    """Return the refusal that names the evidence still missing."""
    names = "、".join(labels.get(label, label) for label in missing)
    return Refused("evidence", _("还缺%(names)s照片，补上再提交。") % {"names": names})


def check_note(step: Step, note: str, reason: str, settings: FlowSettings) -> None:
    """Refuse an act without the words or the reason it needs."""
    problems: dict[str, str] = {}
    if step.needs_note and not note.strip():
        problems["note"] = _("请写明情况。")
    if step.needs_reason and settings.reason(step.name, reason) is None:
        problems["reason"] = _("请从列表里选一个原因。")
    if problems:
        raise Invalid(problems)


def entry_level(settings: FlowSettings, channel: str, *, has_area: bool, has_community: bool) -> str:
    """Return the level that first holds a report from this channel."""
    level = settings.entry_level.get(channel, Level.CITY)
    if not has_area or (level == Level.COMMUNITY and not has_community):
        return Level.CITY
    return level
