"""One API client for all people of the replay: it sends again what was not answered, with the same key."""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import UUID

import httpx

from lianxin.kernel.ids import uuid7

DROPPED: Final = 0.02  # share of the answers that get lost on their way
PATIENCE: Final = 60.0  # seconds to go on trying
_PAUSE: Final = 0.15
_BUSY: Final = frozenset({429, 502, 503, 504})


class Refusal(Exception):
    """The server said no: its status, and its sentence."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        """Keep what was said."""
        super().__init__(f"{status} {problem.get('code', '')} {problem.get('detail', '')}")
        self.status, self.problem = status, problem


@dataclass(frozen=True, slots=True)
class Sent:
    """Something accepted by the server, under the key its client made."""

    key: UUID
    action: str
    message: str = ""


@dataclass
class Ledger:
    """What was sent and how long it took; written by many threads."""

    sent: list[Sent] = field(default_factory=list)
    latencies: dict[str, list[float]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, sent: Sent) -> None:
        """Remember something the server has accepted."""
        with self._lock:
            self.sent.append(sent)

    def took(self, what: str, seconds: float) -> None:
        """Remember how long an answer took."""
        with self._lock:
            self.latencies.setdefault(what, []).append(seconds * 1000)

    def count(self, what: str) -> None:
        """Count something worth telling."""
        with self._lock:
            self.counts[what] += 1


class Client:
    """Talks to one installation. Each thread has a connection of its own."""

    def __init__(self, url: str, ledger: Ledger, *, seed: int) -> None:
        """Name the installation; nothing is sent yet."""
        self.url, self.ledger = url, ledger
        self._seed = seed
        self._own = threading.local()

    def get(self, path: str, *, token: str, **query: str) -> Any:
        """Read; returns the JSON answer. Raises Refusal."""
        return self._send("read", "GET", path, token=token, params=query).json()

    def act(self, number: str, act: str, data: Mapping[str, Any], *, token: str, version: int) -> Any:
        """Take an act on a case as the version was seen; returns the case after it. Raises Refusal."""
        key = uuid7()
        headers = {"If-Match": f'"{version}"'}
        answer = self._send(
            "act", "POST", f"/cases/{number}/{act}", token=token, key=key, headers=headers, json=dict(data)
        )
        self.ledger.keep(Sent(key, act))
        return answer.json()

    def report(self, data: Mapping[str, Any], *, key: UUID, message: str, token: str = "") -> Any:
        """Send a report; returns what the reporter gets back. Raises Refusal."""
        answer = self._send("report", "POST", "/reports", token=token, key=key, json=dict(data))
        self.ledger.keep(Sent(key, "report", message))
        return answer.json()

    def upload(self, picture: bytes, label: str, *, token: str) -> str:
        """Send a photo in one piece; returns its key."""
        told = {"kind": "photo", "size": len(picture), "label": label, "key": str(uuid7())}
        key = self._send("upload", "POST", "/files", token=token, json=told).json()["key"]
        headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        self._send("upload", "PATCH", f"/files/{key}", token=token, headers=headers, content=picture)
        return str(key)

    def attach(self, number: str, files: list[str], *, token: str) -> None:
        """Attach photos to a case as evidence."""
        self._send("upload", "POST", f"/cases/{number}/files", token=token, json={"files": files})

    def _send(
        self, what: str, method: str, path: str, *, token: str, key: UUID | None = None,
        headers: Mapping[str, str] | None = None, **content: Any,
    ) -> httpx.Response:  # fmt: skip
        """Send until an answer comes; a lost answer (some are lost on purpose) is asked for again with the same key."""
        known = dict(headers or {})
        if token:
            known["Authorization"] = f"Bearer {token}"
        if key is not None:
            known["Idempotency-Key"] = str(key)
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._try(what, method, path, known, content)
            if answer is not None and answer.status_code not in _BUSY:
                break
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} {path} was not answered in {PATIENCE:.0f} s.")
            time.sleep(_PAUSE)
        if key is not None and answer.is_success and self._rng.random() < DROPPED:
            self.ledger.count("dropped")
            answer = self._try(what, method, path, known, content) or answer
        if answer.is_success:
            return answer
        raise Refusal(answer.status_code, _problem(answer))

    def _try(
        self, what: str, method: str, path: str, headers: dict[str, str], content: dict[str, Any]
    ) -> httpx.Response | None:
        began = time.perf_counter()
        try:
            answer = self._http.request(method, f"{self.url}/api/v1{path}", headers=headers, **content)
        except httpx.TransportError:
            self.ledger.count("broken")
            return None
        self.ledger.took(what, time.perf_counter() - began)
        return answer

    @property
    def _http(self) -> httpx.Client:
        if not hasattr(self._own, "http"):
            self._own.http = httpx.Client(timeout=30)
        http: httpx.Client = self._own.http
        return http

    @property
    def _rng(self) -> Random:
        if not hasattr(self._own, "rng"):
            self._own.rng = Random(f"{self._seed} {threading.current_thread().name}")
        rng: Random = self._own.rng
        return rng


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"detail": answer.text[:200]}
