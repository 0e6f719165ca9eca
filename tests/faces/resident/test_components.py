"""The code on a label: what everybody may know of a component, and a report that knows what it is about."""

import pytest

from casework import GRID_111, NOW, Desk
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.registry.components import actions as components
from lianxin.registry.components.models import Component
from lianxin.work.cases.models import Case
from standing_on import make_component
from work_on import report_on

from .conftest import Phone, photo, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cover(desk: Desk) -> Component:
    """A manhole cover that 排水所 maintains."""
    units = desk.cast.county.units
    return make_component(
        GRID_111, name="东苑路污水井盖", address="东苑路 8 号门前", note="钥匙在老王处",
        maintaining_unit_id=units["paishui"].id,
    )  # fmt: skip


def test_the_label_tells_what_where_and_whose_and_nothing_of_people(phone: Phone, cover: Component) -> None:
    page = text_of(phone.open(f"/b/{cover.number}"))
    for told in ("东苑路污水井盖", "340881 0102 000001", "东苑路 8 号门前", "桐城市排水所", "报修"):
        assert told in page
    assert "老王" not in page


def test_a_number_with_blanks_or_wide_digits_is_the_same(phone: Phone, cover: Component) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in cover.number)
    for written in (f"{cover.number[:6]} {cover.number[6:]}", wide):
        assert phone.open(f"/b/{written}").status_code == 200


@pytest.mark.parametrize("number", ["3408810102999999", "12", "abc", "%00", "9" * 300])
def test_an_unknown_number_says_what_to_do(phone: Phone, cover: Component, number: str) -> None:
    del cover
    answer = phone.open(f"/b/{number}")
    assert answer.status_code == 404
    assert "请您反映" in text_of(answer)


def test_a_struck_off_one_says_so(phone: Phone, cover: Component) -> None:
    components.end(SYSTEM, component=cover, seen=1, reason="道路改造拆除", at=NOW)
    answer = phone.open(f"/b/{cover.number}")
    assert answer.status_code == 404
    assert "已经注销" in text_of(answer)
    assert "道路改造" not in text_of(answer)


def test_the_report_knows_the_component_and_needs_no_words(phone: Phone, cover: Component) -> None:
    path = f"/report?component={cover.number}"
    page = text_of(phone.open(path))
    assert "东苑路污水井盖" in page
    assert "在图上点" not in page
    form = phone.hidden(path) | {"component": cover.number, "component_state": "missing", "text": ""}
    answer = phone.send("/report", form)
    assert answer.status_code == 200, text_of(answer)
    case = Case.objects.get()
    assert (case.component_id, case.text, case.grid_id) == (cover.pk, "东苑路污水井盖：不见了", cover.grid_id)
    assert Component.objects.get(pk=cover.pk).state == "missing"
    assert "现在：丢失" in text_of(phone.open(f"/b/{cover.number}")).replace("\n", "")


def test_who_reports_it_again_is_shown_the_first_and_may_join(phone: Phone, desk: Desk, cover: Component) -> None:
    first = report_on(desk, cover, "井盖裂了")
    assert "已经有人报修" in text_of(phone.open(f"/b/{cover.number}"))
    path = f"/report?component={cover.number}"
    form = phone.hidden(path) | {"component": cover.number, "component_state": "damaged", "text": "完全不同的话"}
    again = text_of(phone.send("/report", {**form, "photos": photo()}))
    assert "是同一件事吗" in again
    assert Case.objects.count() == 1
    assert first.pk


def test_a_number_that_is_none_is_said_and_what_was_typed_stays(phone: Phone) -> None:
    page = text_of(phone.open("/report?component=3408810102999999"))
    assert "在哪里" in page
    answer = phone.send("/report", phone.hidden("/report") | {"component": "3408810102999999", "text": "井盖没了"})
    assert answer.status_code == 422
    assert "没有这个部件" in text_of(answer)
    assert "井盖没了" in text_of(answer)
