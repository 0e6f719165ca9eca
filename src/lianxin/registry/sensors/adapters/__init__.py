"""How devices and systems speak: one folder each, and one line here. Pure: bytes come in, messages go out.

HTTP and MQTT use the same adapters; neither knows any format. To add one see docs/how-to/add-an-adapter.md.
"""

from collections.abc import Mapping

from . import chirpstack, plain, senml, sensorthings
from .reading import Adapter, Broken, Context, Parsed

__all__ = ["ADAPTERS", "Adapter", "Broken", "Context", "Parsed", "read"]

ADAPTERS: Mapping[str, Adapter] = {
    one.code: one for one in (plain.ADAPTER, sensorthings.ADAPTER, senml.ADAPTER, chirpstack.ADAPTER)
}


def read(code: str, body: bytes, context: Context) -> Parsed:
    """Read a body as the adapter `code` does; what cannot be read is told item by item. Never raises for any bytes."""
    try:
        return ADAPTERS[code].read(body, context)
    except Broken as broken:
        return Parsed(broken=[broken.refusal(0, context.device)])
