"""The chain: each entry's hash covers what it says and the hash before it. Pure."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes

BEGIN = bytes(32)
# What the hash covers, in the names of the columns.
COVERED = (
    "id", "at", "actor_id", "actor_label", "post_id", "address", "action", "subject_kind", "subject_id",
    "subject_label", "fields", "reason", "case_id", "detail", "algorithm",
)  # fmt: skip


def plain(value: Any) -> Any:
    """Return the value as it will come back from the database, so that its hash is the same there."""
    # PostgreSQL writes numbers its own way; as text they stay as they are.
    return json.loads(json.dumps(value, ensure_ascii=False, default=str), parse_float=str)


def canonical(facts: Mapping[str, Any]) -> bytes:
    """Return the one way to write these facts down."""
    said = {name: facts[name] for name in COVERED}
    if isinstance(said["at"], datetime):
        said["at"] = said["at"].astimezone(UTC).isoformat(timespec="microseconds")
    said["fields"] = list(said["fields"])
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link(previous: bytes, facts: Mapping[str, Any]) -> bytes:
    """Return the hash that follows `previous`, by the algorithm the facts name (`sha256` or `sm3`)."""
    data = previous + canonical(facts)
    if facts["algorithm"] == "sha256":
        return hashlib.sha256(data).digest()
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()
