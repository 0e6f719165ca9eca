"""What residents see of a warning: the bar in their area only, its page while it runs and after, a card."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import Desk
from lianxin.faces.resident.cards.kinds import link
from lianxin.work.warnings import deciding
from lianxin.work.warnings.models import WarningMessage
from weathering import after, alert, coded, make_source, notice_of, send

from .conftest import Phone, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def warning(desk: Desk) -> WarningMessage:
    """Heavy rain over grid 111, now."""
    now = datetime.now(UTC).replace(microsecond=0)
    message = alert(
        coded(desk.cast.county.grid(111).code), sent=now, onset=now, expires=now + timedelta(hours=5),
        severity="Extreme", headline="桐城市气象台发布暴雨红色预警信号",
    )  # fmt: skip
    return send(make_source(desk.cast), message, at=now)


def bars(phone: Phone) -> int:
    return text_of(phone.open("/")).count('cap-bar"')


@pytest.mark.parametrize(
    ("area", "count"),
    [("34088100100101", 1), ("34088100100102", 0), ("340881001001", 1), ("340881001002", 0), ("", 0)],
)
def test_the_bar_is_shown_where_it_falls_and_nowhere_else(warning: WarningMessage, area: str, count: int) -> None:
    assert bars(Phone(area)) == count


def test_it_costs_no_statement_and_is_told_once_on_the_page(warning: WarningMessage) -> None:
    inside, outside = Phone("34088100100101"), Phone("34088100100102")
    spent = []
    for phone in (inside, outside):
        phone.open("/")
        with CaptureQueriesContext(connection) as found:
            page = text_of(phone.open("/"))
        spent.append(len(found))

    assert spent[0] == spent[1]
    assert text_of(inside.open("/")).count("暴雨红色预警") == 1
    assert "暴雨红色预警" not in page


def test_its_page_says_what_to_do_and_later_that_it_is_over(warning: WarningMessage) -> None:
    phone, path = Phone("34088100100101"), f"/warnings/{warning.key}"
    page = text_of(phone.open(path))
    assert "低洼地段的住户把东西搬高。" in page
    assert "您家" in page
    assert notice_of(warning).public_reads == 1

    notice = phone.open(f"/notices/{warning.notice_key}")
    assert (notice.status_code, notice["Location"]) == (302, path)

    assert warning.expires_at is not None
    deciding.end_due(at=warning.expires_at)
    over = text_of(phone.open(path))
    assert "已到期" in over
    assert "低洼地段的住户把东西搬高。" not in over
    assert bars(phone) == 0


def test_replaced_it_leads_to_what_took_its_place(desk: Desk) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    source, area = make_source(desk.cast), coded("340881")
    rain = alert(area, sent=now - timedelta(minutes=30), onset=now, expires=now + timedelta(hours=5))
    old = send(source, rain, at=now)
    span = {"onset": now, "expires": now + timedelta(hours=5)}
    new = send(source, after(rain, areas=[area], severity="Severe", minutes=20, **span), at=now)

    assert f'href="/warnings/{new.key}"' in text_of(Phone("34088100100101").open(f"/warnings/{old.key}"))


def test_in_large_print_too(warning: WarningMessage) -> None:
    phone = Phone("34088100100101")
    phone.client.cookies["lx_elder"] = "1"

    assert "cap-bar" in text_of(phone.open("/"))
    assert "怎么做" in text_of(phone.open(f"/warnings/{warning.key}"))


def test_a_shared_card_ends_with_it(warning: WarningMessage) -> None:
    phone, card = Phone("34088100100101"), link("warning", warning.pk)
    assert "暴雨红色预警" in text_of(phone.open(card))

    assert warning.expires_at is not None
    deciding.end_due(at=warning.expires_at)
    assert phone.open(card).status_code == 410


def test_what_waits_or_is_an_exercise_has_no_page(desk: Desk) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    area = coded("340881")
    waiting = send(make_source(desk.cast, is_trusted=False), alert(area, sent=now), at=now)
    drill = send(make_source(desk.cast, code="drill"), alert(area, sent=now, status="Exercise"), at=now)

    for row in (waiting, drill):
        assert Phone().open(f"/warnings/{row.key}").status_code == 404
