"""The whole examination: every check in order; those on tables only when there is a database with tables."""

from collections.abc import Callable, Iterator

from lianxin.operations.doctor import database, devices, machine
from lianxin.operations.doctor.finding import Finding, Level

WITHOUT_DATABASE: tuple[Callable[[], Finding], ...] = (
    machine.python,
    machine.disk,
    machine.data_folder,
    machine.key_file,
    machine.secret_key,
    machine.public_address,
    devices.broker,
)
WITH_TABLES: tuple[Callable[[], Finding], ...] = (
    database.outbox,
    database.worker,
    database.demo_passwords,
)


def examine() -> Iterator[Finding]:
    """Yield findings as they are made."""
    for check in WITHOUT_DATABASE:
        yield check()
    yield from machine.exposure()
    yield from devices.set_aside()
    reached = list(database.server())
    yield from reached
    if reached[0].level is Level.WRONG:
        return
    yield database.clock()
    tables = database.migrations()
    yield tables
    if tables.level is Level.WRONG:
        return
    for check in WITH_TABLES:
        yield check()
    yield from database.consumers()
