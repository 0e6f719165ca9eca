"""What care does when people move, die, leave, or take back their consent."""

from django.utils.translation import gettext as _

from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.registry.people.models import Person

from . import actions, rules


@listens("care", "person.move_in", "person.merge", "person.unmerge")
def follow_move(entry: Entry) -> None:
    """Let tags lie where the person now lives; twice is as once."""
    person = Person.objects.filter(pk=entry.subject_id).first()
    if person is not None:
        actions.follow_home(person)


@listens("care", "person.end")
def follow_end(entry: Entry) -> None:
    """End the tags of who is no longer on the books."""
    actions.end_all(entry.subject_id, reason=_("本人已不在册"), at=entry.at)


@listens("care", "person.withdraw")
def follow_withdrawal(entry: Entry) -> None:
    """End the tags that stood on a consent which was taken back."""
    if entry.after.get("fields") == [f"consent.{rules.CONSENT}"]:
        actions.end_all(entry.subject_id, reason=_("本人撤回同意"), at=entry.at, consent_only=True)
