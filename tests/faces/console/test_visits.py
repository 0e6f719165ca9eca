"""Pages of visits and signs at a desk: what they show, to whom, and what two who write at once are told."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework import Desk
from homes import make_building, make_care, make_dwelling, make_estate, make_person
from lianxin.faces.acts.seeing import may_see_file
from lianxin.kernel.files import actions as files
from lianxin.registry.people.models import Person
from lianxin.work.visits import actions as visits
from lianxin.work.visits.actions import Whom
from lianxin.work.visits.models import Visit
from lianxin.work.visits.signs import days, keeping
from lianxin.work.visits.signs.keeping import Wish
from lianxin.work.visits.signs.models import Sign, SignDay
from lianxin.work.visits.telling import Told, Wanted

from .conftest import SignIn, text_of

pytestmark = pytest.mark.django_db
WORDS = "楼道灯坏了半个月，老人晚上不敢下楼"
AT = "/console/visits"


@pytest.fixture
def wang(desk: Desk) -> Person:
    home = make_dwelling(make_building(make_estate(desk.cast.county.grid(111))))
    return make_person("王秀英", home=home, phone="13800001234")


@pytest.fixture
def visit(desk: Desk, wang: Person, ago: datetime) -> Visit:
    wanted = Wanted(need="hardship", evidence="药费高，靠低保过日子")
    told = Told(ago, topics=("house",), words=WORDS, follow_up_on=ago.date() + timedelta(days=2))
    return visits.save(
        desk.cast.grid_worker, key=uuid4(), visit_key=uuid4(), whom=Whom(person=wang), told=told, wanted=wanted, at=ago
    ).visit


def test_the_diary_is_read_where_one_serves_and_searched_by_its_words(visit: Visit, sign_in: SignIn) -> None:
    clerk, next_door = sign_in("community_clerk"), sign_in("grid_worker_next_door")

    page = text_of(clerk.get(f"{AT}/"))

    assert WORDS[:10] in page
    assert "王**" in page
    assert "王秀英" not in page
    assert WORDS[:10] in text_of(clerk.get(f"{AT}/?q=楼道灯&topic=house"))
    assert "没有符合条件的走访" in text_of(clerk.get(f"{AT}/?q=漏水"))
    assert WORDS[:10] not in text_of(next_door.get(f"{AT}/?q=楼道灯"))
    assert next_door.get(f"{AT}/{visit.key}/").status_code == 404
    assert sign_in("handler").get(f"{AT}/").status_code == 403


def test_what_was_said_at_the_door_is_heard_by_who_serves_there(
    desk: Desk, visit: Visit, ago: datetime, sign_in: SignIn
) -> None:
    voice = files.store(b"#!AMR\n" + bytes(2048), kind="voice", at=ago)
    files.attach([voice.key], kind="visit", subject_id=visit.pk, at=ago)
    voice.refresh_from_db()

    assert f'src="/api/v1/files/{voice.key}"' in sign_in("community_clerk").get(f"{AT}/{visit.key}/").content.decode()
    assert may_see_file(desk.cast.community_clerk, voice)
    assert not may_see_file(desk.cast.grid_worker_next_door, voice)
    assert not may_see_file(desk.cast.handler, voice)


def test_small_counts_of_a_week_are_not_told(visit: Visit, sign_in: SignIn) -> None:
    page = text_of(sign_in("community_clerk").get(f"{AT}/"))

    assert "这周在谈什么" in page
    assert "&lt;5" in page


def test_whom_nobody_saw_and_what_was_agreed(desk: Desk, visit: Visit, wang: Person, sign_in: SignIn) -> None:
    lonely = make_person("赵大爷", home=wang.home)
    make_care(lonely, visit_every_days=7)
    clerk = sign_in("community_clerk")

    page = text_of(clerk.get(f"{AT}/due"))
    assert "赵**" in page
    assert "不用再去" in page

    clerk.post(f"{AT}/{visit.key}/follow")
    assert "没有约好再去的" in text_of(clerk.get(f"{AT}/due"))


def test_the_clerk_sees_what_was_proposed_and_may_leave_it(visit: Visit, sign_in: SignIn) -> None:
    clerk = sign_in("community_clerk")
    assert "靠低保过日子" in text_of(clerk.get(f"{AT}/proposals"))
    assert sign_in("grid_worker").get(f"{AT}/proposals").status_code == 403

    clerk.post(f"{AT}/proposals/{visit.key}/decline")

    assert "没有等着看的建议" in text_of(clerk.get(f"{AT}/proposals"))


def form(visit: Visit, **more: Any) -> dict[str, Any]:
    """Return the form of a visit as a browser sends it."""
    return {
        "outcome": "met", "kind": "home", "went": "self", "topics": ["house"], "mood": "", "follow_up_on": "",
        "visited_at": f"{visit.visited_at:%Y-%m-%dT%H:%M}", "key": str(uuid4()), "seen": "1",
    } | more  # fmt: skip


def test_two_who_write_at_once_are_shown_both_and_one_decides(visit: Visit, sign_in: SignIn) -> None:
    clerk, worker = sign_in("community_clerk"), sign_in("grid_worker")
    at = f"{AT}/{visit.key}/amend"
    clerk.post(at, form(visit, words="物业周三来修"))

    clash = worker.post(at, form(visit, words="我打过电话了"))
    page = text_of(clash)
    assert clash.status_code == 409
    assert "物业周三来修" in page
    assert "我打过电话了" in page
    assert "等着对照" in text_of(worker.get(f"{AT}/{visit.key}/"))

    again = dict(re.findall(r'name="(key|seen)" value="([^"]*)"', page))
    assert again["seen"] == "2"
    worker.post(at, form(visit, words="打过电话，周三来修", **again))

    visit.refresh_from_db()
    assert (visit.words, visit.version) == ("打过电话，周三来修", 4)
    assert "并进第 4 版" in text_of(worker.get(f"{AT}/{visit.key}/"))


def test_a_missed_sign_shows_the_name_to_who_is_asked(desk: Desk, wang: Person, ago: datetime, sign_in: SignIn) -> None:
    clerk, worker = sign_in("community_clerk"), sign_in("grid_worker")
    sign = missed(desk, wang, ago)

    assert "王秀英" in text_of(worker.get(f"{AT}/signs"))
    seen = text_of(clerk.get(f"{AT}/signs"))
    assert "王秀英" not in seen
    assert "13800001234" not in seen

    worker.post(f"{AT}/signs/{sign.key}/answer", {"said": "nobody", "day": SignDay.objects.get().day.isoformat()})
    assert "王秀英" in text_of(clerk.get(f"{AT}/signs"))
    clerk.post(
        f"{AT}/signs/{sign.key}/answer", {"said": "helped", "how": "visit", "day": str(SignDay.objects.get().day)}
    )
    assert SignDay.objects.get().state == SignDay.State.HELPED


def missed(desk: Desk, wang: Person, ago: datetime) -> Sign:
    """Let a sign have been missed today, so that the grid worker is asked; the day's row is written as at ten."""
    sign = keeping.start(
        desk.cast.community_clerk, key=uuid4(), person=wang, wish=Wish(time(10)), consent_by="paper",
        at=ago - timedelta(days=3),
    )  # fmt: skip
    day = ago.date()
    due = ago - timedelta(minutes=5)
    row = SignDay(sign=sign, day=day, due_at=due)
    days._pass_on(row, SignDay.State.WORKER, ago)
    return sign


def test_a_sign_is_begun_paused_and_stopped_without_script(wang: Person, sign_in: SignIn) -> None:
    clerk = sign_in("community_clerk")
    add = f"{AT}/signs/add/{wang.key}"
    told = {"until": "10:00", "ways": ["curtain"], "consent_by": "paper", "key": str(uuid4())}

    assert clerk.post(add, told).status_code == 422  # curtains want a neighbour
    told |= {"neighbour_name": "老赵", "neighbour_phone": "13700001111", "neighbour_agrees": "on"}
    page = text_of(clerk.post(add, told, follow=True))
    sign = Sign.objects.get()
    assert "有，没报平安时才看得到是谁" in page
    assert "老赵" not in page

    clerk.post(
        f"{AT}/signs/{sign.key}/pause", {"from_date": "2099-01-01", "until_date": "2099-01-09", "reason": "away"}
    )
    assert sign.pauses.count() == 1
    clerk.post(f"{AT}/signs/{sign.key}/stop")
    sign.refresh_from_db()
    assert sign.ended_at is not None
