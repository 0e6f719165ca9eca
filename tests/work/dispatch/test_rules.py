"""What plain words tell, and when the platform is sure enough."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations.queries import Ruling, UnitNode
from lianxin.work.dispatch import rules
from lianxin.work.dispatch.proposals import CategoryNode, Choice, Proposal

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
AREA = AreaNode(
    id=1, code="340881001001", name="东苑社区", full_name="龙眠街道东苑社区", level="community", role="community",
    kind="", parent_id=None, street_id=None, community_id=1, grid_id=None, path_ids=(1,), breadcrumb=("东苑社区",),
    households=None, center=None, valid_from=BEGIN, valid_to=None, version=1,
)  # fmt: skip
UNIT = UnitNode(
    id=7, code="cgj", name="城市管理局", short_name="城管局", kind="department", level="city", parent_id=None,
    path_ids=(7,), area_id=None, duty_phone="", valid_from=BEGIN, valid_to=None,
)  # fmt: skip
LIGHT = CategoryNode(
    3, "020101", "路灯不亮", "路灯不亮", "problem", 3, 2, ("公用设施", "照明", "路灯不亮"), "", (), True
)
RULING = Ruling(UNIT, (), 5, "12", "市政条例", "第 12 条")
SURE = Proposal((Choice(LIGHT, 0.9, (), (), RULING),), AREA, None, None, 1)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("路口井盖不见了，昨晚有人掉进去", "urgent"),
        ("孩子掉进了没盖的沟里", "urgent"),
        ("三单元楼道里燃气味很大", "urgent"),
        ("电线杆漏电，狗都被电死了", "urgent"),
        ("老房子的墙昨天塌了一角", "urgent"),
        ("小区外墙瓷砖脱落，差点砸到人", "pressing"),
        ("公司拖欠我们三个月工资", "pressing"),
        ("整栋楼停水两天了", "pressing"),
        ("路灯不亮", None),
        ("明天社区做消防演练，讲失火怎么逃生", None),
        ("建议装栏杆，防止孩子掉进河里", None),
        ("去年这里滑坡过，现在路面还没铺好", None),
    ],
)
def test_danger_now_is_told_from_danger_talked_about(text: str, severity: str | None) -> None:
    hint = rules.severity_of(text)

    assert (hint.value if hint else None) == severity


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请问老年证怎么办理，需要什么材料？", "enquiry"),
        ("建议在北门广场增设几个垃圾桶", "suggestion"),
        ("楼上邻居天天和我吵架，请社区调解", "dispute"),
        ("请问路灯坏了好几天为什么没人管", None),
        ("路灯不亮，请来修", None),
        ("我收到检察建议书", None),
    ],
)
def test_enquiries_suggestions_and_disputes_are_told_from_problems(text: str, kind: str | None) -> None:
    hint = rules.kind_of(text)

    assert (hint.value if hint else None) == kind


@given(text=st.text(alphabet="井盖不见了掉进沟漏电燃气味塌建议请问邻居吵，。！防止", max_size=60))
def test_hints_quote_the_text(text: str) -> None:
    for hint in (rules.severity_of(text), rules.kind_of(text)):
        assert hint is None or all(word in text for word in hint.words)


def test_a_long_text_is_read_in_no_time() -> None:
    # Nested repeats would take minutes here; the test's own time limit is the suite's patience.
    begun = datetime.now(UTC)

    rules.severity_of("燃气" * 6500)
    rules.kind_of("邻居" * 6500)

    assert (datetime.now(UTC) - begun).total_seconds() < 1


def test_sure_and_allowed_it_acts() -> None:
    decision = rules.decide(SURE, mode="on", confidence=0.85, categories=["02"], needs_unit=True)

    assert decision.acts


def test_in_the_shadow_it_says_what_it_would_do() -> None:
    decision = rules.decide(SURE, mode="shadow", confidence=0.85, needs_unit=True)

    assert (decision.acts, decision.would) == (False, True)


def _with(**changes: Any) -> Proposal:
    return replace(SURE, choices=(replace(SURE.choices[0], **changes),))


@pytest.mark.parametrize(
    ("proposal", "reason"),
    [
        (replace(SURE, choices=()), "没有可用的分类"),
        (replace(SURE, area=None), "位置不清楚"),
        (_with(confidence=0.84), "84%"),
        (_with(category=replace(LIGHT, code="070101")), "不在自动办理的分类内"),
        (_with(ruling=None), "没有写明谁负责"),
        (_with(ruling=replace(RULING, contradicted_by=("13",))), "12、13"),
    ],
)
@pytest.mark.parametrize("mode", ["on", "shadow", "off"])
def test_whatever_is_missing_it_leaves_to_the_seat_and_says_why(
    proposal: Proposal, reason: str, mode: rules.Mode
) -> None:
    decision = rules.decide(proposal, mode=mode, confidence=0.85, categories=["02"], needs_unit=True)

    assert (decision.acts, decision.would) == (False, False)
    assert reason in decision.why


def test_filing_needs_no_unit() -> None:
    assert rules.decide(_with(ruling=None), mode="on", confidence=0.85).acts


@given(share=st.floats(0, 1), examples=st.integers(0, 10_000))
def test_nobody_is_surer_than_experience_allows(share: float, examples: int) -> None:
    confidence = rules.experienced(share, examples)

    assert confidence <= share
    assert confidence < 1
    assert examples or confidence <= 0.5


@given(hits=st.integers(1, 9), examples=st.integers(0, 1000))
def test_keywords_help_less_where_examples_are_many(hits: int, examples: int) -> None:
    assert 0 < rules.keyword_bonus(hits, examples + 1) < rules.keyword_bonus(hits, examples)
