"""Mosquitto, the MQTT broker, as a child of the supervisor: its own folder, settings and port.

It runs with that folder as its working folder and knows only names within, so that it needs no way through the closed
data folder above; as root we let it run as somebody without rights. Its state is written each second and when it ends.
"""

import os
import resource
import secrets
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from lianxin.operations.supervisor.postgres import service_user
from lianxin.operations.supervisor.process import Owner
from lianxin.operations.supervisor.services import Service

NAMES = ("mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto")
FIRST, LAST = 1883, 1899  # ports
SOCKET = "intake.sock"
SOCKET_LIMIT = 107  # bytes in the address of a socket
CONNECTIONS = 65_536  # files it may hold open, where the machine lets it

SETTINGS = """\
# Written by Lianxin at each start; put your own settings into local.conf beside this file.
per_listener_settings false
allow_anonymous false
password_file passwords
acl_file access

listener {port} {host}
max_qos 1
{tls}
# The intake comes by a socket: what the broker has written there is there, even when the broker is killed.
listener 0 {socket}

persistence true
persistence_location ./
persistence_file state.db
# Written whole each second: what was acknowledged and not yet handed to the intake is lost with a broker that is
# killed for at most that long.
autosave_interval 1

# The intake says itself how much it takes at once. While it is away the broker keeps so many messages for it.
max_inflight_messages 0
max_queued_messages 500000
# The intake refuses and counts what is over 64 kB; what is far larger ends the connection.
max_packet_size 262144
max_keepalive 3600
persistent_client_expiration 30d

log_dest stdout
log_dest topic
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S
set_tcp_nodelay true
pid_file broker.pid
include_dir ./more
"""


@dataclass(frozen=True)
class Broker:
    """A broker of ours: where its files lie, where devices reach it, which program it is."""

    program: str
    folder: Path
    host: str
    port: int
    certificate: str = ""
    key: str = ""

    def prepare(self) -> None:
        """Make the folder and write the settings; the lists of who is let in come from the register."""
        (self.folder / "more").mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        tls = f"certfile {self.certificate}\nkeyfile {self.key}\n" if self.certificate else ""
        text = SETTINGS.format(port=self.port, host=self.host, socket=SOCKET, tls=tls)
        (self.folder / "mosquitto.conf").write_text(text, encoding="utf-8")
        (self.folder / "mosquitto.conf").chmod(0o600)
        if owner := self._owner():
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
        _raise_limit()

    def service(self) -> Service:
        """Return how it is run: told to read its lists anew by SIGHUP, and to save what it holds when we are killed."""
        return Service(
            "broker",
            # It begins with nobody let in but the intake, which opens the gate once it listens.
            ["/bin/sh", "-c", 'cp own passwords && exec "$0" -c mosquitto.conf', self.program],
            reloads=True,
            cwd=self.folder,
            owner=self._owner(),
            death_signal=signal.SIGTERM,
        )

    def settings(self, password_file: Path) -> dict[str, str]:
        """Return what the product must know of it."""
        _make_password(password_file)
        socket = self.folder / SOCKET
        fits = len(os.fsencode(socket)) <= SOCKET_LIMIT
        scheme = "mqtts" if self.certificate else "mqtt"
        named = os.environ.get("LIANXIN_MQTT_PUBLIC_URL")
        return {
            "LIANXIN_MQTT_URL": f"unix://{socket}" if fits else f"{scheme}://{self._near()}:{self.port}",
            "LIANXIN_MQTT_PASSWORD_FILE": str(password_file),
            "LIANXIN_MQTT_PUBLIC_URL": named or f"{scheme}://{self._near()}:{self.port}",
            "LIANXIN_BROKER_FOLDER": str(self.folder),
        }

    def _near(self) -> str:
        return "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104 - compared only

    def _owner(self) -> Owner | None:
        if os.geteuid() != 0:
            return None
        entry = service_user(self.folder.stat().st_uid if self.folder.exists() else 0)
        return Owner(entry.pw_uid, entry.pw_gid)


def find() -> str:
    """Return Mosquitto's program, or nothing where there is none."""
    named = os.environ.get("LIANXIN_MOSQUITTO")
    return next((found for name in ([named] if named else NAMES) if (found := shutil.which(name))), "")


def is_wanted() -> bool:
    """Whether a broker of ours shall run: another one may be named by LIANXIN_MQTT_URL, or `none`."""
    return not os.environ.get("LIANXIN_MQTT_URL")


def _make_password(path: Path) -> None:
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))


def _raise_limit() -> None:
    """Let this process and its children hold more files open: each device is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, CONNECTIONS)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
