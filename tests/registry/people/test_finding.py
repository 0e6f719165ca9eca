"""One box: the shape of the words tells what is meant; only what the actor serves is found, and masked."""

from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.errors import Invalid, NotAllowed
from lianxin.registry.people import finding
from lianxin.registry.people.finding import understand
from lianxin.registry.places import actions as places
from lianxin.registry.places.actions import BuildingIn, EstablishmentIn, EstateIn, Layout
from lianxin.registry.places.codes import is_credit_code
from lianxin.registry.places.models import Building
from neighbours import DAY, LI, LI_ID, NOW, WANG, WANG_ID, Street, identity

CREDIT = "91350100M000100Y43"


@pytest.mark.parametrize(
    ("words", "kind", "name", "address"),
    [
        ("王秀英", "name", "王秀英", "王秀英"), ("王", "name", "王", "王"), (" 欧阳 ", "name", "欧阳", "欧阳"),
        ("wxy", "pinyin", "wxy", ""), ("Wang Xiu", "pinyin", "wangxiu", ""),
        ("和平小区3幢", "address", "", "和平小区3幢"), ("和平小区 3幢 2单元", "address", "", "和平小区3幢2单元"),
        ("3-2-302", "address", "", "3-2-302"), ("和平路15号", "address", "", "和平路15号"),
        ("和平小区", "address", "", "和平小区"),
        ("王 和平小区 3幢", "name_at", "王", "和平小区3幢"), ("王秀英，3-2-302", "name_at", "王秀英", "3-2-302"),
        (CREDIT, "code", "", ""), ("", "nothing", "", ""), ("　 ", "nothing", "", ""),
        ("138 0000 1234", "phone", "", ""), ("+8613800001234", "phone", "", ""),
        ("１３８００００１２３４", "phone", "", ""),
        (WANG_ID, "id_number", "", ""), (WANG_ID.lower(), "id_number", "", ""),
    ],
)  # fmt: skip
def test_the_shape_tells_what_is_meant(words: str, kind: str, name: str, address: str) -> None:
    asked = understand(words)

    assert (asked.kind, asked.name, asked.address) == (kind, name, address)


def test_an_identity_number_that_passes_as_a_credit_code_is_a_persons() -> None:
    numbers = [identity(date(1980, 5, day), order) for day in range(1, 29) for order in range(1, 40)]
    both = [number for number in numbers if is_credit_code(number)]

    assert both
    assert {understand(number).kind for number in numbers} == {"id_number"}


def test_a_number_that_cannot_be_is_told_with_its_remedy() -> None:
    wrong = WANG_ID[:-1] + ("1" if WANG_ID[-1] != "1" else "2")

    with pytest.raises(Invalid, match="最后一位对不上"):
        understand(wrong)


@pytest.fixture
def lived_in(street: Street) -> Street:
    """Mrs Wang in grid 111, Mr Li next door in 112, another Wang in 222."""
    street.lives(WANG, grid=111, number="302")
    street.lives(LI, grid=112)
    street.lives({"name": "王小明", "id_number": identity(date(1990, 3, 3), 21), "phone": "13700001111"}, grid=222)
    return street


def found(street: Street, who: str, words: str, **more: Any) -> list[str]:
    answer = finding.find(getattr(street.cast, who), words, at=NOW, **more)
    return [person.label.split()[0] for person in answer.people]


@pytest.mark.parametrize(
    ("who", "words", "names"),
    [
        ("data_officer", "王", ["王**", "王**"]), ("data_officer", "王秀英", ["王**"]),
        ("data_officer", "wx", ["王**"] * 2),
        ("data_officer", "lijian", ["李**"]), ("data_officer", "ljg", ["李**"]), ("data_officer", "赵", []),
        ("grid_worker", "王", ["王**"]), ("grid_worker", "李", []), ("grid_worker_next_door", "李", ["李**"]),
        ("grid_worker_next_door", "王", []), ("handler", "王", []), ("resident", "王", []),
    ],
)  # fmt: skip
def test_who_serves_there_finds_masked_people(lived_in: Street, who: str, words: str, names: list[str]) -> None:
    assert found(lived_in, who, words) == names


def test_nothing_of_the_answer_is_more_than_masked(lived_in: Street) -> None:
    answer = finding.find(lived_in.cast.data_officer, "王", at=NOW, size=1)

    told = str(asdict(answer))
    assert "王** 女 76 岁" in told or "王** 男 36 岁" in told
    for secret in ("秀英", "小明", WANG_ID, "13800001234", "1949"):
        assert secret not in told
    assert answer.next is not None


def test_pages_go_on_without_a_name_in_the_cursor(street: Street) -> None:
    for place in range(1, 8):
        street.lives({"name": "王芳", "id_number": identity(date(1980, 1, place), 22)}, number=f"{place}01")
    actor, seen, after = street.cast.data_officer, [], ""

    for _page in range(4):
        answer = finding.find(actor, "王", at=NOW, size=2, after=after)
        seen += [person.key for person in answer.people]
        after = answer.next or ""

    assert len(seen) == len(set(seen)) == 7
    assert after == ""
    with pytest.raises(Invalid, match="翻页标记"):
        finding.find(actor, "王", at=NOW, after="王芳")


