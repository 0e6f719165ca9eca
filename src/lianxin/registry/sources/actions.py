"""Confirm values, offer values from a source, rule conflicts. Who calls `confirm` and `offer` has asked for rights."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.journal.writing import append

from . import queries, rules
from .adapters import Adapter, Known, adapter
from .models import Conflict, Source
from .queries import FieldNode
from .rules import Held, Offered, Outcome

_CONFIRM = """
INSERT INTO confirmation (subject, subject_id, field_id, at, account_id, unit_id, source_id)
SELECT %(subject)s, one.id, code, %(at)s, %(account)s, %(unit)s, %(source)s
FROM unnest(%(ids)s::bigint[]) AS one (id) CROSS JOIN unnest(%(codes)s::varchar[]) AS code
ORDER BY 2, 3
ON CONFLICT (subject, subject_id, field_id) DO UPDATE
SET at = excluded.at, account_id = excluded.account_id, unit_id = excluded.unit_id, source_id = excluded.source_id
WHERE confirmation.at <= excluded.at OR confirmation.source_id = excluded.source_id
"""


def confirm(
    actor: Actor,
    *,
    subject: str,
    ids: Sequence[int],
    fields: Iterable[str],
    at: datetime,
    source: Source | None = None,
    as_of: datetime | None = None,
) -> None:
    """Remember that these fields of these records were found right. One statement, however many.

    `fields` are columns (`phone`) or codes (`person.phone`); what is not registered is passed over. `as_of` is when
    the source saw it, where that was before `at`; a later confirmation by another stays.
    """
    nodes = queries.fields_of(subject)
    known = {name: node.code for node in nodes for name in (node.name, node.code)}
    codes = sorted({known[name] for name in fields if name in known})
    if not codes or not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _CONFIRM,
            {
                "subject": subject, "ids": list(ids), "codes": codes, "at": as_of or at,
                "account": actor.account_id, "unit": speaks_for(actor, source), "source": source.pk if source else None,
            },
        )  # fmt: skip


def speaks_for(actor: Actor, source: Source | None) -> int | None:
    """Return the unit in whose name a value comes; None for the community: who serves there, or the resident."""
    post = actor.post
    serves_there = post is None or post.area_level is not None
    if source is not None and source.kind == Source.Kind.PUSH:
        return source.unit_id
    if source is not None and source.kind == Source.Kind.FILE and source.unit_id is not None:
        is_own = serves_there and post is not None and post.unit_id == source.unit_id
        return None if is_own else source.unit_id
    return None if serves_there or post is None else post.unit_id


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one record that a source offered: the outcome of each field, by column."""

    subject_id: int
    outcomes: Mapping[str, Outcome]

    @property
    def result(self) -> str:
        """The outcome of the whole: a conflict if any field has one."""
        for outcome in (Outcome.CONFLICT, Outcome.APPLIED, Outcome.OLDER):
            if outcome in self.outcomes.values():
                return outcome.value
        return Outcome.SAME.value


@transaction.atomic
def offer(
    actor: Actor,
    *,
    source: Source,
    subject: str,
    record: int,
    values: Mapping[str, str | None],
    at: datetime,
    as_of: datetime | None = None,
) -> Taken:
    """Offer the values of one record, by column, as a source has them since `as_of`.

    Field by field: the owner of a field overwrites, others fill what is empty or older, the rest is a conflict to be
    ruled. Raises Invalid for fields that are not registered or cannot be taken, NotFound for no such record.
    """
    reach = reached(subject)
    nodes = _registered(subject, values)
    clean = reach.cleaned(values, at=at)
    known = reach.read(record, clean, for_update=True)
    if known is None:
        raise NotFound(_("没有这条记录，可能已经注销。"))
    given = _Offer(actor, source, subject, known, nodes, clean, at, as_of or at)
    outcomes = _outcomes(given)
    _carry_out(given, reach, outcomes)
    return Taken(record, outcomes)


@dataclass(frozen=True, slots=True)
class _Offer:
    """One record's values on their way in."""

    actor: Actor
    source: Source
    subject: str
    known: Known
    nodes: Mapping[str, FieldNode]  # by column, as `values`
    values: Mapping[str, str | None]
    at: datetime
    as_of: datetime


def reached(subject: str) -> Adapter:
    """Return how records of this kind are reached; raise Invalid when they take no offers."""
    reach = adapter(subject)
    if reach is None:
        raise Invalid({"subject": _("这类数据不接收推送。")})
    return reach


def _registered(subject: str, values: Mapping[str, str | None]) -> dict[str, FieldNode]:
    known = {node.name: node for node in queries.fields_of(subject)}
    unknown = {name: _("字段目录里没有这一项，请先登记。") for name in values if name not in known}
    if unknown:
        raise Invalid(unknown)
    return {name: known[name] for name in values}


def _outcomes(given: _Offer) -> dict[str, Outcome]:
    confirmed = queries.confirmed(given.subject, given.known.id, [node.code for node in given.nodes.values()])
    speaker = speaks_for(given.actor, given.source)
    outcomes = {}
    for name, value in given.values.items():
        node = given.nodes[name]
        owners, last = owner_ids(node), confirmed.get(node.code)
        held = Held(
            given.known.values.get(name),
            last.at if last else given.known.as_of,
            by_owner=last is not None and rules.owns(owners, last.unit_id),
        )
        outcomes[name] = rules.decide(held, Offered(value, given.as_of, by_owner=rules.owns(owners, speaker)))
    return outcomes


