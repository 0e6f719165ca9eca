"""How right, how honest and how fast the classifier is on real messages of seven classes.

Five folds, several times with other partitions, so that one lucky cut counts little; messages with the
same beginning or the same end share a fold. Each message is judged by a classifier trained, calibrated
and all on the other four folds. The settings of the learning were chosen on the same messages, which
flatters the result by a little.
"""

import json
import os
import random
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from bench.figures import Figure, Size, at_least, at_most, say, told
from lianxin.work.dispatch.learning.classifier import Classifier
from lianxin.work.dispatch.learning.quality import Metrics, measure
from lianxin.work.dispatch.learning.training import FOLDS, Sample, train

DATA = Path(os.environ.get("LIANXIN_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))
SURE = 0.8
PARTITIONS = {"small": 3, "full": 10}
USUAL = 300  # characters


def run(size: Size) -> list[Figure]:
    """Judge all messages unseen, then measure the speed of one process."""
    samples = _messages()
    judged = [_judge(samples, seed) for seed in range(PARTITIONS[size])]
    mean = {name: float(np.mean([getattr(one, name) for one in judged])) for name in vars(judged[0])}
    speed, explained = _speed(train(samples).classifier, [sample.text[:USUAL] for sample in samples])
    return [
        at_least("macro_f1", mean["macro_f1"], "", 0.88),
        told("macro_f1_worst_partition", min(one.macro_f1 for one in judged), ""),
        told("accuracy", mean["accuracy"], ""),
        at_most("calibration_error", mean["calibration_error"], "", 0.05),
        told("auto_share", mean["sure_share"], f"at {SURE}"),
        at_most("auto_error", mean["sure_error"], f"at {SURE}", 0.05),
        at_least("messages_per_s", speed, "1/s", 2000),
        told("explained_messages_per_s", explained, "1/s"),
    ]


def _messages() -> list[Sample]:
    path = DATA / "messages_labelled.jsonl"
    if not path.exists():
        raise SystemExit(f"This bench needs {path}; name the folder of real messages in LIANXIN_REAL_DATA.")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Sample(_words(row["title"] or "", row["text"]), row["label"]) for row in rows]


def _words(title: str, text: str) -> str:
    return text if text.startswith(title) else f"{title}\n{text}"


def _judge(samples: list[Sample], seed: int) -> Metrics:
    folds = _folds(samples, seed)
    codes = sorted({sample.code for sample in samples})
    confidences = np.zeros((len(samples), len(codes)))
    for fold in range(FOLDS):
        classifier = train(sample for sample, own in zip(samples, folds, strict=True) if own != fold).classifier
        if list(classifier.codes) != codes:
            raise SystemExit("A class is missing from four folds; the messages are too few.")
        for place, sample in enumerate(samples):
            if folds[place] == fold:
                confidences[place] = classifier.confidences(classifier.scores(classifier.read(sample.text)))
    metrics = measure(confidences, np.array([codes.index(sample.code) for sample in samples]), sure=SURE)
    say(f"partition {seed}: {metrics}")
    return metrics


def _folds(samples: list[Sample], seed: int) -> list[int]:
    """Return a fold for each message: classes spread evenly, groups of like messages kept together."""
    groups: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(_groups(samples)):
        groups[group].append(place)
    shuffled = list(groups.values())
    random.Random(seed).shuffle(shuffled)
    filled: dict[str, int] = defaultdict(int)
    folds = [0] * len(samples)
    for places in shuffled:
        code = samples[places[0]].code
        for place in places:
            folds[place] = filled[code] % FOLDS
        filled[code] += 1
    return folds


def _groups(samples: list[Sample]) -> list[int]:
    """Return a group for each message; those with the same first or last forty letters are in one."""
    leader = list(range(len(samples)))

    def find(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    first: dict[tuple[str, str], int] = {}
    for place, sample in enumerate(samples):
        letters = "".join(character for character in sample.text if character.isalnum())
        for end in (("first", letters[:40]), ("last", letters[-40:])):
            leader[find(place)] = find(first.setdefault(end, place))
    return [find(place) for place in range(len(samples))]


def _speed(classifier: Classifier, texts: list[str]) -> tuple[float, float]:
    """Return messages a second of one process, without and with the words that spoke; the best of three rounds."""
    plain, explained = [], []
    for _ in range(3):
        begun = time.perf_counter()
        for text in texts:
            classifier.confidences(classifier.scores(classifier.read(text)))
        middle = time.perf_counter()
        for text in texts:
            reading = classifier.read(text)
            best = int(classifier.scores(reading).argmax())
            classifier.explain(reading, classifier.codes[best])
        plain.append(len(texts) / (middle - begun))
        explained.append(len(texts) / (time.perf_counter() - middle))
    say(f"speed: {max(plain):,.0f}/s, with reasons {max(explained):,.0f}/s")
    return max(plain), max(explained)
