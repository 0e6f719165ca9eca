"""Words with weights by which a phone without a signal proposes a category. Plain values, from memory."""

from collections.abc import Mapping

from lianxin.work.dispatch.learning.telling import telling_pairs
from lianxin.work.dispatch.queries import Catalogue, InForce, catalogue, classifier

MOST = 40  # learnt pairs a category: 25 kB more to carry, and the right one first twice as often
_KEYWORD = 1.0

Words = tuple[tuple[str, float], ...]

_last: tuple[Catalogue, InForce, Mapping[str, Words]] | None = None


def telling_words(numbers: Mapping[str, int]) -> Mapping[str, Words]:
    """Return for each leaf category its keywords and what has been learnt. No statement unless either changed."""
    global _last  # noqa: PLW0603 - one slot a process, replaced whole
    known, in_force, last = catalogue(numbers), classifier(numbers), _last
    if last is None or last[0] is not known or last[1] is not in_force:
        last = _last = (known, in_force, _gathered(known, in_force))
    return last[2]


def _gathered(known: Catalogue, in_force: InForce) -> dict[str, Words]:
    learnt = telling_pairs(in_force.classifier, MOST) if in_force.classifier else {}
    return {leaf.code: _merged(leaf.keywords, learnt.get(leaf.code, [])) for leaf in known.leaves}


def _merged(keywords: tuple[str, ...], learnt: list[tuple[str, float]]) -> Words:
    weights = dict(learnt)
    for word in keywords:
        weights[word] = max(weights.get(word, 0.0), _KEYWORD)
    return tuple(weights.items())
