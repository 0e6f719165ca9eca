"""Figures from patrols: hazards that are gone."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from lianxin.foundation.accounts.actor import Actor
from lianxin.insight.months.figures import Counted, Thing, Work, figure, things
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.models import Hazard
from lianxin.work.patrols.words import HazardState


@figure(
    "hazards", order=60, unit=gettext_lazy("处"), thing="hazard", label=gettext_lazy("销号的隐患"),
    definition=gettext_lazy("由您发现、这个月确认已经消除的隐患。发现多少不算，消除了才算。"),
)  # fmt: skip
def hazards(work: Work) -> Counted:
    """Count hazards the worker found that were settled in the month, whoever settled them."""
    found = Hazard.objects.filter(
        found_by_id=work.account_id, state=HazardState.SETTLED, settled_at__gte=work.begins, settled_at__lt=work.ends
    )  # fmt: skip
    return Counted(list(found.order_by("settled_at", "pk").values_list("pk", flat=True)))


@things("hazard")
def described(_actor: Actor, ids: Sequence[int]) -> list[Thing]:
    """Say which hazards; each is the worker's own finding."""
    rows = Hazard.objects.in_bulk(list(ids))
    return [
        Thing(pk, rows[pk].what[:60], f"{(rows[pk].settled_at or rows[pk].found_at).astimezone(ZONE):%m月%d日}")
        for pk in ids
        if pk in rows
    ]
