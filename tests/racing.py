"""Acts at the same moment, each on a connection of its own, as two people on two machines."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from lianxin.kernel.errors import LianxinError


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each act on a connection of its own, all from the same moment; refusals are results too."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '20s'")
            ready.wait(timeout=20)
            return act()
        except LianxinError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, act) for act in acts]]
