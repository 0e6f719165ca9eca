"""Following a report: only who reported it, by plain words, with every act once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework import Desk, show
from lianxin.kernel.files.models import StoredFile
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case

from .conftest import PHONE, Phone, photo, text_of

pytestmark = pytest.mark.django_db

# What staff say among themselves, and residents never read.
OFFICE = ("案卷", "派遣", "处置", "立案", "核实任务", "挂账")


def carried(desk: Desk, number: str, *acts: str) -> Case:
    """Let staff carry a report on, each act now."""
    case = Case.objects.get(number=number)
    told: dict[str, Any] = {
        "file": (desk.cast.seat, {"filing": desk.filing()}),
        "dispatch": (desk.cast.seat, {"lead": desk.unit("cgj")}),
        "accept": (desk.cast.handler, {}),
        "progress": (desk.cast.handler, {"note": "已装临时盖板", "is_public": True}),
        "handle": (desk.cast.handler, {"note": "新井盖装好了", "is_public": True}),
        "verify": (desk.cast.verifier, {}),
        "close": (desk.cast.seat, {}),
        "decline": (desk.cast.seat, {"reason": "out_of_scope", "note": "属于小区内部事务"}),
    }
    for name in acts:
        actor, more = told[name]
        case = getattr(cases, name)(actor, case=case, seen=None, at=datetime.now(UTC), **more)
    return case


TO_THE_END = ("file", "dispatch", "accept", "progress", "handle", "verify", "close")


def test_number_and_phone_open_the_story_on_any_phone(phone: Phone, stranger: Phone, desk: Desk) -> None:
    number = phone.number()
    carried(desk, number, "file", "dispatch", "accept", "progress")

    page = text_of(stranger.send("/follow", {"number": f" {number} ", "phone": "１３８ 1234 5678"}))

    for said in ("您反映了这件事", "已受理", "已派给市城管局", "市城管局正在办", "已装临时盖板", "前办好", "承诺"):
        assert said in page
    assert not [word for word in OFFICE if word in page]
    assert "您反映了这件事" in text_of(stranger.open(f"/follow/{number}"))


def test_a_late_promise_says_so(phone: Phone, desk: Desk) -> None:
    number = phone.number()
    Case.objects.filter(number=number).update(due_at=datetime.now(UTC) - timedelta(hours=3))

    assert "超时 3 小时" in text_of(phone.open(f"/follow/{number}"))
    assert "超时 3 小时" in text_of(phone.open("/"))


def test_photos_before_and_after_are_shown_papers_are_not(phone: Phone, desk: Desk) -> None:
    number = phone.number()
    case = Case.objects.get(number=number)
    show(case, "before_near", "after_near", "document")

    page = text_of(phone.open(f"/follow/{number}"))

    keys = {file.label: str(file.key) for file in StoredFile.objects.filter(subject_id=case.pk)}
    assert keys["before_near"] in page
    assert keys["after_near"] in page
    assert keys["document"] not in page
    assert phone.open(f"/api/v1/files/{keys['after_near']}/thumb").getvalue()
    assert Phone().open(f"/api/v1/files/{keys['after_near']}/thumb").status_code == 404


def test_words_and_photos_are_added_once(phone: Phone) -> None:
    number = phone.number()
    form = {"client_id": str(uuid4()), "note": "又下雨了，水更深"}

    for _again in range(2):
        page = text_of(phone.send(f"/follow/{number}/add", form | {"photos": [photo()]}))

    case = Case.objects.get(number=number)
    assert (case.additions, StoredFile.objects.filter(subject_id=case.pk).count()) == (1, 1)
    assert "补充的内容已送出" in page
    assert "您补充了情况" in page


def test_an_addition_without_words_says_what_it_wants_and_keeps_the_place(phone: Phone) -> None:
    number = phone.number()

    answer = phone.send(f"/follow/{number}/add", {"note": "", "client_id": str(uuid4())})

    assert answer.status_code == 422
    assert "请填写" in text_of(answer)
    assert '<details class="fold" open>' in text_of(answer)


def test_urging_is_counted_and_the_same_press_counts_once(phone: Phone) -> None:
    number = phone.number()
    once = {"client_id": str(uuid4())}

    phone.send(f"/follow/{number}/urge", once)
    phone.send(f"/follow/{number}/urge", once)
    page = text_of(phone.send(f"/follow/{number}/urge", {"client_id": str(uuid4())}))

    assert Case.objects.get(number=number).urges == 2
    assert "已催 2 次" in page


def test_thanks_reach_those_who_handle_it(phone: Phone, desk: Desk) -> None:
    number = phone.number()
    carried(desk, number, "file", "dispatch", "accept")

    phone.send(f"/follow/{number}/thank", {"client_id": str(uuid4())})

    assert Case.objects.get(number=number).thanks == 1


def test_withdrawing_ends_it_and_takes_its_button_away(phone: Phone) -> None:
    number = phone.number()

    page = text_of(phone.send(f"/follow/{number}/withdraw", {"note": "自己修好了", "client_id": str(uuid4())}))

    assert "已撤回" in page
    assert "撤回这件事" not in page


def test_rated_then_not_satisfied_then_reopened(phone: Phone, desk: Desk) -> None:
    number = phone.number()
    carried(desk, number, *TO_THE_END)
    assert "去评价" in text_of(phone.open("/"))

    rated = {"solved": "not", "stars": "2", "tags": ["拖得久"], "note": "还在晃", "client_id": str(uuid4())}
    page = text_of(phone.send(f"/follow/{number}/rate", rated))
    case = Case.objects.get(number=number)
    assert (case.stars, case.solved) == (2, "not")
    assert "谢谢您的评价" in page
    assert "去评价" not in text_of(phone.open("/"))

    page = text_of(phone.send(f"/follow/{number}/reopen", {"note": "井盖还在晃", "client_id": str(uuid4())}))
    assert "重新办理" in page
    assert Case.objects.get(number=number).stage == "filed"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "请填写"),
        ({"stars": "9", "solved": "solved"}, "没有这个选项"),
        ({"stars": "4", "solved": "so"}, "没有这个选项"),
    ],
)
def test_a_rating_without_its_parts_is_asked_again(phone: Phone, desk: Desk, given: dict[str, str], said: str) -> None:
    number = phone.number()
    carried(desk, number, *TO_THE_END)

    answer = phone.send(f"/follow/{number}/rate", given | {"note": "换得快", "client_id": str(uuid4())})

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "换得快" in text_of(answer)
    assert Case.objects.get(number=number).stars is None


def test_what_is_not_over_cannot_be_rated(phone: Phone) -> None:
    number = phone.number()

    assert "办完再请您评价" in text_of(phone.open(f"/follow/{number}/rate"))
    answer = phone.send(f"/follow/{number}/rate", {"solved": "solved", "stars": "5", "client_id": str(uuid4())})
    assert answer.status_code == 409


def test_a_refusal_is_explained_and_may_be_appealed_once(phone: Phone, desk: Desk) -> None:
    number = phone.number()
    carried(desk, number, "decline")
    page = text_of(phone.open(f"/follow/{number}"))
    assert "未受理" in page
    assert "属于小区内部事务" in page

    page = text_of(phone.send(f"/follow/{number}/appeal", {"note": "路是市政的", "client_id": str(uuid4())}))
    assert "申诉已收到" in page
    carried(desk, number, "decline")
    assert "申诉一次" not in text_of(phone.open(f"/follow/{number}"))
    answer = phone.send(f"/follow/{number}/appeal", {"note": "再说一次", "client_id": str(uuid4())})
    assert answer.status_code == 409
    assert "已经申诉过一次" in text_of(answer)
    assert "再说一次" in text_of(answer)


def test_reopening_too_late_is_told(phone: Phone, desk: Desk) -> None:
    number = phone.number()
    carried(desk, number, *TO_THE_END)
    Case.objects.filter(number=number).update(ended_at=datetime.now(UTC) - timedelta(days=40))

    assert "要求重新办" not in text_of(phone.open(f"/follow/{number}"))
    answer = phone.send(f"/follow/{number}/reopen", {"note": "又坏了", "client_id": str(uuid4())})
    assert "请重新反映" in text_of(answer)


def test_acts_that_the_machine_does_not_offer_are_absent(phone: Phone, desk: Desk) -> None:
    number = phone.number()
    seen = {}
    for acts in ((), ("file", "dispatch", "accept"), ("handle", "verify", "close")):
        carried(desk, number, *acts)
        page = text_of(phone.open(f"/follow/{number}"))
        seen[Case.objects.get(number=number).stage] = set(re.findall(rf"/follow/{number}/(\w+)", page))

    assert seen == {
        "reported": {"add", "urge", "withdraw"},
        "handling": {"add", "urge", "thank", "withdraw"},
        "closed": {"rate", "thank", "reopen"},
    }


def test_forms_carry_a_fresh_id_each(phone: Phone) -> None:
    page = text_of(phone.open(f"/follow/{phone.number()}"))

    ids = re.findall(r'name="client_id" value="([^"]+)"', page)
    assert len(set(ids)) == len(ids) > 2


def test_pages_of_a_report_are_kept_by_no_cache(phone: Phone) -> None:
    number = phone.number()

    for path in ("/", f"/follow/{number}", "/follow"):
        assert "no-store" in phone.open(path)["Cache-Control"]


def test_too_many_tries_are_stopped_and_told_when_to_come_back(stranger: Phone) -> None:
    for _try in range(10):
        stranger.send("/follow", {"number": "340881-20261121-000001", "phone": PHONE})

    answer = stranger.send("/follow", {"number": "340881-20261121-000001", "phone": PHONE})

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "太频繁" in text_of(answer)
