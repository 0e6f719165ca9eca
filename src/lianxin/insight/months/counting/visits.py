"""Figures from visits: what people needed and got. How many visits there were is nobody's score."""

from datetime import timedelta

from django.utils.translation import gettext_lazy

from lianxin.insight.months.figures import Counted, Work, figure
from lianxin.work.cases.words import Stage
from lianxin.work.visits.models import Visit

_SOLVED = (Stage.CLOSED, Stage.ANSWERED)
_AGO = timedelta(days=180)  # what was brought home longer ago is nobody's month any more


@figure(
    "needs", order=70, unit=gettext_lazy("件"), thing="case", label=gettext_lazy("走访中解决的事"),
    definition=gettext_lazy("您走访时带回来的事里，这个月办结的；其中有结果的算解决。走访次数不计。"),
)  # fmt: skip
def needs(work: Work) -> Counted:
    """Count needs brought home from visits that ended in the month, and those of them that were met."""
    told = Visit.objects.filter(
        work.around, by_id=work.account_id, visited_at__gte=work.begins - _AGO, visited_at__lt=work.ends,
        case__ended_at__gte=work.begins, case__ended_at__lt=work.ends,
    ).order_by("case__ended_at", "case_id")  # fmt: skip
    rows = dict(told.values_list("case_id", "case__stage"))
    ended = [pk for pk in rows if pk is not None]
    return Counted([pk for pk in ended if rows[pk] in _SOLVED], ended)
