"""The whistle board (吹哨台): who was called, who came, what was agreed, what is done, and how it was rated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.work.cases.models import Assignment, Call, Case, Clock, Whistle

# What is still to be done about a whistle; nothing is filtered for an unknown word.
WANTED = {
    "open": _("没完的"),
    "waiting": _("等报到"),
    "late": _("迟到"),
    "consult": _("待会商"),
    "rate": _("待评价"),
    "all": _("全部"),
}
ORDER = ("-called_at", "-id")


@dataclass(frozen=True, slots=True)
class Called:
    """One unit's way through a whistle: its call, the clock it has to come by, the task it took home."""

    call: Call
    clock: Clock | None
    task: Assignment | None

    def is_late(self, at: datetime) -> bool:
        """Tell whether it came late, did not come, or should have been there by now."""
        waits = self.call.reported_in_at is None and self.clock is not None
        overdue = waits and self.clock is not None and self.clock.due_at is not None and self.clock.due_at <= at
        return self.call.is_late or self.call.is_missing or overdue


@dataclass(frozen=True, slots=True)
class Blown:
    """A whistle with the units it called, in the order they were called."""

    whistle: Whistle
    called: tuple[Called, ...]


def _calls() -> QuerySet[Call]:
    return Call.objects.filter(whistle=OuterRef("pk"))


def _overdue(at: datetime) -> Exists:
    running = Clock.objects.filter(subject="call", subject_id=OuterRef("pk"), stopped_at=None, due_at__lte=at)
    return Exists(running)


def _conditions(at: datetime) -> Mapping[str, Q]:
    awaited = Exists(_calls().filter(reported_in_at=None))
    to_rate = Q(ended_at__isnull=False) & Q(Exists(_calls().filter(rated_at=None)))
    is_live = Q(ended_at=None) | to_rate
    late = Exists(_calls().filter(Q(is_late=True) | Q(is_missing=True) | Q(_overdue(at))))
    return {
        "open": is_live,
        "waiting": Q(ended_at=None) & Q(awaited),
        "late": is_live & Q(late),
        "consult": Q(ended_at=None) & Q(Exists(_calls().filter(reported_in_at__isnull=False))),
        "rate": to_rate,
        "all": Q(),
    }


def visible(actor: Actor) -> QuerySet[Whistle]:
    """Return the whistles about cases the actor sees; a unit sees those it was called to."""
    return Whistle.objects.filter(case__in=Case.objects.visible_to(actor).order_by().values("pk"))


def whistles(actor: Actor, wanted: str, *, at: datetime) -> QuerySet[Whistle]:
    """Return whistles in which something is still to be done in this way, not yet ordered nor cut."""
    found = visible(actor).filter(_conditions(at).get(wanted, Q()))
    return found.select_related("case", "caller", "caller_post__area", "caller_post__role").defer(
        "case__text", "case__words", "case__proposal"
    )


def whistle_counts(actor: Actor, *, at: datetime) -> dict[str, int]:
    """Return the figure of each list. One statement."""
    conditions = {name: where for name, where in _conditions(at).items() if name != "all"}
    counted = {name: Count("pk", filter=where) for name, where in conditions.items()}
    return dict(visible(actor).aggregate(**counted))


def gathered(found: Iterable[Whistle]) -> list[Blown]:
    """Return whistles with their calls, clocks and tasks. Three statements."""
    shown = list(found)
    calls = list(Call.objects.filter(whistle__in=shown).select_related("unit").order_by("id")) if shown else []
    running = Clock.objects.filter(subject="call", subject_id__in=[call.pk for call in calls], stopped_at=None)
    clocks = {clock.subject_id: clock for clock in running} if calls else {}
    tasks = _tasks(shown)
    return [
        Blown(
            whistle,
            tuple(
                Called(call, clocks.get(call.pk), _task(tasks, whistle, call))
                for call in calls
                if call.whistle_id == whistle.pk
            ),
        )
        for whistle in shown
    ]


def _tasks(shown: list[Whistle]) -> list[Assignment]:
    consulted = [whistle.case_id for whistle in shown if whistle.consulted_at is not None]
    if not consulted:
        return []
    return list(Assignment.objects.filter(case__in=consulted).exclude(unit=None).order_by("id"))


def _task(tasks: list[Assignment], whistle: Whistle, call: Call) -> Assignment | None:
    """Return what the unit was given once they had consulted, the latest."""
    if whistle.consulted_at is None:
        return None
    given = (
        each
        for each in reversed(tasks)
        if each.case_id == whistle.case_id and each.unit_id == call.unit_id and each.offered_at >= whistle.called_at
    )
    return next(given, None)
