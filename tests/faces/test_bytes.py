"""What the bytes of an answer may hold: every address × everybody × here and elsewhere × what is sensitive.

Two homes are made, one in the cast's grid 111 and one in another street, and everything in them is marked with
words that stand nowhere else. Then everybody of the cast fetches every address of the URL map, filled with the
keys of each home, and each mark found must be one that the catalogue of permissions gives them at that place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT

import casework
import factories
import homes
from addresses import addresses
from cast import Cast
from doors import DOORS
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel import versions
from lianxin.registry.people import actions as people
from lianxin.registry.people.models import Ask, Contact
from lianxin.registry.quality.models import Finding
from lianxin.registry.sources.models import Conflict, Field
from lianxin.work.cases import actions as cases
from lianxin.work.dispatch.models import Category

pytestmark = pytest.mark.django_db
STAFF = [name for name in Cast.__slots__ if name not in {"county", "resident"}]
EVERYBODY = [*STAFF, "resident", "stranger"]


@dataclass(frozen=True)
class Mark:
    """Words of a home, what they are, and the permission that lets one read them there; "" means nobody, unasked."""

    words: str
    what: str
    permission: str
    grid: AreaNode

    def is_for(self, actor: Actor | None) -> bool:
        """Tell whether the catalogue gives them to this actor."""
        return bool(self.permission) and actor is not None and actor.may(self.permission, self.grid)


@dataclass(frozen=True)
class Ground:
    """One home with its marks, and what stands for each variable of an address."""

    marks: tuple[Mark, ...]
    keys: dict[str, str]


@dataclass(frozen=True)
class Sort:
    """Which words mark a home."""

    surname: str
    estate: str
    shop: str
    number: str
    digits: str
    born: date
    evidence: str
    room: str


HERE = Sort("訾", "金穗苑", "蓝鲸百货", "110105195003070019", "13911112222", date(1950, 3, 7), "麒麟手书", "109")
ELSEWHERE = Sort("逄", "银杏里", "白鹭茶庄", "320102195104080021", "13733334444", date(1951, 4, 8), "凤凰手书", "307")


@pytest.fixture
def grounds(cast: Cast) -> list[Ground]:
    """A home in grid 111 and one in another street."""
    Category.objects.create(code="0101", depth=1, name="市容环境", kind="problem")
    versions.bump("categories")
    Field.objects.create(code="person.phone", subject="person", label="联系电话", purpose="联系", legal_basis="职责")
    versions.bump("register_fields")
    return [
        make_ground(cast, cast.county.grid(111), HERE, "a", casework.GRID_111),
        make_ground(cast, cast.county.grid(222), ELSEWHERE, "b", casework.GRID_222),
    ]


def make_ground(cast: Cast, grid: AreaNode, sort: Sort, code: str, point: Any) -> Ground:
    """Make a home, all of it marked."""
    at = datetime.now(UTC)
    estate = homes.make_estate(grid, sort.estate, code=f"E{code}")
    building = homes.make_building(estate, code=f"B{code}")
    flat = homes.make_dwelling(building, "1", sort.room)
    shop = homes.make_establishment(
        estate, sort.shop, code=f"S{code}", contact=f"单{sort.shop[:2]}", contact_phone=f"{sort.digits[:-1]}9"
    )
    old = homes.make_person(
        f"{sort.surname}秀兰", home=flat, id_number=sort.number, phone=sort.digits, birth_date=sort.born
    )
    twin = homes.make_person(f"{sort.surname}秀兰", home=flat, birth_date=sort.born)
    gone = homes.make_person(f"{sort.surname}秀蓝", home=flat, birth_date=sort.born)
    merge = people.merge(cast.data_officer, kept=old, gone=gone, reason="同一人登记了两次", at=at)
    household = homes.make_household(flat, old, (twin, "sibling"))
    tag = homes.make_care(old, "pregnant", evidence=sort.evidence)
    contact = Contact.objects.create(
        person=old, name=f"{sort.surname}守义", phone=f"{sort.digits[:-1]}8", relation="儿子", created_at=at
    )
    conflict = Conflict.objects.create(
        subject="person", subject_id=old.pk, field_id="person.phone", held=sort.digits, offered=f"{sort.digits[:-1]}7",
        at=at, **_placed(grid),
    )  # fmt: skip
    Finding.objects.create(
        check_code="person_missing", subject="person", subject_id=old.pk, found_at=at, **_placed(grid)
    )
    ask = Ask.objects.create(
        key=uuid4(), person_id=old.pk, account_id=factories.account_of(cast.resident).pk, kind="correct",
        field="person.phone", wish=f"{sort.digits[:-1]}6", asked_at=at, due_at=at + timedelta(days=9), **_placed(grid),
    )  # fmt: skip
    told = cases.Report(text=f"{sort.estate}门口路灯不亮。", point=point, phone=f"{sort.digits[:-1]}5")
    case = cases.report(cast.resident, client_id=uuid4(), report=told, at=at)
    marks = (
        *(Mark(f"{sort.digits[:-1]}{last}", "a phone", "", grid) for last in (sort.digits[-1], 9, 8, 7, 5)),
        # Who has to answer what a person asks reads what they wrote.
        Mark(f"{sort.digits[:-1]}6", "what a person asks to have corrected", "people.answer", grid),
        Mark(sort.number, "an identity number", "", grid),
        Mark(sort.born.isoformat(), "a birth date", "", grid),
        Mark(f"{sort.born.year}年{sort.born.month}月{sort.born.day}日", "a birth date", "", grid),
        Mark(f"{sort.surname}秀", "a person's whole name", "", grid),
        Mark(f"{sort.surname}守义", "a contact's whole name", "", grid),
        Mark(f"{sort.surname}*", "a person's masked name", "people.view", grid),
        Mark(sort.number[:3] + "*", "a masked number", "people.view", grid),
        Mark(f"{flat.entrance}单元{flat.number}", "a dwelling", "places.view", grid),
        Mark(f"单{sort.shop[:2]}", "whom to ask for in a shop", "places.edit", grid),
        Mark(sort.shop, "an establishment", "places.view", grid),
        Mark(sort.evidence, "why somebody needs care", "care.view", grid),
    )
    keys = {
        "people/key": old.key, "people/other_key": twin.key, "households/key": household.key, "care/key": tag.key,
        "estates/code": estate.code, "buildings/code": building.code, "dwellings/code": flat.code,
        "establishments/code": shop.code, "areas/code": grid.code, "merges/pk": merge.pk, "contacts/pk": contact.pk,
        "leave/pk": old.residences.filter(valid_to=None)[0].pk, "conflicts/pk": conflict.pk, "asks/key": ask.key,
        "cases/number": case.number, "fields/code": "person.phone", "check/check": "person_missing",
    }  # fmt: skip
    return Ground(marks, {name: str(value) for name, value in keys.items()})


def _placed(grid: AreaNode) -> dict[str, int | None]:
    placed = homes.placed(grid)
    placed.pop("area_id")
    return placed


_VARIABLE = re.compile(r"([\w-]*)/?<(?:\w+:)?(\w+)>")


def addresses_of(ground: Ground) -> Iterator[str]:
    """Yield every address one can fetch, filled with the keys of a home."""
    for method, route in sorted(addresses()):
        if method != "GET" or route.startswith(("^", "live")):
            continue
        path = "/" + _VARIABLE.sub(partial(_filled, route=route, ground=ground), route)
        yield path
        if path.startswith("/console/base/") and "<" not in route:
            for words in (HERE, ELSEWHERE):
                yield from (f"{path}?q={asked}" for asked in (words.surname, words.estate[:2], words.shop[:2]))


def _filled(found: re.Match[str], *, route: str, ground: Ground) -> str:
    before, name = found[1], found[2]
    known = ground.keys.get(f"{before}/{name}") or ground.keys.get(f"{_subject(route)}/{name}")
    value = known or DOORS[("GET", route)].values.get(name) or _NOTHING.get(name, "1")
    return f"{before}/{value}" if "/<" in found[0] else f"{before}{value}"


def _subject(route: str) -> str:
    """Return what an address is about: the word after the shelf it stands on."""
    return next((word for word in route.split("/") if word in {"people", "households", "estates", "buildings"}), "")


def asked_of(grounds: list[Ground]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every address, and every search of the pages and of the interface by words of either home."""
    yield from ((path, {}) for path in dict.fromkeys(path for ground in grounds for path in addresses_of(ground)))
    for sort in (HERE, ELSEWHERE):
        for words in (sort.surname, sort.estate[:2], sort.shop[:2], f"{sort.surname} {sort.estate}"):
            yield "/console/base/search", {"q": words}
            yield "/api/v1/search", {"words": words}


