"""What the documents say is there: links, paths, commands, settings, accounts, pictures, words."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from lianxin.operations import settings as settings_module
from lianxin.operations.demo import staffing
from lianxin.operations.launch.commands import COMMANDS
from lianxin.operations.replay import counting
from lianxin.work.cases import rules
from lianxin.work.cases.words import Kind, Severity, Stage

ROOT = Path(__file__).resolve().parents[1]
SCREENSHOTS = ROOT / "docs/screenshots"
MOST_OF_PICTURES = 3_000_000  # bytes
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_PATH = re.compile(r"`((?:src|tests|docs|frontend|bench|profiles)/[\w./-]*)`")
_RUN = re.compile(r"\./run ([a-z]+)((?: [^\s`|#]+)*)")
# Written with brackets, so that this file does not hold what it forbids.
_PRIVATE = re.compile(
    r"py[p]i\.org|npmj[s]|pythonhost[e]d|npmm[i]rror|(?<![\w.])/(?:wor[k]/|tm[p]/tea|hom[e]/\w|roo[t]/\w)"
)


def documents() -> list[Path]:
    """Return every page of the tree: what is tracked, and what is about to be."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).exists()]


DOCUMENTS = documents()


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(text: str) -> str:
    """Return a page without its blocks of code, in which brackets mean other things."""
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def links(path: Path) -> Iterator[str]:
    for found in _LINK.finditer(prose(path.read_text(encoding="utf-8"))):
        target = found[1] or found[2]
        if not re.match(r"[a-z]+:", target):
            yield target


@cache
def anchors(path: Path) -> frozenset[str]:
    """Return the anchors of a page's headings, as common renderers make them."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head)).strip().lower() for head in heads)
    return frozenset(head.replace(" ", "-") for head in plain)


def test_there_are_documents() -> None:
    assert {"README.md", "README.zh.md", "CHANGELOG.md", "docs/architecture.md"} <= set(map(named, DOCUMENTS))


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_and_pictures_resolve(path: Path) -> None:
    for target in links(path):
        place, _, anchor = target.partition("#")
        there = (path.parent / place).resolve() if place else path
        assert there.exists(), f"{target} is not there"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{target}: no such heading"


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_paths_that_are_named_exist(path: Path) -> None:
    missing = [found for found in _PATH.findall(path.read_text(encoding="utf-8")) if not (ROOT / found).exists()]

    assert not missing


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_commands_that_are_named_exist(path: Path) -> None:
    for command, rest in _RUN.findall(path.read_text(encoding="utf-8")):
        assert command in COMMANDS, f"./run {command}"
        first = rest.split()[0] if rest.split() else ""
        if command == "lianxin" and re.fullmatch(r"[a-z_]+", first):
            assert first in get_commands(), f"./run lianxin {first}"
            check_options(first, rest)
        if command == "bench" and re.fullmatch(r"[a-z]+", first):
            assert (ROOT / "bench" / f"{first}.py").exists(), f"./run bench {first}"


def check_options(command: str, rest: str) -> None:
    """Fail for an option that our own command does not know."""
    if get_commands()[command] != "lianxin.operations":
        return
    parser = load_command_class("lianxin.operations", command).create_parser("lianxin", command)
    known = {option for action in parser._actions for option in action.option_strings}
    for option in re.findall(r"--[a-z-]+", rest):
        assert option in known, f"./run lianxin {command} {option}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_nothing_private_is_told(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not [found[0] for found in _PRIVATE.finditer(text)]


def test_both_readmes_say_the_same() -> None:
    ours, theirs = (((ROOT / name).read_text(encoding="utf-8")) for name in ("README.md", "README.zh.md"))

    assert set(_RUN.findall(ours)) == set(_RUN.findall(theirs))
    assert set(re.findall(r"docs/screenshots/[\w.-]+", ours)) == set(re.findall(r"docs/screenshots/[\w.-]+", theirs))


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_names_accounts_that_the_demo_makes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    stems = {stem for stem, _count in staffing._CENTRAL.values()} | {"wangge"}

    assert staffing.PASSWORD in text
    shown = re.findall(r"`([a-z]+)\d\d`", text)
    assert set(shown) == stems


def test_the_settings_page_lists_every_variable() -> None:
    page = (ROOT / "docs/operate/settings.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`((?:LIANXIN|DATABASE)_[A-Z_]+)`", page))
    source = Path(settings_module.__file__ or "").read_text(encoding="utf-8")
    plain = set(re.findall(r"_(?:text|flag|number)\(\s*\"([A-Z_]+)\"", source))
    secret = set(re.findall(r"_secret\(\s*\"([A-Z_]+)\"", source))
    wanted = plain | secret | {f"{name}_FILE" for name in secret}

    assert wanted <= listed, f"not on the page: {sorted(wanted - listed)}"
    used = "".join(
        path.read_text(encoding="utf-8") for folder in ("src", "tests") for path in (ROOT / folder).rglob("*.py")
    )
    assert not [name for name in listed - wanted if name not in used], "on the page, but read nowhere"


def test_the_glossary_knows_every_act_and_stage() -> None:
    page = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    acts = page.partition("## The acts")[2].partition("\n## ")[0]

    assert not [step.name for step in rules.FLOW if f"`{step.name}`" not in acts]
    assert not [str(step.label) for step in rules.FLOW if str(step.label).removeprefix("申请") not in acts]
    words = [str(choice.label) for choices in (Stage, Kind, Severity) for choice in choices]
    assert not [word for word in words if word not in page]


def test_the_replay_page_shows_the_statements_that_run() -> None:
    page = (ROOT / "docs/operate/replay.md").read_text(encoding="utf-8")

    assert re.findall(r"```sql\n(.*?)```", page, re.DOTALL) == [counting.SENT, counting.LOST, counting.DOUBLED]


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = set(links(folder / "README.md"))

    assert {path.name for path in folder.glob("*.md")} - {"README.md"} <= listed


def test_pictures_are_small_and_shown_somewhere() -> None:
    pictures = [path for path in SCREENSHOTS.iterdir() if path.suffix in {".webp", ".png"}]
    shown = {(path.parent / target).resolve() for path in DOCUMENTS for target in links(path)}

    assert pictures
    assert sum(path.stat().st_size for path in pictures) < MOST_OF_PICTURES
    assert not [path.name for path in pictures if path not in shown]
