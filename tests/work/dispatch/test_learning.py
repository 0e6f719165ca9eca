"""The classifier: the same from the same examples, honest, and able to say why. Without a database."""

import random
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.work.dispatch.learning.classifier import Classifier, softmax
from lianxin.work.dispatch.learning.grams import READ, Vocabulary, codes_of
from lianxin.work.dispatch.learning.quality import calibration_error, macro_f1_of, measure
from lianxin.work.dispatch.learning.training import Sample, TooFewExamplesError, Trained, train
from lianxin.work.dispatch.learning.words import words_key

from .conftest import PLACES, TELLINGS

SAMPLES = [Sample(f"{place}{end}。", code) for code, ends in TELLINGS.items() for place in PLACES for end in ends]

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=200) | st.text(
    alphabet="路灯不亮井盖坏了垃圾臭，。！ \n\t0９aＡ😀𠀀", max_size=400
)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(SAMPLES)


def test_the_same_examples_in_any_order_give_the_same_arrays(trained: Trained) -> None:
    shuffled = SAMPLES * 2
    random.Random(4).shuffle(shuffled)

    again = train(shuffled)

    assert again.classifier.digest == trained.classifier.digest
    assert again.judged == trained.judged


def test_another_example_gives_another_digest(trained: Trained) -> None:
    more = train([*SAMPLES, Sample("河道里漂着死猪。", "010101")])

    assert more.classifier.digest != trained.classifier.digest


def test_what_is_read_back_answers_the_same(trained: Trained) -> None:
    read = Classifier.from_bytes(trained.classifier.to_bytes())

    assert read.digest == trained.classifier.digest
    for sample in SAMPLES[::7]:
        one, other = (machine.scores(machine.read(sample.text)) for machine in (read, trained.classifier))
        np.testing.assert_array_equal(one, other)


def test_new_tellings_find_their_category(trained: Trained) -> None:
    tellings = {
        "中山路的路灯全灭了": "020101",
        "楼下垃圾堆成山": "010101",
        "工地凌晨施工噪音大": "010102",
        "马路中间井盖翘起来了": "020201",
    }
    machine = trained.classifier
    for text, code in tellings.items():
        assert machine.codes[int(machine.scores(machine.read(text)).argmax())] == code


def test_the_words_that_spoke_are_those_of_the_matter(trained: Trained) -> None:
    machine = trained.classifier
    text = "您好，我住紫来佳苑三号楼，小区西门外的路灯不亮已经一周，请尽快修。"

    spans = machine.explain(machine.read(text), "020101")

    strongest = max(spans, key=lambda span: span.weight)
    assert "路灯" in strongest.words
    assert text[strongest.start : strongest.end] == strongest.words


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_any_text_gets_confidences_and_explanations_that_are_pieces_of_it(trained: Trained, text: str) -> None:
    machine = trained.classifier
    reading = machine.read(text)
    shares = machine.confidences(machine.scores(reading))

    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()
    for code in machine.codes:
        spans = machine.explain(reading, code)
        assert all(text[span.start : span.end] == span.words and len(span.words) >= 2 for span in spans)
        assert all(one.end <= other.start for one, other in pairwise(spans))
        assert sum(span.weight for span in spans) <= 1 + 1e-9


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_one_code_for_each_character(text: str) -> None:
    assert len(codes_of(text)) == len(text)


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_a_text_is_never_longer_than_one(text: str) -> None:
    reading = Vocabulary.of(sample.text for sample in SAMPLES).read(text)

    assert float(reading.weights @ reading.weights) <= 1 + 1e-9
    assert (reading.weights > 0).all()


def test_wide_and_narrow_forms_digits_and_capitals_read_alike() -> None:
    assert codes_of("Ａ座３楼").tolist() == codes_of("a座8楼").tolist()


