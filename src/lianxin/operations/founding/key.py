"""The key of an empty installation: whoever can read the data folder, or saw the start, may make the first account."""

import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings

from lianxin.foundation.accounts.models import Account

NAME = "first-key"


def is_empty() -> bool:
    """Tell whether nobody of the staff has an account yet."""
    return not Account.objects.filter(kind=Account.Kind.STAFF).exists()


def lay() -> str | None:
    """Return the key of an empty installation, made when there is none; None once somebody has an account."""
    place = Path(settings.DATA) / NAME
    if not is_empty():
        place.unlink(missing_ok=True)
        return None
    try:
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    except FileExistsError:
        pass
    return place.read_text(encoding="ascii").strip()


def fits(given: str) -> bool:
    """Tell whether somebody brings the key, while nobody has an account."""
    place = Path(settings.DATA) / NAME
    if not given or not place.is_file():
        return False
    return hmac.compare_digest(place.read_text(encoding="ascii").strip(), given) and is_empty()


def spend() -> None:
    """Let the key open nothing any more."""
    (Path(settings.DATA) / NAME).unlink(missing_ok=True)


def path(key: str) -> str:
    """Return where the key leads, below the installation's address."""
    return f"/console/first?key={key}"
