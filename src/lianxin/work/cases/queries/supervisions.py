"""What was pressed for (督办、调度), until it is answered: who asked, what, by when, what came of it."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.work.cases.models import Case, Supervision

WANTED = {
    "open": _("等答复"),
    "late": _("超过限期"),
    "mine": _("我提的"),
    "answered": _("已答复"),
    "all": _("全部"),
}


def _conditions(actor: Actor, at: datetime) -> dict[str, Q]:
    waits = Q(answered_at=None, case__ended_at=None)
    return {
        "open": waits,
        "late": waits & Q(due_at__lte=at),
        "mine": Q(by_id=actor.account_id) if actor.account_id is not None else Q(pk__in=[]),
        "answered": Q(answered_at__isnull=False),
        "all": Q(),
    }


def visible(actor: Actor) -> QuerySet[Supervision]:
    """Return what was pressed for on cases the actor sees."""
    return Supervision.objects.filter(case__in=Case.objects.visible_to(actor).order_by().values("pk"))


def supervisions(actor: Actor, wanted: str, *, at: datetime) -> QuerySet[Supervision]:
    """Return those wanted, not yet ordered nor cut; all for an unknown word."""
    found = visible(actor).filter(_conditions(actor, at).get(wanted, Q()))
    return found.select_related("case", "by", "answered_by").defer("case__text", "case__words", "case__proposal")


def order(wanted: str) -> tuple[str, ...]:
    """Return the order of a list: what waits, the oldest first; what is over, the latest first."""
    return ("asked_at", "id") if wanted in {"open", "late"} else ("-asked_at", "-id")


def supervision_counts(actor: Actor, *, at: datetime) -> dict[str, int]:
    """Return the figure of each list. One statement."""
    conditions = {name: where for name, where in _conditions(actor, at).items() if name in {"open", "late", "mine"}}
    return dict(visible(actor).aggregate(**{name: Count("pk", filter=where) for name, where in conditions.items()}))
