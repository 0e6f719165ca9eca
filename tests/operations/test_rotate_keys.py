"""A change of keys while people report and follow: nobody notices, and afterwards the old key is not needed."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.core.management import call_command
from pytest_django.plugin import DjangoDbBlocker

import factories
from database import Databases
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts import rules as account_rules
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account
from lianxin.kernel.crypto import keys, rotation
from lianxin.kernel.crypto.sealing import key_ring
from lianxin.operations.management.commands import rotate_keys
from lianxin.work.cases.models import Reporter
from serving import Served, installed

PHONES = [f"138{number:08d}" for number in range(40)]


@pytest.fixture(scope="module", autouse=True)
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A ring of this module's own, which the served processes read too; one address may report as often as it likes."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keys.generate(path, "aes")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(settings, "KEYS_FILE", path)
        patched.setenv("LIANXIN_REPORTS_A_MINUTE", "0")
        yield path


@pytest.fixture(scope="module")
def served(key_file: Path, databases: Databases, django_db_blocker: DjangoDbBlocker) -> Iterator[Served]:
    """An installation of this module's own, whose processes read the module's ring."""
    with databases.clone("rotated") as url, ExitStack() as closing:
        own = installed(url, closing).served
        with databases.pointed_at(url), django_db_blocker.unblock():
            yield own


@pytest.fixture
def county(key_file: Path, served: Served) -> Any:
    """Areas, units and roles."""
    return factories.make_county()


class Resident(threading.Thread):
    """Reports and follows by number and phone, again and again, until told to stop."""

    def __init__(self, served: Served) -> None:
        super().__init__(daemon=True)
        self.client = httpx.Client(base_url=f"{served.url}/api/v1", timeout=20)
        self.followed: list[tuple[str, str]] = []
        self.faults: list[str] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        """Go on until told to stop, at least a while."""
        number = 0
        while not self.stopping.is_set() or number < 5:
            phone = PHONES[number % len(PHONES)]
            number += 1
            self._report(phone)
            for known in self.followed[-2:] + self.followed[:1]:
                self._follow(*known)
        self.client.close()

    def _report(self, phone: str) -> None:
        told = {"text": "路灯不亮，晚上看不清路。", "phone": phone, "point": {"lon": 117.01, "lat": 31.01}}
        answer = self.client.post("/reports", json=told, headers={"Idempotency-Key": str(uuid4())})
        if answer.status_code == 201:
            self.followed.append((answer.json()["number"], phone))
        else:
            self.faults.append(answer.text)

    def _follow(self, number: str, phone: str) -> None:
        answer = self.client.post("/tracking", json={"number": number, "phone": phone})
        if answer.status_code == 429:  # the limit of tries for one number
            return
        if answer.status_code != 200 or answer.json()["report"]["number"] != number:
            self.faults.append(answer.text)


def test_keys_change_while_people_report_and_follow(
    served: Served, county: Any, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotate_keys, "_SETTLE", 0.5)
    at = datetime.now(UTC)
    for number, phone in enumerate(PHONES):
        accounts.create_staff_account(SYSTEM, username=f"w{number}", name="王小明", phone=phone, encoded="!", at=at)
    resident = Resident(served)
    resident.start()
    try:
        for cipher in ("sm4", "aes"):
            before = len(resident.followed)
            call_command("rotate_keys", "--cipher", cipher, verbosity=0)
            assert key_ring().active.cipher == cipher
            while len(resident.followed) < before + 5 and resident.is_alive():
                resident.stopping.wait(0.05)
    finally:
        resident.stopping.set()
        resident.join(60)

    assert not resident.faults
    call_command("rotate_keys", "--resume", verbosity=0)
    assert [column.label for column in rotation.columns() if column.stale().exists()] == []
    _only_the_new_key_remains(key_file)
    found = Account.objects.get(phone_hash__in=account_rules.phone_hashes(PHONES[7]))
    assert (found.username, found.phone) == ("w7", PHONES[7])
    assert {reporter.phone for reporter in Reporter.objects.filter(phone_hash__isnull=False)} <= set(PHONES)


def _only_the_new_key_remains(key_file: Path) -> None:

    content = json.loads(key_file.read_text())
    content["keys"] = {content["active"]: content["keys"][content["active"]]}
    key_file.write_text(json.dumps(content))


def test_the_state_names_every_sealed_column(served: Served, county: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rotate_keys", "--status")

    told = capsys.readouterr().out
    for label in ("accounts.account.phone", "cases.reporter.phone", "people.person.id_number", "people.person.phone"):
        assert label in told
