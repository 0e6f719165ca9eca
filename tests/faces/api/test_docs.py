"""The examples of docs/api/README.md, run as they stand against a real server."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import factories
from homes import ID_NUMBER, make_building, make_dwelling, make_estate, make_person
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel import versions
from lianxin.work.dispatch.models import Category
from register import load_register
from serving import Served

PAGE = Path(__file__).parents[3] / "docs/api/README.md"
EXAMPLES = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def run(example: str, known: dict[str, str]) -> tuple[str, Any]:
    """Run one example in a shell and return its headers (if it shows them) and JSON."""
    done = subprocess.run(
        ["sh", "-c", example], env={"PATH": os.environ["PATH"], "NO_PROXY": "*"} | known,
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    head, _blank, body = done.stdout.rpartition("\n\n") if done.stdout.startswith("HTTP/") else ("", "", done.stdout)
    return head, json.loads(body)


def test_the_examples_do_what_the_page_says(served: Served) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine")
    county = factories.make_county()
    Category.objects.create(code="0101", depth=1, name="市容环境", kind="problem")
    versions.bump("categories")
    seat = factories.account_of(factories.make_staff("zuoxi", "左夕", "seat", area=county.city))
    scopes = ["cases.view", "cases.file", "cases.dispatch"]
    _token, key = accounts.create_token(SYSTEM, account=seat, name="文档", scopes=scopes, days=1, at=datetime.now(UTC))
    known = {"URL": served.url, "KEY": str(uuid4()), "KEY2": str(uuid4()), "TOKEN": key}
    known |= {"KEY3": str(uuid4()), "PUSH_TOKEN": _department(county)}
    report, track, follow, me, listed, page, file, dispatch, push, feed = EXAMPLES

    known["NUMBER"] = run(report, known)[1]["number"]
    assert run(report, known)[1]["number"] == known["NUMBER"]
    known["TRACKING_KEY"] = run(track, known)[1]["key"]
    assert run(follow, known)[1]["status"] == "已收到，等待受理"
    assert run(me, known)[1]["name"] == "左夕"
    assert [row["number"] for row in run(listed, known)[1]["items"]] == [known["NUMBER"]]
    head, told = run(page, known)
    assert 'etag: "1"' in head.lower()
    assert told["version"] == 1
    assert run(file, known)[1]["stage"] == "filed"
    assert run(dispatch, known)[1]["stage"] == "dispatched"
    assert run(push, known)[1]["results"][0]["result"] == "applied"
    assert run(push, known)[1]["results"][0]["result"] == "same"
    assert "items" in run(feed, known)[1]


def _department(county: factories.County) -> str:
    """Return the key of a program that pushes what 市城管局 owns, and let there be somebody to push about."""
    load_register(owners={"person.phone": "cgj"})
    home = make_dwelling(make_building(make_estate(county.grid(111))))
    make_person(home=home, id_number=ID_NUMBER)
    handler = factories.account_of(factories.make_staff("chengguan", "程管", "handler", unit=county.units["cgj"]))
    at = datetime.now(UTC)
    _token, key = accounts.create_token(
        SYSTEM, account=handler, name="推送", scopes=["sources.push"], days=1, at=at
    )  # fmt: skip
    return str(key)
