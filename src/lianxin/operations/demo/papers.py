"""Numbers of made-up people and firms: they check, and are nobody's.

Identity numbers begin with the prefecture's digits and 99, a county that has not been given out; phone numbers
with 199 00, which is held back from subscribers; credit codes name that same county.
"""

from datetime import date

from lianxin.registry.people.rules import check_character
from lianxin.registry.places.codes import credit_check, organisation_check

PHONE_PREFIX = "19900"
# The first ten thousand belong to the staff and the reporters, see `people`.
FIRST_PHONE, PHONES = 10_000, 1_000_000


class Papers:
    """Gives numbers out, each once; `taken` people and phones have theirs already."""

    def __init__(self, division: str, *, phones_taken: int = 0, sequences: dict[tuple[date, int], int] | None = None):
        self.county = f"{division[:4]}99"
        self._phone = FIRST_PHONE + phones_taken
        self._firms = 0
        self._sequences = sequences if sequences is not None else {}

    def identity(self, born: date, sex: str) -> str:
        """Return an identity number for this birth date; odd sequences are men's. A day has 500 for each sex."""
        odd = 1 if sex == "m" else 0
        turn = self._sequences.get((born, odd), 0)
        self._sequences[born, odd] = turn + 1
        if turn > 499:
            raise OverflowError("More than 500 were born on one day.")
        body = f"{self.county}{born:%Y%m%d}{2 * turn + odd:03d}"
        return body + check_character(body)

    def phone(self) -> str | None:
        """Return the next phone number, None once all are given out."""
        if self._phone >= PHONES:
            return None
        self._phone += 1
        return f"{PHONE_PREFIX}{self._phone - 1:06d}"

    def credit_code(self, kind: str) -> str:
        """Return a credit code; `kind` is its first two characters, such as 91 for an enterprise."""
        self._firms += 1
        # A step that shares no factor with the range: neighbours look unlike, and none comes twice.
        stem = f"MA{self._firms * 314_159 % 1_000_000:06d}"
        body = f"{kind}{self.county}{stem}{organisation_check(stem)}"
        return body + credit_check(body)
