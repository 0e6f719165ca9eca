"""What every channel shares: the message on its way, and what a channel is."""

from dataclasses import dataclass
from typing import Protocol

from lianxin.foundation.accounts.models import Account


class Undeliverable(Exception):
    """Trying again will not help: no address, or the other side refuses this message for good."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way. `key` stays the same in every try, so that the other side can tell repeats."""

    key: str
    address: str
    title: str
    body: str
    link: str = ""
    urgent: bool = False


class Channel(Protocol):
    """One way out of the house."""

    name: str
    label: str

    def address_of(self, account: Account) -> str | None:
        """Return where the account is reached, or None if this way does not lead to it."""

    def send(self, message: Outgoing) -> None:
        """Hand the message over. Raises Undeliverable, or anything else to have it tried again."""
