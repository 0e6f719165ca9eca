"""`./run demo` and `./run serve`: a whole installation in one data folder, from nothing to READY, until Ctrl-C."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from lianxin.operations.launch.console import fail, say
from lianxin.operations.supervisor import broker, ports, process, services, statics, strays
from lianxin.operations.supervisor.broker import Broker
from lianxin.operations.supervisor.folder import UNFINISHED, Folder, Taken
from lianxin.operations.supervisor.postgres import ROLE, Server, create_database, drop_database, hide_password, tail
from lianxin.operations.supervisor.watch import Watch

GIVE_UP_AFTER = 4
LOOK_EVERY = 0.2


class Stop(BaseException):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or a terminal that was closed."""


@dataclass(frozen=True)
class Options:
    """What `./run demo` or `./run serve` was asked for."""

    data: Path
    port: int | None
    host: str
    profile: str
    headless: bool
    live_port: int | None = None
    mqtt_port: int | None = None
    demo: bool = True  # whether passwords and codes may be shown, and a county made up


class Installation:
    """The processes of one data folder, and what they are told."""

    def __init__(self, folder: Folder, options: Options) -> None:
        """Prepare the record; nothing runs yet."""
        self.folder = folder
        self.options = options
        self.record = strays.new_record()
        self.server: Server | None = None
        self.watch: Watch | None = None
        self.broker: Broker | None = None

    def serve(self, closing: ExitStack) -> None:
        """Start everything, say READY, and watch until Stop."""
        # What is left by a killed run still holds its ports, so strays go first.
        cleared = self.folder.take()
        closing.callback(self.folder.leave)
        if cleared:
            say(f"已清理上次遗留的 {cleared} 个进程", "cleared processes of an earlier run")
        self._write()
        web, live = (self._claim(port, closing) for port in (self.options.port, self.options.live_port))
        self._find_broker(closing)
        self._start_database(closing)
        url = f"http://{'127.0.0.1' if self.options.host == '0.0.0.0' else self.options.host}:{web}"  # noqa: S104
        self.record.url = url
        env = services.environment(self._settings(live))
        self._prepare(env)
        self.watch = Watch(env, self.folder.logs, self._write, self._tell_failure)
        closing.callback(self.watch.stop)
        for service in [
            *([self.broker.service()] if self.broker else []),
            *services.services(host=self.options.host, port=web, live_port=live),
            *self._services_of_devices(),
        ]:
            self.watch.start(service)
        self._wait_until_ready(url)
        self._welcome(url)
        self._watch_for_ever()

    def renew(self) -> None:
        """Take up new code without an interruption."""
        if self.watch:
            say("正在平滑重启", "renewing all processes")
            self.watch.renew()

    def _find_broker(self, closing: ExitStack) -> None:
        """Choose the broker: ours, if its program is there and no other one is named."""
        program = broker.find()
        if not broker.is_wanted() or not program:
            if broker.is_wanted():
                say("没有安装 mosquitto，设备只能用 HTTP 送数", "there is no Mosquitto: devices can push by HTTP only")
            return
        named = os.environ.get("LIANXIN_MQTT_PORT")
        asked = self.options.mqtt_port or (int(named) if named else None)
        port = self._claim(asked, closing, first=broker.FIRST, last=broker.LAST)
        self.broker = broker.Broker(
            program,
            self.folder.broker,
            host=os.environ.get("LIANXIN_MQTT_HOST", self.options.host),
            port=port,
            certificate=os.environ.get("LIANXIN_MQTT_CERTIFICATE", ""),
            key=os.environ.get("LIANXIN_MQTT_KEY", ""),
        )
        self.broker.prepare()

    def _services_of_devices(self) -> list[services.Service]:
        is_spoken = self.broker is not None or os.environ.get("LIANXIN_MQTT_URL", "none") != "none"
        found = services.intakes(int(os.environ.get("LIANXIN_INTAKES", "1"))) if is_spoken else []
        if self.options.demo and self.options.profile != "none" and services.has_command("simulate_devices"):
            found.append(services.simulated_devices(self.record.url))
        return found

    def _claim(self, port: int | None, closing: ExitStack, *, first: int = ports.FIRST, last: int = ports.LAST) -> int:
        try:
            claim = ports.claim(port, first=first, last=last)
        except OSError:
            fail(
                f"端口 {port or ''} 已被占用,请用 --port 换一个。",
                f"The port {port or ''} is taken; choose another with --port.",
            )
        closing.callback(claim.release)
        return claim.port

    def _start_database(self, closing: ExitStack) -> None:
        given = os.environ.get("DATABASE_URL")
        if given:
            say("使用给定的数据库", f"using the database {hide_password(given)}")
            self.record.database_url = given
            return
        say("正在启动数据库 PostgreSQL", "starting the database")
        self.server = Server(self.folder.postgres)
        closing.callback(self.server.stop)
        self._start_server()
        if self.folder.is_unfinished():
            say("上次的演示数据没有生成完,重新生成", "the county was left half made and is made anew")
            drop_database(self.server.url("postgres"), ROLE)
            (self.folder.path / UNFINISHED).unlink()
            create_database(self.server.url("postgres"), ROLE)

    def _start_server(self) -> None:
        if self.server:
            self.server.start()
            create_database(self.server.url("postgres"), ROLE)
            self.record.database_url = self.server.url()
            self._write()

    def _settings(self, live_port: int) -> dict[str, str]:
        hosts = os.environ.get("LIANXIN_HOSTS", "*" if self.options.host == "0.0.0.0" else "localhost,127.0.0.1")  # noqa: S104
        self.record.env = {
            **self.folder.environment(),
            "DATABASE_URL": self.record.database_url,
            "LIANXIN_DEMO": str(int(self.options.demo)),
            "LIANXIN_HOSTS": hosts,
            # Behind a proxy both have one address, unless the environment says otherwise.
            "LIANXIN_LIVE_PORT": str(live_port) if self.options.demo else os.environ.get("LIANXIN_LIVE_PORT", "0"),
            "LIANXIN_STATIC": str(statics.folder(self.folder.path)),
            **(self.broker.settings(self.folder.intake_password_file) if self.broker else {}),
        }
        return self.record.env

    def _prepare(self, env: dict[str, str]) -> None:
        """Migrate, load the profile, make the county: in a process of its own, whose memory ends with it."""
        argv = services.lianxin_command("prepare", "--profile", self.options.profile)
        child = process.start(argv, env=env)
        try:
            code = child.wait()
        finally:
            process.stop(child)
        if code:
            fail("准备数据时出错(见上面的信息)", f"preparing the data failed, see above (data in {self.folder.path})")

    def _wait_until_ready(self, url: str) -> None:
        deadline = time.monotonic() + 90
        while not _answers(f"{url}/readyz"):
            self._look()
            if self.watch and (self.watch.failures() >= GIVE_UP_AFTER or time.monotonic() > deadline):
                logs = [
                    self.folder.logs / f"{name}.log" for name in ("broker", "web", "live", "relay", "worker", "intake")
                ]
                fail("服务没有就绪。日志:", "\n".join(f"{log}\n{tail(log)}" for log in logs if log.exists()))
            time.sleep(LOOK_EVERY)

    def _watch_for_ever(self) -> None:
        while True:
            self._look()
            time.sleep(LOOK_EVERY)

    def _look(self) -> None:
        if self.server and not self.server.is_alive:
            say("数据库意外退出,正在重启", "the database ended unexpectedly and is started again")
            self.server.restart()
            self._write()
        if self.watch:
            self.watch.look()

    def _write(self) -> None:
        """Record who runs, before anybody could need it."""
        children = dict(self.watch.children()) if self.watch else {}
        if self.server and self.server.child:
            children["postgres"] = self.server.child
        self.record.children = {
            name: (child.pid, started)
            for name, child in children.items()
            if (started := process.start_time(child.pid)) is not None
        }
        strays.write(self.folder.record_file, self.record)

    def _tell_failure(self, name: str, code: int, pause: float) -> None:
        say(
            f"{name} 意外退出(代码 {code}),{pause:.1f} 秒后重启;日志 {self.folder.logs / name}.log",
            f"{name} ended unexpectedly and starts again",
        )

    def _welcome(self, url: str) -> None:
        accounts = _accounts(self.folder.accounts_file)
        lines = [f"  {a['who']}  {a['username']} / {a['password']}  {url}{a.get('url', '')}" for a in accounts]
        say("已就绪,按 Ctrl-C 停止", "ready, Ctrl-C stops")
        if first := self.folder.first_key():
            say("还没有任何账号,请打开下面的网址建立第一个", "nobody has an account yet; open this to make the first")
            # A real installation keeps secrets out of its log: who may run the command may see the key.
            lines.append(f"  {url}/console/first?key={first}" if self.options.demo else "  ./run lianxin first_link")
        print(*lines, f"READY {url}", sep="\n", flush=True)
        if not self.options.headless:
            webbrowser.open(url)


