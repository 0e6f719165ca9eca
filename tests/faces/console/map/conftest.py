"""The map of a test: databases go back in time, memory must, too."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from lianxin.faces.maps import opencases

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    opencases.forget()
    yield
    opencases.forget()
