"""Identifiers that clients make and see: UUID version 7, which sort by the time they were made."""

import uuid
from datetime import datetime

import uuid_utils.compat
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid


def uuid7(at: datetime | None = None) -> uuid.UUID:
    """Return a new identifier stamped with the given aware instant, or with the present one."""
    if at is None:
        return uuid_utils.compat.uuid7()
    if at.tzinfo is None:
        raise ValueError("An identifier needs an aware instant.")
    return uuid_utils.compat.uuid7(nanoseconds=int(at.timestamp() * 1000) * 1_000_000)


def parse(text: str, *, field: str = "id") -> uuid.UUID:
    """Read an identifier in its usual form of 36 characters; raise Invalid for anything else."""
    try:
        value = uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        value = None
    # UUID() also takes braces, "urn:uuid:" and any hyphens; two spellings of one key would be two keys.
    if value is None or str(value) != text.lower():
        raise Invalid({field: _("编号格式不正确，应为 36 位的 UUID。")})
    return value
