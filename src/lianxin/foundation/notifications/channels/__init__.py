"""Ways out of the house. To add one: a folder with a class like these, and a line here."""

from .email.channel import Email
from .sms.channel import Sms
from .words import Channel, Outgoing, Undeliverable

REGISTRY: dict[str, Channel] = {
    "sms": Sms(),
    "email": Email(),
}

__all__ = ["REGISTRY", "Channel", "Outgoing", "Undeliverable"]
