"""The session of the grid worker who has most to do. Run as a child on a bench's database; prints JSON."""

import json
from datetime import UTC, datetime

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.db.models import Count, Q

from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.queries import current_posts
from lianxin.work.cases.models import FieldTask


def main() -> None:
    """Sign in the worker whose grid has the most field tasks open."""
    at = datetime.now(UTC)
    tasks = FieldTask.objects.filter(done_at=None, cancelled_at=None, grid_id__isnull=False)
    busiest = tasks.values("grid_id").annotate(count=Count("pk")).order_by("-count", "grid_id").values_list("grid_id")
    posts = current_posts(at).filter(Q(role__code="grid_worker"), area__role="grid").select_related("account")
    post = posts.filter(area_id__in=[grid for (grid,) in busiest[:1]]).first() or posts.order_by("pk").first()
    if post is None:
        raise LookupError("The county has no grid worker.")
    key = begin_session(post.account, device="bench", address=None, at=at).key
    print(json.dumps({"name": SESSION, "value": key}))


if __name__ == "__main__":
    main()
