"""What is taken away when a letter's time is over, or its writer takes it back."""

from datetime import datetime

from .models import Enclosure, Letter, Note


def erase(letter: Letter, *, at: datetime, keeps_sides: bool = False) -> None:
    """Take words and enclosures away; who wrote, too, unless the sides still look at what became of it."""
    Enclosure.objects.filter(note__side__letter=letter).delete()
    Note.objects.filter(side__letter=letter).update(words="")
    letter.asks.update(words="")
    if not keeps_sides:
        letter.sides.update(name="", phone="", phone_hash=None, account_id=None)
    letter.erased_at = at
