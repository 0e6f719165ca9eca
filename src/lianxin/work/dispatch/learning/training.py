"""Train a classifier from examples: two linear machines over the same features, joined and calibrated.

Runs in the worker only: it needs scikit-learn, which costs 80 MB a process. The first machine is a support
vector machine; the second sees each feature scaled by how much more often the category uses it (NB-SVM).
They err differently, and since both are linear their sum is one matrix.

Everything said about quality comes from five folds: each example is judged by a machine that has seen neither
it nor its turn of phrase elsewhere. The same examples in any order give the same arrays.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.svm import LinearSVC

from lianxin.work.dispatch.learning.classifier import Calibration, Classifier, Floats
from lianxin.work.dispatch.learning.grams import Vocabulary
from lianxin.work.dispatch.learning.quality import Metrics, measure
from lianxin.work.dispatch.learning.words import words_key

FOLDS = 5
ENOUGH_TO_CALIBRATE = 30
SHARPNESS = (-3.0, 0.7)  # logarithms: what real messages ask for lies at 1 to 1.5
DOUBTS = (0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4)
_TURN, _HEAD = 6, 80
_NOT_HAN = re.compile("[^\u4e00-\u9fff]")
Labels = NDArray[np.int64]
Fit = Callable[[sparse.csr_array, Labels, int], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Sample:
    """A text with its category. `is_example` is false for a category's own description: learnt from, never judged."""

    text: str
    code: str
    is_example: bool = True

    @property
    def key(self) -> bytes:
        """Return what is the same for the same words, whatever the blanks and punctuation."""
        return words_key(self.text)


@dataclass(frozen=True)
class Trained:
    """A classifier, its quality, and its judgement of each example unseen: by `Sample.key`, the code it would give."""

    classifier: Classifier
    metrics: Metrics
    judged: dict[bytes, str]


class TooFewExamplesError(ValueError):
    """There are not two categories to tell apart."""


def train(samples: Iterable[Sample], *, sure: float = 0.8) -> Trained:
    """Return a classifier of the samples' categories. Raises TooFewExamplesError for fewer than two categories.

    Of samples with the same words and category one is used. Takes seconds for a thousand samples.
    """
    used = sorted({(sample.key, sample.code): sample for sample in samples}.values(), key=_order)
    codes = tuple(sorted({sample.code for sample in used}))
    if len(codes) < 2:
        raise TooFewExamplesError("Examples of at least two categories are needed.")
    labels = np.array([codes.index(sample.code) for sample in used], np.int64)
    texts = [sample.text for sample in used]
    folds = _folds(used)
    is_judged = folds >= 0
    unseen = _unseen(texts, labels, folds, len(codes))
    scales = [1 / (one[is_judged].std() or 1.0) if is_judged.any() else 1.0 for one in unseen]
    scores = _sum(scales, unseen)
    calibration = _calibrated(scores[is_judged], labels[is_judged])
    vocabulary = Vocabulary.of(texts)
    features = _features(vocabulary, texts)
    machines = [fit(features, labels, len(codes)) for fit in FITS]
    weights = _sum(scales, [weights for weights, _ in machines])
    classifier = Classifier(
        codes=codes,
        vocabulary=vocabulary,
        weights=weights.astype(np.float16).astype(np.float32),  # as it will be read again
        bias=_sum(scales, [bias for _, bias in machines]),
        experience=np.bincount(labels[is_judged], minlength=len(codes)),
        calibration=calibration,
    )
    best = scores.argmax(axis=1)
    judged = {used[i].key: codes[best[i]] for i in _places(is_judged)}
    metrics = measure(calibration.confidences(scores[is_judged]), labels[is_judged], sure=sure)
    return Trained(classifier, metrics, judged)


def _order(sample: Sample) -> tuple[bytes, str]:
    return sample.key, sample.code


def _folds(samples: Sequence[Sample]) -> Labels:
    """Return the fold that judges each sample, −1 for none. Families share a fold; categories are spread evenly."""
    filled: dict[str, int] = defaultdict(int)
    fold_of: dict[object, int] = {}
    folds = np.full(len(samples), -1, np.int64)
    families = _families(samples)
    for index, sample in enumerate(samples):
        if not sample.is_example:
            continue
        family = families[index]
        if family not in fold_of:
            fold_of[family] = filled[sample.code] % FOLDS
            filled[sample.code] += 1
        folds[index] = fold_of[family]
    return folds


def _families(samples: Sequence[Sample]) -> list[object]:
    """Return what each sample has in common with others of its category: the turn of phrase that only they use.

    Examples written for a profile vary a few phrases. Judged by a machine that has seen the same phrase
    elsewhere they would look far easier than what people really say.
    """
    turns = [_turns(sample.text) if sample.is_example else frozenset[str]() for sample in samples]
    users: dict[str, set[str]] = defaultdict(set)
    uses: Counter[str] = Counter()
    for sample, own in zip(samples, turns, strict=True):
        uses.update(own)
        for turn in own:
            users[turn].add(sample.code)
    sizes = Counter(sample.code for sample in samples if sample.is_example)
    families: list[object] = []
    for sample, own in zip(samples, turns, strict=True):
        # A turn that half the category uses is what it is about, not a family.
        shared = [turn for turn in own if len(users[turn]) == 1 and 1 < uses[turn] <= sizes[sample.code] / 2]
        families.append(max(shared, key=lambda turn: (uses[turn], turn)) if shared else sample.key)
    return families


