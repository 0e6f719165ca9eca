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
    """`numerator` and `denominator` are codes of measures; `better` says which way is good: up, down or neither.

    `formula` is what the books say; `definition` how it is counted here.
    """

    code: str
    label: Words
    numerator: str
    denominator: str
    formula: Words
    definition: Words
    group: Words
    better: str = ""
    is_complement: bool = False  # told as 1 − numerator ÷ denominator
    of_units: bool = True


_FINDING, _FILING, _DISPATCHING = _("发现"), _("立案"), _("派遣")
_HANDLING, _CLOSING, _ASKED = _("处置"), _("核查结案"), _("评价")


def _of(
    code: str, label: Words, share: str, formula: Words, definition: Words,
    *, group: Words, better: str = "", is_complement: bool = False, of_units: bool = True,
) -> Indicator:  # fmt: skip
    numerator, denominator = share.split("/")
    return Indicator(code, label, numerator, denominator, formula, definition, group, better, is_complement, of_units)


_ALL = (
    _of(
        "worker_valid", _("网格员有效上报率"), "worker_filed/worker_reported", _("有效上报数 ÷ 上报总数"),
        _("网格员上报的案件里立了案的算有效；按上报日算"), group=_FINDING, better="up", of_units=False,
    ),
    _of(
        "missed", _("漏报率"), "missed/filed", _("漏报数 ÷ 立案数"),
        _("事件、隐患由群众、热线或媒体先说的都算漏报，所以是上限；按立案日算"),
        group=_FINDING, better="down", of_units=False,
    ),
    _of(
        "public", _("监督举报率"), "public_filed/filed", _("属实的公众举报数 ÷ 立案数"),
        _("群众、热线、媒体上报并立了案的算属实；按立案日算"), group=_FINDING, better="down", of_units=False,
    ),
    _of(
        "checked", _("按时核实率"), "checked_on_time/checked", _("按时核实数 ÷ 应核实数"),
        _("只算每件的第一次核实；还没答复的不在分母里；按答复日算"), group=_FINDING, better="up", of_units=False,
    ),
    _of(
        "filed", _("按时立案率"), "filed_on_time/filed", _("按时立案数 ÷ 立案数"),
        _("从上报到立案没有超过立案时限；按第一次立案日算"), group=_FILING, better="up", of_units=False,
    ),
    _of(
        "filed_right", _("准确立案率"), "filed_void/filed", _("（立案数 − 作废数） ÷ 立案数"),
        _("立案后作废的算立错；按第一次立案日算"), group=_FILING, better="up", is_complement=True, of_units=False,
    ),
    _of(
        "taken", _("立案率"), "taken/reported", _("立案数 ÷ 上报数"), _("直接答复、不予立案的留在分母里；按上报日算"),
        group=_FILING, of_units=False,
    ),
    _of(
        "dispatched", _("按时派遣率"), "dispatched_on_time/dispatched", _("按时派遣数 ÷ 应派遣数"),
        _("应派遣的按派出的算，从立案到派遣没有超过派遣时限；按第一次派遣日算"),
        group=_DISPATCHING, better="up", of_units=False,
    ),
    _of(
        "dispatched_right", _("准确派遣率"), "dispatched_back/dispatched", _("（派遣数 − 回退数） ÷ 应派遣数"),
        _("被承办单位回退过的案件算派错，几次也只算一件；按第一次派遣日算"),
        group=_DISPATCHING, better="up", is_complement=True,
    ),
    _of(
        "done", _("处置率"), "done/due", _("处置数 ÷ 应处置数"),
        _("应处置 = 已办好的和到期没办好的；没到期的、缓办挂账停着表的不算"), group=_HANDLING, better="up",
    ),
    _of(
        "on_time", _("按期处置率"), "on_time/due", _("按期处置数 ÷ 应处置数"),
        _("期限内办好的；返工过的以最后一次办好为准"), group=_HANDLING, better="up",
    ),
    _of(
        "late_open", _("超期待处置率"), "late_open/due", _("超期未处置数 ÷ 应处置数"),
        _("过了期限、现在还没办好的；办好以后不再算"), group=_HANDLING, better="down",
    ),
    _of(
        "extended", _("延期率"), "extended/due", _("延期数 ÷ 应处置数"), _("批准过延期的案件，几次也只算一件"),
        group=_HANDLING, better="down",
    ),
    _of(
        "reworked", _("返工率"), "reworked/due", _("返工数 ÷ 应结案数"),
        _("核查没通过、返过工的案件，几次也只算一件；应结案的就是应处置的"), group=_CLOSING, better="down",
    ),
    _of(
        "verified", _("按时核查率"), "verified_on_time/verified", _("按时核查数 ÷ 应核查数"),
        _("只算每件的第一次核查；还没核查的不在分母里；按核查日算"), group=_CLOSING, better="up",
    ),
    _of(
        "closed", _("结案率"), "closed/due", _("结案数 ÷ （应结案数 − 缓办数）"),
        _("应结案的就是应处置的，缓办挂账停着表的已经扣掉"), group=_CLOSING, better="up",
    ),
    _of(
        "closed_on_time", _("按期结案率"), "closed_on_time/due", _("按期结案数 ÷ （应结案数 − 缓办数）"),
        _("期限内办好并且已经结案的"), group=_CLOSING, better="up",
    ),
    _of(
        "urgent_closed", _("紧急案件结案率"), "urgent_closed/urgent_due", _("紧急结案数 ÷ 紧急应结案数"),
        _("和结案率一样算，只算紧急的"), group=_CLOSING, better="up",
    ),
    _of(
        "urgent", _("紧急案件按期结案率"), "urgent_on_time/urgent_due", _("紧急按期结案数 ÷ 紧急应结案数"),
        _("和按期结案率一样算，只算紧急的"), group=_CLOSING, better="up",
    ),
    _of(
        "settled_locally", _("不出网格解决率"), "settled_locally/settled", _("网格、社区自己办结的 ÷ 全部办结"),
        _("结了案、从没派给社区以上单位（主办、协办都算）的；直接答复、转出、作废、撤回、并案的不算；按办结日算"),
        group=_CLOSING, better="up", of_units=False,
    ),
    _of(
        "solved", _("解决率"), "solved/asked_solved", _("说解决了的 ÷ 问到的"),
        _("回访或评价时问到的案件；少于 5 件不列；按办结日算"), group=_ASKED, better="up",
    ),
    _of(
        "satisfied", _("满意率"), "satisfied/asked_satisfied", _("满意和基本满意的 ÷ 评过满意度的"),
        _("回访或评价时问到的案件；少于 5 件不列；按办结日算"), group=_ASKED, better="up",
    ),
)  # fmt: skip
INDICATORS: Mapping[str, Indicator] = {each.code: each for each in _ALL}
# What residents said in person: told only where several did.
PRIVATE = frozenset({"asked_solved", "solved", "asked_satisfied", "satisfied"})
