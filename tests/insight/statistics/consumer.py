"""A process that follows the feed as the installation's does, made to be killed. Told what to do by its standard input.

It forks for each order, so that a kill -9 costs no new start: `hold N` takes a batch of N entries and never commits it,
`run N` takes batch after batch, `end N` takes all there is and says so.
"""

import os
import sys
import time
from datetime import UTC, datetime

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - after setup

from lianxin.insight.statistics import folding  # noqa: E402
from lianxin.kernel.journal import listening  # noqa: E402

CONSUMER = listening.consumers[folding.CONSUMER]


def take(limit: int) -> int:
    """Take one batch and commit it."""
    return listening.follow(CONSUMER, at=datetime.now(UTC), limit=limit)


def hold(limit: int) -> None:
    """Take one batch, say so, and be killed before the commit."""
    with transaction.atomic():
        say(f"held {take(limit)}")
        time.sleep(60)


def run(limit: int) -> None:
    """Take batch after batch until killed."""
    while True:
        take(limit)


def end(limit: int) -> None:
    """Take all there is. A batch of one who was killed may still be on its way back: nobody takes it meanwhile."""
    while take(limit) or folding.standing(at=datetime.now(UTC)).behind:
        pass
    say("end")


def say(words: str) -> None:
    print(words, flush=True)


def main() -> None:
    connection.close()
    for line in sys.stdin:
        order, limit = line.split()
        child = os.fork()
        if not child:
            {"hold": hold, "run": run, "end": end}[order](int(limit))
            os._exit(0)
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main()
