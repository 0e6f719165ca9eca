"""Tables under a name, whom they are shared with, and that they come by the clock exactly once."""

import csv
import io
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook

import factories
from casework import make_categories
from cast import Cast
from insight.tables.world import NOW, make_facts
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.notifications.models import Message
from lianxin.insight.tables import actions, files, rules, sheets
from lianxin.insight.tables.actions import Wanted
from lianxin.insight.tables.models import SavedTable, Schedule, State, TableFile
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.exports import store

WORDS = {"rows": ["community"], "f": ["reported", "rate-on_time"], "period": ["month"]}
DAILY = Wanted("day", 8)


def save(cast: Cast, who: str = "leader", name: str = "各社区本月", **more: Any) -> SavedTable:
    words = more.pop("words", WORDS)
    return actions.save(getattr(cast, who), name=name, words=words, at=NOW, numbers=versions.read(), **more)


def sees(cast: Cast, who: str, table: SavedTable) -> bool:
    return SavedTable.objects.visible_to(getattr(cast, who)).filter(pk=table.pk).exists()


def made(schedule: Schedule, at: datetime) -> list[TableFile]:
    for pk in actions.fall_due(at=at):
        actions.make(pk, at=at)
    return list(TableFile.objects.filter(schedule=schedule).order_by("due_at"))


def test_who_sees_a_saved_table(cast: Cast) -> None:
    own = save(cast, "street_seat")
    near = save(cast, "street_seat", "同岗看", shared="near")
    for_all = save(cast, "street_seat", "都看", shared="all")
    beside = factories.make_staff(
        "jiedao2", "介二", "street_seat", area=cast.county.street(1), unit=cast.county.units["street1"]
    )

    seen = {name: [sees(cast, who, table) for who in ("street_seat", "leader", "community_clerk", "handler")]
            for name, table in (("own", own), ("near", near), ("all", for_all))}  # fmt: skip
    assert seen["own"] == [True, False, False, False]
    assert seen["near"] == [True, False, False, False]
    assert SavedTable.objects.visible_to(beside).filter(pk=near.pk).exists()
    # The handler has no statistics: what is for all is not for them.
    assert seen["all"] == [True, True, True, False]
    with pytest.raises(NotFound):
        actions.end(cast.leader, table=for_all, at=NOW)
    with pytest.raises(Invalid):
        save(cast, "street_seat")
    with pytest.raises(Stale):
        save(cast, "street_seat", "改名", table=own, seen=0)


@pytest.mark.parametrize(
    ("wanted", "after", "due"),
    [
        (Wanted("day", 8), "2026-11-20 07:00", "2026-11-20 08:00"),
        (Wanted("day", 8), "2026-11-20 08:00", "2026-11-23 08:00"),  # a Friday: Monday is next
        (Wanted("day", 8, is_on_workdays=False), "2026-11-20 08:00", "2026-11-21 08:00"),
        (Wanted("week", 9, weekday=6), "2026-11-19 09:00", "2026-11-23 09:00"),
        (Wanted("week", 9, weekday=6), "2026-11-22 09:00", "2026-11-23 09:00"),
        (Wanted("month", 0, day=22), "2026-11-20 09:00", "2026-11-23 00:00"),
        (Wanted("month", 0, day=1, is_on_workdays=False), "2026-12-31 23:59", "2027-01-01 00:00"),
    ],
)
def test_when_it_falls_due(wanted: Wanted, after: str, due: str) -> None:
    class Calendar:
        def is_workday(self, day: Any) -> bool:
            return bool(day.weekday() < 5)

    told = rules.following(wanted, datetime.fromisoformat(after).replace(tzinfo=ZONE), Calendar())
    assert f"{told:%Y-%m-%d %H:%M}" == due


