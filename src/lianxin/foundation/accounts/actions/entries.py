"""Journal entries of this room; the audit hears them all."""

from datetime import datetime
from typing import Any

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.journal import writing


def tell(
    actor: Actor,
    account_id: int,
    action: str,
    *,
    at: datetime,
    note: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write what happened to an account. Names of roles and places, never passwords, phones or codes."""
    entry = draft(actor, "account", account_id, action, at=at, note=note, before=before or {}, after=after or {})
    writing.append([entry])
