"""Choose the ports an installation listens on, so that two on one machine never share one."""

import errno
import socket

from lianxin.operations.supervisor.process import wait_until

FIRST, LAST = 8000, 8099


class Claim:
    """A claim on a port that ends with this process, however it ends.

    The web server opens its port with SO_REUSEPORT, so two servers could take the same one unseen.
    An abstract Unix socket has one owner on the machine and needs no file.
    """

    def __init__(self, port: int) -> None:
        """Take the claim. Raises OSError when another installation holds it, or any program the port."""
        self.port = port
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.bind(f"\0lianxin-port-{port}")
            _probe(port)
        except OSError:
            self._socket.close()
            raise

    def release(self) -> None:
        """Give the port up."""
        self._socket.close()


def claim(port: int | None, *, patience: float = 2, first: int = FIRST, last: int = LAST) -> Claim:
    """Claim `port`, or the first free one from `first` to `last` when none is asked for.

    Raises OSError when the port asked for is still taken after `patience` seconds, or none is free.
    """
    if port is not None:
        claims: list[Claim] = []
        wait_until(lambda: _try(port, claims), seconds=patience)
        return claims[0] if claims else Claim(port)
    for candidate in range(first, last + 1):
        found: list[Claim] = []
        if _try(candidate, found):
            return found[0]
    raise OSError(errno.EADDRINUSE, f"no port from {first} to {last} is free")


def _try(port: int, claims: list[Claim]) -> bool:
    try:
        claims.append(Claim(port))
    except OSError:
        return False
    return True


def _probe(port: int) -> None:
    """Bind for a moment without SO_REUSEPORT, which fails when anybody listens, on any address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Connections of a server that has just stopped linger; they do not stand in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("0.0.0.0", port))  # noqa: S104 - for a moment, and never listened on
