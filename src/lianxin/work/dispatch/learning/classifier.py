"""A trained classifier as plain arrays: a text in, a score for each category and the words that spoke for it out.

Only numpy is needed here. The arrays are what `training` ships; they are read-only and shared by threads.
"""

import hashlib
import io
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianxin.work.dispatch.learning.grams import Reading, Vocabulary

Floats = NDArray[np.float64]
FORMAT = 1


@dataclass(frozen=True)
class Span:
    """A piece of the text that spoke for a category: characters `start` to `end` (exclusive) of the text."""

    start: int
    end: int
    words: str
    weight: float  # share of all that spoke for the category


@dataclass(frozen=True)
class Calibration:
    """How scores become shares. `doubt`: the share of decisions no words explain, since people disagree too."""

    sharpness: float
    doubt: float

    def confidences(self, scores: Floats) -> Floats:
        """Return shares that sum to 1: of all texts told 0.8, eight in ten are right."""
        shares = softmax(scores * self.sharpness)
        shares *= 1 - self.doubt
        shares += self.doubt / scores.shape[-1]
        return shares


@dataclass(frozen=True)
class Classifier:
    """Linear scores over a vocabulary. `experience` counts the examples of each category."""

    codes: tuple[str, ...]
    vocabulary: Vocabulary
    weights: NDArray[np.float32]  # features × categories
    bias: Floats
    experience: NDArray[np.int64]
    calibration: Calibration

    def read(self, text: str) -> Reading:
        """Return the text as features, to be asked for scores and for reasons."""
        return self.vocabulary.read(text)

    def scores(self, reading: Reading) -> Floats:
        """Return a score for each category, in the order of `codes`; comparable within one text only."""
        return reading.weights.astype(np.float32) @ self.weights[reading.features] + self.bias

    def confidences(self, scores: Floats) -> Floats:
        """Return calibrated shares in the order of the scores."""
        return self.calibration.confidences(scores)

    def explain(self, reading: Reading, code: str, most: int = 5) -> list[Span]:
        """Return the pieces of the text that spoke most for a category, in the order of the text."""
        return _spans(reading.text, self._spoke_for(reading, self.codes.index(code)), most)

    def _spoke_for(self, reading: Reading, column: int) -> Floats:
        """Return for each character how much the features it is part of spoke for the category, against the others."""
        own = self.weights[reading.features]
        # A feature's gain is shared by the places where it stands.
        gain = reading.weights * (own[:, column] - own.mean(axis=1)) / reading.counts
        each = np.zeros(len(reading.places))
        each[reading.known] = gain[np.searchsorted(reading.features, reading.places[reading.known])]
        spoke, pairs = each[: reading.length], each[reading.length :] / 2
        spoke[: len(pairs)] += pairs
        spoke[1 : len(pairs) + 1] += pairs
        return spoke

    def to_bytes(self) -> bytes:
        """Return the arrays as one `.npz`."""
        file = io.BytesIO()
        np.savez_compressed(file, allow_pickle=False, **self._arrays())
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Classifier":
        """Read what `to_bytes` wrote; raise ValueError for another format."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            if int(arrays["format"]) != FORMAT:
                raise ValueError(f"A classifier of format {int(arrays['format'])} cannot be read; train it again.")
            return cls(
                codes=tuple(arrays["codes"].tolist()),
                vocabulary=Vocabulary(arrays["keys"], arrays["rarity"]),
                weights=arrays["weights"].astype(np.float32),
                bias=arrays["bias"],
                experience=arrays["experience"],
                calibration=Calibration(*arrays["calibration"].tolist()),
            )

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the arrays."""
        digest = hashlib.sha256()
        for name, array in self._arrays().items():
            digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "format": np.array(FORMAT),
            "codes": np.array(self.codes, dtype=np.str_),
            "keys": self.vocabulary.keys,
            "rarity": self.vocabulary.rarity,
            "weights": self.weights.astype(np.float16),  # eleven bits are plenty for a weight, and half the size
            "bias": self.bias,
            "experience": self.experience,
            "calibration": np.array([self.calibration.sharpness, self.calibration.doubt]),
        }


def softmax(scores: Floats) -> Floats:
    """Return shares that sum to 1 along the last axis."""
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True), np.float64)


def _spans(text: str, spoke: Floats, most: int) -> list[Span]:
    """Join neighbouring characters that spoke clearly, drop edges that are no words, keep the strongest."""
    total = spoke[spoke > 0].sum()
    if not len(spoke) or total <= 0:
        return []
    clear = max(float(spoke.max()) * 0.15, float(total) * 0.01)
    found: dict[str, Span] = {}
    for start, end in _runs(spoke >= clear):
        first, last = _trimmed(text, start, end)
        if last - first < 2:
            continue
        words, weight = text[first:last], float(spoke[first:last].sum() / total)
        earlier = found.get(words)
        # Said again, it counts again, but it is shown once, where it first stood.
        found[words] = replace(earlier, weight=earlier.weight + weight) if earlier else Span(first, last, words, weight)
    strongest = sorted(found.values(), key=lambda span: (-span.weight, span.start))[:most]
    return sorted(strongest, key=lambda span: span.start)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end
