"""What stops a step although the post is right: one rule each, named in what it returns. Pure."""

from collections.abc import Callable
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.kernel.errors import LianxinError, NotAllowed, Refused

from .asking import Asking, awaited_calls, covering_levels, is_reporter, open_whistle, own_assignment
from .levels import level_above, level_below
from .models import Case, FieldTask
from .settings import FlowSettings
from .words import Kind, Stage

# What words can settle; a problem or a hazard has to be looked at.
ANSWERABLE = frozenset({Kind.ENQUIRY, Kind.SUGGESTION, Kind.DEMAND})

_SPOT = gettext_lazy("这一级不自行处置，请立案派遣。")
_CLOSE = gettext_lazy("这一级不结案，请交上一级结案。")
_WHISTLE = gettext_lazy("这一级不吹哨，请上报上级。")

Guard = Callable[[Asking], LianxinError | None]


def _all(*guards: Guard) -> Guard:
    return lambda asking: next((found for guard in guards if (found := guard(asking)) is not None), None)


def _at_level(permission: str, allowed: Callable[[FlowSettings], frozenset[str]], words: Promise) -> Guard:
    """Stop posts of levels that the profile does not let do this; None of `covering_levels`: no post is needed."""

    def guard(asking: Asking) -> LianxinError | None:
        levels = covering_levels(asking, permission)
        if levels is None or levels & allowed(asking.settings):
            return None
        return Refused("level", str(words))

    return guard


def _file(asking: Asking) -> LianxinError | None:
    if asking.case.holder_level in asking.settings.file_levels:
        return None
    return Refused("level", _("这一级不立案，请上报上级。"))


def _running(asking: Asking) -> LianxinError | None:
    if asking.case.paused_at is None:
        return None
    return Refused("paused", _("案件已暂停。请先恢复办理。"))


def _whole(asking: Asking) -> LianxinError | None:
    if not asking.case.children_open:
        return None
    return Refused("split", _("案件已拆分，还有 %(count)d 件子案没办完。") % {"count": asking.case.children_open})


def _report_check(asking: Asking) -> LianxinError | None:
    if any(task.kind == FieldTask.Kind.PRE_FILING for task in asking.parties.field_tasks):
        return None
    return Refused("nothing_asked", _("没有待做的核实任务。"))


def _answer(asking: Asking) -> LianxinError | None:
    if asking.case.kind in ANSWERABLE:
        return None
    return Refused("must_be_handled", _("事件、隐患和纠纷要立案办理。若只是咨询，请先更正类型再答复。"))


def _dispatch(asking: Asking) -> LianxinError | None:
    if asking.case.category_id is None:
        return Refused("no_category", _("还没有分类，不能派遣。"))
    return must_be_ruled(asking)


def must_be_ruled(asking: Asking) -> LianxinError | None:
    """Return the refusal that stands once units have returned the case too often."""
    if not needs_ruling(asking.case, asking.settings):
        return None
    return Refused("needs_ruling", _("已回退 %(count)d 次，须由督查裁定主办单位。") % {"count": asking.case.returns})


def needs_ruling(case: Case, settings: FlowSettings) -> bool:
    """Tell whether units have returned the case so often that only a supervisor may name one."""
    return case.returns >= settings.returns_before_ruling and not case.is_ruled


def _rule(asking: Asking) -> LianxinError | None:
    if needs_ruling(asking.case, asking.settings):
        return None
    return Refused("no_ruling_needed", _("还不到要裁定的时候，按常规派遣即可。"))


def _accept(asking: Asking) -> LianxinError | None:
    own = own_assignment(asking, "cases.handle", state="offered")
    if own is not None and own.state != "offered":
        return Refused("accepted_already", _("已经签收过了。"))
    return None


def _accepted(asking: Asking) -> LianxinError | None:
    own = own_assignment(asking, "cases.handle")
    if own is not None and own.state != "accepted":
        return Refused("not_accepted", _("请先签收。"))
    return None


