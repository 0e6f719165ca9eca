"""The cast at work, the device of one of them, and room for kinds that only a test knows."""

from collections.abc import Callable, Iterator

import pytest

from casework import Desk, make_desk
from cast import Cast
from factories import account_of, act_as
from fieldwork import Device
from lianxin.faces.sync import wire
from lianxin.faces.sync.records import KINDS, Kind
from lianxin.foundation.accounts.models import Role


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """The cast at work."""
    return make_desk(cast)


@pytest.fixture
def device(desk: Desk) -> Device:
    """The device of the worker of grid 111, who verifies there as the profiles have it."""
    role = Role.objects.get(code="grid_worker")
    role.permissions = [*role.permissions, "cases.verify"]
    role.save()
    return Device(act_as(account_of(desk.cast.grid_worker)))


@pytest.fixture
def extra_kinds() -> Iterator[Callable[[Kind], None]]:
    """Let a test add kinds of its own; they are gone after it."""
    known = dict(KINDS)

    def add(kind: Kind) -> None:
        KINDS[kind.name] = kind
        wire.batch_schema.cache_clear()

    yield add
    KINDS.clear()
    KINDS.update(known)
    wire.batch_schema.cache_clear()
