"""What residents read of the community: the block, the list, the page, a question without an account; stations."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings

import fieldwork
from casework import GRID_111, NOW, Desk
from lianxin.faces.resident import blocks
from lianxin.foundation.accounts.models import Account
from lianxin.kernel.configuration.actions import put
from lianxin.kernel.files import actions as files
from lianxin.work.disclosure import actions as notices
from lianxin.work.disclosure import questions
from lianxin.work.disclosure.models import Notice, Question
from lianxin.work.stations import actions as stations
from lianxin.work.stations.models import Station
from lianxin.work.stations.rules import Wanted
from telling import published

from .conftest import Phone, text_of

pytestmark = pytest.mark.django_db
ALL_DAY = {str(day): [["00:00", "24:00"]] for day in range(1, 8)}


@pytest.fixture
def notice(desk: Desk) -> Notice:
    """A notice of the community, out since the real clock's day."""
    return published(desk.cast, at=datetime.now(UTC) - timedelta(hours=2))


@pytest.fixture
def station(desk: Desk) -> Station:
    return stations.open_station(
        desk.cast.community_clerk, key=uuid4(), at=NOW,
        wanted=Wanted(
            "zero_distance", "东苑驿站", "菜场对面", point=GRID_111, hours=ALL_DAY, phone="0556-6201101",
            offers=("饮水",),
        ),
    )  # fmt: skip


def test_the_home_page_shows_both_and_each_leads_to_its_page(phone: Phone, notice: Notice, station: Station) -> None:
    page = text_of(phone.open("/"))
    assert f'href="/notices/{notice.key}"' in page
    assert f'href="/stations/{station.key}"' in page
    assert "全天开着" in page

    assert "周一上午停水检修" in text_of(phone.open("/notices"))
    assert "请先存些水" in text_of(phone.open(f"/notices/{notice.key}"))
    assert 'href="tel:0556-6201101"' in text_of(phone.open(f"/stations/{station.key}"))


@pytest.mark.parametrize(
    ("module", "path", "words"), [("disclosure", "/notices", "社区消息"), ("stations", "/stations", "身边的服务站")]
)
def test_a_module_that_is_off_has_no_block_and_no_page(  # noqa: PLR0917
    phone: Phone, desk: Desk, notice: Notice, station: Station, module: str, path: str, words: str
) -> None:
    assert words in text_of(phone.open("/"))
    put("modules", {module: False}, at=desk.cast.county.city.valid_from)

    assert words not in text_of(phone.open("/"))
    assert phone.open(path).status_code == 404
    inner = f"{path}/{(notice if module == 'disclosure' else station).key}"
    assert phone.open(inner).status_code == 404


def test_a_withdrawn_notice_leaves_lists_and_its_page_says_why(phone: Phone, desk: Desk, notice: Notice) -> None:
    notices.withdraw(desk.cast.community_clerk, notice=notice, reason="时间写错了", at=datetime.now(UTC))

    for path in ("/", "/notices"):
        assert "周一上午停水检修" not in text_of(phone.open(path))
    page = text_of(phone.open(f"/notices/{notice.key}"))
    assert "时间写错了" in page
    assert "请先存些水" not in page
    assert phone.open(f"/notices/{notice.key}/ask").status_code == 404


def test_words_are_words_and_addresses_are_links(phone: Phone, desk: Desk, notice: Notice) -> None:
    notices.amend(
        desk.cast.community_clerk, notice=notice, title=notice.title, changed="加了网址",
        body="<script>alert(1)</script>\n详情见 https://example.org/a?b=1&c=2，按 <b>这里</b>。", at=datetime.now(UTC),
    )  # fmt: skip
    page = text_of(phone.open(f"/notices/{notice.key}"))
    assert "<script>alert" not in page
    assert "<b>这里" not in page
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">' in page
    assert "加了网址" in page


def test_opening_is_counted_and_nobody_is_noted(phone: Phone, notice: Notice) -> None:
    for _ in range(2):
        phone.open(f"/notices/{notice.key}")
    phone.client.head(f"/notices/{notice.key}")
    notice.refresh_from_db()
    assert notice.public_reads == 2


