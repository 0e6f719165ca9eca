"""Words that people read go through the catalogue: `{% translate %}` in templates, `_()` in forms and refusals.

The source language of the catalogue is Chinese, so what is not wrapped can be found: it is Chinese.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "lianxin"
HAN = re.compile("[\u3400-\u9fff]")
WRAPPED = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%\s*blocktranslate.*?endblocktranslate\s*%}|{%\s*translate.*?%}"
    r"|_\(\"[^\"]*\"\)|_\('[^']*'\)|<!--.*?-->",
    re.DOTALL,
)
# Pages that show parts to those who build them.
SAMPLES = "parts/guide"
# Python whose words people read: pages and forms. Below, models and rules wrap theirs as their types allow.
FACES = ("faces/console", "faces/resident", "operations/pages")
READ = frozenset({"label", "help_text", "empty_label", "title", "verb", "effect", "said", "placeholder"})
# Methods whose arguments are looked for, not shown.
COMPARING = frozenset({"removeprefix", "removesuffix", "replace", "startswith", "endswith"})
CATALOGUE = frozenset({"_", "_lazy", "gettext", "gettext_lazy", "ngettext"})


def templates() -> Iterator[Path]:
    """Yield all templates that users meet."""
    return (path for path in sorted(SRC.rglob("templates/**/*.html")) if SAMPLES not in path.as_posix())


def modules() -> Iterator[Path]:
    """Yield the modules of pages and forms."""
    return (path for face in FACES for path in sorted((SRC / face).rglob("*.py")))


def bare_lines(path: Path) -> list[str]:
    """Return the words of a template that no tag translates."""
    return [line.strip() for line in WRAPPED.sub("", path.read_text("utf-8")).splitlines() if HAN.search(line)]


def bare_words(path: Path) -> list[str]:
    """Return what a module shows to people by a keyword or a refusal and does not wrap."""
    return list(_bare(ast.parse(path.read_text("utf-8")), is_read=False))


def _bare(node: ast.AST, *, is_read: bool) -> Iterator[str]:
    if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CATALOGUE:
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COMPARING:
        is_read = False
    if is_read and isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        begins = isinstance(child, ast.Raise) or (isinstance(child, ast.keyword) and child.arg in READ)
        # A call inside says how to do something, not what is read.
        yield from _bare(child, is_read=begins or (is_read and not isinstance(child, ast.keyword)))


def _name(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


def test_words_of_templates_are_translated() -> None:
    bare = {_name(path): lines for path in templates() if (lines := bare_lines(path))}

    assert {name: lines[:3] for name, lines in bare.items()} == {}, "Use {% translate %}."


def test_words_of_forms_and_refusals_are_translated() -> None:
    bare = {_name(path): words for path in modules() if (words := bare_words(path))}

    assert {name: words[:3] for name, words in bare.items()} == {}, "Use _()."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<b>{% translate "办好了" %}</b>', 0),
        ("<b>办好了</b>", 1),
        ('<i title="办好了"></i>', 1),
        ('{% empty _("没有") %}{# 注 #}', 0),
        ("{% blocktranslate %}{{ n }} 件{% endblocktranslate %}", 0),
    ],
)
def test_the_eye_for_templates_sees(tmp_path: Path, text: str, found: int) -> None:
    page = tmp_path / "page.html"
    page.write_text(text, "utf-8")

    assert len(bare_lines(page)) == found


def test_a_catalogue_can_be_made(tmp_path: Path) -> None:
    """Chinese words of templates and modules land in a catalogue that translators can fill."""
    (tmp_path / "locale").mkdir()
    source = tmp_path / "faces"
    source.mkdir()
    for path in (SRC / "faces/resident/templates/resident/rate.html", SRC / "faces/console/forms_staff.py"):
        (source / path.name).write_bytes(path.read_bytes())
    command = [sys.executable, "-m", "django", "makemessages", "--locale=en", "--verbosity=0"]
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "lianxin.operations.settings"}

    subprocess.run(command, cwd=tmp_path, env=env, check=True)

    catalogue = (tmp_path / "locale/en/LC_MESSAGES/django.po").read_text("utf-8")
    assert 'msgid "送出评价"' in catalogue
    assert 'msgid "账号"' in catalogue
