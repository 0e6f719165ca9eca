"""What a first visit brings, compressed: style, scripts, icons. Map and charts come only where they stand."""

import gzip
import re
from pathlib import Path

import pytest

import lianxin.faces

BUILT = Path(lianxin.faces.__file__).parent / "static_build"
KB = 1024
_IMPORTED = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")  # not import("…"), which waits until needed


def weight(name: str, known: set[str] | None = None) -> int:
    """Return the compressed bytes of a file and of the scripts it cannot start without."""
    seen = known if known is not None else set()
    if name in seen:
        return 0
    seen.add(name)
    content = (BUILT / name).read_bytes()
    others = _IMPORTED.findall(content.decode()) if name.endswith(".js") else ()
    return len(gzip.compress(content, 9)) + sum(weight(other, seen) for other in others)


@pytest.mark.parametrize(
    ("names", "most"),
    [
        (("lx.css",), 40),
        (("lx.css", "console.js", "icons.svg"), 100),
        (("lx-resident.css", "resident.js", "icons.svg"), 50),
        (("screen.css", "screen.js"), 20),
    ],
    ids=["style", "console", "residents", "big screen"],
)
def test_a_first_visit_is_light(names: tuple[str, ...], most: int) -> None:
    seen: set[str] = set()

    brought = sum(weight(name, seen) for name in names)

    assert brought < most * KB, f"{brought / KB:.1f} kB: {sorted(seen)}"
    assert not {name for name in seen if "maplibre" in name or "chart" in name or "onemap" in name}
