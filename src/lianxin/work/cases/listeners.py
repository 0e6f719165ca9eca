"""What the cases room does when its own journal is told: teach dispatch, judge the shadow."""

from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.work.dispatch import actions as dispatch

from .models import Case

LEARNING = "cases.learning"


@listens(LEARNING, "case.close")
def teach(entry: Entry) -> None:
    """Hand a closed case to dispatch as an example; one that people classified otherwise is a correction."""
    case = Case.objects.select_related("category").get(pk=entry.subject_id)
    if case.category is None or case.filed_by_system or case.parent_id is not None:
        # What the platform decided by itself teaches it nothing.
        return
    proposed = ((case.proposal or {}).get("choices") or [{}])[0].get("code")
    source = "case" if proposed in {None, case.category.code} else "correction"
    dispatch.learn([dispatch.Learnt(case.category.code, f"{case.title}\n{case.text}", source)], at=entry.at)


@listens(LEARNING, "case.dispatch", "case.rule", "case.amend")
def judge_shadow(entry: Entry) -> None:
    """Tell dispatch's shadow what people decided."""
    case = Case.objects.select_related("category").get(pk=entry.subject_id)
    if entry.actor_id is not None and case.category is not None:
        dispatch.record_ruling(case.number, category=case.category.code, unit_id=case.lead_unit_id, at=entry.at)
