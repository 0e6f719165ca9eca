"""What plain words tell without learning, and when the platform is sure enough. Pure."""

import re
from collections.abc import Collection
from typing import Literal

from django.utils.translation import gettext as _

from lianxin.foundation.organizations.queries import Ruling
from lianxin.work.dispatch.proposals import Decision, Hint, Proposal

Mode = Literal["off", "shadow", "on"]

# Life in danger now. Each alternative is a thing that happens, not a single character that also means less.
_URGENT = re.compile(
    "井盖(?:不见|丢失|缺失|没了|被偷)|(?:掉进|跌入|坠入|掉入)(?:了)?[^，。！？]{0,6}(?:井|坑|沟|河|水)|漏电|触电|电线(?:断|掉|垂)落?"
    "|(?:燃气|煤气|天然气)[^，。！？]{0,6}(?:泄漏|泄露|漏气|味|爆)|(?:墙|楼|房|路|桥|坡|堤|棚|塔吊|脚手架)[^，。！？]{0,6}(?:塌|垮)"
    "|坍塌|塌方|塌陷|垮塌|滑坡|泥石流|山洪|溃堤|决堤|管涌|着火|起火|失火|火灾|爆炸|爆燃|中毒|溺水|落水|坠楼|跳楼|轻生|自杀"
    "|持刀|砍人|困在电梯|电梯[^，。！？]{0,4}(?:困人|被困|坠)|有人(?:受伤|被埋|被困|晕倒|昏迷)|危化品|高压线[^，。！？]{0,6}(?:断|掉|垂)"
)
# Soon dangerous, or many people without what they need daily.
_PRESSING = re.compile(
    "(?:整[栋片条]|全小区|全村|大面积)[^，。！？]{0,6}(?:停水|停电|断水|断电|停暖)|水管爆|爆管|自来水[^，。！？]{0,6}(?:爆|喷)|污水(?:倒灌|漫溢|外溢)"
    "|积水[^，。！？]{0,8}(?:无法通行|过膝|进屋)|外墙[^，。！？]{0,4}(?:脱落|掉)|高空坠物|摇摇欲坠|随时(?:可能|会|要)?(?:倒|掉|塌|断)"
    "|井盖(?:破损|松动|塌|翘|裂)|(?:消防|疏散)通道[^，。！？]{0,4}(?:堵|占)|飞线充电|欠薪|拖欠[^，。！？]{0,6}工资|聚集|信号灯[^，。！？]{0,4}(?:不亮|故障|坏)"
)
# Told in the same clause as past, planned or only feared, the words above alarm nobody; a drill, in the sentence.
# Few words and short reach: a danger missed is worse than one too many on the seat's list.
_NOT_NOW = re.compile("宣传|培训|知识|保险|补偿|赔偿款|去年|前年|往年|历史上|防止|避免|预防|以防|杜绝|以免")
_DRILL = re.compile("演练|演习|预案|讲座")
_COMPLAINT = re.compile(
    "投诉|举报|扰民|没人管|无人管|不作为|坏了|破损|漏水|严重影响|违法|违规|乱[停扔倒堆搭收]|拒不|至今(?:未|没)"
)
_ENQUIRY = re.compile(
    "请问|咨询|想问|问一下|如何(?:办|申请|领|查|交|补)|怎么(?:办理|申请|领|查|交|补)|需要(?:什么|哪些)(?:材料|手续|条件)|什么时候(?:能|可以|开始|发)"
)
_SUGGESTION = re.compile("建议(?!书)|提议|倡议|提个意见")
_DISPUTE = re.compile(
    "纠纷|调解|邻里矛盾|(?:邻居|婆媳|夫妻|房东|租客|合伙人)[^，。！？]{0,12}(?:吵|打|闹|赖|不认|威胁|起冲突)"
)
_CLAUSE, _SENTENCE = "，。！？；,!?;\n", "。！？!?\n"
_LEAD = 60  # what people want, they say first


def danger_patterns() -> dict[str, str]:
    """Return the patterns that tell of danger now, for devices that read words without a server."""
    return {
        "urgent": _URGENT.pattern,
        "pressing": _PRESSING.pattern,
        "not_now": _NOT_NOW.pattern,
        "drill": _DRILL.pattern,
        "clause_marks": _CLAUSE,
        "sentence_marks": _SENTENCE,
    }