def owners_word(
    actor: Actor, source: Source | None, subject: str, record: int, names: Iterable[str]
) -> frozenset[str]:  # fmt: skip
    """Return the columns whose owner found them right itself, where another speaks now: agreeing with the owner does
    not take its word away, or the next to disagree would overwrite what the owner said.
    """
    nodes = {node.name: node for node in queries.fields_of(subject) if node.owner_id is not None}
    asked = {name: nodes[name] for name in names if name in nodes}
    if not asked:
        return frozenset()
    speaker, last = speaks_for(actor, source), queries.confirmed(subject, record, [one.code for one in asked.values()])
    return frozenset(
        name for name, node in asked.items()
        if (held := last.get(node.code)) is not None and rules.owns(owner_ids(node), held.unit_id)
        and not rules.owns(owner_ids(node), speaker)
    )  # fmt: skip


def owner_ids(node: FieldNode) -> frozenset[int]:
    """Return the unit that owns a field with all below it; empty: the community."""
    return organizations.directory().descendants(node.owner_id) if node.owner_id is not None else frozenset()


def _carry_out(given: _Offer, reach: Adapter, outcomes: Mapping[str, Outcome]) -> None:
    found, values = given.known.id, given.values
    applied = {name: values[name] for name, outcome in outcomes.items() if outcome is Outcome.APPLIED}
    if applied:
        reach.apply(given.actor, found, applied, source=given.source, at=given.at)
    right = [name for name, outcome in outcomes.items() if outcome in {Outcome.APPLIED, Outcome.SAME} and values[name]]
    kept = owners_word(given.actor, given.source, given.subject, found, right)
    confirm(
        given.actor, subject=given.subject, ids=[found], fields=[name for name in right if name not in kept],
        at=given.at, source=given.source, as_of=given.as_of,
    )  # fmt: skip
    _settle(given, right, applied)
    for name, outcome in outcomes.items():
        if outcome is Outcome.CONFLICT:
            _open_conflict(given, given.nodes[name])


def _open_conflict(given: _Offer, node: FieldNode) -> None:
    held = queries.confirmed(given.subject, given.known.id, [node.code]).get(node.code)
    spot = given.known.spot
    facts = {
        "held": given.known.values.get(node.name), "offered": given.values[node.name], "offered_source": given.source,
        "at": given.at, "held_source_id": held.source_id if held else None,
        "street_id": spot.street_id, "community_id": spot.community_id, "grid_id": spot.grid_id,
    }  # fmt: skip
    conflict, is_new = Conflict.objects.update_or_create(
        subject=given.subject, subject_id=given.known.id, field_id=node.code, ruled_at=None, defaults=facts
    )
    if is_new:
        append([draft(given.actor, "conflict", conflict.pk, "open", at=given.at, after={"field": node.code})])


def _settle(given: _Offer, right: Iterable[str], applied: Iterable[str]) -> None:
    """Close conflicts that are none any more: another value stands, the owner agrees with it, or who disagreed does."""
    speaker, agreed = speaks_for(given.actor, given.source), [given.nodes[name] for name in right]
    settled = [node.code for node in agreed if node.name in applied or rules.owns(owner_ids(node), speaker)]
    gave_in = Q(field_id__in=[node.code for node in agreed], offered_source__unit_id=given.source.unit_id)
    found = Q(field_id__in=settled) | (gave_in if given.source.unit_id is not None else Q(pk__in=[]))
    if agreed:
        Conflict.objects.filter(found, subject=given.subject, subject_id=given.known.id, ruled_at=None).update(
            ruling=Conflict.Ruling.HELD,
            ruled_at=given.at,
            reason=_("后来各方一致，自动了结"),
            held=None,
            offered=None,
        )


@transaction.atomic
def rule_conflict(actor: Actor, *, conflict: Conflict, ruling: str, reason: str, at: datetime) -> Conflict:
    """Decide which value holds; the two values are kept no longer. Raises NotAllowed, Invalid, Refused when ruled."""
    if (reach := adapter(conflict.subject)) is not None:
        # The record first, as an offer does: of two at once neither waits for the other in a circle.
        reach.read(conflict.subject_id, [], for_update=True)
    conflict = Conflict.objects.select_for_update(of=("self",)).select_related("offered_source").get(pk=conflict.pk)
    demand(actor, "sources.rule", "裁定数据冲突", conflict)
    if conflict.ruled_at is not None:
        raise Refused("conflict_ruled", _("这条冲突已经有人裁定过了。"))
    faults = {}
    if ruling not in Conflict.Ruling.values:
        faults["ruling"] = _("请选一个值，或选“都不对”。")
    if ruling != Conflict.Ruling.HELD and not reason.strip():
        faults["reason"] = _("改值或另行核实要写明依据。")
    if faults:
        raise Invalid(faults)
    _follow(actor, conflict, ruling, at)
    conflict.ruling, conflict.reason = ruling, reason.strip()[:300]
    conflict.ruled_at, conflict.ruled_by_id = at, actor.account_id
    conflict.held = conflict.offered = None
    conflict.save()
    told = {"field": conflict.field_id, "ruling": ruling}
    append([draft(actor, "conflict", conflict.pk, "rule", at=at, reason=conflict.reason[:60], after=told)])
    return conflict


def _follow(actor: Actor, conflict: Conflict, ruling: str, at: datetime) -> None:
    name = conflict.field_id.partition(".")[2]
    if ruling == Conflict.Ruling.OFFERED:
        reach = reached(conflict.subject)
        if reach.read(conflict.subject_id, [name], for_update=True) is None:
            raise NotFound(_("这条记录已经注销，冲突不用再裁定。"))
        reach.apply(actor, conflict.subject_id, {name: conflict.offered}, source=conflict.offered_source, at=at)
    if ruling != Conflict.Ruling.NEITHER:
        confirm(actor, subject=conflict.subject, ids=[conflict.subject_id], fields=[name], at=at)
