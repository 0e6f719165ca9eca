"""A street with people."""

import pytest

from cast import Cast
from neighbours import Street


@pytest.fixture
def street(cast: Cast) -> Street:
    """The cast, and flats for people to live in."""
    return Street(cast)
