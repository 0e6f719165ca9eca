"""Try a rule on the past, and keep what came out for a while: a page of it can be opened again."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid
from lianxin.work.alarms import rules, trial
from lianxin.work.alarms.knowing import known
from lianxin.work.alarms.models import AlarmRule, RuleTrial
from lianxin.work.alarms.permissions import RULES
from lianxin.work.alarms.settings import alarm_settings

from .ruling import content_in_force

_LABEL = "编写、启用告警规则"
KEPT = timedelta(days=90)


@transaction.atomic
def try_rule(actor: Actor, *, key: UUID, rule: AlarmRule, days: int, at: datetime) -> RuleTrial:
    """Try what a rule would say (its draft, else what is in force) on the last days. The same `key` is the same trial.

    Raises NotAllowed, Invalid. It takes seconds where many devices have read much.
    """
    demand(actor, RULES, _LABEL)
    made = RuleTrial.objects.filter(key=key).first()
    if made is not None:
        return made
    most = alarm_settings().trial_days
    if not 1 <= days <= most:
        raise Invalid({"days": _("试算请填 1 至 %(most)d 天。") % {"most": most}})
    content = rule.draft or content_in_force(rule)
    spec = rules.check(content, known(at, content.get("devices") or ()))
    outcome = trial.run(spec, since=at - timedelta(days=days), until=at)
    if rule.draft is not None:
        AlarmRule.objects.filter(pk=rule.pk).update(tried_at=at)
    return RuleTrial.objects.create(
        key=key, rule=rule, content=spec.content(), since=outcome.since, until=outcome.until, asked_at=at,
        asked_by_id=actor.account_id, result=outcome.document(),
    )  # fmt: skip


def forget_trials(*, at: datetime) -> int:
    """Drop trials that are old; returns how many."""
    return RuleTrial.objects.filter(asked_at__lt=at - KEPT).delete()[0]