def _return(asking: Asking) -> LianxinError | None:
    own = own_assignment(asking, "cases.return")
    if asking.case.is_ruled and own is not None and own.part == "lead":
        return Refused("ruled", _("主办单位由督查裁定，不能再回退。"))
    return None


def _recall(asking: Asking) -> LianxinError | None:
    if any(each.state == "accepted" for each in asking.parties.assignments):
        return Refused("accepted_already", _("已有单位签收，不能撤回。"))
    return _whole(asking)


def _lead_accepted(asking: Asking) -> LianxinError | None:
    if asking.case.approvals_open:
        return Refused("asked_already", _("已有申请在等审批。"))
    own = own_assignment(asking, "cases.extend", only_lead=True)
    if own is not None and own.state != "accepted":
        return Refused("not_accepted", _("请先签收。"))
    return _running(asking)


def _ask_extension(asking: Asking) -> LianxinError | None:
    case, settings = asking.case, asking.settings
    if case.extensions >= settings.max_extensions:
        return Refused("extended_already", _("已延期 %(count)d 次，不能再延。") % {"count": case.extensions})
    if case.due_at is not None and case.due_at <= asking.at:
        return Refused("too_late", _("已过时限，不能再申请延期。"))
    return _lead_accepted(asking)


def _decide(asking: Asking) -> LianxinError | None:
    if not asking.case.approvals_open:
        return Refused("nothing_asked", _("没有待审批的申请。"))
    asked, actor = asking.parties.approval, asking.actor
    if asked is not None and asked.asked_by_id is not None and asked.asked_by_id == actor.account_id:
        return NotAllowed("own_request", _("不能审批自己的申请。"))
    return None


def _resume(asking: Asking) -> LianxinError | None:
    if asking.case.paused_at is None or asking.case.pause_kind == "split":
        return Refused("not_paused", _("案件没有暂停。"))
    return None


def _verify(asking: Asking) -> LianxinError | None:
    case, actor = asking.case, asking.actor
    if actor.account_id is not None and actor.account_id in case.handler_ids:
        return NotAllowed("own_handling", _("办理的人不能核查自己办的案件。"))
    units = {held.unit_id for held in actor.holdings if held.unit_id is not None}
    if units & set(case.handler_unit_ids):
        return NotAllowed("own_handling", _("办理单位不能核查自己办的案件。"))
    return None


def _close(asking: Asking) -> LianxinError | None:
    if asking.actor.account_id is not None and asking.actor.account_id in asking.case.handler_ids:
        return NotAllowed("own_handling", _("办理的人不能给自己办的案件结案。"))
    return None


def _split(asking: Asking) -> LianxinError | None:
    if asking.case.parent_id is not None:
        return Refused("split", _("子案不再拆分。"))
    return None


def _merge(asking: Asking) -> LianxinError | None:
    if asking.case.merges or asking.case.children_open or asking.case.parent_id:
        return Refused("has_followers", _("别的案件并在这里，或它是拆分出来的，不能再并出去。"))
    return None


def _withdraw(asking: Asking) -> LianxinError | None:
    if asking.case.is_hazard_confirmed:
        return Refused("hazard", _("已确认是公共隐患，会继续办完，不能撤回。"))
    if asking.case.merges:
        return Refused("has_followers", _("别人也反映了这件事，会继续办完，不能撤回。"))
    return _whole(asking)


def _reopen(asking: Asking) -> LianxinError | None:
    case, actor, days = asking.case, asking.actor, asking.settings.reopen_days
    if is_reporter(case, actor) and not actor.may("cases.reopen", case) and _is_over(case, asking, days):
        return Refused("too_late", _("办结已超过 %(days)d 天，请重新反映。") % {"days": days})
    return None


def _appeal(asking: Asking) -> LianxinError | None:
    if asking.case.appeals:
        return Refused("appealed_already", _("已经申诉过一次。"))
    days = asking.settings.appeal_days
    if _is_over(asking.case, asking, days):
        return Refused("too_late", _("已超过 %(days)d 天的申诉期，请重新反映。") % {"days": days})
    return None