def _turns(text: str) -> frozenset[str]:
    """Return the stretches of six characters at the head of a text, blanks and punctuation left out."""
    plain = _NOT_HAN.sub("", text[:_HEAD])
    return frozenset(plain[place : place + _TURN] for place in range(len(plain) - _TURN + 1))


def _unseen(texts: Sequence[str], labels: Labels, folds: Labels, categories: int) -> list[Floats]:
    """Return, for each kind of machine, the scores of each sample by one that was trained on the other folds."""
    scores = [np.zeros((len(texts), categories)) for _ in FITS]
    for fold in range(FOLDS):
        asked, learnt = _places(folds == fold), _places(folds != fold)
        if not asked or len(set(labels[learnt].tolist())) < 2:
            continue
        vocabulary = Vocabulary.of(texts[i] for i in learnt)
        seen = _features(vocabulary, [texts[i] for i in learnt])
        new = _features(vocabulary, [texts[i] for i in asked])
        for one, fit in zip(scores, FITS, strict=True):
            weights, bias = fit(seen, labels[learnt], categories)
            one[asked] = new @ weights + bias
    return scores


def _places(flags: NDArray[np.bool_]) -> list[int]:
    return [int(place) for place in np.flatnonzero(flags)]


def _sum(scales: Sequence[float], arrays: Sequence[Floats]) -> Floats:
    total: Floats = np.sum([scale * array for scale, array in zip(scales, arrays, strict=True)], axis=0)
    return total


def _features(vocabulary: Vocabulary, texts: Sequence[str]) -> sparse.csr_array:
    rows = [vocabulary.read(text) for text in texts]
    # 32 bits: liblinear takes no wider indices.
    ends = np.cumsum([0, *(len(row.features) for row in rows)], dtype=np.int32)
    columns = np.concatenate([row.features for row in rows]).astype(np.int32)
    values = np.concatenate([row.weights for row in rows])
    return sparse.csr_array((values, columns, ends), shape=(len(texts), len(vocabulary.keys)))


def _support_vectors(features: sparse.csr_array, labels: Labels, categories: int) -> tuple[Floats, Floats]:
    """Return weights and bias of one machine a category, against all others; rare categories count as much."""
    weights, bias = _absent(features, categories)
    for label in set(labels.tolist()):
        weights[:, label], bias[label] = _one_machine(features, labels == label, categories, cost=1.0)
    return weights, bias


def _scaled_support_vectors(features: sparse.csr_array, labels: Labels, categories: int) -> tuple[Floats, Floats]:
    """Return the same over features scaled by how much more or less often the category uses them."""
    weights, bias = _absent(features, categories)
    uses = sparse.csr_array((features > 0).astype(np.float64))
    everywhere = uses.sum(axis=0)
    for label in set(labels.tolist()):
        here = uses[labels == label].sum(axis=0)
        often, elsewhere = here + 1, everywhere - here + 1
        ratio = np.abs(np.log((often / often.sum()) / (elsewhere / elsewhere.sum())))
        scaled = sparse.csr_array(features.multiply(ratio))
        column, bias[label] = _one_machine(scaled, labels == label, categories, cost=0.6)
        weights[:, label] = column * ratio
    return weights, bias


def _absent(features: sparse.csr_array, categories: int) -> tuple[Floats, Floats]:
    """Return weights and bias under which a category that has no sample here is never first."""
    return np.zeros((features.shape[1], categories)), np.full(categories, -1.5)


def _one_machine(
    features: sparse.csr_array, is_one: NDArray[np.bool_], categories: int, cost: float
) -> tuple[Floats, float]:
    """Return weights and bias of one category against the others; a rare category's samples weigh more."""
    costs = {True: len(is_one) / (categories * int(is_one.sum())), False: 1.0}
    machine = LinearSVC(C=cost, class_weight=costs, random_state=0, max_iter=5000)  # type: ignore[no-untyped-call]
    machine.fit(features, is_one)
    return machine.coef_[0], float(machine.intercept_[0])


FITS: tuple[Fit, ...] = (_support_vectors, _scaled_support_vectors)


def _calibrated(scores: Floats, labels: Labels) -> Calibration:
    """Return the calibration under which what people decided is most likely, given unseen scores.

    A faultless record is not certainty: sharpness is bounded, and one error is imagined as with Platt.
    """
    if len(labels) < ENOUGH_TO_CALIBRATE:
        return Calibration(1.0, 0.1)
    rows = np.arange(len(labels))

    def surprise(log_sharpness: float, doubt: float) -> float:
        shares = Calibration(float(np.exp(log_sharpness)), doubt).confidences(scores)
        return float(-np.log(shares[rows, labels]).mean())

    least = 1 / (len(labels) + 2)
    fits = []
    for doubt in (least, *(one for one in DOUBTS if one > least)):
        fit = minimize_scalar(surprise, bounds=SHARPNESS, method="bounded", args=(doubt,))
        fits.append((float(fit.fun), Calibration(round(float(np.exp(fit.x)), 6), doubt)))
    return min(fits, key=lambda one: one[0])[1]
