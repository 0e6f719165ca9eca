"""Read devices: one by its key, lists with filters, how many are well, what they said, what was refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.ids import parse

from .counting import TAKEN
from .inputs import tidy_number
from .models import Device, DeviceQuerySet, IntakeCount, Stream, System
from .settings import practice

DAY = timedelta(days=1)
HEALTH = ("silent", "low", "weak", "refused", "never", "paused")


def seen_by(actor: Actor) -> DeviceQuerySet:
    """Return the devices that the actor sees, retired ones too, with what a page tells of them."""
    found = Device.objects.visible_to(actor).defer("words")
    return found.select_related("component", "system", "owning_unit", "maintaining_unit", "now")


def device_or_404(actor: Actor, key: UUID | str) -> Device:
    """Return a device by its key. Raises NotFound when it is not there for this actor."""
    try:
        wanted = key if isinstance(key, UUID) else parse(key)
    except Invalid:
        raise NotFound(_("没有这个设备，或者您没有权限查看。")) from None
    return _one(seen_by(actor).filter(key=wanted).first())


def by_number(actor: Actor, number: str) -> Device:
    """Return a device by its number, however it is written. Raises NotFound."""
    return _one(seen_by(actor).filter(number=tidy_number(number).replace("\0", "")[:40]).first())


def _one(found: Device | None) -> Device:
    if found is None:
        raise NotFound(_("没有这个设备，或者您没有权限查看。"))
    return found


def of_component(actor: Actor, component_id: int) -> list[Device]:
    """Return the devices on a component that the actor sees, by number."""
    return list(seen_by(actor).now().filter(component_id=component_id).order_by("number")[:50])


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of devices is narrowed to; nothing said narrows nothing."""

    words: str = ""
    kind: str = ""
    state: str = ""  # "": all that are not retired
    health: str = ""  # one of HEALTH
    area: AreaNode | None = None
    system: str = ""  # its code; "none": those that send by themselves


def devices(actor: Actor, filters: Filters, *, at: datetime) -> DeviceQuerySet:
    """Return the devices that match, without an order."""
    found = seen_by(actor)
    found = found.filter(state=filters.state) if filters.state else found.now()
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.area is not None and not filters.area.is_whole:
        found = found.filter(**{f"{_level(filters.area)}_id": filters.area.id})
    if filters.system:
        found = found.filter(system=None) if filters.system == "none" else found.filter(system__code=filters.system)
    if filters.health:
        found = found.filter(in_health(filters.health, at=at))
    words = filters.words.strip()[:80]
    if words:
        number = tidy_number(words).replace("\0", "")
        found = found.filter(Q(words__has_words=words) | Q(number__gte=number, number__lt=f"{number}\U0010ffff"))
    return found


def _level(area: AreaNode) -> str:
    if area.grid_id is not None:
        return "grid"
    return "community" if area.community_id is not None else "street"


def in_health(word: str, *, at: datetime) -> Q:
    """Return the filter for one of HEALTH: each is answered by an index that holds only such devices."""
    conditions = {
        "silent": Q(now__silent_since__isnull=False),
        "low": Q(now__is_low=True),
        "weak": Q(now__is_weak=True),
        "never": Q(now__last_received_at=None),
        "paused": Q(state=Device.State.PAUSED),
    }
    return Q(pk__in=refused_much(at=at)) if word == "refused" else conditions[word]


def refused_much(*, at: datetime) -> QuerySet[IntakeCount, int]:
    """Return ids of devices of which much was refused within a day (`refused_much` of the document)."""
    rows = IntakeCount.objects.filter(hour__gt=at - DAY).exclude(device_id=0).exclude(outcome=TAKEN)
    much = rows.values("device_id").annotate(much=Sum("messages")).filter(much__gte=practice().limits.refused_much)
    return much.values_list("device_id", flat=True)


@dataclass(frozen=True, slots=True)
class Health:
    """How many devices on the books are how; a device may be counted under several words."""

    all: int
    silent: int
    low: int
    weak: int
    refused: int
    never: int
    paused: int


