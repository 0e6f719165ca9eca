"""The form of a record: what is known and since when, what is asked, by whom and on which ground. Nothing twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lianxin.foundation.accounts.actor import Actor, Placed
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel import versions
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.places.models import Dwelling
from lianxin.registry.sources import loads, queries
from lianxin.registry.sources.adapters import adapter
from lianxin.registry.sources.models import Abstention, Confirmation, DataRequest
from lianxin.registry.sources.queries import FieldNode
from lianxin.registry.sources.requests import reach, today

from . import records
from .records import Answer, Record
from .rules import Ask, State, is_asked, state_of

Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a field: unit, what for, on which ground, until when, how many minutes it said one takes."""

    request_id: int
    unit: str
    title: str
    why: str
    basis: str
    until: date
    minutes: int


@dataclass(frozen=True, slots=True)
class Line:
    """One field on the form."""

    code: str
    name: str
    label: str
    purpose: str
    answer: Answer
    choices: Sequence[tuple[str, str]]
    value: str  # masked
    state: State
    is_asked: bool
    is_required: bool
    owner: str  # who owns the field, in words
    confirmed_at: datetime | None
    confirmed_by: str
    askers: Sequence[Asker]


@dataclass(frozen=True, slots=True)
class Form:
    """A record with its fields, those that are asked first."""

    record: Record
    lines: Sequence[Line]

    @property
    def asked(self) -> list[Line]:
        """What is asked now."""
        return [line for line in self.lines if line.is_asked]


class Asking:
    """The requests that run today and whom they reach; asked once, then answered from memory. Two statements."""

    def __init__(self, at: datetime, numbers: Numbers | None = None) -> None:
        """Read requests and who stays out of them."""
        self.at, self.today = at, today(at)
        self.numbers = versions.read() if numbers is None else numbers
        self.running = loads.running(at)
        self._reach = {one.pk: reach(one) for one in self.running}
        self._out: dict[int, set[int]] = defaultdict(set)
        found = Abstention.objects.filter(request__in=self.running) if self.running else Abstention.objects.none()
        for request_id, area_id in found.values_list("request_id", "area_id"):
            self._out[request_id].add(area_id)

    def at_place(self, subject: str, place: Placed) -> list[DataRequest]:
        """Return the requests about such records that reach a place, without those its community stays out of."""
        spot = next((pk for pk in (place.grid_id, place.community_id, place.street_id) if pk is not None), None)
        node = areas.node(spot, self.numbers) if spot is not None else None
        path = set(node.path_ids) if node else set()
        return [
            one for one in self.running
            if one.subject == subject and not self._out[one.pk] & path
            and ((within := self._reach[one.pk]) is None or set(within) & path)
        ]  # fmt: skip

    def asker(self, request: DataRequest) -> Asker:
        """Return who asks, in words."""
        unit = organizations.directory(self.numbers).by_id.get(request.unit_id)
        return Asker(
            request.pk, unit.short_name if unit else "", request.title, request.purpose, request.legal_basis,
            request.until_date, request.minutes_each,
        )  # fmt: skip


def ask_of(request: DataRequest) -> Ask:
    """Return a request as the rules know it."""
    return Ask(request.pk, frozenset(request.fields), request.from_date, request.every_days)


def form(actor: Actor, *, subject: str, key: str, at: datetime, numbers: Numbers | None = None) -> Form:
    """Return the form of one record. Raises NotFound, NotAllowed, Invalid."""
    record = records.find(actor, subject, key)
    return forms([record], Asking(at, numbers))[0]


def forms(found: Sequence[Record], asking: Asking) -> list[Form]:
    """Return the forms of several records of any kinds. One statement for each kind, one for homes."""
    confirmed: dict[tuple[str, int], dict[str, Confirmation]] = defaultdict(dict)
    for subject in {record.subject for record in found}:
        ids = [record.id for record in found if record.subject == subject]
        for row in Confirmation.objects.filter(subject=subject, subject_id__in=ids).select_related("source"):
            confirmed[subject, row.subject_id][row.field_id] = row
    homes = _homes(found)
    return [_form(record, confirmed[record.subject, record.id], homes, asking) for record in found]


def _homes(found: Iterable[Record]) -> dict[str, str]:
    ids = {int(home) for record in found if record.subject == "person" and (home := record.values.get("home"))}
    rows = Dwelling.objects.filter(pk__in=ids).values_list("pk", "address") if ids else ()
    return {str(pk): address for pk, address in rows}


def _form(
    record: Record, confirmed: Mapping[str, Confirmation], homes: Mapping[str, str], asking: Asking
) -> Form:  # fmt: skip
    requests = asking.at_place(record.subject, record.spot)
    nodes = [node for node in queries.fields_of(record.subject, asking.numbers) if node.name in record.values]
    lines = [_line(_At(record, requests, asking, homes), node, confirmed.get(node.code)) for node in nodes]
    return Form(record, sorted(lines, key=lambda line: not line.is_asked))


@dataclass(frozen=True, slots=True)
class _At:
    """A record with who asks about it."""

    record: Record
    requests: Sequence[DataRequest]
    asking: Asking
    homes: Mapping[str, str]


def _line(here: _At, node: FieldNode, last: Confirmation | None) -> Line:
    record, asking = here.record, here.asking
    value = record.values.get(node.name)
    state = state_of(value, last.at if last else record.as_of, node.stale_after_days, asking.at)
    confirmed = last.at.astimezone(ZONE) if last else None
    wanting = [one for one in here.requests if ask_of(one).wants(node.code, confirmed, asking.today)]
    # What is changed elsewhere cannot be filled in here: it is only asked while there is something to confirm.
    answer = records.answer_to(record.subject, node.name) if node.name in records.taken(record.subject) else Answer.NONE
    can_answer = answer != Answer.NONE or state != State.MISSING
    return Line(
        node.code, node.name, node.label, node.purpose, answer,
        records.choices_of(record.subject, node.name) if answer == Answer.CHOICE else (),
        _shown(record, node.name, value, here.homes), state,
        can_answer and is_asked(state, is_required=node.is_required, is_wanted=bool(wanting)), node.is_required,
        queries.owner_name(node, asking.numbers), last.at if last else None, _by(last, asking.numbers),
        tuple(asking.asker(one) for one in wanting),
    )  # fmt: skip


def _shown(record: Record, name: str, value: str | None, homes: Mapping[str, str]) -> str:
    if name == "home":
        return homes.get(value or "", "")
    reach_of = adapter(record.subject)
    return reach_of.masked(name, value) if reach_of and value else ""


def _by(last: Confirmation | None, numbers: Numbers | None) -> str:
    if last is None:
        return ""
    unit = organizations.directory(numbers).by_id.get(last.unit_id) if last.unit_id is not None else None
    return unit.short_name if unit else (last.source.name if last.source else "社区")
