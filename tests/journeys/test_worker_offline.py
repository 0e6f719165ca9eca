"""Days without a signal in Chromium: phones die, the server dies, two phones write; nothing is lost or there twice."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

import factories
from casework import GRID_111, Desk, make_desk, show
from cast import make_cast
from handheld import Phones, kill_web, wait_for
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.models import Role, Session
from lianxin.kernel.files.models import StoredFile
from lianxin.kernel.files.queries import files_of
from lianxin.kernel.ids import uuid7
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.models import CheckIn, Round
from lianxin.work.patrols.words import Rhythm
from lianxin.work.visits import telling
from lianxin.work.visits.models import Visit
from serving import Served

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Give every expectation the time that a phone and a server need to start again."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def desk(served: Served) -> Desk:
    """The cast in the served installation; grid workers verify, as the profiles have it."""
    assert served
    county = factories.make_county()
    role = Role.objects.get(code="grid_worker")
    role.permissions = [*role.permissions, "cases.verify"]
    role.save()
    return make_desk(make_cast(county))


def picture(folder: Path, seed: int, side: int = 900) -> Path:
    """Return a photo of noise, which no shrinking makes small."""
    image = Image.frombytes("RGB", (side, side), Random(seed).randbytes(side * side * 3))
    out = BytesIO()
    image.save(out, "JPEG", quality=90)
    path = folder / f"photo-{seed}.jpg"
    path.write_bytes(out.getvalue())
    return path


def handled(desk: Desk, text: str) -> Case:
    """Return a case that waits for its check at the place."""
    at = datetime.now(UTC) - timedelta(hours=1)
    case = desk.handling(at=at, text=text)
    show(case, "before_near", "after_near", at=at)
    return cases.handle(desk.cast.handler, case=case, seen=None, at=at + timedelta(minutes=20), note="已清走。")


def report(page: Page, text: str, *photos: Path) -> None:
    """Report something by camera and words."""
    page.goto("/worker/")
    page.locator(".today-camera input").set_input_files(photos[0])
    expect(page.get_by_role("heading", name="上报")).to_be_visible()
    for photo in photos[1:]:
        page.locator("input[type=file]").first.set_input_files(photo)
    page.get_by_role("textbox", name="发生了什么").fill(text)
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_role("heading", name="今天")).to_be_visible()


def verify(page: Page, case: Case, photo: Path) -> None:
    """Look at the place and find it done."""
    page.goto(f"/worker/check/{case.number}")
    expect(page.get_by_text("已在现场")).to_be_visible()
    page.locator(".compare input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="办好了").click()
    expect(page.get_by_role("heading", name="今天")).to_be_visible()


def visit(page: Page, words: str) -> None:
    """Write down a visit to somebody met on the way."""
    page.goto("/worker/visit/new?met=1")
    page.get_by_role("textbox", name="日记").fill(words)
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_text("存好了").first).to_be_visible()


def put_up_a_round(desk: Desk) -> Round:
    """Return a round of today with a point right where the phones are."""
    at = datetime.now(UTC)
    clerk = desk.cast.community_clerk
    given = patrols.PointIn("fire", "东苑消防通道", GRID_111, radius=50)
    point = patrols.add_point(clerk, key=uuid7(), given=given, at=at)
    route = patrols.add_route(clerk, key=uuid7(), name="东苑一线", points=[point.pk], at=at)
    plan = patrols.PlanIn(
        rhythm=Rhythm.EVERY, every_days=1, begins=time(0), ends=time(23, 59), from_date=at.astimezone(ZONE).date(),
        role="grid_worker", walker_id=None, team_id=None,
    )  # fmt: skip
    made = patrols.add_plan(clerk, key=uuid7(), route=route, given=plan, at=at)
    return Round.objects.get(plan=made, day=plan.from_date)


def check_in(page: Page, row: Round) -> None:
    """Walk to the only point of a round and find all in order."""
    page.goto(f"/worker/patrol/{row.key}")
    page.get_by_role("link", name="东苑消防通道").first.click()
    page.get_by_role("button", name="都正常，打卡").click()
    expect(page).to_have_url(re.compile(rf"/worker/patrol/{row.key}$"))


def all_sent(page: Page) -> None:
    """Wait until the phone says that everything is at the server."""
    page.goto("/worker/sync")
    expect(page.get_by_text("都送到了").first).to_be_visible(timeout=60_000)


def test_a_day_without_a_signal_and_a_dead_battery_arrives_exactly_once(
    desk: Desk, phones: Phones, tmp_path: Path
) -> None:
    to_verify = handled(desk, "花坛边有一堆垃圾。")
    row = put_up_a_round(desk)
    phone = phones("day", GRID_111)
    phone.sign_in(desk.cast.grid_worker)

    page = phone.start(online=False)
    report(page, "消火栓被花盆挡住了。", picture(tmp_path, 1), picture(tmp_path, 2))
    verify(page, to_verify, picture(tmp_path, 3))
    check_in(page, row)
    visit(page, "李婆婆说楼道的灯坏了。")
    page.wait_for_timeout(500)
    phone.kill()
    page = phone.start(online=False)
    page.goto("/worker/sync")
    expect(page.get_by_text("还有 4 条在手机里")).to_be_visible()
    phone.kill()
    assert not Case.objects.filter(text__startswith="消火栓").exists()

    page = phone.start()
    all_sent(page)

    case = Case.objects.get(text__startswith="消火栓")
    assert len(list(files_of("case", case.pk))) == 2
    assert Case.objects.get(pk=to_verify.pk).stage == "verified"
    assert Entry.objects.filter(subject_kind="case", subject_id=to_verify.pk, action="verify").count() == 1
    assert Visit.objects.count() == 1
    assert CheckIn.objects.filter(round=row).count() == 1
    # Once more, and nothing happens a second time.
    phone.kill()
    page = phone.start()
    all_sent(page)
    assert Case.objects.filter(text__startswith="消火栓").count() == 1
    assert Visit.objects.count() == 1
    assert CheckIn.objects.count() == 1
    assert len(list(files_of("case", to_verify.pk))) == 3


def test_a_server_that_dies_in_the_middle_of_a_photo_gets_it_all(desk: Desk, phones: Phones, tmp_path: Path) -> None:
    phone = phones("upload", GRID_111)
    phone.sign_in(desk.cast.grid_worker)
    page = phone.start(online=False)
    report(page, "河边护栏断了一节。", picture(tmp_path, 11, 1400), picture(tmp_path, 12, 1400))
    net = page.context.new_cdp_session(page)
    net.send("Network.enable")
    slow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 150 * 1024}
    page.context.set_offline(False)
    net.send("Network.emulateNetworkConditions", slow)

    wait_for(page, lambda: StoredFile.objects.filter(status="uploading").exists())
    assert kill_web(phone.served)
    wait_for(page, lambda: is_up(phone.served), seconds=90)
    net.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    all_sent(page)

    case = Case.objects.get(text__startswith="河边护栏")
    assert [file.status for file in files_of("case", case.pk)] == ["ready", "ready"]
    assert not StoredFile.objects.filter(subject_id=None).exists()


def amend(page: Page, was: str, words: str) -> None:
    """Open a visit of the diary and write something else."""
    page.goto("/worker/diary")
    page.get_by_role("link", name=was).first.click()
    page.get_by_role("textbox", name="日记").fill(words)
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_text("存好了").first).to_be_visible()


def test_two_phones_write_the_same_visit_and_both_versions_are_kept(desk: Desk, phones: Phones) -> None:
    one, other = phones("one", GRID_111), phones("other", GRID_111)
    for phone in (one, other):
        phone.sign_in(desk.cast.grid_worker)
    page = one.start()
    visit(page, "王大爷腿脚不便。")
    all_sent(page)
    page.goto("/worker/diary")
    expect(page.get_by_role("link", name="王大爷腿脚不便").first).to_be_visible()

    page.context.set_offline(True)
    amend(page, "王大爷腿脚不便", "王大爷腿脚不便，想换个低层。")
    second = other.start()
    amend(second, "王大爷腿脚不便", "王大爷腿脚不便，女儿周末来接。")
    all_sent(second)
    page.context.set_offline(False)
    page.goto("/worker/sync")
    page.get_by_role("button", name="对照后选一份").click()

    expect(page.get_by_role("cell", name="王大爷腿脚不便，女儿周末来接。")).to_be_visible()
    expect(page.get_by_role("cell", name="王大爷腿脚不便，想换个低层。")).to_be_visible()
    page.get_by_role("button", name="用我的").click()
    expect(page.get_by_text("用我的，有信号就送")).to_be_visible()
    all_sent(page)
    kept_visit = Visit.objects.order_by("-pk")[0]
    assert kept_visit.words == "王大爷腿脚不便，想换个低层。"
    told = {version.number: telling.unpacked(version.content) for version in kept_visit.versions.all()}
    assert {each.words for each in told.values() if each} == {
        "王大爷腿脚不便。",
        "王大爷腿脚不便，女儿周末来接。",
        "王大爷腿脚不便，想换个低层。",
    }


def test_a_phone_that_was_lost_forgets_everything_at_its_next_start(desk: Desk, phones: Phones) -> None:
    phone = phones("lost", GRID_111)
    key = phone.sign_in(desk.cast.grid_worker_next_door)
    session = Session.objects.order_by("-pk").first()
    assert session is not None
    page = phone.start()
    page.goto("/worker/")
    expect(page.get_by_role("heading", name="今天")).to_be_visible()
    assert kept(page) > 0
    phone.kill()

    accounts.revoke_session(desk.cast.grid_worker_next_door, session_id=session.pk, at=datetime.now(UTC))
    answer = page_of(phone.served, key)
    assert answer == (401, "signed_out")

    page = phone.start()
    page.goto("/worker/")
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
    assert kept(page) == 0
    phone.stop()
    # Nothing of it lies readable on the disk either.
    name = desk.cast.grid_worker_next_door.name.encode()
    assert not [path for path in phone.folder.rglob("*.log") if name in path.read_bytes()]


def is_up(served: Served) -> bool:
    """Start again what has ended, and tell whether the installation answers."""
    served.watch.look()
    try:
        return httpx.get(f"{served.url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def kept(page: Page) -> int:
    """Return how many sections of the pack lie in the phone."""
    return int(
        page.evaluate(
            """async () => {
              const names = await indexedDB.databases();
              let count = 0;
              for (const { name } of names) {
                const db = await new Promise((go, stop) => {
                  const ask = indexedDB.open(name); ask.onsuccess = () => go(ask.result); ask.onerror = stop;
                });
                if (db.objectStoreNames.contains('pack')) {
                  count += await new Promise((go) => {
                    const ask = db.transaction('pack').objectStore('pack').count();
                    ask.onsuccess = () => go(ask.result);
                  });
                }
                db.close();
              }
              return count;
            }"""
        )
    )


def page_of(served: Served, key: str) -> tuple[int, str]:
    """Return what the pack answers to a session, by status and code."""
    answer = httpx.get(f"{served.url}/api/v1/pack", cookies={SESSION: key})
    return answer.status_code, answer.json().get("code", "")
