"""What the bench of maps does inside a database. Run as a child; prints one JSON object."""

import json
import sys
import time
from datetime import UTC, datetime

import django

django.setup()

from lianxin.faces.identity.cookies import SESSION  # noqa: E402 - after setup
from lianxin.foundation.accounts.actions.signing import begin_session  # noqa: E402
from lianxin.foundation.accounts.models import Post, Role  # noqa: E402
from lianxin.operations.demo import painting  # noqa: E402
from lianxin.operations.demo.geography import make_geography  # noqa: E402
from lianxin.operations.profiles.reader import read  # noqa: E402
from lianxin.registry.basemap import actions  # noqa: E402
from lianxin.registry.basemap.models import Edition, Tile  # noqa: E402


def people() -> dict[str, object]:
    """Sign in a leader, who sees all, and a community's clerk; tell which tiles there are."""
    shown = Edition.objects.get(is_shown=True)
    tiles = list(Tile.objects.filter(edition=shown).values_list("z", "x", "y"))
    return {**_signed_in(), "edition": shown.pk, "tiles": tiles}


def viewers() -> dict[str, object]:
    """Sign in a leader and a community's clerk, who see components also where the seed is older than these."""
    for role in Role.objects.filter(code__in=("leader", "community_clerk")):
        role.permissions = sorted({*role.permissions, "components.view"})
        role.save(update_fields=["permissions"])
    return _signed_in()


def _signed_in() -> dict[str, object]:
    posts = [
        Post.objects.filter(role__code=role, valid_to=None).order_by("pk")[0] for role in ("leader", "community_clerk")
    ]
    now = datetime.now(UTC)
    keys = [begin_session(post.account, device="bench", address=None, at=now).key for post in posts]
    return {"cookie": SESSION, "keys": keys}


def cut() -> dict[str, float]:
    """Cut the demo's base map once more, beside the one that is shown."""
    # A seed made before there were base maps has none.
    shown = Edition.objects.filter(is_shown=True).first() or painting.make(
        make_geography(read("tongcheng"), 1), seed=1, now=datetime.now(UTC)
    )
    anew = Edition.objects.create(sheet_ids=shown.sheet_ids, made_at=datetime.now(UTC))
    begun = time.perf_counter()
    made = actions.cut(anew.pk, at=datetime.now(UTC))
    return {"seconds": time.perf_counter() - begun, "tiles": float(made.tile_count)}


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
