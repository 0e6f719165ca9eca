"""Which of the cases a batch of the feed speaks of come into which subscribed views, and who is told.

One pass a batch: the touched cases are read once, each view is first held against them in memory, and only where a
case could come in, or was in, the list itself is asked, with the rights its subscriber has at that moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.http import QueryDict

from lianxin.foundation.accounts.actor import Actor, Scope
from lianxin.foundation.accounts.queries import actors_of
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import render
from lianxin.kernel import versions
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import Filters, queue

from . import reading
from .messages import KIND
from .models import Page, SavedView, ViewMatch, ViewUse

MOST_HELD = 5_000  # cases a subscribed view may show: beyond that every entry of the feed would ring
_DESK = frozenset({"reported", "filed", "handled", "verified"})
_FACTS = (
    "pk", "stage", "severity", "kind", "channel", "category_id", "street_id", "community_id", "grid_id", "area_now_id",
    "area_id", "party_unit_ids", "party_post_ids", "reporter_id", "ended_at", "reported_at", "supervisions_open",
)  # fmt: skip


def filters_of(view: SavedView, *, at: datetime) -> Filters | None:
    """Return what a view asks for; None where something it names is no more."""
    words, numbers = QueryDict(view.words), versions.read()
    if reading.gone(words, at=at, numbers=numbers):
        return None
    read = reading.read_at_seat if view.page == Page.SEAT else reading.read
    return read(words, at=at, numbers=numbers)


def seed(use: ViewUse, actor: Actor, *, at: datetime) -> bool:
    """Take what the view shows already as known, telling nothing; False where it shows too much."""
    filters = filters_of(use.view, at=at)
    held = [] if filters is None else _first_ids(actor, filters, at=at)
    if len(held) > MOST_HELD:
        return False
    use.matches.all().delete()
    ViewMatch.objects.bulk_create([ViewMatch(use=use, case_id=pk, is_told=True) for pk in held], batch_size=1_000)
    return True


def _first_ids(actor: Actor, filters: Filters, *, at: datetime) -> list[int]:
    return list(queue(actor, filters, at=at).order_by().values_list("pk", flat=True)[: MOST_HELD + 1])


@dataclass
class Round:
    """One batch held against all subscriptions."""

    at: datetime
    cases: Mapping[int, Case]
    uses: Sequence[ViewUse]
    actors: Mapping[int, Actor]
    held: Mapping[int, set[int]]  # by use, of the touched cases
    _filters: dict[tuple[str, str], Filters | None] = field(default_factory=dict)
    _found: dict[tuple[object, ...], set[int]] = field(default_factory=dict)

    def filters(self, view: SavedView) -> Filters | None:
        """Return what a view asks for; views of the same words are read once."""
        key = (view.page, view.words)
        if key not in self._filters:
            self._filters[key] = filters_of(view, at=self.at)
        return self._filters[key]

    def shown(self, use: ViewUse, actor: Actor, filters: Filters) -> set[int]:
        """Return which of the touched cases the view shows its subscriber now."""
        scope = actor.scope("cases.view")
        candidates = [
            pk for pk, case in self.cases.items() if could_see(actor, scope, case) and could_match(filters, case)
        ]
        if not candidates:
            return set()
        # The same words seen from everywhere show the same, unless they ask what is one's own.
        is_common = scope.everywhere and not filters.mine and not filters.todo
        key = (use.view.page, use.view.words, "" if is_common else actor.account_id)
        if key not in self._found:
            found = queue(actor, filters, at=self.at).order_by().filter(pk__in=candidates)
            self._found[key] = set(found.values_list("pk", flat=True))
        return self._found[key]


def look(case_ids: Sequence[int], *, at: datetime) -> int:
    """Hold touched cases against all subscribed views; returns how many came into one. Tells those whose turn it is."""
    uses = list(ViewUse.objects.exclude(every_minutes=None).select_related("view").order_by("pk"))
    if not uses:
        return 0
    this = Round(
        at=at,
        cases={case.pk: case for case in Case.objects.filter(pk__in=case_ids).only(*_FACTS)},
        uses=uses,
        actors=actors_of({use.account_id for use in uses}, at=at),
        held=_held(case_ids),
    )
    came = [match for use in uses for match in _look(this, use)]
    ViewMatch.objects.bulk_create(came, batch_size=1_000, ignore_conflicts=True)
    for use_id in sorted({match.use_id for match in came}):
        tell(next(use for use in uses if use.pk == use_id), this.actors, at=at)
    return len(came)


def _held(case_ids: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for use_id, case_id in ViewMatch.objects.filter(case_id__in=case_ids).values_list("use_id", "case_id"):
        found.setdefault(use_id, set()).add(case_id)
    return found


def _look(this: Round, use: ViewUse) -> list[ViewMatch]:
    """Return what comes into one subscriber's view, and let go of what left it."""
    actor = this.actors.get(use.account_id)
    if actor is None or not use.view.is_seen_by(actor):
        return []
    if not use.is_seeded:
        use.is_seeded = seed(use, actor, at=this.at)
        ViewUse.objects.filter(pk=use.pk).update(is_seeded=use.is_seeded)
        return []
    filters = this.filters(use.view)
    if filters is None:
        return []
    held = this.held.get(use.pk, set())
    shown = this.shown(use, actor, filters)
    if left := held - shown:
        ViewMatch.objects.filter(use=use, case_id__in=left).delete()
    return [ViewMatch(use=use, case_id=pk) for pk in sorted(shown - held)]


