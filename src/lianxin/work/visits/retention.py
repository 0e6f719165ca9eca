"""How long visits keep what they know (保存期限): words, names and recordings go, that somebody came stays."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from lianxin.kernel.files.actions import remove_of
from lianxin.kernel.files.models import StoredFile

from .models import SignDay, Visit, VisitVersion
from .settings import visit_settings

BATCH = 500
# What of a visit speaks about people.
BLANK = {
    "person_id": None, "household_id": None, "dwelling_id": None, "words": None, "need_evidence": None, "mood": "",
    "follow_up_on": None, "followed_at": None,
}  # fmt: skip


@transaction.atomic
def erase_words(*, at: datetime, limit: int = BATCH) -> int:
    """Take words, names and recordings out of a batch of old visits; returns how many. Several workers may run this."""
    until = at - timedelta(days=visit_settings().keep_words_days)
    old = Visit.objects.filter(visited_at__lt=until, words_erased_at=None)
    ids = list(
        old.select_for_update(skip_locked=True, of=("self",)).order_by("pk").values_list("pk", flat=True)[:limit]
    )
    Visit.objects.filter(pk__in=ids).update(**BLANK, words_erased_at=at)
    VisitVersion.objects.filter(visit__in=ids).delete()
    remove_of("visit", ids)
    return len(ids)


def drop_recordings() -> int:
    """Take away files of visits that no longer say whose they were; returns how many."""
    kept = StoredFile.objects.filter(subject_kind="visit").values("subject_id")
    nobodys = Visit.objects.filter(Q(pk__in=kept), person=None, words__isnull=True, versions=None)
    ids = list(nobodys.values_list("pk", flat=True))
    return remove_of("visit", ids)


def drop_days(*, at: datetime, limit: int = 5000) -> int:
    """Forget on which days signs came, once they are old; returns how many."""
    until = (at - timedelta(days=visit_settings().keep_sign_days)).date()
    old = list(SignDay.objects.filter(day__lt=until).order_by("pk").values_list("pk", flat=True)[:limit])
    return SignDay.objects.filter(pk__in=old).delete()[0]
