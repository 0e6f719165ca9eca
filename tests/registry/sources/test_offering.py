"""Values from several sources meet in one record: the owner's holds, the rest is ruled by people."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from cast import Cast
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.scoping import Spot
from lianxin.foundation.areas.models import Area
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.journal.models import Entry
from lianxin.registry.sources import actions as sources
from lianxin.registry.sources import adapters, rehoming
from lianxin.registry.sources.adapters import Known
from lianxin.registry.sources.models import Confirmation, Conflict, Source
from lianxin.registry.sources.recording import open_source
from lianxin.registry.sources.rules import Outcome
from register import load_register

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Book:
    """Dwellings kept in memory: the least a room must do to take offers."""

    def __init__(self, spot: Spot) -> None:
        self.spot = spot
        self.rows: dict[int, dict[str, str | None]] = {1: {"number": "302", "use": "self"}}

    def find(self, values: Mapping[str, str | None]) -> int | None:
        return next((key for key, row in self.rows.items() if row["number"] == values.get("number")), None)

    def read(self, subject_id: int, names: Iterable[str], *, for_update: bool = False) -> Known | None:
        row = self.rows.get(subject_id)
        if row is None:
            return None
        return Known(subject_id, self.spot, {name: row.get(name) for name in names}, None, "302 室")

    def cleaned(self, values: Mapping[str, str | None], *, at: datetime) -> dict[str, str | None]:
        if values.get("use") == "castle":
            raise Invalid({"use": "没有这种用途。"})
        return dict(values)

    def apply(
        self, actor: Actor, subject_id: int, values: Mapping[str, str | None], *, source: Source | None, at: datetime
    ) -> None:
        self.rows[subject_id].update(values)

    def masked(self, name: str, value: str | None) -> str:
        return value or ""


@pytest.fixture
def book(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Book]:
    load_register(owners={"dwelling.number": "cgj"})
    grid = cast.county.grid(111)
    made = Book(Spot(grid.street_id, grid.community_id, grid.grid_id))
    monkeypatch.setattr(adapters, "_adapters", {"dwelling": made})
    return made  # type: ignore[return-value]


def delivery(cast: Cast, unit: str, at: datetime) -> Source:
    return open_source(SYSTEM, Source.Kind.PUSH, name="一批", at=at, unit_id=cast.county.units[unit].id)


def offered(cast: Cast, actor: Actor, unit: str, at: datetime = NOW, **values: str | None) -> sources.Taken:
    return sources.offer(actor, source=delivery(cast, unit, at), subject="dwelling", record=1, values=values, at=at)


def test_the_owner_overwrites_and_its_word_then_stands_against_others(cast: Cast, book: Book) -> None:
    assert offered(cast, cast.handler, "cgj", number="303").outcomes == {"number": Outcome.APPLIED}
    assert book.rows[1]["number"] == "303"

    taken = offered(cast, cast.handler_next_door, "jiaojing", NOW + DAY, number="304")

    assert taken.result == "conflict"
    assert book.rows[1]["number"] == "303"
    conflict = Conflict.objects.get()
    assert (conflict.held, conflict.offered) == ("303", "304")
    assert conflict.held_source is not None
    assert conflict.held_source.unit_id == cast.county.units["cgj"].id
    assert conflict.grid_id == cast.county.grid(111).id


def test_a_field_of_the_community_is_the_grid_workers(cast: Cast, book: Book) -> None:
    sources.confirm(cast.grid_worker, subject="dwelling", ids=[1], fields=["use"], at=NOW)

    assert offered(cast, cast.handler, "cgj", NOW + DAY, use="let").result == "conflict"
    # The grid worker goes and looks: it is let. Nobody need rule any more.
    visit = open_source(cast.grid_worker, Source.Kind.VISIT, name="上门", at=NOW + 2 * DAY)
    sources.offer(cast.grid_worker, source=visit, subject="dwelling", record=1, values={"use": "let"}, at=NOW + 2 * DAY)

    assert book.rows[1]["use"] == "let"
    assert not Conflict.objects.open().exists()


def test_the_same_conflict_is_listed_once_with_the_latest_value(cast: Cast, book: Book) -> None:
    sources.confirm(cast.grid_worker, subject="dwelling", ids=[1], fields=["use"], at=NOW)

    offered(cast, cast.handler, "cgj", NOW + DAY, use="let")
    offered(cast, cast.handler_next_door, "jiaojing", NOW + 2 * DAY, use="vacant")

    assert [one.offered for one in Conflict.objects.open()] == ["vacant"]
    # Who disagreed gives in.
    offered(cast, cast.handler_next_door, "jiaojing", NOW + 3 * DAY, use="self")
    assert not Conflict.objects.open().exists()


def test_somebody_who_agrees_with_the_value_does_not_settle_what_another_says(cast: Cast, book: Book) -> None:
    sources.confirm(cast.grid_worker, subject="dwelling", ids=[1], fields=["use"], at=NOW)
    offered(cast, cast.handler, "cgj", NOW + DAY, use="let")

    offered(cast, cast.handler_next_door, "jiaojing", NOW + 2 * DAY, use="self")

    assert Conflict.objects.open().exists()


def test_what_is_not_registered_or_not_possible_is_refused_by_field(cast: Cast, book: Book) -> None:
    with pytest.raises(Invalid) as unknown:
        offered(cast, cast.handler, "cgj", colour="红")
    with pytest.raises(Invalid) as wrong:
        offered(cast, cast.handler, "cgj", use="castle")

    assert unknown.value.fields == {"colour": "字段目录里没有这一项，请先登记。"}
    assert wrong.value.fields == {"use": "没有这种用途。"}


@pytest.mark.parametrize(("ruling", "value"), [("offered", "let"), ("held", "self"), ("neither", "self")])
def test_a_ruling_is_followed_and_the_values_are_kept_no_longer(
    cast: Cast, book: Book, ruling: str, value: str
) -> None:
    sources.confirm(cast.grid_worker, subject="dwelling", ids=[1], fields=["use"], at=NOW)
    offered(cast, cast.handler, "cgj", NOW + DAY, use="let")
    conflict = Conflict.objects.get()

    sources.rule_conflict(cast.community_clerk, conflict=conflict, ruling=ruling, reason="上门看过", at=NOW + 2 * DAY)

    conflict.refresh_from_db()
    assert book.rows[1]["use"] == value
    assert (conflict.ruling, conflict.held, conflict.offered) == (ruling, None, None)
    assert (Confirmation.objects.get(field="dwelling.use").at == NOW + 2 * DAY) is (ruling != "neither")
    assert Entry.objects.filter(subject_kind="conflict", action="rule").exists()
    with pytest.raises(Refused):
        sources.rule_conflict(cast.community_clerk, conflict=conflict, ruling="held", reason="再", at=NOW + 3 * DAY)


def test_only_who_rules_there_sees_and_rules(cast: Cast, book: Book) -> None:
    sources.confirm(cast.grid_worker, subject="dwelling", ids=[1], fields=["use"], at=NOW)
    offered(cast, cast.handler, "cgj", NOW + DAY, use="let")
    conflict = Conflict.objects.get()
    visible = {
        name: Conflict.objects.visible_to(getattr(cast, name)).exists()
        for name in ("community_clerk", "street_seat", "grid_worker", "handler", "data_officer")
    }

    assert visible == {
        "community_clerk": True, "street_seat": True, "grid_worker": False, "handler": False, "data_officer": True,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        sources.rule_conflict(cast.handler, conflict=conflict, ruling="held", reason="", at=NOW)
    with pytest.raises(Invalid):
        sources.rule_conflict(cast.community_clerk, conflict=conflict, ruling="offered", reason=" ", at=NOW)


def test_a_record_that_is_gone_takes_nothing(cast: Cast, book: Book) -> None:
    del book.rows[1]

    with pytest.raises(NotFound):
        offered(cast, cast.handler, "cgj", use="let")


def test_an_earlier_look_does_not_push_a_later_one_back(cast: Cast, book: Book) -> None:
    sources.confirm(cast.grid_worker, subject="dwelling", ids=[1], fields=["use"], at=NOW)
    sources.confirm(cast.grid_worker, subject="dwelling", ids=[1], fields=["use"], at=NOW, as_of=NOW - DAY)

    assert Confirmation.objects.get().at == NOW


def test_a_conflict_follows_its_record_through_a_redivision(cast: Cast, book: Book) -> None:
    sources.confirm(cast.grid_worker, subject="dwelling", ids=[1], fields=["use"], at=NOW)
    offered(cast, cast.handler, "cgj", NOW + DAY, use="let")
    old, new = cast.county.grid(111), cast.county.grid(112)
    Area.objects.filter(pk=old.id).update(valid_to=NOW)
    ended = frozenset({old.id})

    assert rehoming.follow(at=NOW + DAY) == 0  # the record has not moved yet
    assert rehoming.waiting(ended) == 0
    book.spot = Spot(new.street_id, new.community_id, new.grid_id)
    assert rehoming.waiting(ended) == 1
    assert rehoming.follow(at=NOW + DAY) == 1

    assert Conflict.objects.get().grid_id == new.id
    assert rehoming.follow(at=NOW + DAY) == 0
