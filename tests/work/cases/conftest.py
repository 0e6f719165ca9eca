"""The desk where the cast works on cases."""

import pytest
from cast import Cast
from casework import Desk, make_desk


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """Everyone, with categories and standards."""
    return make_desk(cast)
