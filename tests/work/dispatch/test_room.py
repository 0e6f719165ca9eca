"""Learning, training and proposing with the tables: through the room's doors."""

import json
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import SIDE, County
from lianxin.foundation.accounts.actor import ANONYMOUS, SYSTEM
from lianxin.foundation.organizations import actions as organizations
from lianxin.foundation.organizations.actions import DutyRow
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.geometry.points import Point
from lianxin.work.dispatch import actions, queries, rules, training
from lianxin.work.dispatch.actions import CategoryRow, Learnt
from lianxin.work.dispatch.models import Category, Example, Model
from lianxin.work.dispatch.proposals import Decision, Proposal
from lianxin.work.dispatch.routing import propose

from .conftest import AT, PLACES, ROWS, TELLINGS, told

LIGHT = "解放路一排路灯不亮，晚上黑漆漆的"


def ask(text: str, **where: object) -> Proposal:
    return propose(text, level="city", at=AT, **where)  # type: ignore[arg-type]


# Categories


def test_the_same_categories_again_change_nothing(categories: None) -> None:
    before = versions.read()

    loaded = actions.load_categories(SYSTEM, ROWS, at=AT)

    assert (loaded.created, loaded.changed, len(loaded.unchanged)) == ([], [], len(ROWS))
    assert versions.read() == before


def test_a_category_taken_out_of_use_goes_with_all_below_it(categories: None) -> None:
    off = [CategoryRow("02", "公用设施", "problem", active=False)]

    actions.load_categories(SYSTEM, off, at=AT)

    assert {leaf.code for leaf in queries.catalogue().leaves} == {"010101", "010102"}


@pytest.mark.parametrize(
    "rows",
    [
        [CategoryRow("09", "其他", "problem"), CategoryRow("09", "其他", "problem")],
        [CategoryRow("0901", "其他", "problem", "09")],
        [CategoryRow("01010101", "第四级", "problem", "010101")],
    ],
)
def test_categories_that_do_not_hang_together_are_refused_whole(categories: None, rows: list[CategoryRow]) -> None:
    with pytest.raises(Invalid):
        actions.load_categories(SYSTEM, rows, at=AT)

    assert Category.objects.count() == len(ROWS)


def test_who_may_not_manage_loads_nothing(db: None) -> None:
    with pytest.raises(NotAllowed):
        actions.load_categories(ANONYMOUS, ROWS, at=AT)


# Examples


def test_the_same_words_are_kept_once_and_a_correction_stays(categories: None) -> None:
    def tell(code: str, source: str, text: str = "路灯不亮") -> int:
        return actions.learn([Learnt(code, text, source)], at=AT)

    assert tell("010101", "profile") == 1
    assert tell("010102", "case", "路灯，不亮！") == 1
    assert tell("020101", "correction") == 1
    assert tell("010101", "case") == 0
    assert tell("020101", "correction") == 0
    example = Example.objects.select_related("category").get()
    assert (example.category.code, example.source) == ("020101", "correction")


def test_unknown_categories_and_empty_words_teach_nothing(categories: None) -> None:
    assert actions.learn([Learnt("999999", "什么"), Learnt("020101", " \n")], at=AT) == 0


# Training


def test_training_takes_the_model_into_use_and_again_is_the_same(examples: None) -> None:
    model = training.retrain(at=AT)

    assert model is not None
    assert model.active
    assert model.example_count == len(told())
    assert training.retrain(at=AT + timedelta(days=1)) is None
    in_force = queries.classifier()
    assert in_force.version == model.version
    assert in_force.classifier is not None
    assert in_force.classifier.digest == model.digest


def test_without_two_categories_there_is_nothing_to_train(db: None) -> None:
    assert training.retrain(at=AT) is None


def _spoil() -> None:
    """Let careless hands file street lamps, told with two of the same places, under rubbish."""
    wrong = [
        Learnt("010101", f"{one}{other}{telling}。", "case")
        for one, other in permutations(PLACES, 2)
        for telling in TELLINGS["020101"]
    ]
    actions.learn(wrong, at=AT)


def test_a_worse_model_is_kept_but_not_taken_into_use(examples: None) -> None:
    first = training.retrain(at=AT)
    _spoil()

    second = training.retrain(at=AT)

    assert first is not None
    assert second is not None
    assert not second.active, second.note
    assert "未启用" in second.note
    assert queries.classifier().version == first.version


def test_forced_it_is_taken_into_use_and_one_can_go_back(examples: None) -> None:
    first = training.retrain(at=AT)
    _spoil()

    second = training.retrain(at=AT, force=True)

    assert first is not None
    assert second is not None
    assert second.active
    actions.activate_model(SYSTEM, version=first.version, reason="新模型把路灯认成垃圾", at=AT)
    assert queries.classifier().version == first.version
    assert Model.objects.filter(active=True).count() == 1


def test_old_arrays_are_cleared_and_cannot_be_gone_back_to(examples: None) -> None:
    versions_made = []
    for place in range(actions.KEPT + 2):
        actions.learn([Learnt("020101", f"{'东南西北中上下'[place]}街的路灯全灭了", "case")], at=AT)
        model = training.retrain(at=AT, force=True)
        assert model is not None
        versions_made.append(model.version)

    assert Model.objects.exclude(arrays=None).count() == actions.KEPT
    with pytest.raises(Refused):
        actions.activate_model(SYSTEM, version=versions_made[0], reason="", at=AT)


