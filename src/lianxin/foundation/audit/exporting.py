"""Take the audit out (导出): only with a reason, and the taking out is itself audited."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid

from .actions import record
from .models import AuditEntry
from .queries import Filter, matching

MOST = 50_000


@transaction.atomic
def export(actor: Actor, wanted: Filter, *, reason: str, at: datetime, address: str | None = None) -> list[AuditEntry]:
    """Return the entries that match, the latest first, at most MOST. Raises NotAllowed, or Invalid without a reason."""
    demand(actor, "audit.export", "导出审计")
    if not reason.strip():
        raise Invalid({"reason": _("请写明为什么导出。")})
    entries = list(matching(wanted)[:MOST])
    asked = {name: value for name in Filter.__slots__ if (value := getattr(wanted, name))}
    record(
        actor,
        "audit.export",
        at=at,
        subject_kind="audit",
        reason=reason.strip(),
        address=address,
        detail={"count": len(entries), "filter": asked},
    )
    return entries
