"""What happens to accounts is told by their room in the journal and kept here for good."""

from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry

from . import chain
from .actions import append

ACTS = (
    "sign_in", "sign_in_failed", "sign_out", "revoke_session", "revoke_sessions", "create", "change_password",
    "reset_password", "disable", "enable", "give_post", "end_post", "set_substitute", "set_role", "ask_role",
    "refuse_role", "create_token",
    "revoke_token", "request_elevation", "refuse_elevation", "elevate", "end_elevation",
    "entrust", "revoke_trust",
)  # fmt: skip


@listens("audit", *(f"account.{act}" for act in ACTS))
def keep(entry: Entry) -> None:
    """Append an act on an account; the cursor moves with it, so it is kept exactly once."""
    append(
        {
            "at": entry.at,
            "actor_id": entry.actor_id,
            "actor_label": entry.actor_label,
            "post_id": entry.post_id,
            "address": entry.after.get("address"),
            "action": f"accounts.{entry.action}",
            "subject_kind": "account",
            "subject_id": entry.subject_id or None,
            "subject_label": "",
            "fields": [],
            "reason": entry.note,
            "case_id": None,
            "detail": chain.plain({"entry": entry.id, "before": entry.before, "after": entry.after}),
        }
    )