def test_a_number_is_looked_up_for_a_reason_only_and_audited(lived_in: Street) -> None:
    worker = lived_in.cast.grid_worker

    silent = finding.find(worker, WANG_ID, at=NOW)
    assert silent.needs_reason
    assert silent.people == ()
    assert not AuditEntry.objects.filter(action="people.find_by_number").exists()

    assert found(lived_in, "grid_worker", WANG_ID, reason="visit") == ["王**"]
    assert found(lived_in, "grid_worker", "138-0000-1234", reason="visit") == ["王**"]
    assert found(lived_in, "grid_worker", LI_ID, reason="visit") == []  # lives next door
    entries = AuditEntry.objects.filter(action="people.find_by_number").order_by("id")
    assert [(entry.fields, entry.detail["hits"]) for entry in entries] == [
        (["id_number"], 1), (["phone"], 1), (["id_number"], 0)
    ]  # fmt: skip
    assert WANG_ID not in str([asdict_of(entry) for entry in entries])


def asdict_of(entry: AuditEntry) -> dict[str, object]:
    return {name: value for name, value in vars(entry).items() if not name.startswith("_")}


def test_a_reason_must_be_of_the_list_and_the_post_must_allow(lived_in: Street) -> None:
    with pytest.raises(Invalid, match="名单"):
        finding.find(lived_in.cast.grid_worker, WANG_ID, at=NOW, reason="curiosity")
    with pytest.raises(Invalid, match="写明"):
        finding.find(lived_in.cast.grid_worker, WANG_ID, at=NOW, reason="other")
    with pytest.raises(NotAllowed):
        finding.find(lived_in.cast.handler, WANG_ID, at=NOW, reason="visit")


@pytest.fixture
def estate(street: Street) -> Building:
    """和平小区 with 3幢 and B座 in grid 111."""
    from casework import GRID_111

    told = EstateIn(name="和平小区", other_names=["老机械厂"], road="和平路", door="15号", point=GRID_111)
    made = places.register_estate(SYSTEM, told=told, at=NOW)
    layout = Layout(("1", "2"), 6, 2)
    places.register_building(SYSTEM, told=BuildingIn(name="B座", estate_id=made.pk), layout=layout, at=NOW)
    places.register_establishment(
        SYSTEM, told=EstablishmentIn(kind="shop", name="老王小吃", credit_code=CREDIT, estate_id=made.pk), at=NOW
    )
    return places.register_building(
        SYSTEM, told=BuildingIn(name="3栋", estate_id=made.pk, point=GRID_111), layout=layout, at=NOW
    )


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("和平小区3幢2单元302室", "dwelling 2单元302室"), ("和平小区 3-2-302", "dwelling 2单元302室"),
        ("和平3号楼二单元302", "dwelling 2单元302室"), ("老机械厂3#2-302", "dwelling 2单元302室"),
        ("龙眠街道东苑社区和平小区3栋2单元302室", "dwelling 2单元302室"), ("和平小区三栋", "building 3栋"),
        ("和平小区B座", "building B座"), ("和平", "estate 和平小区"), ("hpxq", "estate 和平小区"),
        ("小吃", "establishment 老王小吃"), ("lwxc", "establishment 老王小吃"), (CREDIT, "establishment 老王小吃"),
        ("和平路15号", "building 3栋"), ("和平小区9幢", "estate 和平小区"),
    ],
)  # fmt: skip
def test_places_are_found_however_they_are_written(street: Street, estate: Building, words: str, first: str) -> None:
    answer = finding.find(street.cast.grid_worker, words, at=NOW)

    assert f"{answer.places[0].kind} {answer.places[0].label}" == first
    assert finding.find(street.cast.grid_worker_next_door, words, at=NOW).places == ()


def test_a_name_with_an_address_finds_who_lives_there(street: Street, estate: Building) -> None:
    from lianxin.registry.people import actions as people

    person = street.lives(WANG)
    flat = estate.dwellings.get(entrance="2", number="302")
    people.move_in(street.cast.grid_worker, person=person, dwelling=flat, at=NOW + DAY)

    for words in ("王 和平小区 3幢", "王秀 和平3-2-302", "王秀英 和平小区", "和平小区3幢2单元302"):
        answer = finding.find(street.cast.grid_worker, words, at=NOW)
        assert [each.key for each in answer.people] == [str(person.key)], words
        assert answer.people[0].where.endswith("和平小区3栋2单元302室")
    assert finding.find(street.cast.grid_worker, "李 和平小区 3幢", at=NOW).people == ()


def test_what_is_near_is_found_where_one_serves(street: Street, estate: Building) -> None:
    from casework import GRID_111

    answer = finding.near(street.cast.grid_worker, GRID_111)

    assert {place.label for place in answer.places} >= {"和平小区", "3栋"}
    assert finding.near(street.cast.grid_worker_next_door, GRID_111).places == ()


def test_a_search_takes_few_statements(lived_in: Street, estate: Building) -> None:
    finding.find(lived_in.cast.grid_worker, "王", at=NOW)
    for words, most in (("王", 4), ("wxy", 5), ("和平小区3幢2单元302", 7), ("王 和平小区 3幢", 7)):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            finding.find(lived_in.cast.grid_worker, words, at=NOW)
        assert len(asked) <= most, [query["sql"][:90] for query in asked]
