"""Change the configuration: a new version of a document, the old ones kept."""

from datetime import datetime
from typing import Any

from django.db import transaction

from lianxin.kernel import versions

from .models import Document


@transaction.atomic
def put(
    key: str, content: Any, *, at: datetime, by_id: int | None = None, reason: str = "", source: str = "file"
) -> bool:
    """Put a new version of `key` in force; an equal content changes nothing. Returns whether it changed."""
    latest = Document.objects.select_for_update().filter(key=key).order_by("-version").first()
    if latest is not None and latest.content == content:
        return False
    version = latest.version + 1 if latest else 1
    Document.objects.create(
        key=key, version=version, content=content, reason=reason, source=source, created_at=at, created_by_id=by_id
    )
    versions.bump("configuration")
    return True