def could_see(actor: Actor, scope: Scope, case: Case) -> bool:
    """Tell whether the case may be visible to the actor: never False for one that is."""
    return (
        scope.everywhere
        or case.street_id in scope.street_ids
        or case.community_id in scope.community_ids
        or case.grid_id in scope.grid_ids
        or not scope.unit_ids.isdisjoint(case.party_unit_ids)
        or case.reporter_id == actor.account_id
    )


def could_match(filters: Filters, case: Case) -> bool:
    """Tell whether the case may be what the filter asks for: never False for one that is."""
    if filters.ended is not None and filters.ended is (case.ended_at is None):
        return False
    if filters.todo == "desk" and case.stage not in _DESK and not case.supervisions_open:
        return False
    asked = (
        (filters.stages, case.stage),
        ((filters.severity,) if filters.severity else (), case.severity),
        ((filters.kind,) if filters.kind else (), case.kind),
        ((filters.channel,) if filters.channel else (), case.channel),
        (filters.category_ids, case.category_id),
    )
    if any(wanted and value not in wanted for wanted, value in asked):
        return False
    if filters.unit_id is not None and filters.unit_id not in case.party_unit_ids:
        return False
    lies_in = {case.street_id, case.community_id, case.grid_id, case.area_now_id}
    return not filters.area_ids or not lies_in.isdisjoint(filters.area_ids)


def tell(use: ViewUse, actors: Mapping[int, Actor], *, at: datetime) -> bool:
    """Send what waits for a subscriber as one message, if it is time; what they may no longer see is not counted."""
    if use.every_minutes is None or not is_due(use, at):
        return False
    actor = actors.get(use.account_id)
    waiting = list(use.matches.filter(is_told=False).values_list("case_id", flat=True))
    if not waiting or actor is None or not use.view.is_seen_by(actor):
        return False
    filters = filters_of(use.view, at=at)
    count = 0 if filters is None else queue(actor, filters, at=at).order_by().filter(pk__in=waiting).count()
    use.matches.filter(is_told=False).update(is_told=True)
    if not count:
        return False
    use.told_at = at
    ViewUse.objects.filter(pk=use.pk).update(told_at=at)
    title, body = render(KIND.code, {"name": use.view.name, "count": count})
    notifications.notify(
        [use.account_id], kind=KIND.code, title=title, body=body, link=f"/console/views/{use.view.key}", at=at
    )
    return True


def is_due(use: ViewUse, at: datetime) -> bool:
    """Tell whether a subscriber may be told again."""
    return use.told_at is None or use.told_at + timedelta(minutes=use.every_minutes or 0) <= at


def tell_waiting(*, at: datetime) -> int:
    """Send digests whose time has come; returns how many. Several workers may run this."""
    uses = list(
        ViewUse.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(matches__is_told=False)
        .exclude(every_minutes=None)
        .select_related("view")
        .order_by("pk")
    )
    due = {use.pk: use for use in uses if is_due(use, at)}
    actors = actors_of({use.account_id for use in due.values()}, at=at) if due else {}
    return sum(tell(use, actors, at=at) for use in due.values())
