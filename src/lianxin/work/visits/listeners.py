"""What visits and signs do when lower rooms tell: a tag was set, somebody left, moved, or took the consent back."""

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.registry.care.models import CareTag
from lianxin.registry.people.models import Person

from . import actions, retention
from .signs import keeping
from .signs.rules import CONSENT


@listens("visits", "care.create")
def settle_proposal(entry: Entry) -> None:
    """Let a proposal end with the tag it asked for."""
    tag = CareTag.objects.filter(pk=entry.subject_id).first()
    if tag is not None:
        actions.settle_needs(tag.person_id, tag.need)


@listens("visits", "person.end")
def follow_end(entry: Entry) -> None:
    """Let the signs of who is no longer on the books end."""
    keeping.end_all(SYSTEM, entry.subject_id, reason="person", at=entry.at)


@listens("visits", "person.withdraw")
def follow_withdrawal(entry: Entry) -> None:
    """Let the sign end whose consent was taken back."""
    if entry.after.get("fields") == [f"consent.{CONSENT}"]:
        keeping.end_all(SYSTEM, entry.subject_id, reason="consent", at=entry.at)


@listens("visits", "person.move_in", "person.merge", "person.unmerge")
def follow_move(entry: Entry) -> None:
    """Let the sign lie where the person lives now."""
    person = Person.objects.filter(pk=entry.subject_id).first()
    if person is not None:
        keeping.follow_home(person)


@listens("visits", "person.erase")
def forget(_entry: Entry) -> None:
    """Take away recordings of visits whose person was erased."""
    retention.drop_recordings()
