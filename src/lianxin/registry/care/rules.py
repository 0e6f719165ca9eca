"""Needs: what each is for, on which legal ground, how long it stands, how often somebody comes.

A need says what help is wanted, never an illness, a conviction or a suspicion; there is no free tag.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lianxin.kernel.configuration.queries import current

from .models import CareTag

Need = CareTag.Need

_ELDERS = "《老年人权益保障法》第三十七条：为居家老年人提供生活照料、紧急救援和精神慰藉"
_MINORS = "《未成年人保护法》第四十三条：居（村）民委员会为留守、困境未成年人建立信息档案并给予关爱帮扶"
_DISABLED = "《残疾人保障法》第四十八条：对生活确有困难的残疾人给予救助和照料"
_HARDSHIP = "《社会救助暂行办法》第四条：居（村）民委员会协助做好社会救助"
_EMERGENCY = "《突发事件应对法》第十一条：对需要特殊保护的人优先保护"
_AGREED = "《个人信息保护法》第二十九条：本人（或监护人）单独同意"


@dataclass(frozen=True, slots=True)
class NeedRule:
    """What goes with a need unless the place says otherwise."""

    purpose: str
    legal_basis: str
    max_days: int = 365
    review_days: int = 180
    visit_every_days: int | None = None
    # Speaks of health: the person, or who answers for it, must have agreed to this apart (单独同意).
    needs_consent: bool = False
    # How much sooner somebody should come when several wait.
    weight: int = 1


RULES: Mapping[str, NeedRule] = {
    Need.DAILY_VISIT: NeedRule("每天有人上门或通话，确认平安", _ELDERS, 180, 90, 1, weight=5),
    Need.LONE_ELDER: NeedRule("独自生活的老人有人照应，急时有人到场", _ELDERS, 365, 180, 7, weight=4),
    Need.ELDER_COUPLE: NeedRule("子女不在身边的老人有人照应", _ELDERS, 365, 180, 14, weight=2),
    Need.CHILD_ALONE: NeedRule("父母不在身边的孩子有人照看", _MINORS, 180, 90, 7, weight=4),
    Need.MEDICINE: NeedRule("帮助按时取药", _AGREED, 180, 90, 14, needs_consent=True, weight=3),
    Need.MOBILITY: NeedRule("出行不便，上门办事、协助出行", _AGREED, 365, 180, 30, needs_consent=True),
    Need.ILLNESS_HELP: NeedRule(
        "家中有重病人，帮助联系救助和照料", _AGREED, 365, 180, 30, needs_consent=True, weight=2
    ),
    Need.PREGNANT: NeedRule("孕产期上门服务和急时送医", _AGREED, 365, 90, 30, needs_consent=True, weight=2),
    Need.DISABILITY_AID: NeedRule("辅具、照料和办证上门", _DISABLED, 730, 365, 30, needs_consent=True),
    Need.HARDSHIP: NeedRule("生活困难，帮助申请救助", _HARDSHIP, 365, 180, 30),
    Need.EMERGENCY: NeedRule("紧急时先接走、先安置", _EMERGENCY, 365, 180, None),
}
REMIND_DAYS = 14
CONSENT = "care"  # the purpose of the consent to tags that speak of health


def rule_of(need: str, numbers: Mapping[str, int] | None = None) -> NeedRule:
    """Return what goes with a need here: the document "care" may shorten and speak plainer, never lengthen."""
    rule = RULES[need]
    told: Mapping[str, Any] = (current("care", numbers) or {}).get(need, {})
    every = told.get("visit_every_days", rule.visit_every_days)
    return replace(
        rule,
        purpose=told.get("purpose") or rule.purpose,
        max_days=min(rule.max_days, int(told.get("max_days", rule.max_days))),
        review_days=min(rule.review_days, int(told.get("review_days", rule.review_days))),
        visit_every_days=int(every) if every else None,
    )
