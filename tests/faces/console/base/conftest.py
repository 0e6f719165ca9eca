"""A home in grid 111: an old woman with her granddaughter, a landlord next door, and who may see them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client

import homes
from casework import Desk
from lianxin.registry.care.models import CareTag
from lianxin.registry.people.models import Household, Person
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate

SignIn = Callable[[str], Client]
NAME, ID_NUMBER, PHONE = "王秀英", homes.ID_NUMBER, homes.PHONE


@dataclass(frozen=True)
class Home:
    """What the pages of 基础库 show."""

    estate: Estate
    building: Building
    dwelling: Dwelling  # 1单元 101
    shop: Establishment
    old: Person  # with number, phone, household and a care tag
    child: Person  # no papers
    landlord: Person  # owns the dwelling, lives in grid 112
    household: Household
    tag: CareTag


@pytest.fixture
def home(desk: Desk) -> Home:
    """Somebody's home."""
    county = desk.cast.county
    estate = homes.make_estate(county.grid(111))
    building = homes.make_building(estate)
    dwellings = homes.make_dwellings(building)
    old = homes.make_person(NAME, home=dwellings[0], id_number=ID_NUMBER, phone=PHONE)
    child = homes.make_person("王小丫", home=dwellings[0], birth_date=date(2026, 9, 1), id_kind="none")
    next_door = homes.make_building(homes.make_estate(county.grid(112), "东苑小区", code="E2"), code="B9")
    landlord = homes.make_person("赵地主", home=homes.make_dwelling(next_door), sex="m", phone="13966667777")
    homes.live(landlord, dwellings[0], "owner")
    return Home(
        estate, building, dwellings[0], homes.make_establishment(estate), old, child, landlord,
        homes.make_household(dwellings[0], old, (child, "grandchild")), homes.make_care(old),
    )  # fmt: skip


def text_of(response: Any) -> str:
    """Return a page as text."""
    return str(response.content.decode())
