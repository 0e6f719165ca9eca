"""The few pairs of characters by which a category is told best, for readers too small for the whole classifier."""

import numpy as np

from lianxin.work.dispatch.learning.classifier import Classifier, Floats
from lianxin.work.dispatch.learning.grams import Keys

_HAN = (0x4E00, 0x9FFF)
_STRONG = 0.85  # the gain at this quantile weighs as much as a keyword that somebody wrote


def telling_pairs(classifier: Classifier, most: int) -> dict[str, list[tuple[str, float]]]:
    """Return for each category at most `most` Chinese pairs that speak for it, the most telling first.

    A weight of 1 is about what a written keyword is worth. Measured on half the examples of Tongcheng with the rest
    learnt, 40 pairs and the keywords put the right category first for 88 in 100 texts (keywords alone 41, all 93).
    """
    keys = classifier.vocabulary.keys
    chosen = np.flatnonzero(_is_han(keys >> np.uint32(16)) & _is_han(keys & np.uint32(0xFFFF)))
    own = classifier.weights[chosen].astype(np.float64)
    gains: Floats = (own - own.mean(axis=1, keepdims=True)) * classifier.vocabulary.rarity[chosen, None]
    best = np.argsort(-gains, axis=0, kind="stable")[:most]
    strongest = np.take_along_axis(gains, best, axis=0)
    scale = float(np.quantile(strongest, _STRONG)) if strongest.size else 1.0
    pairs = [_pair(int(key)) for key in keys[chosen]]
    return {
        code: [
            (pairs[row], round(gain / scale, 2))
            for row, gain in zip(best[:, column].tolist(), strongest[:, column].tolist(), strict=True)
            if gain > 0
        ]
        for column, code in enumerate(classifier.codes)
    }


def _is_han(codes: Keys) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return (codes >= _HAN[0]) & (codes <= _HAN[1])


def _pair(key: int) -> str:
    return chr(key >> 16) + chr(key & 0xFFFF)
