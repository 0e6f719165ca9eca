import uuid
from datetime import UTC, datetime

import pytest

from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid


def test_an_identifier_carries_its_instant() -> None:
    at = datetime(2026, 11, 21, 8, 30, 15, 123000, tzinfo=UTC)

    made = ids.uuid7(at)

    assert made.version == 7
    assert type(made) is uuid.UUID
    assert made.int >> 80 == 1795249815123


def test_identifiers_sort_by_time_and_never_meet() -> None:
    made = [ids.uuid7() for _ in range(2000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_naive_instant_is_a_bug() -> None:
    with pytest.raises(ValueError, match="aware"):
        ids.uuid7(datetime(2026, 11, 21))  # noqa: DTZ001


def test_parse_reads_what_was_written() -> None:
    made = ids.uuid7()

    assert ids.parse(str(made)) == made
    assert ids.parse(str(made).upper()) == made


@pytest.mark.parametrize(
    "text", ["", "12", "{01890a5d-ac96-774b-bcce-b302099a8057}", "01890a5dac96774bbcceb302099a8057", "zz" * 18]
)
def test_parse_refuses_other_spellings_in_words(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        ids.parse(text, field="key")

    assert "36" in str(caught.value.fields["key"])