_NOTHING = {"key": "00000000-0000-7000-8000-000000000000", "other_key": "00000000-0000-7000-8000-000000000001"}


def client_of(actor: Actor | None) -> Client:
    """Return a browser somebody has signed in with."""
    browser = Client(raise_request_exception=False)
    if actor is not None:
        entered = begin_session(factories.account_of(actor), device="test", address=None, at=datetime.now(UTC))
        browser.cookies[SESSION] = entered.key
    return browser


def _kind_of(path: str) -> str:
    return "application/json" if path.startswith("/api/") else MULTIPART_CONTENT


def body_of(response: Any) -> str:
    """Return all bytes of an answer, as text."""
    return b"".join(response.streaming_content if response.streaming else [response.content]).decode("utf-8", "replace")


@pytest.mark.parametrize("name", EVERYBODY)
def test_bytes_hold_what_the_catalogue_gives_and_nothing_else(cast: Cast, grounds: list[Ground], name: str) -> None:
    actor = None if name == "stranger" else getattr(cast, name)
    browser = client_of(actor)
    forbidden = [mark for ground in grounds for mark in ground.marks if not mark.is_for(actor)]
    faults, seen = [], set()
    for path, sent in asked_of(grounds):
        response = browser.post(path, sent, content_type=_kind_of(path)) if sent else browser.get(path)
        body = body_of(response)
        seen |= {mark.what for ground in grounds for mark in ground.marks if mark.words in body}
        faults += [f"{path} tells {name} {mark.what}: {mark.words}" for mark in forbidden if mark.words in body]
        if response.status_code >= 500:
            faults.append(f"{path} fails for {name}: {response.status_code}")

    assert "\n".join(faults) == ""
    # The test can fail: who may see something has seen it.
    given = {mark.what for ground in grounds for mark in ground.marks if mark.is_for(actor)}
    assert given - seen == set()
