"""Save what was seen at a door: values offered as by any source, the rest confirmed, time counted for who asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.errors import Invalid
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.journal.writing import append
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.sources import actions as sources
from lianxin.registry.sources import queries
from lianxin.registry.sources.models import DataRequest, Source
from lianxin.registry.sources.recording import open_source
from lianxin.registry.sources.rules import Outcome

from . import records
from .forms import Asking, ask_of
from .models import Collected, Share
from .records import Record
from .rules import MOST_SECONDS, parts

SUBJECT = "collected"
_SEQUENCE = "collected_id_seq"
MOST_FIELDS = 40


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw at a door: new values by column, columns that are still as shown, since when, how long."""

    values: Mapping[str, str | None]
    confirmed: Sequence[str]
    began_at: datetime
    seconds: int
    made_at: datetime


@transaction.atomic
def save(actor: Actor, *, key: UUID, subject: str, record_key: str, seen: Seen, at: datetime) -> Collected:
    """Write down what was seen of one record. The same `key` with the same content changes nothing.

    A value that the owner of its field says otherwise is not written: both stand as a conflict, which somebody rules.
    Raises NotFound, NotAllowed, Invalid with all faults.
    """
    record = records.find(actor, subject, record_key)
    _check(record, seen)
    sent = fingerprint(subject, record_key, sorted(seen.values.items()), sorted(seen.confirmed))
    claimed = claim(key, kind=SUBJECT, action="save", sent=sent, at=at, sequence=_SEQUENCE)
    if not claimed.fresh:
        return Collected.objects.get(pk=claimed.subject_id)
    source = open_source(actor, Source.Kind.VISIT, name=_("上门核实"), at=at)
    saving = _Saving(actor, record, seen, source, at)
    outcomes, confirmed, made_at = _offer(saving), _confirm(saving), saving.made_at
    collected = Collected.objects.create(
        pk=claimed.subject_id, key=key, subject=subject, subject_id=record.id, source=source, at=made_at,
        began_at=min(seen.began_at, made_at), seconds=min(max(0, seen.seconds), MOST_SECONDS),
        changed_count=sum(one is Outcome.APPLIED for one in outcomes.values()), confirmed_count=len(confirmed),
        conflicts=sorted(name for name, one in outcomes.items() if one in {Outcome.CONFLICT, Outcome.OLDER}),
        by_id=actor.account_id, street_id=record.spot.street_id, community_id=record.spot.community_id,
        grid_id=record.spot.grid_id,
    )  # fmt: skip
    touched = {*confirmed, *(name for name, one in outcomes.items() if one is not Outcome.OLDER)}
    _count(collected, record, touched, at)
    told = {"subject": subject, "changed": collected.changed_count, "confirmed": collected.confirmed_count}
    append([draft(actor, SUBJECT, collected.pk, "save", at=at, after=told)])
    return collected


def _check(record: Record, seen: Seen) -> None:
    known = {node.name for node in queries.fields_of(record.subject)}
    able = known & records.taken(record.subject)
    faults = {name: _("这一项不在这里改。") for name in seen.values if name not in able}
    faults |= {name: _("没有登记这一项。") for name in seen.confirmed if name not in known & set(record.values)}
    if both := set(seen.values) & set(seen.confirmed):
        faults |= dict.fromkeys(both, _("一项只能选“还是这样”，或填新的。"))
    if not seen.values and not seen.confirmed:
        faults["confirmed"] = _("请至少核实一项。")
    if len(seen.values) + len(seen.confirmed) > MOST_FIELDS:
        faults["values"] = _("一次填得太多，请分开保存。")
    if faults:
        raise Invalid(faults)


@dataclass(frozen=True, slots=True)
class _Saving:
    """One form on its way in."""

    actor: Actor
    record: Record
    seen: Seen
    source: Source
    at: datetime

    @property
    def made_at(self) -> datetime:
        """When it was said; never after now."""
        return min(self.seen.made_at, self.at)


def _offer(saving: _Saving) -> Mapping[str, Outcome]:
    if not saving.seen.values:
        return {}
    record = saving.record
    taken = sources.offer(
        saving.actor, source=saving.source, subject=record.subject, record=record.id, values=saving.seen.values,
        at=saving.at, as_of=saving.made_at,
    )  # fmt: skip
    return taken.outcomes


def _confirm(saving: _Saving) -> list[str]:
    """Note what is still as it was; nothing to confirm where nothing stands. What an owner said stays the owner's."""
    record = saving.record
    right = [name for name in dict.fromkeys(saving.seen.confirmed) if record.values.get(name)]
    kept = sources.owners_word(saving.actor, saving.source, record.subject, record.id, right)
    sources.confirm(
        saving.actor, subject=record.subject, ids=[record.id], fields=[name for name in right if name not in kept],
        at=saving.at, source=saving.source, as_of=saving.made_at,
    )  # fmt: skip
    return right


def _count(collected: Collected, record: Record, touched: set[str], at: datetime) -> None:
    """Share the time among the requests that asked for any of the fields, and count the record where it is whole."""
    codes = {f"{record.subject}.{name}" for name in touched}
    asking = Asking(at)
    served = [one for one in asking.at_place(record.subject, record.spot) if codes & set(one.fields)]
    # Always in one order, so that two at once do not wait for each other in a circle.
    locked = list(DataRequest.objects.select_for_update().filter(pk__in=[one.pk for one in served]).order_by("pk"))
    shares = parts(collected.seconds, [one.pk for one in locked])
    for request in locked:
        is_done = set(request.fields) <= _whole(request, record, codes, at) and not _had(request, record, at)
        Share.objects.create(collected=collected, request=request, seconds=shares[request.pk], is_done=is_done)
        total: int = Share.objects.filter(request=request).aggregate(total=Sum("seconds"))["total"] or 0
        request.spent_minutes = round(total / 60)
        request.done_count += int(is_done)
        request.save(update_fields=["spent_minutes", "done_count"])


def _whole(request: DataRequest, record: Record, codes: set[str], at: datetime) -> set[str]:
    """Return the fields of a request that it need not ask of this record any more."""
    confirmed = queries.confirmed(record.subject, record.id, request.fields)
    ask, day = ask_of(request), at.astimezone(ZONE).date()
    return codes | {code for code, last in confirmed.items() if not ask.wants(code, last.at.astimezone(ZONE), day)}


def _had(request: DataRequest, record: Record, at: datetime) -> bool:
    """Tell whether the record was counted for the request already, in this round of it."""
    done = Share.objects.filter(
        request=request, is_done=True, collected__subject=record.subject, collected__subject_id=record.id
    )
    if request.every_days is not None:
        done = done.filter(collected__at__gt=at - timedelta(days=request.every_days))
    return done.exists()
