"""What the reporter does after reporting: add, urge, thank, withdraw, evaluate, appeal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.files.actions import attach
from lianxin.kernel.text import clean
from lianxin.work.cases.change import Change, acting
from lianxin.work.cases.guards import too_late_to_evaluate
from lianxin.work.cases.models import Case, Feedback, Supervision
from lianxin.work.cases.words import Stage

from .settling import settle
from .steering import SATISFACTION, SOLVED, give_feedback, press


def add(
    actor: Actor, *, case: Case, at: datetime, note: str, files: Sequence[UUID] = (), seen: int | None = None
) -> Case:
    """Add words or photos to an open case (补充)."""
    with acting("add", actor, case, seen=seen, at=at, note=note) as change:
        change.case.additions += 1
        if files:
            attach(files, kind="case", subject_id=change.case.pk, at=at, by_id=actor.account_id)
        change.log("add", note=change.note, files=len(files))
    return change.case


def urge(actor: Actor, *, case: Case, at: datetime, note: str = "", seen: int | None = None) -> Case:
    """Urge (催办); counted, and the third goes to the supervisor."""
    with acting("urge", actor, case, seen=seen, at=at, note=note) as change:
        change.case.urges += 1
        if change.case.urges % change.settings.urges_before_supervision == 0:
            words = _("上报人第 %(count)d 次催办。") % {"count": change.case.urges}
            press(change, words, None, by_id=None, kind=Supervision.Kind.URGED)
        change.log("urge", note=change.note)
    return change.case


def thank(actor: Actor, *, case: Case, at: datetime, note: str = "", seen: int | None = None) -> Case:
    """Thank those who handled it (感谢)."""
    with acting("thank", actor, case, seen=seen, at=at, note=note) as change:
        change.case.thanks += 1
        change.log("thank", note=change.note)
    return change.case


def withdraw(actor: Actor, *, case: Case, at: datetime, note: str = "", seen: int | None = None) -> Case:
    """Withdraw one's report (撤诉), but not once a public hazard is confirmed or others reported it too."""
    with acting("withdraw", actor, case, seen=seen, at=at, note=note) as change:
        change.go(Stage.WITHDRAWN)
        change.log("withdraw", note=change.note)
        settle(change)
    return change.case


def evaluate(
    actor: Actor, *, case: Case, at: datetime, stars: int, solved: str = "", satisfaction: str = "", note: str = "",
    tags: Sequence[str] = (), seen: int | None = None,
) -> Case:  # fmt: skip
    """Rate the outcome (评价): solved or not, one to five stars; it may be changed while the invitation lasts."""
    with acting("evaluate", actor, case, seen=seen, at=at, note=note) as change:
        _check_invited(change)
        problems = {}
        if not 1 <= stars <= 5:
            problems["stars"] = _("请给 1 到 5 分。")
        if solved and solved not in SOLVED:
            problems["solved"] = _("请选是否解决。")
        if satisfaction and satisfaction not in SATISFACTION:
            problems["satisfaction"] = _("请选是否满意。")
        if problems:
            raise Invalid(problems)
        told = satisfaction or ("satisfied" if stars >= 4 else "basically" if stars == 3 else "not")
        give_feedback(
            change, Feedback.Kind.EVALUATION, solved=solved, satisfaction=told, stars=stars,
            tags=[clean(tag, 20) for tag in tags][:8],
        )  # fmt: skip
        change.log("evaluate", note=change.note)
    return change.case


def _check_invited(change: Change) -> None:
    """A merged case is over when the one it went into is; only then there is something to rate."""
    followed = change.case.merged_into
    if followed is None:
        return
    if followed.ended_at is None:
        raise Refused("not_over", _("并入的案件还在办理，办结后再评价。"))
    days = change.settings.evaluate_days
    if change.at > followed.ended_at + timedelta(days=days):
        raise too_late_to_evaluate(days)


def appeal(actor: Actor, *, case: Case, at: datetime, note: str, seen: int | None = None) -> Case:
    """Appeal once against a refusal to file (申诉); the case stands as reported again."""
    with acting("appeal", actor, case, seen=seen, at=at, note=note) as change:
        change.case.appeals += 1
        change.case.outcome = ""
        change.case.answer = ""
        change.go(Stage.REPORTED)
        change.log("appeal", note=change.note)
    return change.case
