"""What a phone proposes categories by: keywords, and the pairs of characters that were learnt."""

import numpy as np
import pytest

from lianxin.kernel import versions
from lianxin.work.dispatch import queries
from lianxin.work.dispatch.learning.telling import telling_pairs
from lianxin.work.dispatch.learning.training import Sample, train
from lianxin.work.dispatch.telling import telling_words

from .conftest import PLACES, TELLINGS

SAMPLES = [Sample(f"{place}{end}。", code) for code, ends in TELLINGS.items() for place in PLACES for end in ends]


@pytest.fixture(scope="module")
def pairs() -> dict[str, list[tuple[str, float]]]:
    return telling_pairs(train(SAMPLES).classifier, 12)


def test_pairs_speak_for_their_own_category_and_the_strongest_stands_first(pairs):
    assert "路灯" in dict(pairs["020101"])
    assert "井盖" in dict(pairs["020201"])
    for told in pairs.values():
        weights = [weight for _pair, weight in told]
        assert 0 < len(told) <= 12
        assert weights == sorted(weights, reverse=True)
        assert min(weights) > 0


def test_where_it_lies_speaks_for_nothing(pairs):
    places = {place[at : at + 2] for place in PLACES for at in range(len(place) - 1)}

    strongest = {pair for told in pairs.values() for pair, _weight in told[:5]}

    assert not strongest & places


def test_texts_nobody_has_told_before_find_their_category_by_pairs_alone(
    pairs: dict[str, list[tuple[str, float]]],
) -> None:
    def best(text: str) -> str:
        return max(pairs, key=lambda code: sum(weight for pair, weight in pairs[code] if pair in text))

    told = {"中山路的路灯全灭了": "020101", "小区的窨井盖被偷走了": "020201", "夜里施工吵死了": "010102"}

    assert {text: best(text) for text in told} == told


@pytest.mark.usefixtures("categories")
def test_a_category_without_examples_speaks_by_its_keywords(django_assert_num_queries):
    numbers = versions.read()
    queries.catalogue(numbers)
    queries.classifier(numbers)

    with django_assert_num_queries(0):
        words = telling_words(numbers)

    assert words["020202"] == (("充电桩", 1.0),)
    assert set(words) == {leaf.code for leaf in queries.catalogue(numbers).leaves}
    assert telling_words(numbers) is words
    assert np.isfinite([weight for told in words.values() for _word, weight in told]).all()
