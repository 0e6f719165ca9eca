"""What the acts share: a message becomes a row, and a chain is settled anew after whatever has come or was decided.

Whoever changes a chain holds the lock of its source first, so of two messages at once one is after the other.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.areas.queries import node
from lianxin.kernel.errors import NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean

from . import board, cap, matching, rules, telling
from .cap.references import read_instant
from .models import Colour, Source, State, WarningArea, WarningMessage

SUBJECT = "warning"
CHAINED = ("Alert", "Update", "Cancel")
_ACTS = {
    State.RUNNING: "run", State.REPLACED: "replace", State.CANCELLED: "cancel", State.EXPIRED: "expire",
    State.WAITING: "wait", State.NOTED: "note",
}  # fmt: skip


def locked(source_id: int) -> Source:
    """Return the source, locked: always before its warnings."""
    return Source.objects.select_for_update().get(pk=source_id)


def row_of(source: Source, alert: cap.Alert, *, key: UUID, at: datetime) -> WarningMessage:
    """Return an unsaved row that says what a message says."""
    row = WarningMessage(
        key=key, source=source, chain=key, state=State.NOTED, identifier=alert.identifier, sender=alert.sender,
        sent=alert.sent, msg_type=alert.msg_type, status=alert.status, is_public=alert.scope == "Public",
        follows=[each.text for each in alert.references], is_end=rules.ends(alert), colour=Colour.NONE,
        document=cap.write(alert).decode(), received_at=at, changed_at=at,
    )  # fmt: skip
    infos = rules.told_infos(alert)
    if infos:
        _say(row, alert, infos, source)
    return row


def _say(row: WarningMessage, alert: cap.Alert, infos: list[cap.Info], source: Source) -> None:
    first = infos[0]
    row.colour, row.category = rules.BY_SEVERITY[first.severity], first.categories[0]
    row.event, row.sender_name = clean(first.event, 60), clean(first.sender_name or source.name, 80)
    row.headline = rules.headline_of(first, source.name)
    # Several blocks in one language warn of several things: all are said, the gravest first.
    row.description = "\n".join(dict.fromkeys(clean(info.description, 4_000) for info in infos if info.description))
    row.instruction = "\n".join(dict.fromkeys(clean(info.instruction, 4_000) for info in infos if info.instruction))
    places = dict.fromkeys(area.description for info in infos for area in info.areas)
    row.place = clean("、".join(places), 300)
    row.outlines = matching.outlines(infos)
    row.begins_at, row.expires_at = rules.span(infos, alert.sent)


def link_areas(row: WarningMessage, colours: Mapping[int, str]) -> None:
    """Write down which of our areas it falls on."""
    nodes = [(found, colour) for pk, colour in colours.items() if (found := node(pk)) is not None]
    WarningArea.objects.bulk_create(
        [
            WarningArea(
                warning=row, area_id=found.id, street_id=found.street_id, community_id=found.community_id,
                grid_id=found.grid_id, colour=colour,
            )
            for found, colour in nodes
        ]
    )  # fmt: skip


def name_of(row: WarningMessage) -> str:
    """Return what other messages say to mean this one."""
    return cap.Reference(row.sender, row.identifier, row.sent).text


def settle(actor: Actor, chain: UUID, *, at: datetime) -> None:
    """Let each message of a chain stand as `rules.fold` says; tell what begins to run, take back what does not.

    Chains that turn out to be one, because a message came that hangs them together, are one from now on.
    """
    chains = _joined(chain)
    rows = list(WarningMessage.objects.select_for_update().filter(chain__in=chains).order_by("sent", "pk"))
    before = {row.pk: row.state for row in rows}
    states = rules.fold([_link(row) for row in rows if counts(row)], at)
    turned = [row for row in rows if states.get(row.pk, row.state) != row.state]
    # Those that stop come first: two of a chain never run at once.
    for row in turned:
        if states[row.pk] != State.RUNNING:
            _turn(actor, row, states[row.pk], at)
    if len(chains) > 1:
        WarningMessage.objects.filter(chain__in=chains).update(chain=min(chains))
    for row in turned:
        if states[row.pk] == State.RUNNING:
            _turn(actor, row, states[row.pk], at)
    if State.RUNNING in {state for row in turned for state in (before[row.pk], states[row.pk])}:
        board.changed()


def _joined(chain: UUID) -> set[UUID]:
    """Return all chains that the messages of this one follow, or that follow them: of the same source, real ones."""
    rows = [row for row in WarningMessage.objects.filter(chain=chain) if counts(row)]
    if not rows:
        return {chain}
    alike = WarningMessage.objects.filter(source_id=rows[0].source_id, status="Actual", msg_type__in=CHAINED)
    where = Q(follows__overlap=[name_of(row) for row in rows])
    for name in {name for row in rows for name in row.follows}:
        sender, identifier, sent = name.split(",")
        where |= Q(sender=sender, identifier=identifier, sent=read_instant(sent))
    return {chain, *alike.filter(where).values_list("chain", flat=True)}


def counts(row: WarningMessage) -> bool:
    """Tell whether a message moves its chain: real ones that warn, update or cancel."""
    return row.status == "Actual" and row.msg_type in CHAINED


def _link(row: WarningMessage) -> rules.Link:
    return rules.Link(
        id=row.pk, name=name_of(row), sent=row.sent, follows=frozenset(row.follows), is_end=row.is_end,
        is_accepted=row.decided_at is not None, is_untold=row.is_elsewhere, is_stopped=row.is_stopped,
        expires_at=row.expires_at, state=row.state,
    )  # fmt: skip


def _turn(actor: Actor, row: WarningMessage, state: State, at: datetime) -> None:
    before, row.state, row.changed_at = row.state, state, at
    row.version += 1
    row.ended_at = at if state in {State.REPLACED, State.CANCELLED, State.EXPIRED} else None
    # What has run out is taken from every list by its own time.
    if before == State.RUNNING and state != State.EXPIRED:
        telling.take_back(row, at=at)
    if state == State.RUNNING:
        row.notice_key = telling.tell(row, at=at)
    row.save(update_fields=["state", "changed_at", "version", "ended_at", "notice_key"])
    journal(actor, row, _ACTS[state], at)


def journal(actor: Actor, row: WarningMessage, act: str, at: datetime, **rest: Any) -> None:
    """Write an entry: what a warning says is public, and stands in its row."""
    append([draft(actor, SUBJECT, row.pk, act, at=at, version=row.version, target=row.state, **rest)])


def begin(actor: Actor, warning: WarningMessage, *, seen: int | None, states: Iterable[str]) -> WarningMessage:
    """Lock the source, then the warning. Raises NotFound, Stale, Refused for one that stands otherwise."""
    locked(warning.source_id)
    found = WarningMessage.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=warning.pk).first()
    if found is None:
        raise NotFound(_("没有这条预警，或不由您管。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这条预警刚有变化，请看过再定。"), version=found.version, changes=[])
    if found.state not in states:
        raise Refused(
            "warning_state", _("这条预警现在是“{state}”，不能这样做。").format(state=found.get_state_display())
        )
    return found