def run(options: Options) -> int:
    """Run the demo until it is stopped; returns the exit code."""
    installation = Installation(Folder(options.data), options)
    with _signals(installation), ExitStack() as closing:
        closing.callback(_quiet)
        try:
            installation.serve(closing)
        except Stop:
            _quiet()
            say("正在停止", "stopping")
        except Taken as taken:
            where = taken.record.url if taken.record else ""
            fail(
                f"数据目录 {options.data} 上已有一个演示在运行 {where}。请先停止它,或用 --data 换一个目录。",
                f"A demo runs on {options.data} already. Stop it, or choose another folder with --data.",
            )
        except (RuntimeError, TimeoutError, PermissionError) as error:
            fail("无法启动。", str(error))
    say("已停止", "stopped")
    return 0


@contextmanager
def _signals(installation: Installation) -> Iterator[None]:
    at_terminal = os.isatty(0)

    def stop(_signum: int, _frame: FrameType | None) -> None:
        raise Stop

    def hang_up(_signum: int, _frame: FrameType | None) -> None:
        if at_terminal and not _terminal_is_open():
            raise Stop
        installation.renew()

    before = {
        signum: signal.signal(signum, handler)
        for signum, handler in ((signal.SIGINT, stop), (signal.SIGTERM, stop), (signal.SIGHUP, hang_up))
    }
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _quiet() -> None:
    """Let nothing disturb the stopping, which has limits of its own."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)


def _terminal_is_open() -> bool:
    try:
        os.tcgetpgrp(0)
    except OSError:
        return False
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _accounts(path: Path) -> list[dict[str, str]]:
    """Read the ready accounts that the demo data wrote down, one for each kind of user."""
    try:
        accounts: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return accounts