def test_words_beyond_what_is_read_change_nothing(trained: Trained) -> None:
    machine = trained.classifier
    text = "路灯不亮。" * (READ // 5)

    one, other = (machine.scores(machine.read(words)) for words in (text, text + "垃圾" * 5000))

    np.testing.assert_array_equal(one, other)


def test_foreign_words_make_it_less_sure(trained: Trained) -> None:
    machine = trained.classifier
    text = "路灯不亮，晚上黑漆漆的"
    alien = text + "".join(chr(code) for code in range(0x8600, 0x8700))

    plain, mixed = (machine.confidences(machine.scores(machine.read(words))).max() for words in (text, alien))

    assert mixed < plain


def test_one_category_alone_cannot_be_learnt() -> None:
    with pytest.raises(TooFewExamplesError):
        train([Sample("路灯不亮", "020101"), Sample("路灯坏了", "020101")])


def test_the_same_words_are_judged_by_one_who_has_not_seen_them() -> None:
    # Every text stands in both categories: who had seen the one copy would be wrong about the other, nearly always;
    # who has seen neither can only guess.
    rng = random.Random(11)
    letters = [chr(rng.randrange(0x4E00, 0x9000)) for _ in range(300)]
    texts = ["".join(rng.choices(letters, k=12)) for _ in range(120)]
    samples = [
        Sample(text + end, code) for text in texts for end, code in zip(("", " ！"), rng.sample("甲乙", 2), strict=True)
    ]
    # Others in between, so that the two copies do not come to the same fold by the count alone.
    samples += [Sample("".join(rng.choices(letters, k=12)), "丙甲"[place % 2]) for place in range(120)]

    judged = train(samples).judged

    told = [judged[sample.key] for sample in samples[:240:2]]
    assert 30 < told.count("甲") < 90


def test_confidence_means_what_it_says_on_words_drawn_by_chance() -> None:
    # Each text is a bag of characters from its category's odds, three in ten mislabelled: no machine can be right
    # more often than 0.7 + 0.3 / 3, and an honest one says so.
    rng = np.random.default_rng(5)
    letters = np.array([chr(0x4E00 + i) for i in range(60)])
    odds = rng.dirichlet(np.full(60, 0.5), size=3)

    def draw(count: int) -> list[Sample]:
        samples = []
        for _ in range(count):
            true = int(rng.integers(3))
            said = int(rng.integers(3)) if rng.random() < 0.3 else true
            samples.append(Sample("".join(rng.choice(letters, 40, p=odds[true])), "甲乙丙"[said]))
        return samples

    machine = train(draw(900)).classifier
    asked = draw(1500)
    shares = np.array([machine.confidences(machine.scores(machine.read(sample.text))) for sample in asked])
    metrics = measure(shares, np.array([machine.codes.index(sample.code) for sample in asked]), sure=0.9)

    assert metrics.accuracy > 0.7
    assert metrics.calibration_error < 0.06
    assert metrics.sure_share < 0.2


def test_measures_are_as_worked_out_by_hand() -> None:
    # 甲: precision 2/3, recall 2/2; 乙: precision 1/1, recall 1/2.
    assert macro_f1_of(list("甲甲甲乙"), list("甲甲乙乙")) == pytest.approx((0.8 + 2 / 3) / 2)
    # Four at 0.95, three right: 0.2; one at 0.55, wrong: 0.55.
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55])
    right = np.array([True, True, True, False, False])
    assert calibration_error(confidence, right) == pytest.approx(0.2 * 4 / 5 + 0.55 / 5)


def test_softmax_bears_large_scores() -> None:
    assert softmax(np.array([1e4, 0.0])).tolist() == [1.0, 0.0]


@given(text=TEXTS)
def test_blanks_and_punctuation_do_not_make_other_words(text: str) -> None:
    assert words_key(f" {text}。\n") == words_key(text) or not any(letter.isalnum() for letter in text)


def test_asking_needs_no_scikit_learn() -> None:
    script = (
        "import django, sys; django.setup();"
        "from lianxin.work.dispatch import actions, jobs, queries, routing;"
        "loaded = sorted({'sklearn', 'scipy'} & set(sys.modules)); print(loaded); sys.exit(bool(loaded))"
    )
    asked = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert asked.returncode == 0, asked.stdout + asked.stderr
