"""One act as consoles hear of it, and who may: numbers and stages, never the words of a case or of a dispatch day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lianxin.foundation.accounts.actor import Scope

# One statement a batch: entries after a number, with where their case lies now; of dispatch days and alarms, too.
READ = """
SELECT feed.number, feed.subject_kind, feed.action, entry.source, entry.target, entry.version, entry.before,
       entry.after,
       cases.number, cases.street_id, cases.community_id, cases.grid_id, cases.lead_unit_id, cases.party_unit_ids
FROM feed
JOIN journal_entry entry ON entry.id = feed.entry_id AND entry.at = feed.at
LEFT JOIN cases ON feed.subject_kind = 'case' AND cases.id = feed.subject_id
WHERE feed.subject_kind IN ('case', 'dispatch_day', 'alarm') AND feed.number > %s AND feed.number <= %s
  AND (feed.subject_kind <> 'case' OR cases.id IS NOT NULL)
ORDER BY feed.number
"""
_HOT = ("street_id", "community_id", "grid_id")
HEAD = "SELECT number FROM feed_head"
HEARTBEAT = b": \n\n"


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the feed, ready to send, with the places and units it concerns, before and after."""

    number: int
    text: bytes
    street_ids: frozenset[int]
    community_ids: frozenset[int]
    grid_ids: frozenset[int]
    unit_ids: frozenset[int]

    def is_for(self, scope: Scope) -> bool:
        """Tell whether a post with this scope may see the case, now or until this act."""
        return scope.everywhere or not (
            scope.street_ids.isdisjoint(self.street_ids)
            and scope.community_ids.isdisjoint(self.community_ids)
            and scope.grid_ids.isdisjoint(self.grid_ids)
            and scope.unit_ids.isdisjoint(self.unit_ids)
        )


def event_of(row: Sequence[Any]) -> Event:
    """Return the event of a row of READ."""
    number, kind, action, source, target, version, before, after, case, street, community, grid, lead, parties = row
    # Django's cursors leave JSON as text.
    facts = [json.loads(told) if isinstance(told, str) else told for told in (before, after)]
    if kind == "alarm":
        return _of_alarm(number, action, facts[1])
    if case is None:
        return _of_day(number, action, facts[1])
    told = {"feed": number, "number": case, "version": version, "action": action, "stage": target, "from": source}
    return Event(
        number=number,
        text=written("case", told, number),
        street_ids=_ever(street, facts, "street_id"),
        community_ids=_ever(community, facts, "community_id"),
        grid_ids=_ever(grid, facts, "grid_id"),
        unit_ids=_ever(lead, facts, "lead_unit_id") | frozenset(parties),
    )


def _of_day(number: int, action: str, facts: Mapping[str, Any]) -> Event:
    """Return an act of a dispatch day, for its area and the units that were told of it."""
    told = {"feed": number, "key": facts.get("key"), "action": action}
    streets = frozenset(pk for pk in [facts.get("street_id")] if pk is not None)
    units = frozenset(facts.get("units", ()))
    return Event(number, written("dispatch_day", told, number), streets, frozenset(), frozenset(), units)


def _of_alarm(number: int, action: str, facts: Mapping[str, Any]) -> Event:
    """Return what became of an alarm, for its place and the units whose device it is."""
    # With its kind before it: pages that wait for cases listen to bare words.
    told = {"feed": number, "key": facts.get("key"), "action": f"alarm.{action}", "level": facts.get("level")}
    street, community, grid = (frozenset(pk for pk in [facts.get(name)] if pk is not None) for name in _HOT)
    return Event(number, written("alarm", told, number), street, community, grid, frozenset(facts.get("units", ())))


def _ever(now: int | None, facts: Sequence[Mapping[str, Any]], name: str) -> frozenset[int]:
    """Return where it is now, was before the act and was after it: who loses a case must hear of it too."""
    return frozenset(place for place in (now, *(told.get(name) for told in facts)) if place is not None)


def written(kind: str, data: Mapping[str, Any], number: int) -> bytes:
    """Return an event as it goes over the wire; its id is what comes back as Last-Event-ID."""
    words = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {number}\nevent: {kind}\ndata: {words}\n\n".encode()


def reset(number: int, why: str) -> bytes:
    """Return the word that too much was missed to tell it: read the page again and go on from here."""
    return written("reset", {"feed": number, "why": why}, number)
