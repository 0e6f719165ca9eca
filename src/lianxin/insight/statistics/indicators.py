"""The indicators (评价指标): a share of two measures each, with what it says in words. Data, no queries.

Which numerators and denominators a place uses differs; these are said beside every figure. People are not scored: the
indicators of posts are told of an area or a unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Indicator:
    """`numerator` and `denominator` are codes of measures; `better` says which way is good: up, down or neither."""

    code: str
    label: Words
    numerator: str
    denominator: str
    definition: Words
    better: str = ""
    is_complement: bool = False  # told as 1 − numerator ÷ denominator
    of_units: bool = True


def _of(
    code: str,
    label: Words,
    share: str,
    definition: Words,
    better: str = "",
    *,
    is_complement: bool = False,
    of_units: bool = True,
) -> Indicator:
    numerator, denominator = share.split("/")
    return Indicator(code, label, numerator, denominator, definition, better, is_complement, of_units)


_ALL = (
    _of(
        "worker_valid",
        _("网格员有效上报率"),
        "worker_filed/worker_reported",
        _("网格员上报的案件里立了案的 ÷ 网格员上报的全部案件，按上报日"),
        "up",
        of_units=False,
    ),
    _of(
        "missed",
        _("漏报率"),
        "missed/filed",
        _("由群众、热线或媒体先说、核实立案的事件和隐患 ÷ 立案数，按立案日"),
        "down",
        of_units=False,
    ),
    _of(
        "public",
        _("监督举报率"),
        "public_filed/filed",
        _("群众、热线、媒体上报并立案的案件 ÷ 立案数，按立案日"),
        "down",
        of_units=False,
    ),
    _of(
        "checked",
        _("按时核实率"),
        "checked_on_time/checked",
        _("限时内答复的第一次核实 ÷ 有答复的核实，按答复日"),
        "up",
        of_units=False,
    ),
    _of(
        "verified",
        _("按时核查率"),
        "verified_on_time/verified",
        _("限时内完成的第一次核查 ÷ 完成的核查，按核查日"),
        "up",
    ),
    _of(
        "filed",
        _("按时立案率"),
        "filed_on_time/filed",
        _("限时内立案的案件 ÷ 立案数，按第一次立案日"),
        "up",
        of_units=False,
    ),
    _of(
        "filed_right",
        _("准确立案率"),
        "filed_void/filed",
        _("（立案数 − 后来作废的） ÷ 立案数，按第一次立案日"),
        "up",
        is_complement=True,
        of_units=False,
    ),
    _of("taken", _("立案率"), "taken/reported", _("立了案的 ÷ 上报的全部案件，按上报日"), of_units=False),
    _of(
        "dispatched",
        _("按时派遣率"),
        "dispatched_on_time/dispatched",
        _("限时内派出的案件 ÷ 派遣的案件，按第一次派遣日"),
        "up",
        of_units=False,
    ),
    _of(
        "dispatched_right",
        _("准确派遣率"),
        "dispatched_back/dispatched",
        _("（派遣的案件 − 被回退过的） ÷ 派遣的案件，按第一次派遣日"),
        "up",
        is_complement=True,
    ),
    _of("done", _("处置率"), "done/due", _("已处置的 ÷ 应处置的；应处置 = 已办好的和到期没办好的，停表的不算"), "up"),
    _of("on_time", _("按期处置率"), "on_time/due", _("期限内办好的 ÷ 应处置的；返工后以最后一次办好为准"), "up"),
    _of("late_open", _("超期待处置率"), "late_open/due", _("过了期限还没办好的 ÷ 应处置的"), "down"),
    _of("closed", _("结案率"), "closed/due", _("已结案的 ÷ 应结案的；应结案的就是应处置的，停表的不算"), "up"),
    _of("closed_on_time", _("按期结案率"), "closed_on_time/due", _("期限内办好并结案的 ÷ 应结案的"), "up"),
    _of("reworked", _("返工率"), "reworked/due", _("核查没通过、返过工的 ÷ 应结案的"), "down"),
    _of("extended", _("延期率"), "extended/due", _("批准过延期的 ÷ 应处置的"), "down"),
    _of(
        "urgent",
        _("紧急案件按期结案率"),
        "urgent_on_time/urgent_due",
        _("期限内办好并结案的紧急案件 ÷ 应结案的紧急案件"),
        "up",
    ),
    _of("solved", _("解决率"), "solved/asked_solved", _("上报人说解决了的 ÷ 回访或评价时问到的，按办结日"), "up"),
    _of("satisfied", _("满意率"), "satisfied/asked_satisfied", _("满意和基本满意的 ÷ 评过满意度的，按办结日"), "up"),
)
INDICATORS: Mapping[str, Indicator] = {each.code: each for each in _ALL}
# What residents said in person: told only where several did.
PRIVATE = frozenset({"asked_solved", "solved", "asked_satisfied", "satisfied"})
