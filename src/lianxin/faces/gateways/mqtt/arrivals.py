"""One message as the broker handed it over, and what its topic and its body say."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.kernel.versions import Versioned
from lianxin.registry.sensors import adapters
from lianxin.registry.sensors.adapters import Context
from lianxin.registry.sensors.counting import Refusal
from lianxin.registry.sensors.intake import Message
from lianxin.registry.sensors.models import System
from lianxin.registry.sensors.register import NAME, Register

ROOT = "lx/v1/"  # what we listen to; then the account: a device's number or a system's code
RECEIPTS = "lx/receipt/"  # where receipts go; then the account
LARGEST = 65_536  # bytes of one body; the broker of ours lets no more through
DATASTREAM = "Datastreams("


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and how to answer it. Without a `mid` (QoS 0) there is nothing to acknowledge."""

    topic: str
    body: bytes
    received_at: datetime
    mid: int = 0
    connection: int = 0  # which connection of ours it came by: numbers of another one mean other messages
    answer_to: str = ""  # MQTT 5: Response Topic
    correlation: bytes = b""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an arrival says: messages to store, and what of it is refused at once."""

    messages: list[Message] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def _load() -> dict[str, str]:
    return dict(System.objects.filter(closed_on=None).values_list("code", "adapter"))


systems_adapters: Versioned[Mapping[str, str]] = Versioned(NAME, _load)


def account_of(topic: str) -> str:
    """Return who sent to a topic: the broker lets each write below its own name only."""
    return topic.removeprefix(ROOT).partition("/")[0] if topic.startswith(ROOT) else ""


def read(arrival: Arrival, register: Register, spoken: Mapping[str, str]) -> Reading:
    """Read an arrival; whatever it holds, this raises nothing. `spoken`: what each system speaks.

    A device's own account speaks for this device only; a system's for whichever devices come through it.
    """
    account = account_of(arrival.topic)
    rest = arrival.topic[len(ROOT) + len(account) + 1 :]
    own = register.devices.get(account)
    system_id = register.systems.get(account, 0)
    if len(arrival.body) > LARGEST:
        return _refused("too_large", account, _("一条消息最多 64 kB。"), own.id if own else 0, system_id)
    if own is not None:
        context, code = Context(arrival.received_at, device=account, topic=rest), _spoken(rest, "plain")
    else:
        device, _slash, rest = rest.partition("/") if DATASTREAM not in rest else ("", "", rest)
        context = Context(arrival.received_at, device=device, system=account, topic=rest)
        code = _spoken(rest, spoken.get(account) or "plain")
    parsed = adapters.read(code, arrival.body, context)
    refused = [replace(one, device_id=own.id if own else 0, system_id=system_id) for one in parsed.broken]
    if own is None:
        return Reading(parsed.messages, refused)
    messages = [one for one in parsed.messages if one.device.upper() == account]
    if strangers := len(parsed.messages) - len(messages):
        sentence = _("设备的账号只能送自己的读数。")
        refused += [Refusal(0, "unknown_device", account, sentence, own.id, own.system_id)] * strangers
    return Reading(messages, refused)


def _spoken(rest: str, usual: str) -> str:
    """Return the adapter: a topic may name one after the account; a Datastream names its own."""
    named = rest.partition("/")[0]
    if named in adapters.ADAPTERS:
        return named
    return "sensorthings" if DATASTREAM in rest else usual


def _refused(reason: str, account: str, sentence: str, device_id: int, system_id: int) -> Reading:
    return Reading(refused=[Refusal(0, reason, account[:40], sentence, device_id, system_id)])
