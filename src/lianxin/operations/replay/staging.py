"""The run itself: residents send, staff act, a few threads play them all, until every case has ended."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import UUID

from lianxin.kernel.ids import uuid7
from lianxin.operations.demo.pictures import draw
from lianxin.operations.simulation.course import next_move
from lianxin.operations.simulation.deck import Deck
from lianxin.operations.simulation.scene import Scene
from lianxin.operations.simulation.story import Move, Story
from lianxin.operations.simulation.view import View

from . import ground, remote
from .client import Client, Refusal
from .county import RemoteCounty
from .messages import Message

THREADS: Final = 6
OPEN: Final = 120  # cases under way at once
UNPLACED, TWICE, PHOTO = 0.05, 0.05, 0.15
_AT_ONCE: Final = 3  # moves of one case in a row, before others have their turn
_STUBBORN, _HOPELESS = 4, 12  # refused so often, the wishes are dropped; the supervisor ends the case
_PHONES: Final = 10_000
_SMALL = (240, 180)
_LABELS = ("before_near", "before_far", "after_near", "after_far", "record", "receipt")
Say = Callable[[str], None]


@dataclass
class Running:
    """A case under way: how it was last seen, its story, and the key its reporter follows it with."""

    number: str
    story: Story
    key: str = ""
    view: View | None = None
    refused: int = 0


@dataclass
class Staging:
    """All that the threads share."""

    client: Client
    scene: Scene
    tokens: dict[int, str]
    deck: Deck
    seed: int
    speed: float = 0
    with_staff: bool = True
    at_half: Callable[[], None] = lambda: None
    refusals: dict[str, int] = field(default_factory=dict)
    unsent: dict[str, Refusal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draw the photos, find the seat that watches."""
        self._seat = self.tokens[next(iter(self.scene.of_role("seat"))).account_id]
        self._county = RemoteCounty(self.scene, self.client, self._seat)
        rng = Random(self.seed)
        self._pictures = {label: draw(rng, label, size=_SMALL) for label in _LABELS}
        self._ready: deque[Running] = deque()
        self._open = 0
        self._turn = threading.Condition()
        self._failed: BaseException | None = None

    def run(self, messages: Sequence[Message], *, told: Say) -> None:
        """Send all messages and carry every case to its end. Raises what went wrong in any thread."""
        self._waiting: Iterator[tuple[int, Message]] = iter(enumerate(messages))
        self._count, self._half, self._told = len(messages), len(messages) // 2, told
        self._began = time.monotonic()
        # A pool of its own for those who send twice at once, so that nobody waits for a free hand.
        with ThreadPoolExecutor(THREADS, "second") as self._second, ThreadPoolExecutor(THREADS, "first") as first:
            for finished in [first.submit(self._work) for _thread in range(THREADS)]:
                finished.result()

    # The threads.

    def _work(self) -> None:
        try:
            while (task := self._next()) is not None:
                task()
        except BaseException as error:
            with self._turn:
                self._failed = self._failed or error
                self._turn.notify_all()
            raise

    def _next(self) -> Callable[[], None] | None:
        """Return what to do next: a new report while few cases are open, else the case that waits longest."""
        with self._turn:
            while self._failed is None:
                if self._open < OPEN and (found := next(self._waiting, None)) is not None:
                    self._open += 1
                    return lambda: self._report(*found)
                if self._ready:
                    running = self._ready.popleft()
                    return lambda: self._visit(running)
                if not self._open:
                    return None
                self._turn.wait(1)
        return None

    def _put(self, running: Running) -> None:
        with self._turn:
            self._ready.append(running)
            self._turn.notify()

    def _over(self) -> None:
        with self._turn:
            self._open -= 1
            self._turn.notify_all()

    # Residents.

    def _report(self, place: int, message: Message) -> None:
        rng = Random(f"{self.seed} {message.name}")
        self._keep_pace(place)
        if place == self._half:
            self.at_half()
        key = uuid7()
        data = self._told_by_resident(message, rng)
        try:
            if rng.random() < TWICE:
                twice = self._second.submit(self._send, data, key, message.name)
                answer = self._send(data, key, message.name)
                if twice.result()["number"] != answer["number"]:
                    raise AssertionError(f"The report {key} became two cases.")
            else:
                answer = self._send(data, key, message.name)
        except Refusal as refusal:
            self.unsent[message.name] = refusal
            self._over()
            return
        if place % 100 == 99:
            self._told(f"{place + 1} / {self._count}, {self._open} open")
        if not self.with_staff:
            self._over()
            return
        self._put(Running(answer["number"], Story(rng, tempo=0.3), answer["key"]))

    def _send(self, data: dict[str, Any], key: UUID, name: str) -> Any:
        return self.client.report(data, key=key, message=name)

    def _told_by_resident(self, message: Message, rng: Random) -> dict[str, Any]:
        data: dict[str, Any] = {"text": message.text, "title": message.title}
        if message.claimed_at is not None:
            data["claimed_at"] = message.claimed_at.isoformat()
        if message.point is not None or rng.random() >= UNPLACED:
            point = message.point or ground.somewhere(rng)
            data["point"] = {"lon": point.lon, "lat": point.lat}
        if rng.random() < 0.8:
            data |= {"name": "居民", "phone": f"1990000{rng.randrange(_PHONES):04d}", "has_consent": rng.random() < 0.5}
        else:
            data["is_anonymous"] = True
        if rng.random() < PHOTO:
            data["files"] = [self.client.upload(self._pictures["before_near"], "before_near", token="")]
        return data

    def _keep_pace(self, place: int) -> None:
        if self.speed:
            time.sleep(max(0.0, self._began + place / self.speed - time.monotonic()))

    # Staff.

    def _visit(self, running: Running) -> None:
        for _move in range(_AT_ONCE):
            if not self._go_on(running):
                self._over()
                return
        self._put(running)

    def _go_on(self, running: Running) -> bool:
        """Make the next move; False when the story is over."""
        is_new = running.view is None and not running.story.done
        view = running.view or self._look(running)
        if is_new and running.story.has_reporter:
            self.deck.deal(view, running.story)
        granted = len(running.story.granted)
        move = self._choose(view, running)
        if move is None:
            self.deck.give_back(running.story.wishes)
            return False
        try:
            acted = self._take(running, move, view)
        except (Refusal, LookupError) as refusal:
            self._was_refused(running, move, refusal, running.story.granted[granted:])
            return True
        running.story.done[move.act] += 1
        running.view = remote.after(view, move, acted)
        if move.act == "split":
            self._follow_children(view, running)
        return True

    def _choose(self, view: View, running: Running) -> Move | None:
        if running.refused >= _HOPELESS and view.is_open:
            data = {"reason": "decided", "note": "多次无法继续，按要求结案。"}
            return Move("supervisor", "force_close", data)
        return next_move(view, running.story, self._county)

    def _look(self, running: Running) -> View:
        shown = self.client.get(f"/cases/{running.number}", token=self._seat)
        return remote.view_of(shown, self.scene, lambda: self._other(shown))

    def _other(self, shown: dict[str, Any]) -> str:
        """Find another open case of the same street that this one may be merged into."""
        spot = self.scene.spot(shown["area"]["code"] if shown["area"] else "")
        where = {"area": spot.community or spot.street} if spot.street else {}
        rows = self.client.get("/cases", token=self._seat, state="open", order="newest", size="10", **where)["items"]
        numbers = [row["number"] for row in rows if row["number"] != shown["number"] and not row["is_paused"]]
        return numbers[0] if numbers else ""

    def _take(self, running: Running, move: Move, view: View) -> dict[str, Any]:
        player = self.scene.cast(move.who, view, running.story)
        token = running.key if player is None else self.tokens[player.account_id]
        if move.photos:
            files = [self.client.upload(self._pictures[label], label, token=token) for label in move.photos]
            self.client.attach(running.number, files, token=token)
        done: dict[str, Any] = self.client.act(running.number, move.act, move.data, token=token, version=view.version)
        return done

    def _was_refused(self, running: Running, move: Move, refusal: Exception, at_stake: list[str]) -> None:
        """Look again and go on; a wish that cannot come true here goes to somebody else."""
        running.view = None
        is_stale = isinstance(refusal, Refusal) and refusal.problem.get("code") == "stale"
        self.deck.give_back(at_stake)
        if is_stale:
            running.story.wishes += []
            return
        with self._turn:
            told = f"{move.act}: {refusal}"
            self.refusals[told] = self.refusals.get(told, 0) + 1
        running.refused += 1
        if running.refused == _STUBBORN:
            self.deck.give_back(running.story.wishes)
            running.story.wishes.clear()

    def _follow_children(self, parent: View, running: Running) -> None:
        rows = self.client.get("/cases", token=self._seat, state="all", words=f"分件 {parent.number[-6:]}")["items"]
        children = [row["number"] for row in rows if row["number"] != parent.number]
        with self._turn:
            self._open += len(children)
        for number in children:
            self._put(Running(number, Story(Random(running.story.rng.random()), has_reporter=False, tempo=0.3)))
