"""One call for every act on a case, and one for a report; a client's id makes either safe to send again."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound
from lianxin.kernel.idempotency.claims import claim, fingerprint, is_claimed
from lianxin.work.cases import actions as cases
from lianxin.work.cases import rules
from lianxin.work.cases.asking import is_tied
from lianxin.work.cases.change import Change
from lianxin.work.cases.models import Case

from .inputs import ChannelIn, ReportIn
from .kinds import Input
from .resolving import Resolver
from .table import ACTS, Act


def act_named(name: str) -> Act[Input]:
    """Return an act by its name; raise NotFound."""
    found = ACTS.get(name)
    if found is None:
        raise NotFound(_("没有这种操作。"))
    return found


def perform(
    actor: Actor,
    name: str,
    *,
    case: Case,
    seen: int | None,
    at: datetime,
    client_id: UUID | None = None,
    data: Input,
    numbers: Mapping[str, int] | None = None,
) -> Case:
    """Take one act and return the case as it then is; `data` is of the act's own schema.

    With `client_id` the same act sent again changes nothing and returns the case. Raises Refused,
    NotAllowed, Stale and Invalid as the act does.
    """
    act = act_named(name)
    known = versions.read() if numbers is None else numbers
    try:
        arguments = act.arguments(data, Resolver(actor, known, at, case))
    except Invalid:
        # Who looked a case up for an act may have brought only a part of it.
        whole = Case.objects.get(pk=case.pk) if case.get_deferred_fields() else case
        _demand_tie(act, Change(whole, actor, at, known))
        raise
    if client_id is None:
        return _now(act.call(actor, case=case, seen=seen, at=at, **arguments), case)
    with transaction.atomic():
        sent = _fingerprint(case, name, data)
        claimed = claim(client_id, kind="case", action=name, sent=sent, at=at, subject_id=case.pk)
        if not claimed.fresh:
            return Case.objects.get(pk=case.pk)
        return _now(act.call(actor, case=case, seen=seen, at=at, **arguments), case)


def taken_before(name: str, *, number: str, client_id: UUID | None, data: Input) -> Case | None:
    """Return the case on which this very act was taken under this client id, else None.

    For who no longer sees the case because of it, as a unit that gave it back: the answer got lost, it asks again.
    """
    case = Case.objects.filter(number=number).first() if client_id is not None else None
    if case is None or client_id is None:
        return None
    sent = _fingerprint(case, name, data)
    return case if is_claimed(client_id, kind="case", subject_id=case.pk, action=name, sent=sent) else None


def _fingerprint(case: Case, name: str, data: Input) -> bytes:
    return fingerprint(case.pk, name, data.model_dump_json())


def _demand_tie(act: Act[Input], change: Change) -> None:
    """Let who may not take the act at all learn that, and not what is wrong with its input."""
    stopped = None if is_tied(act.step, change.asking) else rules.obstacle(act.step, change.asking)
    if stopped is not None:
        raise stopped


def _now(done: object, case: Case) -> Case:
    """Return the case that was acted on; a split gives its children instead."""
    return done if isinstance(done, Case) else Case.objects.get(pk=case.pk)


def report(
    actor: Actor,
    *,
    client_id: UUID,
    data: ReportIn,
    at: datetime,
    numbers: Mapping[str, int] | None = None,
    is_solved: bool = False,
) -> Case:
    """Take a report; the same `client_id` sent again returns the same case.

    With `is_solved` nobody is sent: the reporter has put it right, and tells how by `resolve_on_spot`.
    """
    if data.channel == ChannelIn.WORKER and not actor.may("cases.report"):
        raise NotAllowed("not_yours", _("您的岗位不能登记这种来源的上报。"))
    needs_codes = data.category is not None or data.area is not None
    known = versions.read() if numbers is None and needs_codes else numbers or {}
    resolver = Resolver(actor, known, at)
    told = cases.Report(
        text=data.text,
        title=data.title,
        channel=data.channel,
        kind=data.kind or "",
        severity=data.severity or "",
        category_id=resolver.category(data.category),
        point=data.point.point if data.point else None,
        accuracy_metres=data.accuracy_metres,
        area_id=resolver.area(data.area),
        address=data.address,
        claimed_at=data.claimed_at,
        name=data.name,
        phone=data.phone,
        is_anonymous=data.is_anonymous,
        is_confidential=data.is_confidential,
        has_consent=data.has_consent,
        files=tuple(data.files),
        component=resolver.component(data.component),
        component_state=data.component_state or "",
        is_solved=is_solved,
    )
    return cases.report(actor, client_id=client_id, report=told, at=at)
