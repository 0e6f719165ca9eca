"""The signed link of a report without a phone: it opens this report, on any phone, for a while, and no other."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from lianxin.faces.acts import tracking
from lianxin.work.cases.models import Case

from .conftest import Phone, text_of

pytestmark = pytest.mark.django_db


def test_a_report_without_a_phone_is_found_again_by_its_link(phone: Phone) -> None:
    page = text_of(phone.report(phone="", name=""))
    link = re.findall(r'href="(/follow/link/[^"]+)"', page)[0]
    case = Case.objects.get()
    stranger = Phone()
    assert "您反映了这件事" not in text_of(stranger.open(f"/follow/{case.number}"))

    opened = stranger.client.get(link, follow=True)

    assert opened.redirect_chain[0][0] == f"/follow/{case.number}"
    assert "您反映了这件事" in text_of(opened)


def test_who_left_a_phone_gets_no_link_and_wrong_or_old_ones_open_nothing(phone: Phone) -> None:
    assert "/follow/link/" not in text_of(phone.report())
    case, now = Case.objects.get(), datetime.now(UTC)
    old = tracking.new_key(case.pk, at=now - timedelta(days=91), lives=timedelta(days=90))
    good = tracking.new_key(case.pk, at=now)

    for key in (old, good[:-3] + "AAA", "lxt_", "nothing", "a" * 500):
        answer = Phone().open(f"/follow/link/{key}")
        assert (answer.status_code, case.number in text_of(answer)) == (404, False)
