"""From words and a place to a proposal: what it is about, where, whose, and why. Touches no case, writes nothing.

All knowledge comes from process caches keyed by version numbers; with the caller's numbers at hand a
proposal costs no statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import numpy as np

from lianxin.foundation.areas.queries import AreaNode, locate
from lianxin.foundation.organizations.queries import Ruling, responsible
from lianxin.kernel import versions
from lianxin.kernel.geometry.points import Point
from lianxin.work.dispatch import rules
from lianxin.work.dispatch.keeping import Keeper, led_by
from lianxin.work.dispatch.learning.classifier import Calibration, Floats, Span
from lianxin.work.dispatch.learning.grams import Reading
from lianxin.work.dispatch.proposals import CategoryNode, Choice, Proposal
from lianxin.work.dispatch.queries import Catalogue, InForce, catalogue, classifier

MOST = 3


def propose(
    text: str,
    *,
    title: str = "",
    point: Point | None = None,
    area: AreaNode | None = None,
    level: str,
    at: datetime,
    numbers: Mapping[str, int] | None = None,
    keeper: Keeper | None = None,
) -> Proposal:
    """Return what a report is about, where it is and who answers for it when a holder of `level` dispatches.

    `area`, when known, is taken; else the point is looked up as of `at`. Spans count characters of `text`;
    one that stands only in the title has start −1. Without `numbers` one statement reads them. The `keeper` of a thing
    that the report names leads, and what such reports usually are weighs with the words.
    """
    current = versions.read() if numbers is None else numbers
    if area is None and point is not None:
        area = locate(point.lon, point.lat, at, current)
    reader = _reader(catalogue(current), classifier(current))
    words = text if not title or text.startswith(title) else f"{title}\n{text}"
    usual = keeper.category if keeper else ""
    led = partial(_led, area=area, level=level, at=at, numbers=current)
    choices = [
        replace(choice, ruling=led_by(keeper, led(choice), at=at, numbers=current))
        for choice in reader.choices(words, usual)
    ]
    return Proposal(
        choices=tuple(_placed(choice, len(words) - len(text), text) for choice in choices),
        area=area,
        severity=rules.severity_of(words),
        kind=rules.kind_of(words),
        model_version=reader.version,
    )


class Reader:
    """The classifier laid over the categories in use: those it has not learnt yet take part by their keywords."""

    def __init__(self, known: Catalogue, in_force: InForce) -> None:
        self.known, self.in_force = known, in_force
        self.version = in_force.version
        self.leaves: Sequence[CategoryNode] = known.leaves
        learnt = in_force.classifier
        columns = {code: column for column, code in enumerate(learnt.codes)} if learnt else {}
        self._columns = np.array([columns.get(leaf.code, -1) for leaf in self.leaves], np.intp)
        self._experience = [int(learnt.experience[column]) if learnt and column >= 0 else 0 for column in self._columns]
        self._keywords: dict[str, list[int]] = {}
        for place, leaf in enumerate(self.leaves):
            for keyword in dict.fromkeys(leaf.keywords):
                self._keywords.setdefault(keyword, []).append(place)
        self._calibration = learnt.calibration if learnt else Calibration(1.0, 0.1)

    def choices(self, words: str, usual: str = "") -> list[Choice]:
        """Return the best categories for the words, the surest first; none before there are categories.

        `usual` is the code under which such reports mostly come, where the thing itself is known.
        """
        if not self.leaves:
            return []
        found = self._keywords_in(words)
        learnt = self.in_force.classifier
        reading = learnt.read(words) if learnt else None
        scores = self._scores(reading)
        for place, hits in found.items():
            scores[place] += rules.keyword_bonus(len(hits), self._experience[place])
        for place, leaf in enumerate(self.leaves):
            if usual and leaf.code.startswith(usual):
                scores[place] += rules.KNOWN_THING
        shares = self._calibration.confidences(scores)
        best = np.argsort(-shares, kind="stable")[:MOST].tolist()
        choices = [self._choice(place, float(shares[place]), words, reading, found.get(place, ())) for place in best]
        # What is likelier was chosen by shares; experience then says how sure we may be of it.
        return sorted(choices, key=lambda choice: -choice.confidence)

    def _keywords_in(self, words: str) -> dict[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = {}
        for keyword, places in self._keywords.items():
            if keyword in words:
                for place in places:
                    found[place] = (*found.get(place, ()), keyword)
        return found

    def _scores(self, reading: Reading | None) -> Floats:
        learnt = self.in_force.classifier
        if learnt is None or reading is None:
            return np.zeros(len(self.leaves))
        scores = learnt.scores(reading)
        # What has not been learnt starts beside the least likely of what has.
        return np.where(self._columns >= 0, scores[self._columns], scores.min())

    def _choice(
        self, place: int, share: float, words: str, reading: Reading | None, keywords: tuple[str, ...]
    ) -> Choice:
        leaf, learnt = self.leaves[place], self.in_force.classifier
        if learnt is not None and reading is not None and self._columns[place] >= 0:
            spans = tuple(learnt.explain(reading, leaf.code))
        else:
            spans = tuple(_keyword_span(words, keyword, len(keywords)) for keyword in keywords)
        return Choice(leaf, rules.experienced(share, self._experience[place]), spans, keywords, None)


def _keyword_span(words: str, keyword: str, among: int) -> Span:
    start = words.index(keyword)
    return Span(start, start + len(keyword), keyword, 1 / among)


_last: Reader | None = None


def _reader(known: Catalogue, in_force: InForce) -> Reader:
    """Return the reader of these two, made anew when either has changed; two threads may make the same one."""
    global _last  # noqa: PLW0603 - one slot a process, replaced whole
    reader = _last
    if reader is None or reader.known is not known or reader.in_force is not in_force:
        reader = _last = Reader(known, in_force)
    return reader


def _led(
    choice: Choice, *, area: AreaNode | None, level: str, at: datetime, numbers: Mapping[str, int]
) -> Ruling | None:
    if area is None:
        return None
    return responsible(choice.category.code, area, level, at=at, numbers=numbers)


def _placed(choice: Choice, offset: int, text: str) -> Choice:
    """Return the choice with its spans counted in the text instead of in title and text."""
    if not offset:
        return choice
    return replace(choice, spans=tuple(_moved(span, offset, text) for span in choice.spans))


def _moved(span: Span, offset: int, text: str) -> Span:
    start = span.start - offset
    if start < 0:
        start = text.find(span.words)
    return replace(span, start=start, end=start + len(span.words) if start >= 0 else -1)