def health(actor: Actor, *, at: datetime) -> Health:
    """Count the devices that the actor sees. Two statements, quick with 50,000 of them."""
    mine = Device.objects.visible_to(actor).now()
    counts = mine.aggregate(
        all=Count("pk"),
        **{word: Count("pk", filter=in_health(word, at=at)) for word in HEALTH if word != "refused"},
    )
    return Health(**counts, refused=mine.filter(in_health("refused", at=at)).count())


def streams_of(device: Device) -> list[Stream]:
    """Return the streams of a device, in the order of its kind's measures."""
    order = list(practice().kind(device.kind).measures)
    rows = Stream.objects.filter(device=device)
    return sorted(rows, key=lambda one: (order.index(one.measure) if one.measure in order else 99, one.measure))


@dataclass(frozen=True, slots=True)
class Refused:
    """How much of one reason was refused; of a device, a system, or of nobody known."""

    reason: str
    messages: int
    last_at: datetime
    sample: str
    device: Device | None = None
    system: System | None = None


def refusals(actor: Actor, *, since: datetime, device: Device | None = None, system: System | None = None,
             reason: str = "", limit: int = 200) -> list[Refused]:  # fmt: skip
    """Return what was refused since then, by reason, device and system, the most first; three statements.

    Of devices only those that the actor sees; what nobody can be found for is for those who may manage everywhere.
    """
    rows = IntakeCount.objects.filter(hour__gte=since).exclude(outcome=TAKEN)
    if reason:
        rows = rows.filter(outcome=reason)
    if device is not None:
        rows = rows.filter(device_id=device.pk)
    elif system is not None:
        rows = rows.filter(system_id=system.pk)
    elif not actor.scope("sensors.manage").everywhere:
        rows = rows.filter(device_id__in=Device.objects.visible_to(actor).values("pk"))
    summed = rows.values("outcome", "device_id", "system_id").annotate(
        much=Sum("messages"), latest=Max("last_at"), word=Max("sample")
    )
    found = list(summed.order_by("-much", "-latest")[:limit])
    known = {one.pk: one for one in seen_by(actor).filter(pk__in={row["device_id"] for row in found})}
    systems = System.objects.in_bulk({row["system_id"] for row in found})
    return [
        Refused(row["outcome"], row["much"], row["latest"], row["word"], known.get(row["device_id"]),
                systems.get(row["system_id"]))
        for row in found
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flowing:
    """How a system does: messages taken and refused within a day, devices, how many of them are silent."""

    system: System
    taken: int
    refused: int
    devices: int
    silent: int


def systems(*, at: datetime, open_: bool | None = None) -> list[Flowing]:
    """Return the register of systems with how each does, open ones first. Three statements."""
    rows = System.objects.select_related("owner_unit").order_by(F("closed_on").desc(nulls_first=True), "name")
    if open_ is not None:
        rows = rows.filter(closed_on__isnull=open_)
    found = list(rows[:500])
    ids = [one.pk for one in found]
    flows = counts_of(ids, at=at)
    having = Device.objects.now().filter(system__in=ids).values_list("system_id")
    counted = {
        pk: (many, silent)
        for pk, many, silent in having.annotate(
            many=Count("pk"), silent=Count("pk", filter=Q(now__silent_since__isnull=False))
        )
    }
    return [Flowing(one, *flows.get(one.pk, (0, 0)), *counted.get(one.pk, (0, 0))) for one in found]


def counts_of(system_ids: Sequence[int], *, at: datetime) -> dict[int, tuple[int, int]]:
    """Return how many messages of each system were taken and refused within a day."""
    rows = IntakeCount.objects.filter(hour__gt=at - DAY, system_id__in=system_ids).values_list("system_id")
    summed = rows.annotate(
        taken=Sum("messages", filter=Q(outcome=TAKEN), default=0),
        refused=Sum("messages", filter=~Q(outcome=TAKEN), default=0),
    )
    return {pk: (taken, refused) for pk, taken, refused in summed}


def system_or_404(key: UUID | str) -> System:
    """Return a system by its key. Raises NotFound."""
    try:
        wanted = key if isinstance(key, UUID) else parse(key)
    except Invalid:
        raise NotFound(_("没有这个接入系统。")) from None
    found = System.objects.select_related("owner_unit").filter(key=wanted).first()
    if found is None:
        raise NotFound(_("没有这个接入系统。"))
    return found
