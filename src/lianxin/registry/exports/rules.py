"""When a second person must approve. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from lianxin.registry.sources.queries import FieldNode

APPROVAL_ROWS = 500
MOST_ROWS = 500_000
LIVES = timedelta(hours=24)


def why_approval(fields: Sequence[FieldNode], plain: Sequence[str], rows: int, *, most: int = APPROVAL_ROWS) -> str:
    """Return why a second person must approve, in words; empty when none must."""
    reasons = []
    if rows > most:
        reasons.append(f"超过 {most:,} 条")
    open_ = [node.label for node in fields if node.code in plain and node.is_personal]
    if open_:
        reasons.append(f"{'、'.join(open_)}不打码")
    sensitive = [node.label for node in fields if node.is_sensitive and node.code not in plain]
    if sensitive:
        reasons.append(f"含敏感个人信息：{'、'.join(sensitive)}")
    return "；".join(reasons)
