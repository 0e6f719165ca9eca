"""Cases on the map of a test: databases go back in time, memory must, too."""

from collections.abc import Iterator

import pytest

from casework import Desk, make_desk
from cast import Cast
from lianxin.faces.maps import opencases


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    opencases.forget()
    yield
    opencases.forget()


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """Everyone at work."""
    return make_desk(cast)
