"""The home page, the community it remembers, large print, and what pages cost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import GRID_112, OUTSIDE, Desk
from factories import account_of
from lianxin.foundation.accounts.models import DutyShift, Post
from lianxin.kernel.configuration.actions import put

from .conftest import Phone, text_of
from .test_following import TO_THE_END, carried

pytestmark = pytest.mark.django_db


def test_a_stranger_can_report_and_follow_and_is_asked_for_the_community(stranger: Phone) -> None:
    page = text_of(stranger.open("/"))

    assert 'href="/report"' in page
    assert 'href="/follow"' in page
    assert "您住在哪个社区" in page


def test_street_community_grid_are_chosen_in_three_presses_and_kept(stranger: Phone) -> None:
    assert "龙眠街道" in text_of(stranger.open("/place"))
    assert "东苑社区" in text_of(stranger.open("/place?in=340881001"))
    assert "第一网格" in text_of(stranger.open("/place?in=340881001001"))

    page = text_of(stranger.send("/place", {"area": "34088100100101"}))

    assert "已记住您的社区" in page
    assert "您在东苑社区 · 第一网格" in page
    assert "第一网格" in text_of(stranger.open("/"))


def test_the_phone_s_position_finds_the_grid(stranger: Phone) -> None:
    page = text_of(stranger.send("/place", {"lon": str(GRID_112.lon), "lat": str(GRID_112.lat)}))

    assert "您在东苑社区 · 第二网格" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lon": str(OUTSIDE.lon), "lat": str(OUTSIDE.lat)}, "不在本地"),
        ({"lon": "x"}, "坐标应是两个数"),
        ({"area": "nowhere"}, "没有这个社区或网格"),
        ({"area": "340881"}, "没有这个社区或网格"),
    ],
)
def test_a_place_that_is_none_is_told_and_the_list_stays(stranger: Phone, given: dict[str, str], said: str) -> None:
    answer = stranger.send("/place", given)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "龙眠街道" in text_of(answer)


def test_a_cookie_about_an_area_that_is_no_more_is_forgotten(desk: Desk) -> None:
    assert "您住在哪个社区" in text_of(Phone("123456").open("/"))


def test_choosing_does_not_lead_to_other_sites(stranger: Phone) -> None:
    answer = stranger.client.post("/place", {"area": "340881001001", "next": "https://evil.example/"})

    assert answer["Location"].startswith("/")


def test_the_grid_worker_is_a_surname_and_a_desk_s_telephone(phone: Phone, desk: Desk) -> None:
    page = text_of(phone.open("/"))
    assert "网格员 王*" in page
    assert 'href="tel:0556-6201101"' in page
    assert "现在在岗" not in page

    post = Post.objects.get(account=account_of(desk.cast.grid_worker))
    DutyShift.objects.create(post=post, starts_at="2020-01-01T00:00Z", ends_at="2099-01-01T00:00Z")
    assert "现在在岗" in text_of(phone.open("/"))


def test_services_are_shown_only_where_the_place_has_them(phone: Phone, desk: Desk) -> None:
    assert "/services" not in text_of(phone.open("/"))
    assert phone.open("/services").status_code == 404

    put("modules", {"services": True}, at=desk.cast.county.city.valid_from)

    assert "/services" in text_of(phone.open("/"))
    assert "现在能在这里办的" in text_of(phone.open("/services"))


def test_the_place_s_own_words_are_used(phone: Phone, desk: Desk) -> None:
    put("texts", {"portal": {"mine": "我要查单", "report": "我要点单"}}, at=desk.cast.county.city.valid_from)

    page = text_of(phone.open("/"))

    assert "我要点单" in page
    assert "我要查单" in page


MATTERS = ("大树倒在人行道上", "小区门口垃圾堆成山", "电线垂到地面很危险")
ELDER_PAGES = ("/", "/report", "/follow", "/place", "/place?in=340881001", "/me")


def test_large_print_is_one_switch_away_on_every_page_and_stays(phone: Phone) -> None:
    for path in ELDER_PAGES:
        assert 'action="/elder"' in text_of(phone.open(path))

    back = phone.send("/elder", {"elder": "1", "next": "/follow"})

    assert '<html lang="zh-CN" data-elder' in text_of(back)
    assert back.redirect_chain == [("/follow", 302)]
    for path in ELDER_PAGES:
        page = text_of(phone.open(path))
        assert '<html lang="zh-CN" data-elder' in page
        main = page[page.index('<main id="main"') :]
        # Before anything else: the telephone.
        assert main.index("tel:0556") < re.search(r"<(?:h1|h2|form|section)", main).start()  # type: ignore[union-attr]
        assert "念给我听" in main
    assert '<html lang="zh-CN" data-elder' not in text_of(phone.send("/elder", {"elder": "0", "next": "/follow"}))


@pytest.mark.parametrize("path", ["/", "/follow", "/place", "/place?in=340881001"])
def test_large_print_offers_at_most_six_choices(phone: Phone, desk: Desk, path: str) -> None:
    phone.send("/elder", {"elder": "1"})
    for words in MATTERS:
        phone.number(text=words)

    page = text_of(phone.open(path))

    main = page[page.index('<main id="main"') : page.index("</main>")]
    shown = re.findall(r"<(?:a |button)(?![^>]*hidden)", re.sub(r"<form[^>]* hidden>.*?</form>", "", main, flags=re.S))
    assert len(shown) <= 6


def test_an_address_that_is_none_is_told_in_the_frame(phone: Phone) -> None:
    answer = phone.open("/nothing/here")

    assert answer.status_code == 404
    assert "没有这一页" in text_of(answer)
    assert 'action="/elder"' in text_of(answer)


def pages(phone: Phone, desk: Desk) -> dict[str, str]:
    open_one, closed = phone.number(), phone.number(text="楼道灯不亮，晚上看不清楼梯")
    carried(desk, closed, *TO_THE_END)
    return {
        "home": "/", "report": "/report", "place": "/place", "follow": "/follow", "me": "/me",
        "case": f"/follow/{open_one}", "closed": f"/follow/{closed}", "rate": f"/follow/{closed}/rate",
        "sent": f"/report/{open_one}/sent",
    }  # fmt: skip


# Statements a page takes, with everything in the process's memory.
COSTS = {
    "home": 7, "report": 1, "place": 1, "follow": 2, "me": 1, "case": 6, "closed": 6, "rate": 6, "sent": 2,
}  # fmt: skip


def test_pages_cost_no_more_than_recorded(phone: Phone, desk: Desk) -> None:
    spent = {}
    for name, path in pages(phone, desk).items():
        phone.open(path)
        with CaptureQueriesContext(connection) as found:
            phone.open(path)
        spent[name] = len(found)

    assert spent == COSTS


def test_pages_are_light(phone: Phone, desk: Desk) -> None:
    sizes = {name: len(phone.open(path).content) for name, path in pages(phone, desk).items()}

    assert max(sizes.values()) < 40_000, sizes


def test_more_reports_cost_no_more_statements(phone: Phone) -> None:
    counts = []
    for words in MATTERS:
        phone.number(text=words)
        with CaptureQueriesContext(connection) as found:
            phone.open("/follow")
        counts.append(len(found))

    assert counts[1] == counts[2]
