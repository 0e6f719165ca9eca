"""Posters: a page for each place, a code that opens the report page there, and nobody's private telephone."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from casework import Desk
from homes import make_building, make_estate
from lianxin.faces.parts import posters
from lianxin.faces.parts.posters import Poster
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel import versions

from .conftest import SignIn, text_of

pytestmark = pytest.mark.django_db


def pages(data: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type /Page\b(?!s)", data))


def test_every_building_of_an_estate_has_its_page(desk: Desk, sign_in: SignIn) -> None:
    estate = make_estate(desk.cast.county.grid(111))
    for number in (1, 2, 3):
        make_building(estate, number, code=f"B{number}")
    clerk = sign_in("community_clerk")

    page = text_of(clerk.get("/console/posters/?estate=E1"))
    assert "每栋楼一张" in page
    for of, count in (("buildings:E1", 3), ("estate:E1", 1), ("building:B2", 1)):
        answer: Any = clerk.get(f"/console/posters/file?of={of}&size=A5")
        data = b"".join(answer.streaming_content)
        assert (answer["Content-Type"], data[:5], pages(data)) == ("application/pdf", b"%PDF-", count)
    assert clerk.get("/console/posters/file?of=estate:E1&size=A0").status_code == 422


def test_other_peoples_estates_and_wrong_names_do_not_exist(desk: Desk, sign_in: SignIn) -> None:
    make_estate(desk.cast.county.grid(221), code="E9")
    clerk = sign_in("community_clerk")

    for of in ("estate:E9", "buildings:E9", "area:340881002001", "building:none", "nonsense", ""):
        assert clerk.get(f"/console/posters/file?of={of}").status_code == 404, of
    assert clerk.get("/console/posters/?estate=E9").status_code == 404


def test_the_code_opens_the_report_page_at_that_place(desk: Desk) -> None:
    grid = desk.cast.county.grid(112)
    building = make_building(make_estate(grid, "和平小区"), 3, code="B3")
    phone = Client()

    answer = phone.get(f"/here/{building.code}", follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("/report?area=")
    assert "和平小区3幢" in unquote(answer.redirect_chain[0][0])
    assert f'<option value="{grid.code}" selected>' in page
    assert 'value="和平小区3幢"' in page
    assert phone.get("/here/nothing").status_code == 404


def test_a_code_at_home_leaves_home_where_it_is(desk: Desk) -> None:
    phone = Client()
    phone.cookies["lx_place"] = desk.cast.county.community(11).code

    answer = phone.get(f"/here/{desk.cast.county.grid(221).code}")

    assert "lx_place" not in answer.cookies
    assert (
        f'<option value="{desk.cast.county.grid(221).code}" selected>' in phone.get(answer["Location"]).content.decode()
    )


def test_the_telephone_is_the_desk_of_the_place(desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    Unit.objects.filter(code="community11").update(duty_phone="0556-6123456")
    versions.bump("organizations")
    made: list[Poster] = []

    def pdf(found: Iterable[Poster], *_: object, **__: object) -> Iterator[bytes]:
        made.extend(found)
        return iter([b"%PDF-"])

    monkeypatch.setattr(posters, "pdf", pdf)

    sign_in("community_clerk").get("/console/posters/file?of=below:340881001001")

    assert [(each.name, each.desk, each.phone) for each in made] == [
        ("第一网格", "东苑社区", "0556-6123456"), ("第二网格", "东苑社区", "0556-6123456")
    ]  # fmt: skip
    assert made[0].url.endswith("/here/34088100100101")
