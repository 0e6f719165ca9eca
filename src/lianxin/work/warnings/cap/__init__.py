"""CAP 1.2, the Common Alerting Protocol: messages as values, read from XML with every fault named, and written."""

from .message import Alert, Area, Circle, Geocode, Info, Ring, Value
from .parsing import Fault, Faulty, parsed
from .reading import read
from .references import Reference
from .writing import plain, write

__all__ = [
    "Alert",
    "Area",
    "Circle",
    "Fault",
    "Faulty",
    "Geocode",
    "Info",
    "Reference",
    "Ring",
    "Value",
    "parsed",
    "plain",
    "read",
    "write",
]
