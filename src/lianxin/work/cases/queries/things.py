"""Cases about a component (部件)."""

from collections.abc import Iterable, Mapping

from django.db.models import Count

from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.components.models import Component
from lianxin.work.cases.models import Case
from lianxin.work.cases.models.case import CaseQuerySet


def component_cases(actor: Actor, component: Component) -> CaseQuerySet:
    """Return the cases about a component that the actor sees, the latest first, ready to be paged."""
    return Case.objects.visible_to(actor).filter(component=component).order_by("-id")


def open_counts(component_ids: Iterable[int]) -> Mapping[int, int]:
    """Return how many open cases there are about each of these components; those without are left out. One statement.

    A number, whoever asks: that something is amiss with a component, everybody sees who passes it.
    """
    rows = Case.objects.filter(component_id__in=list(component_ids), ended_at=None).order_by()
    return dict(rows.values_list("component_id").annotate(count=Count("pk")))
