"""What dispatch answers: what it is about, where, whose, how sure, and why. Plain values, nothing behind them."""

from dataclasses import dataclass
from typing import Any

from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations.queries import Ruling
from lianxin.work.dispatch.learning.classifier import Span


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A category as everything above needs it; no query behind it."""

    id: int
    code: str
    name: str
    public_name: str
    kind: str
    depth: int
    parent_id: int | None
    path: tuple[str, ...]  # names from the major class down to itself
    description: str
    keywords: tuple[str, ...]
    is_leaf: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """A value read from plain words by a rule, with the words that said so and the reason as a sentence."""

    value: str
    words: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One proposed category, how sure (0–1), the pieces of the text that spoke for it, and who would lead."""

    category: CategoryNode
    confidence: float
    spans: tuple[Span, ...]
    keywords: tuple[str, ...]
    ruling: Ruling | None

    def as_document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "category_id": self.category.id,
            "code": self.category.code,
            "name": self.category.name,
            "path": list(self.category.path),
            "confidence": round(self.confidence, 4),
            "words": [span.words for span in self.spans],
            "spans": [[span.start, span.end] for span in self.spans if span.start >= 0],
            "keywords": list(self.keywords),
            "unit": _ruling_document(self.ruling) if self.ruling else None,
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """At most three choices, the best first, with the area, and severity and kind where plain words tell them."""

    choices: tuple[Choice, ...]
    area: AreaNode | None
    severity: Hint | None
    kind: Hint | None
    model_version: int  # 0: no classifier has been trained yet

    @property
    def best(self) -> Choice | None:
        """Return the first choice, if there is any."""
        return self.choices[0] if self.choices else None

    def as_document(self) -> dict[str, Any]:
        """Return it as JSON, as a case keeps it and the seat sees it."""
        return {
            "choices": [choice.as_document() for choice in self.choices],
            "area_id": self.area.id if self.area else None,
            "severity": _hint_document(self.severity),
            "kind": _hint_document(self.kind),
            "model_version": self.model_version,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the platform acts by itself; `would` is the same without regard to the mode (影子模式)."""

    acts: bool
    would: bool
    why: str


def _ruling_document(ruling: Ruling) -> dict[str, Any]:
    return {
        "lead_id": ruling.lead_unit.id,
        "lead": ruling.lead_unit.name,
        "assist_ids": [unit.id for unit in ruling.assists],
        "assists": [unit.name for unit in ruling.assists],
        "row": ruling.number,
        "basis": ruling.basis,
        "why": ruling.why,
    }


def _hint_document(hint: Hint | None) -> dict[str, Any] | None:
    return {"value": hint.value, "words": list(hint.words), "why": hint.why} if hint else None
