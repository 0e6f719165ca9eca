"""Sealed files of letters as answers, for who may open them."""

from django.http import StreamingHttpResponse

from lianxin.work.wishes import enclosing
from lianxin.work.wishes.models import Enclosure


def enclosed(found: Enclosure) -> StreamingHttpResponse:
    """Stream a sealed file, shown as what it is, in no page of ours and kept by no cache."""
    response = StreamingHttpResponse(enclosing.opened(found), content_type=found.mime)
    response["Content-Length"] = str(found.size)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