# Proposals


def test_before_any_category_there_is_no_proposal(db: None) -> None:
    proposal = ask(LIGHT)

    assert proposal.choices == ()
    assert not rules.decide(proposal, mode="on", confidence=0.1).acts


def test_before_any_training_keywords_propose_without_certainty(categories: None) -> None:
    best = ask(LIGHT).best

    assert best is not None
    assert best.category.code == "020101"
    assert best.confidence <= 0.5
    assert {span.words for span in best.spans} == {"路灯", "灯不亮"}


def test_after_training_it_is_sure_and_says_why(examples: None) -> None:
    training.retrain(at=AT)

    proposal = ask(LIGHT)

    best = proposal.best
    assert best is not None
    assert best.category.path == ("公用设施", "照明", "路灯不亮")
    assert best.confidence > 0.85
    assert any("路灯" in span.words for span in best.spans)
    assert len(proposal.choices) == 3
    assert sum(choice.confidence for choice in proposal.choices) <= 1


def test_a_category_without_examples_is_proposed_but_never_surely(examples: None) -> None:
    training.retrain(at=AT)

    best = ask("小区的充电桩坏了，充电桩故障没人修，公共充电桩不能用").best

    assert best is not None
    assert best.category.code == "020202"
    assert best.confidence <= 0.5


def test_spans_count_in_the_text_with_and_without_a_title(examples: None) -> None:
    training.retrain(at=AT)
    text = "您好！\n我家门口晚上黑漆漆的，路灯不亮。"

    for title in ("", "路灯一闪一闪", "您好！"):
        for choice in ask(text, title=title).choices:
            for span in choice.spans:
                assert span.start == -1 or text[span.start : span.end] == span.words


def test_with_the_numbers_at_hand_a_proposal_costs_no_statement(examples: None, county: County) -> None:
    training.retrain(at=AT)
    point = Point(117.0 + SIDE / 2, 31.0 + SIDE / 2)
    ask(LIGHT, point=point)
    numbers = versions.read()

    with CaptureQueriesContext(connection) as statements:
        ask(LIGHT, point=point, numbers=numbers)

    assert len(statements) == 0


def test_category_and_area_lead_to_the_unit_by_the_most_specific_row(examples: None, county: County) -> None:
    training.retrain(at=AT)
    organizations.load_responsibilities(
        SYSTEM,
        [
            DutyRow("901", "02", "city", None, "zjj"),
            DutyRow("902", "0201", "city", "340881002", "cgj", assists=("zjj",)),
        ],
        at=AT,
    )
    west, east = Point(117.0 + SIDE / 2, 31.0 + SIDE / 2), Point(117.0 + 3 * SIDE, 31.0 + SIDE / 2)

    rulings = [choice.ruling for place in (west, east) if (choice := ask(LIGHT, point=place).best)]

    assert [ruling.lead_unit.code if ruling else None for ruling in rulings] == ["zjj", "cgj"]
    assert rulings[1] is not None
    assert [unit.code for unit in rulings[1].assists] == ["zjj"]
    assert "902" in rulings[1].why


def test_a_point_outside_has_no_area_and_nobody(examples: None, county: County) -> None:
    proposal = ask(LIGHT, point=Point(116.0, 30.0))

    assert proposal.area is None
    assert all(choice.ruling is None for choice in proposal.choices)


def test_the_document_of_a_proposal_is_json(examples: None, county: County) -> None:
    training.retrain(at=AT)

    document = ask("路口井盖丢失了，有人掉进井里", point=Point(117.0 + SIDE / 2, 31.0 + SIDE / 2)).as_document()

    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::jsonb -> 'severity' ->> 'value'", [json.dumps(document)])
        assert cursor.fetchone() == ("urgent",)


# In the shadow


def test_the_shadow_report_tells_how_often_it_was_right(examples: None) -> None:
    training.retrain(at=AT)
    proposal = ask(LIGHT)
    sure = Decision(acts=False, would=True, why="")
    for subject in ("甲", "乙", "丙"):
        actions.propose_in_shadow(subject, proposal, sure, at=AT)
        actions.propose_in_shadow(subject, proposal, sure, at=AT)

    assert actions.record_ruling("甲", category="020101", unit_id=None, at=AT) is True
    assert actions.record_ruling("乙", category="010101", unit_id=None, at=AT) is False
    assert actions.record_ruling("没有问过", category="010101", unit_id=None, at=AT) is None
    line = queries.shadow_report(AT, AT + timedelta(days=1))[0]
    assert (line.category, line.proposed, line.decided, line.right) == ("020101", 3, 2, 1)
    assert (line.sure, line.sure_error, line.wrong_category, line.wrong_unit) == (2, 0.5, 1, 0)
    assert queries.shadow_report(AT + timedelta(days=1), AT + timedelta(days=2)) == []


def test_another_unit_than_proposed_is_wrong_and_a_later_decision_counts(examples: None) -> None:
    training.retrain(at=AT)
    decision = Decision(acts=False, would=False, why="")
    actions.propose_in_shadow("丁", ask(LIGHT), decision, at=AT)

    assert actions.record_ruling("丁", category="020101", unit_id=4711, at=AT) is False
    assert queries.shadow_report(AT, AT + timedelta(days=1))[0].wrong_unit == 1
    assert actions.record_ruling("丁", category="020101", unit_id=None, at=AT) is True
