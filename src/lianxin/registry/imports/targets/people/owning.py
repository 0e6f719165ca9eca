"""Whose value holds: what another unit owns and has confirmed is not overwritten, it becomes a conflict to be ruled."""

from collections.abc import Mapping, Sequence
from typing import Any

from lianxin.foundation.areas.acting import draft as journal_draft
from lianxin.kernel.journal.writing import append
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.targets.protocol import Frame
from lianxin.registry.people.models import Person
from lianxin.registry.sources import actions as sources
from lianxin.registry.sources import queries
from lianxin.registry.sources.models import Confirmation, Conflict, Source
from lianxin.registry.sources.rules import Held, Offered, Outcome, decide, owns


class Owning:
    """The owners of a person's fields, as far as one delivery is concerned."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.nodes = {node.name: node for node in queries.fields_of("person")}
        self.owners = {name: sources.owner_ids(node) for name, node in self.nodes.items()}
        self.speaker = sources.speaks_for(frame.actor, Source(kind=Source.Kind.FILE, unit_id=frame.unit_id))

    @property
    def own_fields(self) -> list[str]:
        """Return the fields the delivery speaks for: what it says of them is confirmed by their owner."""
        return [name for name, owners in self.owners.items() if owns(owners, self.speaker)]

    def sort(self, drafts: Sequence[Draft]) -> None:
        """Move changes that may not simply be made from `changes` to `conflicts`. One statement."""
        foreign = [name for name in self.nodes if name not in self.own_fields]
        asked = [draft for draft in drafts if any(name in draft.data.changes for name in foreign)]
        if not asked:
            return
        confirmed = self._confirmed([draft.data.person.id for draft in asked], foreign)
        for draft in asked:
            person, entry = draft.data.person, draft.data
            for name in [name for name in foreign if name in entry.changes]:
                last = confirmed.get((person.id, self.nodes[name].code))
                by_owner = last is not None and owns(self.owners[name], last.unit_id)
                held = Held(_text(person, name), last.at if last else person.confirmed_at, by_owner=by_owner)
                outcome = decide(held, Offered("offered", self.frame.at, by_owner=False))
                if outcome is Outcome.APPLIED:
                    continue
                entry.changes.pop(name)
                if outcome is Outcome.CONFLICT:
                    entry.conflicts.append(name)

    def _confirmed(self, ids: Sequence[int], names: Sequence[str]) -> Mapping[tuple[int, str], Confirmation]:
        codes = [self.nodes[name].code for name in names]
        found = Confirmation.objects.filter(subject="person", subject_id__in=ids, field_id__in=codes)
        return {(one.subject_id, one.field_id): one for one in found}

    def open_conflicts(self, drafts: Sequence[Draft], source: Source) -> None:
        """List what could not be taken, for a person to rule."""
        held = Person.objects.in_bulk([draft.data.person.id for draft in drafts])
        for draft in drafts:
            person = held[draft.data.person.id]
            for name in draft.data.conflicts:
                self._open(person, name, draft.values[name], source)

    def _open(self, person: Person, name: str, offered: Any, source: Source) -> None:
        spot = {level: getattr(person, level) for level in ("street_id", "community_id", "grid_id")}
        facts = {"held": _plain(getattr(person, name)), "offered": _plain(offered), "offered_source": source,
                 "at": self.frame.at, **spot}  # fmt: skip
        conflict, is_new = Conflict.objects.update_or_create(
            subject="person", subject_id=person.pk, field_id=self.nodes[name].code, ruled_at=None, defaults=facts
        )
        if is_new:
            told = {"field": self.nodes[name].code}
            append([journal_draft(self.frame.actor, "conflict", conflict.pk, "open", at=self.frame.at, after=told)])

    def confirm(self, ids_by_fields: Mapping[tuple[str, ...], Sequence[int]], source: Source) -> None:
        """Remember what the delivery found right, for the fields it speaks for."""
        own = set(self.own_fields)
        for names, ids in ids_by_fields.items():
            fields = own.intersection(names)
            if fields:
                sources.confirm(
                    self.frame.actor, subject="person", ids=ids, fields=fields, at=self.frame.at, source=source
                )


def _text(person: Any, name: str) -> str:
    if name == "phone":
        return "held" if person.phone_hash else ""
    value = getattr(person, name, None)
    return "" if value in {None, ""} else "held"


def _plain(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
