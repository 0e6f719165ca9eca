"""Characters and pairs of characters of a text as weighted features, counted with numpy.

Chinese needs no word list for this: pairs carry most words, single characters the rest. Every character keeps
its place (one code in, one code out), so that a feature leads back to where it stood in the text.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Keys = NDArray[np.uint32]
Indices = NDArray[np.intp]
Weights = NDArray[np.float64]

# People say what it is about in the title or the first sentence; that part is counted a second time.
LEAD = 30
# Beyond this a text repeats itself; a report of 13,000 characters must not cost ten times the usual.
READ = 4_000


@dataclass(frozen=True)
class Vocabulary:
    """The features a model knows: sorted keys (see `gram_keys`) and how telling each is (inverse frequency)."""

    keys: Keys
    rarity: Weights

    @classmethod
    def of(cls, texts: Iterable[str], least: int = 2) -> "Vocabulary":
        """Return the features that occur in at least `least` of the texts."""
        seen = [np.unique(gram_keys(codes_of(text))) for text in texts]
        keys, counts = np.unique(np.concatenate([*seen, np.empty(0, np.uint32)]), return_counts=True)
        kept = counts >= least
        rarity = np.log((1 + len(seen)) / (1 + counts[kept])) + 1
        return cls(keys[kept], rarity)

    def find(self, grams: Keys) -> tuple[Indices, NDArray[np.bool_]]:
        """Return for each gram its index here and whether it is known; the index of an unknown one means nothing."""
        if not len(self.keys):
            return np.zeros(len(grams), np.intp), np.zeros(len(grams), np.bool_)
        indices = np.searchsorted(self.keys, grams)
        indices[indices == len(self.keys)] = 0
        return indices, self.keys[indices] == grams

    def read(self, text: str) -> "Reading":
        """Return what a text is made of.

        The weights of all its features, known or not, have length 1: the less of a text is known, the
        shorter what is left, and the less sure any category.
        """
        codes = codes_of(text)
        grams = gram_keys(codes)
        indices, known = self.find(grams)
        features, counts = np.unique(indices[known], return_counts=True)
        weights = 1 + np.log(counts)
        in_lead = known.copy()
        in_lead[LEAD : len(codes)] = in_lead[len(codes) + LEAD - 1 :] = False
        lead, lead_counts = np.unique(indices[in_lead], return_counts=True)
        weights[np.searchsorted(features, lead)] += 1 + np.log(lead_counts)
        weights *= self.rarity[features]
        unknown = len(np.unique(grams[~known])) * self.rarity.max(initial=1.0) ** 2
        weights /= np.sqrt(weights @ weights + unknown) or 1.0
        return Reading(text, len(codes), features, weights, counts, indices, known)


@dataclass(frozen=True)
class Reading:
    """A text as features of one vocabulary: the known ones once each, and which stands at each place.

    `places` and `known` follow the order of `gram_keys`: a character each, then a pair each.
    """

    text: str
    length: int  # characters read
    features: Indices
    weights: Weights
    counts: Indices
    places: Indices
    known: NDArray[np.bool_]


def codes_of(text: str) -> Codes:
    """Return one code for each character: small letters, narrow forms, one kind of blank, one digit."""
    codes = np.frombuffer(text[:READ].encode("utf-32-le", "surrogatepass"), np.uint32)
    return _plain_codes()[np.minimum(codes, 0xFFFF)]


def gram_keys(codes: Codes) -> Keys:
    """Return the keys of all characters, then of all pairs, in the order of the text."""
    return np.concatenate([codes, (codes[:-1] << np.uint32(16)) | codes[1:]])


@cache
def _plain_codes() -> Codes:
    return np.array([_plain(chr(code)) for code in range(0x10000)], np.uint32)


def _plain(character: str) -> int:
    if character.isspace() or unicodedata.category(character)[0] == "C":
        return ord(" ")
    folded = unicodedata.normalize("NFKC", character).lower()
    if len(folded) != 1 or ord(folded) > 0xFFFF:
        return ord(character)
    return ord("0") if folded.isdecimal() else ord(folded)
