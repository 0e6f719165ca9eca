"""Care tags for a made-up county: some three in two hundred people, by their age and with whom they live."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from .copying import NULL, instant
from .families import Family, Member

# Without id and key, which the writer puts before.
_OWN: Final = (
    "person_id", "need", "purpose", "legal_basis", "evidence", "visit_every_days", "last_visited_at",
    "viewer_unit_ids", "street_id", "community_id", "grid_id", "version", "set_at", "set_by_id", "set_by_label",
    "review_at", "expires_at", "end_reason",
)  # fmt: skip
COLUMNS: Final = ("id", "key", *_OWN)

# need → purpose, legal basis, evidence, days between visits
_NEEDS: Final[dict[str, tuple[str, str, str, int]]] = {
    "lone_elder": ("定期上门看望，及时发现困难", "《老年人权益保障法》第三十七条", "入户走访登记，本人同意", 7),
    "elder_couple": ("定期电话或上门问候", "《老年人权益保障法》第三十七条", "入户走访登记，本人同意", 15),
    "child_alone": ("监护提醒和学业关照", "《未成年人保护法》第四十三条", "村（社区）儿童主任摸排表", 15),
    "medicine": ("协助代取药品、提醒用药", "《基本医疗卫生与健康促进法》第三十六条", "家庭医生签约服务记录", 30),
    "mobility": ("上门代办、出行协助", "《无障碍环境建设法》第三十九条", "本人申请，网格员入户核实", 30),
    "pregnant": ("孕产期健康提醒", "《妇女权益保障法》第三十条", "本人自愿登记", 30),
    "disability_aid": ("辅具适配和康复服务", "《残疾人保障法》第四十六条", "残疾人证，本人同意", 30),
    "hardship": ("落实救助政策、节日慰问", "《社会救助暂行办法》第九条", "低收入家庭认定记录", 60),
}


def tags(
    family: Family, ids: list[int], rng: Random, *, at: datetime, columns: str, setter: int | None
) -> Iterator[str]:  # fmt: skip
    """Yield the rows of a household's tags; `columns` are its street, community and grid."""
    for person, member in zip(ids, family.members, strict=True):
        need = _need(family, member, rng)
        if need:
            yield _line(person, need, rng, at=at, columns=columns, setter=setter)


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


def _line(person: int, need: str, rng: Random, *, at: datetime, columns: str, setter: int | None) -> str:
    purpose, basis, evidence, every = _NEEDS[need]
    # Set within the year; a few run out this month, and some are due for review.
    made = at - timedelta(days=rng.randrange(3, 352))
    visited = NULL if rng.random() < 0.15 else instant(max(made, at - timedelta(days=rng.randrange(0, every * 2))))
    review, expires = made + timedelta(days=180), made + timedelta(days=365)
    by = NULL if setter is None else str(setter)
    return (
        f"{person}\t{need}\t{purpose}\t{basis}\t{evidence}\t{every}\t{visited}\t{{}}\t{columns}\t1\t{instant(made)}\t"
        f"{by}\t网格员\t{instant(review)}\t{instant(expires)}\t"
    )
