"""The cast with a desk, gone after each test."""

import pytest

from casework import Desk, make_desk
from cast import Cast


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """Everyone, with categories and standards."""
    return make_desk(cast)
