"""Checks on the text of the tree that no linter makes: no address of packages, no colour outside the tokens."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lianxin.operations.launch.places import ROOT

# By how such an address is given, not by its host: a place may have a registry of its own.
ADDRESS = re.compile(r"""(?:index[-_]url|find[-_]links|registry|"resolved")["']?\s*[=:\s]\s*["']?https?://""")
STYLED = {".css", ".html", ".ts", ".vue", ".js", ".svg"}
COLOUR = re.compile(r"""(?::[^;{}"'=]*?|["'])(#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3}))(?=["';,\s)])""")
TEXT_LIMIT = 5_000_000


def complaints() -> Iterator[str]:
    """Name every line that breaks a rule, as path:line: what."""
    for path in _tracked():
        if not path.is_file() or path.stat().st_size > TEXT_LIMIT:
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            for complaint in _of_line(path, line):
                yield f"{path.relative_to(ROOT)}:{number}: {complaint}"


def _of_line(path: Path, line: str) -> Iterator[str]:
    if ADDRESS.search(line):
        yield "says where packages come from; that is for the settings of the machine"
    if path.suffix in STYLED and "tokens" not in path.name and "href=" not in line:
        for match in COLOUR.finditer(line):
            yield f"writes the colour {match[1]}; use a token"


def _tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listing.split("\0") if name]
