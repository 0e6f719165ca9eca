"""Messages are read as they come: dates of many forms, lines that are none."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lianxin.operations.replay.messages import instant, made_up, read


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2019/4/25 9:32:09", "2019-04-25T01:32:09"),
        ("2011/10/3 21:52:37", "2011-10-03T13:52:37"),
        ("2019-04-25 09:32:09", "2019-04-25T01:32:09"),
        ("2019-04-25T09:32:09+00:00", "2019-04-25T09:32:09"),
        ("2019年4月25日 9时32分", "2019-04-25T01:32:00"),
        ("2019.4.25", "2019-04-24T16:00:00"),
    ],
)
def test_dates_as_people_write_them_are_beijing_time(text: str, utc: str):
    assert instant(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "昨天", "2019/13/45 1:00:00", "12:30"])
def test_what_is_no_date_is_left_out(text: str):
    assert instant(text) is None


def test_a_line_gives_its_text_and_what_is_known(tmp_path: Path):
    file = tmp_path / "messages.jsonl"
    lines = [
        {"text": "路灯\t不亮", "title": "长" * 80, "reported_at": "2019/4/25 9:32:09", "lon": 116.9, "lat": 31.1},
        {"text": "没有标题", "title": None, "reply": "别的字段不看"},
    ]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n\n", encoding="utf-8")

    first, second = read(file)

    assert (first.name, first.text, len(first.title)) == ("1", "路灯\t不亮", 60)
    assert first.point is not None
    assert (first.point.lon, first.point.lat) == (116.9, 31.1)
    assert (second.title, second.claimed_at, second.point) == ("", None, None)


@pytest.mark.parametrize("line", ["[]", "no json", '{"title": "没有正文"}'])
def test_a_line_that_is_no_message_is_named(line: str, tmp_path: Path):
    file = tmp_path / "messages.jsonl"
    file.write_text(json.dumps({"text": "好的"}) + "\n" + line, encoding="utf-8")

    with pytest.raises(ValueError, match="Line 2"):
        list(read(file))


def test_messages_made_on_the_fly_have_their_length():
    assert len(made_up(13_000, 1).text) == 13_000
    assert made_up(13_000, 1) == made_up(13_000, 1)
