"""Rules of the look that no eye should have to check: one file of colours, known icons, nothing inline."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.test import Client, override_settings

ROOT = Path(__file__).resolve().parents[3]
FRONTEND = ROOT / "frontend"
TEMPLATES = sorted((ROOT / "src").rglob("templates/**/*.html"))
STYLES = sorted((FRONTEND / "css").glob("*.css"))
SCRIPTS = sorted((FRONTEND / "src").glob("*.ts"))
HEX = re.compile(r"(?<![\w&-])#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})(?![\w-])")


@pytest.mark.parametrize("path", [p for p in STYLES + SCRIPTS if not p.name.startswith("tokens")], ids=lambda p: p.name)
def test_colours_stand_only_in_the_token_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not HEX.findall(text), "use a --lx- token"
    assert not re.search(r"\b(?:rgba?|hsla?)\(", text), "use a --lx- token"


def test_every_token_in_use_is_defined() -> None:
    defined = set(re.findall(r"(--lx-[\w-]+)\s*:", "".join(p.read_text(encoding="utf-8") for p in STYLES)))
    used = {
        name
        for path in [*STYLES, *SCRIPTS, FRONTEND / "icons/app/icon.svg"]
        for name in re.findall(r"--lx-[\w-]*\w", path.read_text(encoding="utf-8"))
    }

    assert used <= defined, used - defined


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_have_nothing_that_a_strict_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle\s*=", text), "use a class or an SVG attribute"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "no inline script"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "no inline handlers"
    assert not re.search(r"\shx-on|javascript:", text), "no evaluated attributes"
    assert not HEX.findall(re.sub(r"(?:href|url)\S*", "", text)), "use a --lx- token by class"


def icon_names() -> set[str]:
    chosen = json.loads((FRONTEND / "icons/icons.json").read_text(encoding="utf-8"))
    return {*chosen, *(path.stem for path in (FRONTEND / "icons/own").glob("*.svg"))}


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    used = {
        name
        for path in TEMPLATES
        for name in re.findall(r"{% icon [\"']([\w-]+)[\"']", path.read_text(encoding="utf-8"))
    }

    names = icon_names()
    begun = {name for name in used if name.endswith("-")}  # the rest is added: a colour

    assert used
    assert used - begun <= names, used - begun - names
    assert all(any(each.startswith(name) for each in names) for name in begun), begun


def test_the_style_is_small() -> None:
    # What travels is smaller still: the build also drops comments and blanks.
    text = b"".join(path.read_bytes() for path in STYLES)

    assert len(gzip.compress(text)) <= 40 * 1024


def test_packages_are_pinned_and_the_lock_names_no_registry() -> None:
    package = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    lock = (FRONTEND / "package-lock.json").read_text(encoding="utf-8")

    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    assert package["dependencies"]["htmx.org"].startswith("2.0.")
    assert '"resolved"' not in lock


@pytest.mark.parametrize("page", ["/lx/parts", "/lx/parts/seat", "/lx/parts/signin", "/lx/parts/resident?elder=1"])
@override_settings(ROOT_URLCONF="lianxin.faces.parts.urls", DEMO=True, MIDDLEWARE=[])
def test_the_style_guide_shows_every_part(page: str) -> None:
    answer = Client().get(page)

    assert answer.status_code == 200
    assert re.search(r"\blx(-resident)?\.css", answer.content.decode())


@override_settings(ROOT_URLCONF="lianxin.faces.parts.urls", DEMO=False, DEBUG=False, MIDDLEWARE=[])
def test_the_style_guide_is_not_shown_in_service() -> None:
    assert Client().get("/lx/parts").status_code == 404
