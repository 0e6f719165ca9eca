"""Read the configuration in force."""

from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, Subquery

from lianxin.kernel.versions import Versioned

from .models import Document


def _load() -> Mapping[str, Any]:
    latest = Document.objects.filter(key=OuterRef("key")).order_by("-version").values("pk")[:1]
    return {document.key: document.content for document in Document.objects.filter(pk=Subquery(latest))}


documents: Versioned[Mapping[str, Any]] = Versioned("configuration", _load)


def current(key: str, numbers: Mapping[str, int] | None = None) -> Any:
    """Return the content in force for `key`, or None. `numbers`: as read by this request, if at hand."""
    found = documents.get() if numbers is None else documents.at(numbers)
    return found.get(key)