def test_each_hour_is_made_once_whatever_dies(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make_categories()
    make_facts(cast, Random(1), 50)
    schedule = actions.schedule(cast.street_seat, table=save(cast, shared="all"), wanted=DAILY, at=NOW)
    assert schedule.next_at is not None
    due = schedule.next_at

    (pk,) = actions.fall_due(at=due)
    assert actions.fall_due(at=due) == []
    with monkeypatch.context() as broken:
        broken.setattr(files, "write", lambda *args, **more: 1 / 0)  # dies in the middle
        with pytest.raises(ZeroDivisionError):
            actions.make(pk, at=due)
    assert actions.make(pk, at=due) is None  # another worker has it, as far as anybody knows
    assert actions.resume(at=due) == 0
    assert actions.resume(at=due + timedelta(hours=1)) == 1
    file = actions.make(pk, at=due + timedelta(hours=1))
    assert file is not None
    assert actions.make(pk, at=due + timedelta(hours=1)) is None
    assert actions.resume(at=due + timedelta(hours=2)) == 0

    assert (file.state, file.rows) == (State.READY, 2)  # the street's two communities, not the leader's four
    told = Message.objects.filter(recipient_id=cast.street_seat.account_id, kind="tables.ready")
    assert told.count() == 1
    _file, pieces = actions.fetch(cast.street_seat, table=schedule.table, key=file.key, at=due)
    names = [row[0].value for row in load_workbook(io.BytesIO(b"".join(pieces)))["表"].iter_rows(min_row=4)]
    assert names == ["东苑社区", "北门社区", "合计"]
    with pytest.raises(NotFound):
        actions.fetch(cast.leader, table=schedule.table, key=file.key, at=due)

    actions.expire(at=due + timedelta(days=31))
    with pytest.raises(Refused):
        actions.fetch(cast.street_seat, table=schedule.table, key=file.key, at=due + timedelta(days=31))
    with pytest.raises(NotFound):
        store.read(file.key)


def test_days_missed_are_made_up_for_once(cast: Cast) -> None:
    schedule = actions.schedule(cast.leader, table=save(cast), wanted=DAILY, at=NOW)
    assert len(made(schedule, NOW + timedelta(days=9))) == 1
    assert len(made(schedule, NOW + timedelta(days=12))) == 2


def test_who_loses_the_right_gets_no_more_and_is_told(cast: Cast) -> None:
    table = save(cast, shared="all")
    schedule = actions.schedule(cast.street_seat, table=table, wanted=DAILY, at=NOW)
    later = NOW + timedelta(days=5)
    Post.objects.filter(account=factories.account_of(cast.street_seat)).update(valid_to=later - timedelta(days=1))

    (file,) = made(schedule, later)

    schedule.refresh_from_db()
    assert (file.state, file.size, schedule.next_at) == (State.FAILED, None, None)
    assert "看不到" in schedule.stopped
    assert Message.objects.get(recipient_id=cast.street_seat.account_id, kind="tables.stopped").body == file.failure
    assert made(schedule, later + timedelta(days=9)) == [file]


def test_a_table_no_longer_shared_goes_to_its_owner_only(cast: Cast) -> None:
    table = save(cast, "leader", shared="all")
    mine = actions.schedule(cast.leader, table=table, wanted=DAILY, at=NOW)
    theirs = actions.schedule(cast.street_seat, table=table, wanted=DAILY, at=NOW)
    save(cast, "leader", table=table, shared="none")

    later = NOW + timedelta(days=4)
    for pk in actions.fall_due(at=later):
        actions.make(pk, at=later)

    assert TableFile.objects.get(schedule=mine).state == State.READY
    assert TableFile.objects.get(schedule=theirs).state == State.FAILED
    kept = TableFile.objects.get(schedule=mine).key
    actions.end(cast.leader, table=table, at=NOW)
    assert not Schedule.objects.exists()
    assert kept


def test_no_cell_is_a_formula_and_numbers_are_numbers() -> None:
    evil = ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", 'a<b>&"c"', "x\x00y"]
    rows = [[word, 12, sheets.Share(0.974), NOW, None] for word in evil]
    book, text = io.BytesIO(), io.BytesIO()
    sheets.write_excel(book, [sheets.Sheet("表", ["词", "数", "率", "时", "空"], rows)], mark="谁 & 何时")
    sheets.write_csv(text, ["词", "数", "率", "时", "空"], rows)

    told = list(load_workbook(io.BytesIO(book.getvalue()))["表"].iter_rows(min_row=2))
    assert [row[0].data_type for row in told] == ["s"] * 7
    assert not any(str(row[0].value).startswith(("=", "+", "-", "@", "\t")) for row in told)
    assert told[5][0].value == 'a<b>&"c"'
    assert (told[0][1].value, told[0][2].value, told[0][2].number_format) == (12, 0.974, "0.0%")
    assert told[0][3].value == NOW.replace(tzinfo=None)
    assert text.getvalue().startswith(b"\xef\xbb\xbf")
    plain = list(csv.reader(io.StringIO(text.getvalue().decode("utf-8-sig"))))
    assert not any(row[0].startswith(("=", "+", "-", "@", "\t")) for row in plain)
    assert plain[1][1:] == ["12", "97.4%", "2026-11-20 15:00", ""]


def test_a_list_longer_than_a_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    book = io.BytesIO()

    assert sheets.write_excel(book, [sheets.Sheet("案卷", ["甲"], ([place] for place in range(23)))]) == 23

    opened = load_workbook(io.BytesIO(book.getvalue()))
    assert [(sheet.title, sheet.max_row) for sheet in opened] == [("案卷", 11), ("案卷 2", 11), ("案卷 3", 4)]
