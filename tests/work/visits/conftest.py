"""A street with people who are visited."""

import pytest

from cast import Cast
from lianxin.registry.people.models import Person
from neighbours import WANG, Street


@pytest.fixture
def street(cast: Cast) -> Street:
    """The cast, and flats for people to live in."""
    return Street(cast)


@pytest.fixture
def wang(street: Street) -> Person:
    """Mrs Wang in grid 111."""
    return street.lives(WANG)
