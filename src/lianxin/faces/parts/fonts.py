"""The Chinese font of this machine, for pictures and papers; none is part of the tree."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Font:
    """A font file, and which of the fonts in it (a collection holds several)."""

    path: Path
    index: int = 0


# Where Debian, Fedora and others keep them; the simplified-Chinese face of each collection.
_NOTO = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/google-noto-cjk", "/usr/share/fonts/noto-cjk")
_REGULAR = (
    *((f"{folder}/NotoSansCJK-Regular.ttc", 2) for folder in _NOTO),
    ("/usr/share/fonts/opentype/noto/NotoSansCJKsc-Regular.otf", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
)
_BOLD = (*((f"{folder}/NotoSansCJK-Bold.ttc", 2) for folder in _NOTO), *_REGULAR)


@lru_cache(maxsize=2)
def chinese(*, bold: bool = False) -> Font | None:
    """Return a font with Chinese glyphs, or None where the machine has none.

    LIANXIN_FONT names a file of one's own, used for both weights.
    """
    own = os.environ.get("LIANXIN_FONT")
    known = ((own, 0),) if own else (_BOLD if bold else _REGULAR)
    return next((Font(Path(path), index) for path, index in known if Path(path).is_file()), None)
