"""The machine of a case: one table of steps that feeds buttons, API and checks. Pure: no database, no clock."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, Refused
from lianxin.kernel.flow import Flow, Step

from .asking import Asking, Known, Parties, is_reporter, is_tied, own_assignment, tied_post
from .guards import GUARDS, must_be_ruled, needs_ruling
from .levels import entry_level, has_place, home_level, level_above, level_below, may_send
from .settings import FlowSettings
from .words import ENDS, OPEN, Stage

__all__ = [
    "FLOW", "Asking", "Known", "Parties", "check_note", "demanded", "entry_level", "has_place", "home_level",
    "is_reporter", "level_above", "level_below", "may_send", "must_be_ruled", "needs_ruling", "obstacle",
    "own_assignment", "steps_for", "tied_post",
]  # fmt: skip

S = Stage
ALL_STAGES = frozenset(Stage)
ACTIVE = frozenset({S.FILED, S.DISPATCHED, S.HANDLING})
WITH_UNITS = frozenset({S.DISPATCHED, S.HANDLING})
MAX_NOTE = 5_000


def _step(name: str, label: str, sources: Collection[str], target: str | None, permission: str, **more: object) -> Step:
    return Step(name, gettext_lazy(label), sources, target, permission, **more)  # type: ignore[arg-type]


# tie: area – the post covers the place; holder – at the holder's level; lead, party – of the unit that handles;
# reporter – who reported; ask – any staff who sees it; decider – who may decide, or stands in for one who may.
FLOW = Flow(
    _step("place", "定位置", {S.REPORTED, S.FILED}, None, "cases.amend", tie="holder"),
    _step("check", "请网格员核实", {S.REPORTED}, None, "cases.check", tie="holder"),
    _step("report_check", "核实反馈", {S.REPORTED}, None, "cases.check", needs_note=True),
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
    _step("approve", "同意", OPEN, None, "cases.approve", tie="decider"),
    _step("refuse", "不同意", OPEN, None, "cases.approve", tie="decider", needs_note=True),
    _step("forward", "转给", OPEN, None, "cases.approve", tie="decider"),
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
    _step("nudge", "催报到", ACTIVE, None, "cases.whistle", tie="caller"),
    _step("consult", "会商", ACTIVE, None, "cases.consult", tie="caller", needs_note=True),
    _step("rate", "评价单位", ALL_STAGES, None, "cases.rate", tie="caller"),
    _step("supervise", "督办", OPEN, None, "cases.supervise", needs_note=True),
    _step("answer_supervision", "答复督办", ALL_STAGES, None, "cases.annotate", tie="ask", needs_note=True),
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
    _step("evaluate", "评价", ENDS, None, "cases.report", tie="reporter"),
    _step("annotate", "备注", ALL_STAGES, None, "cases.annotate", tie="ask", needs_note=True),
    _step("reply", "答复上报人", ALL_STAGES, None, "cases.reply", tie="ask", needs_note=True),
)


def obstacle(step: Step, asking: Asking) -> LianxinError | None:
    """Return what stops the step for this actor now, or None. Evidence and texts are checked by the act itself."""
    case = asking.case
    if not is_tied(step, asking):
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


def demanded(missing: Collection[str], labels: dict[str, str]) -> Refused:
    """Return the refusal that names the evidence still missing."""
    names = "、".join(labels.get(label, label) for label in missing)
    return Refused("evidence", _("还缺%(names)s，补上再提交。") % {"names": names})


def check_note(step: Step, note: str, reason: str, settings: FlowSettings) -> None:
    """Refuse an act without the (cleaned) words or the reason it needs, or with too many words."""
    problems: dict[str, str] = {}
    if step.needs_note and not note:
        problems["note"] = _("请写明情况。")
    if len(note) > MAX_NOTE:
        problems["note"] = _("说明请不超过 %(limit)d 字。") % {"limit": MAX_NOTE}
    if step.needs_reason and settings.reason(step.name, reason) is None:
        problems["reason"] = _("请从列表里选一个原因。")
    if problems:
        raise Invalid(problems)
