"""What the front end's build left for the app: its files by their hashed names, and the version they make up."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

FOLDER = "worker/"
ICONS = "icons.svg"


@dataclass(frozen=True, slots=True)
class Listing:
    """Addresses of the app's files. `files` are kept by the phone at once, `later` when nothing else is wanted."""

    app: str
    css: tuple[str, ...]
    preload: tuple[str, ...]
    files: tuple[str, ...]
    later: tuple[str, ...]
    version: str


def listing() -> Listing:
    """Return the files of the build that is there; read again when another takes its place."""
    path = _find("build.json")
    return _read(path, path.stat().st_mtime_ns)


def service_worker() -> str:
    """Return the script of the service worker as built."""
    return _find("sw.js").read_text(encoding="utf-8")


def _find(name: str) -> Path:
    # Beside the files that are served: a build that is newer than those waits for the next start.
    collected = Path(settings.STATIC_ROOT) / FOLDER / name
    if collected.is_file():
        return collected
    found = finders.find(FOLDER + name)
    if not isinstance(found, str):
        raise ImproperlyConfigured("The worker's app is not built: run ./run demo, or `npm run build` in frontend/.")
    return Path(found)


@cache
def _read(path: Path, _changed: int) -> Listing:
    told = json.loads(path.read_text(encoding="utf-8"))

    def named(names: list[str]) -> tuple[str, ...]:
        # Their names carry a hash already, and they name each other by it: no second hash.
        return tuple(f"{settings.STATIC_URL}{FOLDER}{name}" for name in names)

    icons = static(ICONS)
    return Listing(
        app=named([told["app"]])[0],
        css=named(told["css"]),
        preload=named(told["preload"]),
        files=(*named(told["files"]), icons),
        later=named(told["later"]),
        version=hashlib.sha256(f"{told['version']} {icons}".encode()).hexdigest()[:12],
    )