def test_who_is_not_signed_in_asks_by_a_code_and_loses_no_word(
    phone: Phone, notice: Notice, settings: LazySettings
) -> None:
    settings.DEMO = True  # where codes are shown
    path = f"/notices/{notice.key}/ask"
    hidden = phone.hidden(path)
    words = "三栋也停水吗？家里有老人"
    asked = phone.send(path, hidden | {"words": words, "phone": "13812345678"})
    page = text_of(asked)
    code = re.search(r"<b>(\d{6})</b>", page)
    assert code is not None
    told = code[1]
    again = {"words": words, "phone": "13812345678", "code": "000000" if told != "000000" else "111111"} | hidden
    wrong = phone.client.post(path, again)
    assert wrong.status_code in {409, 422}
    assert words in text_of(wrong)
    assert not Question.objects.exists()

    done = phone.send(path, again | {"code": told})

    assert "答复会发到您的手机" in text_of(done)
    question = Question.objects.get()
    assert (question.words, question.post) == (words, "")
    assert question.asked_by == Account.objects.get(kind="resident", pk=question.asked_by_id or 0)
    assert words in text_of(phone.open(f"/notices/{notice.key}"))


def test_an_answer_to_all_stands_in_the_notice_without_the_asker(phone: Phone, desk: Desk, notice: Notice) -> None:
    at = datetime.now(UTC)
    asked = questions.ask(
        desk.cast.resident, key=uuid4(), notice_key=notice.key, words="我是三栋的王芳，也停吗？", at=at
    )
    questions.answer(
        desk.cast.community_clerk, question=asked, words="三栋也停。", at=at, to_all=True, public_words="三栋也停吗？"
    )
    page = text_of(phone.open(f"/notices/{notice.key}"))
    assert "三栋也停吗？" in page
    assert "王芳" not in page


def test_pictures_of_a_notice_are_open_while_it_is_out(phone: Phone, desk: Desk, notice: Notice) -> None:
    at = datetime.now(UTC)
    clerk = desk.cast.community_clerk
    stored = files.store(fieldwork.picture(), kind="photo", at=at, by_id=clerk.account_id)
    assert phone.open(f"/api/v1/files/{stored.key}").status_code == 404
    notices.amend(
        clerk, notice=notice, title=notice.title, body=notice.body, changed="加了一张图", files=[stored.key], at=at
    )
    shown = phone.open(f"/api/v1/files/{stored.key}")
    assert shown.status_code == 200
    assert shown.getvalue()[:2] == b"\xff\xd8"
    assert str(stored.key) in text_of(phone.open(f"/notices/{notice.key}"))

    notices.withdraw(clerk, notice=notice, reason="图错了", at=datetime.now(UTC))

    assert phone.open(f"/api/v1/files/{stored.key}").status_code == 404


def test_the_phone_s_position_sorts_stations_and_stands_in_no_address(stranger: Phone, station: Station) -> None:
    shown = stranger.send("/stations", {"lon": str(GRID_111.lon), "lat": str(GRID_111.lat)})
    assert "离您最近的" in text_of(shown)
    assert "走 1 分钟" in text_of(shown)
    assert shown.redirect_chain == []
    assert "走" not in re.sub(r"<[^>]*>", "", text_of(stranger.open("/stations"))).split("东苑驿站")[1][:60]


def test_large_print_has_room_for_a_notice_and_never_more_than_six(phone: Phone, notice: Notice) -> None:
    phone.send("/elder", {"elder": "1"})
    page = text_of(phone.open("/"))
    assert "周一上午停水检修" in page
    main = page[page.index('<main id="main"') : page.index("</main>")]
    assert len(re.findall(r"<a ", main)) <= 6
    phone.number(text="楼道灯不亮")
    phone.number(text="井盖松动")
    page = text_of(phone.open("/"))
    main = page[page.index('<main id="main"') : page.index("</main>")]
    assert len(re.findall(r"<a ", main)) <= 6


def test_lines_that_follow_each_other_share_a_card(phone: Phone, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    line = blocks.Line("mail", "又一行", "", "/")
    made = [blocks._Place(35, "", False, lambda *_: line)] * 2
    monkeypatch.setattr(blocks, "_places", sorted([*blocks._places, *made], key=lambda place: place.order))
    assert desk
    assert text_of(phone.open("/")).count('class="item item-icon"') >= 2
