"""The doctor finds what is wrong, says how to mend it, and ends with 1; a sound installation gets 0."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from lianxin.operations.doctor import database, machine
from lianxin.operations.doctor.finding import Level

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound(settings):
    """An installation with nothing wrong: a closed folder, a working worker."""
    settings.DATA.chmod(0o700)
    settings.ALLOWED_HOSTS = ["localhost"]
    _sql("insert into procrastinate_workers default values")
    return settings


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _examine() -> tuple[int, dict[str, list[str]]]:
    """Run the command; return its exit code and what is wrong, by subject."""
    output = StringIO()
    try:
        call_command("doctor", "--json", stdout=output)
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    wrong: dict[str, list[str]] = {}
    for finding in json.loads(output.getvalue()):
        if finding["level"] == "wrong":
            assert finding["remedy"]
            wrong.setdefault(finding["subject"], []).append(finding["sentence"])
    return code, wrong


def test_a_sound_installation_has_nothing_wrong(sound):
    assert _examine() == (0, {})


def test_entries_that_wait_too_long_say_that_the_relay_is_down(sound):
    _sql("insert into outbox (entry_id, at) values (1, now() - interval '2 minutes')")

    code, wrong = _examine()

    assert code == 1
    assert "120 秒" in wrong["流程消息"][0]


def test_a_worker_that_is_silent_is_reported(sound):
    _sql("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")

    assert _examine()[1].keys() == {"后台任务"}


def test_open_folders_lost_keys_and_short_secrets_are_wrong(sound, tmp_path):
    sound.DATA.chmod(0o755)
    sound.KEYS_FILE = tmp_path / "keys.json"
    sound.SECRET_KEY = "short"

    assert _examine()[1].keys() == {"数据目录", "密钥", "会话密钥"}


def test_a_demo_is_fine_at_home_and_wrong_in_the_open(sound):
    sound.DEMO = True
    assert [finding.level for finding in machine.exposure()] == [Level.CARE, Level.FINE]

    sound.ALLOWED_HOSTS = ["governance.example"]
    assert next(iter(machine.exposure())).level is Level.WRONG


def test_a_migration_that_was_not_run_is_named(sound):
    _sql("delete from django_migrations where app = 'journal'")

    assert "journal.0001" in _examine()[1]["数据表"][0]


def test_a_clock_that_differs_is_reported(sound, monkeypatch):
    class Late(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) - timedelta(minutes=3)

    monkeypatch.setattr(database, "datetime", Late)

    assert "180 秒" in _examine()[1]["时钟"][0]


def test_a_parked_entry_is_a_care_not_a_wrong(sound):
    _sql("insert into feed_parked (consumer, number, failure, next_at) values ('credits', 1, 'x', now())")

    assert [finding.level for finding in database.consumers()] == [Level.CARE]


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("https://lianxin.example", Level.FINE),
        ("http://lianxin.example", Level.WRONG),  # no service worker, no place, no microphone
        ("lianxin.example", Level.WRONG),
        ("http://localhost:8000", Level.CARE),
    ],
)
def test_phones_need_an_address_they_can_work_at(settings, url, level):
    settings.PUBLIC_URL, settings.DEMO = url, False

    assert machine.public_address().level is level
