"""Two at once, on real connections of their own."""

import pytest

from lianxin.kernel.errors import Refused
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes.models import Letter
from mailbox_desk import NOW, Mailbox
from racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("_round", range(3))
def test_of_two_who_open_a_letter_at_once_one_answers_for_it(mailbox: Mailbox, _round: int) -> None:
    letter = mailbox.put()

    found = at_once(
        lambda: wishes.take(mailbox.cast.community_clerk, letter=letter, at=NOW),
        lambda: wishes.take(mailbox.clerk_2, letter=letter, at=NOW),
        lambda: wishes.take(mailbox.cast.street_seat, letter=letter, at=NOW),
    )

    taken = [each for each in found if isinstance(each, Letter)]
    assert [type(each) for each in found if not isinstance(each, Letter)] == [Refused, Refused]
    assert Letter.objects.get().taken_by_id == taken[0].taken_by_id
