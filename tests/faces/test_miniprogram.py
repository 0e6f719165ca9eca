"""The mini program's shell: its files hold together, and its share handler gives a card that leads back to the page."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SHELL = Path(__file__).resolve().parents[2] / "miniprogram"
HOST = "https://lianxin.example"
# A fake of what WeChat gives: Page hands the page over, wx shows toasts.
_RUN = """
const shown = []; let page; global.wx = { showToast: (told) => shown.push(told) };
const setData = function (more) { Object.assign(this.data, more); };
global.Page = (made) => { page = { ...made, data: { ...made.data }, setData }; };
require(process.argv[1]);
const answers = [];
for (const [name, argument] of JSON.parse(process.argv[2])) {
  const answer = page[name](argument);
  answers.push({ answer: answer === undefined ? null : answer, address: page.data.address });
}
console.log(JSON.stringify({ answers, shown }));
"""


def run(*calls: tuple[str, Any]) -> list[dict[str, Any]]:
    """Call functions of the page under Node, one after the other, and return what each gave."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node on this machine")
    page = str(SHELL / "pages/index/index.js")
    told = subprocess.run(
        [node, "-e", _RUN, page, json.dumps(calls)], check=True, capture_output=True, text=True, timeout=30
    )
    answers: list[dict[str, Any]] = json.loads(told.stdout)["answers"]
    return answers


def test_its_files_are_there_and_its_json_is_json() -> None:
    app = json.loads((SHELL / "app.json").read_text(encoding="utf-8"))

    for path in app["pages"]:
        for ending in ("js", "json", "wxml"):
            assert (SHELL / f"{path}.{ending}").is_file()
    for file in SHELL.rglob("*.json"):
        json.loads(file.read_text(encoding="utf-8"))
    assert (SHELL / app["sitemapLocation"]).is_file()
    assert "appid" not in json.loads((SHELL / "project.config.json").read_text(encoding="utf-8"))


def test_a_page_that_says_what_it_is_is_shared_as_a_card() -> None:
    card = {"title": "周一停水检修", "path": "/c/9fLw-_AA", "picture": "/c/9fLw-_AA/5x4.jpg"}

    *_, shared = run(
        ("onLoad", {}), ("opened", {}), ("take", {"detail": {"data": [{"card": card}]}}),
        ("onShareAppMessage", {"webViewUrl": f"{HOST}/c/9fLw-_AA"}),
    )  # fmt: skip

    assert shared["answer"] == {
        "title": "周一停水检修", "path": "/pages/index/index?to=%2Fc%2F9fLw-_AA",
        "imageUrl": f"{HOST}/c/9fLw-_AA/5x4.jpg",
    }  # fmt: skip
    to = shared["answer"]["path"].partition("to=")[2]
    assert run(("onLoad", {"to": to}))[0]["address"] == f"{HOST}/c/9fLw-_AA"


def test_another_page_is_shared_by_its_address_and_old_cards_are_forgotten() -> None:
    card = {"title": "旧的", "path": "/c/old", "picture": ""}

    *_, shared = run(
        ("onLoad", {}), ("take", {"detail": {"data": [{"card": card}]}}), ("opened", {}),
        ("onShareAppMessage", {"webViewUrl": f"{HOST}/stations?kind=service#top"}),
    )  # fmt: skip

    assert shared["answer"]["title"] == "有事您说，我们来办"
    assert shared["answer"]["path"] == "/pages/index/index?to=%2Fstations%3Fkind%3Dservice"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/%2F" + "a" * 2000]
)
def test_no_card_leads_elsewhere(wanted: str) -> None:
    assert run(("onLoad", {"to": wanted}))[0]["address"] == f"{HOST}/"
    assert run(("onLoad", {}), ("onShareAppMessage", {"webViewUrl": wanted}))[1]["answer"]["path"].endswith("to=%2F")


def test_a_scanned_poster_opens_at_its_place() -> None:
    assert (
        run(("onLoad", {"q": f"{HOST}/here/340881001-B3".replace(":", "%3A")}))[0]["address"]
        == f"{HOST}/here/340881001-B3"
    )
    assert run(("onLoad", {"q": "https%3A%2F%2Fevil.example%2Fhere%2FB3"}))[0]["address"] == f"{HOST}/"