def _evaluate(asking: Asking) -> LianxinError | None:
    if asking.settings.is_off("evaluate", asking.case.kind):
        return Refused("not_invited", _("这类案件不作评价。"))
    # A merged case is over when the other one is: the act itself looks there.
    if asking.case.stage == Stage.MERGED or not _is_over(asking.case, asking, asking.settings.evaluate_days):
        return None
    return too_late_to_evaluate(asking.settings.evaluate_days)


def too_late_to_evaluate(days: int) -> Refused:
    """Return the refusal once the invitation is over."""
    return Refused("too_late", _("评价邀请已过期（%(days)d 天）。") % {"days": days})


def _is_over(case: Case, asking: Asking, days: int) -> bool:
    return case.ended_at is not None and asking.at > case.ended_at + timedelta(days=days)


def _answer_supervision(asking: Asking) -> LianxinError | None:
    if not asking.case.supervisions_open:
        return Refused("nothing_asked", _("没有待答复的督办。"))
    return None


def _escalate(asking: Asking) -> LianxinError | None:
    if level_above(asking.settings, asking.case.holder_level, asking.case) is None:
        return Refused("highest", _("已在最高一级。"))
    return None


def _delegate(asking: Asking) -> LianxinError | None:
    if level_below(asking.case.holder_level, asking.case) is None:
        return Refused("lowest", _("下面没有可以接的层级，请先定位置。"))
    return None


def _whistle(asking: Asking) -> LianxinError | None:
    if open_whistle(asking) is not None:
        return Refused("whistled_already", _("已经吹过哨，先会商再吹。"))
    return None


def _nudge(asking: Asking) -> LianxinError | None:
    if not awaited_calls(asking):
        return Refused("nothing_asked", _("叫到的单位都到了，不用催。"))
    return None


def _consult(asking: Asking) -> LianxinError | None:
    if open_whistle(asking) is None:
        return Refused("no_whistle", _("还没有吹哨。"))
    return None


def _rate(asking: Asking) -> LianxinError | None:
    whistle = asking.parties.whistle
    is_over = whistle is not None and whistle.ended_at is not None
    if not is_over or all(call.rated_at is not None for call in asking.parties.calls):
        return Refused("nothing_to_rate", _("没有待评价的单位。"))
    return None


GUARDS: dict[str, Guard] = {
    "file": _file,
    "resolve_on_spot": _at_level("cases.resolve", lambda practice: practice.spot_levels, _SPOT),
    "report_check": _report_check,
    "answer": _answer,
    "dispatch": _all(_whole, _running, _dispatch),
    "rule": _all(_whole, _running, _rule),
    "accept": _all(_accept, _running),
    "assign": _all(_accepted, _running),
    "progress": _all(_accepted, _running),
    "handle": _all(_accepted, _running),
    "ask_extension": _ask_extension,
    "ask_postponement": _lead_accepted,
    "ask_suspension": _lead_accepted,
    "approve": _decide,
    "refuse": _decide,
    "forward": _decide,
    "resume": _resume,
    "return": _return,
    "recall": _recall,
    "add_assist": _all(_whole, _running),
    "verify": _verify,
    "rework": _verify,
    "close": _all(_at_level("cases.close", lambda practice: practice.close_levels, _CLOSE), _close, _whole),
    "split": _all(_split, _whole, _running),
    "merge": _merge,
    "force_close": _whole,
    "void": _whole,
    "refer": _whole,
    "escalate": _all(_whole, _escalate),
    "delegate": _all(_whole, _delegate),
    "whistle": _all(
        _at_level("cases.whistle", lambda practice: practice.whistle_levels, _WHISTLE), _whole, _running, _whistle
    ),
    "nudge": _nudge,
    "consult": _all(_whole, _running, _consult),
    "rate": _rate,
    "withdraw": _withdraw,
    "reopen": _reopen,
    "appeal": _appeal,
    "evaluate": _evaluate,
    "answer_supervision": _answer_supervision,
}
