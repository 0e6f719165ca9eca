"""Care (关爱): whom to visit next and why, how many need what, which tags to look at again. For who serves only."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.living import person_line
from lianxin.faces.console.portraying import Count
from lianxin.faces.console.standing import where
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.registry.care import queries
from lianxin.registry.care.models import CareTag

_MOST = 40


@require_safe
@never_cache
@staff_only("care.view")
def care(request: HttpRequest) -> HttpResponse:
    """Show whom to visit, the most pressing first; beside it the needs and what wants another look."""
    asked = cast("Request", request)
    visits = queries.due_visits(asked.actor, at=asked.at, limit=_MOST)
    counts = queries.counts(asked.actor)
    most = max(counts.values(), default=1)
    may_list = asked.actor.may("people.view")
    reviews = queries.reviews_due(asked.actor, at=asked.at)[:20] if asked.actor.may("care.tag") else []
    return page(
        request,
        "console/people/care.html",
        door="console:base",
        title=_("关爱"),
        visits=[
            {
                "line": person_line(asked, each.person), "why": each.why, "days_over": each.days_over,
                "home": each.person.home.address if each.person.home else where(asked, each.person.area_id),
                "tag": each.tags[0],
            }
            for each in visits
        ],
        is_cut=len(visits) == _MOST,
        needs=[
            Count(
                str(CareTag.Need(need).label), words.count(count), count / most,
                f"{reverse('console:people')}?{urlencode({'need': need})}" if may_list else "",
            )
            for need, count in sorted(counts.items(), key=lambda pair: -pair[1])
        ],
        reviews=[(tag, person_line(asked, tag.person)) for tag in reviews],
    )  # fmt: skip
