"""A street whose fields are registered, some of them owned by departments."""

import pytest

from cast import Cast
from neighbours import Street
from register import load_register


@pytest.fixture
def street(cast: Cast) -> Street:
    """The cast, flats, and the register: names and numbers are the traffic police's, phones the community's."""
    load_register({"person.name": "jiaojing", "person.birth_date": "jiaojing", "person.id_number": "jiaojing"})
    return Street(cast)
