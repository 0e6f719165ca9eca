"""Care tags for a made-up county: some three in two hundred people, by their age and with whom they live."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from lianxin.registry.care.rules import CONSENT, RULES

from .copying import NULL, instant, plain
from .families import Family, Member

# Without id and key, which the writer puts before.
_OWN: Final = (
    "person_id", "need", "purpose", "legal_basis", "evidence", "visit_every_days", "last_visited_at",
    "viewer_unit_ids", "street_id", "community_id", "grid_id", "version", "set_at", "set_by_id", "set_by_label",
    "review_at", "expires_at", "end_reason",
)  # fmt: skip
COLUMNS: Final = ("id", "key", *_OWN)
CONSENT_COLUMNS: Final = ("id", "person_id", "purpose", "text_version", "given_at", "given_by")

# On what the grid worker says so, by need.
_EVIDENCE: Final[dict[str, str]] = {
    "lone_elder": "入户走访，独自生活", "elder_couple": "入户走访，子女在外地",
    "child_alone": "村（社区）儿童主任摸排表",
    "medicine": "本人申请，家属确认", "mobility": "本人申请，网格员入户核实", "pregnant": "本人自愿登记",
    "disability_aid": "本人持证申请", "hardship": "社区救助台账",
}  # fmt: skip


class Tag(NamedTuple):
    """A tag to be written: its columns, and the person's consent where the need asks for one."""

    line: str
    consent: str


def tags(
    family: Family, ids: list[int], rng: Random, *, at: datetime, columns: str, setter: int | None
) -> Iterator[Tag]:  # fmt: skip
    """Yield the tags of a household; `columns` are its street, community and grid."""
    for person, member in zip(ids, family.members, strict=True):
        need = _need(family, member, rng)
        if need:
            yield _tag(person, need, rng, at=at, columns=columns, setter=setter)


def _need(family: Family, member: Member, rng: Random) -> str:
    chance = rng.random()
    if family.kind == "lone_elder":
        return "lone_elder" if chance < 0.16 else "medicine" if chance < 0.2 else ""
    if family.kind == "elder_couple" and member.relation == "head" and member.age >= 75:
        return "elder_couple" if chance < 0.12 else ""
    if member.relation == "grandchild":
        return "child_alone" if chance < 0.25 else ""
    if member.sex == "f" and 23 <= member.age <= 34 and family.kind in {"couple", "young_family"}:
        return "pregnant" if chance < 0.02 else ""
    if member.age >= 80:
        return "mobility" if chance < 0.08 else ""
    return "disability_aid" if chance < 0.0015 else "hardship" if chance < 0.0022 else ""


def _tag(person: int, need: str, rng: Random, *, at: datetime, columns: str, setter: int | None) -> Tag:
    rule = RULES[need]
    every = rule.visit_every_days or 30
    # Within its time: a few run out this month, and some are due for review.
    made = at - timedelta(days=rng.randrange(3, rule.max_days - 10))
    visited = NULL if rng.random() < 0.15 else instant(max(made, at - timedelta(days=rng.randrange(0, every * 2))))
    review, expires = made + timedelta(days=rule.review_days), made + timedelta(days=rule.max_days)
    line = (
        f"{person}\t{need}\t{rule.purpose}\t{rule.legal_basis}\t{_EVIDENCE[need]}\t{every}\t{visited}\t{{}}\t"
        f"{columns}\t1\t{instant(made)}\t{plain(setter)}\t网格员\t{instant(review)}\t{instant(expires)}\t"
    )
    return Tag(line, f"{person}\t{CONSENT}\tcare-1\t{instant(made)}\tself" if rule.needs_consent else "")