def severity_of(text: str) -> Hint | None:
    """Return urgent or pressing when the words tell of danger now, with those words; None tells nothing."""
    for value, pattern in (("urgent", _URGENT), ("pressing", _PRESSING)):
        words = tuple(dict.fromkeys(found.group() for found in pattern.finditer(text) if _is_now(text, found.start())))
        if words:
            spoken = "、".join(f"“{word}”" for word in words[:3])
            label = _("紧急") if value == "urgent" else _("较急")
            return Hint(value, words[:3], _("文中提到{words}，建议按{label}办理。").format(words=spoken, label=label))
    return None


def kind_of(text: str) -> Hint | None:
    """Return enquiry, suggestion or dispute when the words say so plainly; None leaves it to the category."""
    lead = text[:_LEAD]
    for value, label, found in (
        ("dispute", _("矛盾纠纷"), _DISPUTE.search(text)),
        ("enquiry", _("咨询"), _ENQUIRY.search(lead)),
        ("suggestion", _("建议"), _SUGGESTION.search(lead)),
    ):
        if found and (value == "dispute" or not _COMPLAINT.search(text)):
            why = _("文中说“{words}”，像是{label}。").format(words=found.group(), label=label)
            return Hint(value, (found.group(),), why)
    return None


def experienced(confidence: float, examples: int) -> float:
    """Return the confidence, no higher than the experience with a category allows (Laplace's rule of succession)."""
    return min(confidence, (examples + 1) / (examples + 2))


def keyword_bonus(hits: int, examples: int) -> float:
    """Return what keywords found in the text add to a category's score: much without examples, little with many."""
    return _KEYWORD * min(hits, 3) * _FEW / (_FEW + examples)


# A thing that is known by its number says more than a word, less than a sentence that speaks plainly of another matter.
KNOWN_THING = 3.0
_KEYWORD = 1.5
_FEW = 5


def decide(
    proposal: Proposal,
    *,
    mode: Mode,
    confidence: float,
    categories: Collection[str] | None = None,
    needs_unit: bool = False,
) -> Decision:
    """Return whether the platform acts by itself (auto) or leaves it to the seat, and why, as a sentence.

    `categories`: codes, with all below them, for which it may (None: all). `needs_unit`: a lead must be known
    without contradiction, as for dispatching.
    """
    hindrance = _hindrance(proposal, confidence, categories, needs_unit=needs_unit)
    if hindrance:
        return Decision(acts=False, would=False, why=hindrance)
    if mode == "on":
        return Decision(acts=True, would=True, why=_("把握足够，自动办理。"))
    why = _("影子模式：本可自动办理，仍由坐席决定。") if mode == "shadow" else _("未开启自动办理。")
    return Decision(acts=False, would=True, why=why)


def _hindrance(proposal: Proposal, confidence: float, categories: Collection[str] | None, *, needs_unit: bool) -> str:
    best = proposal.best
    if best is None:
        return _("没有可用的分类。")
    if proposal.area is None:
        return _("位置不清楚，需坐席定位。")
    if categories is not None and not any(best.category.code.startswith(code) for code in categories):
        return _("“{name}”不在自动办理的分类内。").format(name=best.category.name)
    if best.confidence < confidence:
        return _("把握 {have:.0%}，不到 {need:.0%}。").format(have=best.confidence, need=confidence)
    return _no_lead(best.ruling) if needs_unit else ""


def _no_lead(ruling: Ruling | None) -> str:
    if ruling is None:
        return _("权责清单没有写明谁负责。")
    if ruling.contradicted_by:
        rows = "、".join((ruling.number, *ruling.contradicted_by))
        return _("权责清单第 {rows} 条互相矛盾。").format(rows=rows)
    return ""


def _is_now(text: str, start: int) -> bool:
    """Tell whether what stands around a place speaks of now."""
    return not _NOT_NOW.search(_around(text, start, _CLAUSE)) and not _DRILL.search(_around(text, start, _SENTENCE))


def _around(text: str, start: int, marks: str) -> str:
    """Return the words around a place up to the nearest of the marks; at most a hundred characters each way."""
    before = re.split(f"[{marks}]", text[max(0, start - 100) : start])[-1]
    return before + re.split(f"[{marks}]", text[start : start + 100])[0]
