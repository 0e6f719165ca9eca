"""How right and how honest a classifier is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lianxin.work.dispatch.learning.classifier import Floats

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Metrics:
    """How good it is on words it has not seen. Shares of 1; `sure_*` at the confidence that `sure` says."""

    examples: int
    categories: int
    macro_f1: float
    accuracy: float
    calibration_error: float
    sure: float
    sure_share: float
    sure_error: float


def measure(confidences: Floats, labels: Labels, *, sure: float) -> Metrics:
    """Return how right and how honest confidences (texts × categories) are, given the true categories."""
    if not len(labels):
        return Metrics(0, 0, 0.0, 0.0, 0.0, sure, 0.0, 0.0)
    best, confidence = confidences.argmax(axis=1), confidences.max(axis=1)
    right = best == labels
    is_sure = confidence >= sure
    return Metrics(
        examples=len(labels),
        categories=len(set(labels.tolist())),
        macro_f1=round(macro_f1(best, labels), 4),
        accuracy=round(float(right.mean()), 4),
        calibration_error=round(calibration_error(confidence, right), 4),
        sure=sure,
        sure_share=round(float(is_sure.mean()), 4),
        sure_error=round(float(1 - right[is_sure].mean()) if is_sure.any() else 0.0, 4),
    )


def macro_f1(proposed: Labels, labels: Labels) -> float:
    """Return the mean over the true categories of the harmonic mean of precision and recall."""
    values = []
    for label in set(labels.tolist()):
        both = int(((proposed == label) & (labels == label)).sum())
        values.append(2 * both / int((proposed == label).sum() + (labels == label).sum()))
    return float(np.mean(values))


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Return the expected calibration error: the gap between confidence and truth, weighted over ten equal bins."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[which == one].mean() - right[which == one].mean()) * (which == one).mean()
        for one in range(bins)
        if (which == one).any()
    ]
    return float(sum(gaps))


def macro_f1_of(proposed: Sequence[str], decided: Sequence[str]) -> float:
    """Return `macro_f1` of codes."""
    codes = sorted({*proposed, *decided})
    place = {code: index for index, code in enumerate(codes)}
    return macro_f1(np.array([place[code] for code in proposed]), np.array([place[code] for code in decided]))
