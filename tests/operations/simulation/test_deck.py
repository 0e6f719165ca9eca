"""Cards reach the cases they fit, and every act comes often enough in a run of the real size."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from lianxin.operations.simulation.deck import SIDES, TURNS, Deck
from lianxin.operations.simulation.plots import PLOTS
from lianxin.operations.simulation.story import Story
from lianxin.operations.simulation.view import Spot, View

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def view(stage: str = "reported", **more: object) -> View:
    spot = Spot("340881001001001", "340881001", "340881001001", "340881001001001")
    given = {"kind": "problem", "severity": "normal", "level": "city", "title": "路灯不亮", "spot": spot} | more
    return View(number="340881-20261120-000001", version=1, stage=stage, at=AT, **given)  # type: ignore[arg-type]


def dealt(deck: Deck, seen: View, rng: Random, *, has_reporter: bool = True) -> Story:
    story = Story(rng, has_reporter=has_reporter)
    deck.deal(seen, story)
    return story


def test_every_card_names_a_plot():
    assert {*TURNS, *SIDES} <= set(PLOTS)


def test_in_2816_cases_every_card_comes_ten_times():
    rng = Random(1)
    deck, cards = Deck(rng), Counter[str]()

    for _case in range(2_816):
        # Half have been filed and dispatched by the platform before anybody could do otherwise.
        stage = rng.choice(("reported", "dispatched"))
        cards.update(dealt(deck, view(stage), rng).wishes)

    assert {card: cards[card] for card in {*TURNS, *SIDES} if cards[card] < 10} == {}


@pytest.mark.parametrize(("stage", "has_reporter"), [("dispatched", True), ("reported", False), ("handling", False)])
def test_a_case_gets_only_what_fits_it(stage: str, has_reporter: bool):
    rng, deck = Random(2), Deck(Random(2))

    for _case in range(300):
        story = dealt(deck, view(stage), rng, has_reporter=has_reporter)

        assert all(PLOTS[wish].fits(view(stage), story) for wish in story.wishes)


def test_a_card_given_back_is_dealt_next():
    rng, deck = Random(3), Deck(Random(3))
    dealt(deck, view(), rng)

    deck.give_back(["third_return", "urge_thrice", "refuse"])  # the last is a mark, no card

    assert dealt(deck, view(), rng).wishes == ["third_return", "urge_thrice"]


def test_the_same_seed_deals_the_same_cards():
    one, other = (
        [dealt(deck, view(), Random(place)).wishes for place in range(200)]
        for deck in (Deck(Random(4)), Deck(Random(4)))
    )

    assert one == other
