"""Who belongs together: rows at one dwelling, parted by 户号 or 户主 where a table gives them."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from lianxin.kernel.ids import uuid7
from lianxin.registry.imports.copying import copy_rows, new_ids
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.targets.protocol import Frame
from lianxin.registry.imports.targets.spots import HOT
from lianxin.registry.people.models import Household, Membership, Residence
from lianxin.registry.sources.recording import sealed

_HEAD = Membership.Relation.HEAD.value
_LIVES = Residence.Kind.LIVES.value
_Revision = tuple[str, int, int, str, list[str], bytes | None]


class Households:
    """The households a batch needs. `kept`: those of the run so far, by dwelling and group."""

    def __init__(self, frame: Frame, drafts: Sequence[Draft], kept: dict[tuple[int, str], int]) -> None:
        self.frame, self.kept = frame, kept
        self.drafts = [draft for draft in drafts if _belongs(draft)]
        self.revisions: list[_Revision] = []

    def write(self) -> list[_Revision]:
        """Write households and memberships; return their revisions."""
        self._find()
        joining = [draft for draft in self.drafts if self._is_joining(draft)]
        self._make(joining)
        self._leave([draft for draft in joining if draft.data.person.membership_id is not None])
        self._join(joining)
        self._correct([draft for draft in self.drafts if not self._is_joining(draft)])
        self._name_heads(joining)
        return self.revisions

    def _key(self, draft: Draft) -> tuple[int, str]:
        return draft.data.where.dwelling.id, draft.data.group

    def _find(self) -> None:
        """Look up the households that run at these dwellings."""
        asked = {key for key in map(self._key, self.drafts) if key not in self.kept}
        if not asked:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT h.id, h.dwelling_id, p.name FROM unnest(%s::bigint[]) AS k (d)"
                " JOIN household h ON h.dwelling_id = k.d AND h.valid_to IS NULL"
                " LEFT JOIN person p ON p.id = h.head_id ORDER BY h.id DESC",
                [list({dwelling for dwelling, _group in asked})],
            )
            there: dict[int, list[tuple[int, str]]] = {}
            for pk, dwelling_id, head in cursor.fetchall():
                there.setdefault(dwelling_id, []).append((pk, head or ""))
        for key in asked:
            found = there.get(key[0], [])
            same = [pk for pk, head in found if not key[1] or head == key[1]]
            alone = [pk for pk, head in found if not head] if len(found) == 1 else []
            if same or alone:
                self.kept[key] = (same or alone)[-1]

    def _is_joining(self, draft: Draft) -> bool:
        person = draft.data.person
        if person.membership_id is None:
            return True
        return bool(draft.data.is_moving)

    def _make(self, drafts: Sequence[Draft]) -> None:
        wanted: dict[tuple[int, str], Draft] = {}
        heads: dict[tuple[int, str], int] = {}
        for draft in drafts:
            key = self._key(draft)
            if key not in self.kept:
                wanted.setdefault(key, draft)
                if draft.data.relation == _HEAD:
                    heads.setdefault(key, draft.data.person.id)
        rows = []
        for (key, draft), pk in zip(wanted.items(), new_ids("household", len(wanted)), strict=True):
            self.kept[key] = pk
            rows.append((pk, uuid7(), key[0], heads.get(key), self.frame.at, *draft.data.where.hot))
            self.revisions.append(("household", pk, 1, "create", ["dwelling", "head"], None))
        copy_rows(Household, ("id", "key", "dwelling_id", "head_id", "valid_from", *HOT), rows)

    def _leave(self, drafts: Sequence[Draft]) -> None:
        ids = [draft.data.person.membership_id for draft in drafts]
        Membership.objects.filter(pk__in=ids).update(valid_to=self.frame.at)
        left = {draft.data.person.household_id: draft.data.person.id for draft in drafts}
        Household.objects.filter(pk__in=left, head_id__in=left.values()).update(head=None)

    def _join(self, drafts: Sequence[Draft]) -> None:
        rows = []
        for draft, pk in zip(drafts, new_ids("membership", len(drafts)), strict=True):
            person, household = draft.data.person, self.kept[self._key(draft)]
            rows.append((pk, household, person.id, draft.data.relation or "other", self.frame.at))
            if person.membership_id is not None or hasattr(person, "version"):
                before: dict[str, Any] = {"membership": pk, "memberships": [person.membership_id]}
                self.revisions.append(("person", person.id, 0, "join", ["household"], sealed(before)))
        copy_rows(Membership, ("id", "household_id", "person_id", "relation", "valid_from"), rows)

    def _correct(self, drafts: Sequence[Draft]) -> None:
        """Say better how people stand to the head of the household they are in."""
        for draft in drafts:
            person, relation = draft.data.person, draft.data.relation
            if relation and person.relation != relation:
                Membership.objects.filter(pk=person.membership_id).update(relation=relation)
                before = {"relations": {str(person.membership_id): person.relation}}
                self.revisions.append(("person", person.id, 0, "join", ["household"], sealed(before)))

    def _name_heads(self, drafts: Sequence[Draft]) -> None:
        heads = [
            (self.kept[self._key(draft)], draft.data.person.id) for draft in drafts if draft.data.relation == _HEAD
        ]
        if heads:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE household SET head_id = k.p FROM unnest(%s::bigint[], %s::bigint[]) AS k (h, p)"
                    " WHERE household.id = k.h AND household.head_id IS NULL",
                    [list(column) for column in zip(*heads, strict=True)],
                )


def _belongs(draft: Draft) -> bool:
    entry = draft.data
    lives = entry.where.dwelling is not None and _LIVES in entry.kinds
    return bool(lives and (entry.relation or entry.group))
