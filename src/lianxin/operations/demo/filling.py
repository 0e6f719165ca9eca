"""Fill a made-up county with cases by calling actions at simulated times, in their order, as the play says."""

import gc
import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random

from django.db import connection

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.kernel.errors import LianxinError, Stale
from lianxin.kernel.files import actions as files
from lianxin.kernel.ids import uuid7
from lianxin.kernel.worktime.calendars import ZONE, Calendar
from lianxin.operations.simulation import direct
from lianxin.operations.simulation.course import next_move
from lianxin.operations.simulation.deck import Deck
from lianxin.operations.simulation.scene import Scene
from lianxin.operations.simulation.story import Move, Story
from lianxin.operations.simulation.view import View
from lianxin.work.cases import actions as cases
from lianxin.work.cases import ticking
from lianxin.work.cases.models import Case

from .helping import Helper
from .telling import Told

TICK = timedelta(hours=1)
_AWAKE = (7, 22)
_LATE, _STUCK = 0.07, 0.025
_LABELS = ("before_near", "before_far", "after_near", "after_far", "record", "receipt")
_TRIES = 3  # refused so often, a story goes no further


@dataclass
class Filled:
    """What came of it."""

    cases: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)


@dataclass
class _Running:
    """A case, as it was left by the last act, with its story."""

    case: Case
    story: Story
    refused: int = 0
    wishes_at_stake: list[str] = field(default_factory=list)


@dataclass(order=True)
class _Due:
    """Something that happens at an instant; ties are broken by when it was planned."""

    at: datetime
    turn: int
    act: Callable[[datetime], None] = field(compare=False)


class Filling:
    """A county being filled."""

    def __init__(self, scene: Scene, calendar: Calendar, *, seed: int, until: datetime, resident: Actor | None) -> None:
        """Prepare pictures and cards."""
        self.scene, self.calendar, self.until, self.resident = scene, calendar, until, resident
        self.rng = Random(f"filling {seed}")
        self.deck = Deck(self.rng, at_least=2)
        self.helper = Helper(_LABELS, seed=seed)
        self.filled = Filled()
        self._plan: list[_Due] = []
        self._turns = count()

    def change(self, at: datetime, act: Callable[[datetime], None]) -> None:
        """Let the county itself change at an instant, beside the cases."""

        def changed(at: datetime) -> None:
            act(at)
            self.scene.numbers = versions.read()

        self._at(at, changed)

    def run(self, reports: list[Told]) -> Filled:
        """Let the reports come and everything follow from them, until `until`."""
        for report in reports:
            self._at(report.at, partial(self._report, report))
        # The county stays as long as we do: searching it for garbage again and again costs a tenth of the time.
        gc.freeze()
        try:
            with self.helper.running():
                self._run(reports)
        finally:
            gc.unfreeze()
        return self.filled

    def _run(self, reports: list[Told]) -> None:
        with connection.cursor() as cursor:
            # Nobody waits for the disk at each commit: a county cut short is made anew.
            cursor.execute("SET synchronous_commit = off")
        tick = reports[0].at if reports else self.until
        while self._plan and self._plan[0].at < self.until:
            due = heapq.heappop(self._plan)
            while tick < due.at:
                self._tick(tick)
                tick += TICK
            self.helper.tell(due.at)
            due.act(due.at)
        self._tick(self.until)

    def _at(self, at: datetime, act: Callable[[datetime], None]) -> None:
        heapq.heappush(self._plan, _Due(at, next(self._turns), act))

    def _tick(self, at: datetime) -> None:
        for pass_on in (ticking.warn, ticking.mark_overdue, ticking.resume_due):
            while pass_on(at=at) >= ticking.BATCH:
                pass

    # Reports.

    def _report(self, told: Told, at: datetime) -> None:
        actor, story = self._reporter(told)
        photos = (self.helper.photo("before_near"),) if told.has_photo else ()
        given = cases.Report(
            text=told.text, channel=told.channel, point=told.point, accuracy_metres=self.rng.choice((8, 12, 20, 35)),
            address=told.address, name=told.person.name if told.person else "",
            phone=told.person.phone if told.person else "",
            is_anonymous=told.person is None and told.channel == "resident",
            is_confidential=told.is_confidential, has_consent=told.has_consent, files=photos,
        )  # fmt: skip
        case = cases.report(actor, client_id=uuid7(at), report=given, at=at)
        self.filled.cases += 1
        self.filled.acts["report"] += 1
        running = _Running(case, story)
        view = direct.view_of(case, self.scene, at=at)
        self.deck.deal(view, story)
        self._go_on(running, view)

    def _reporter(self, told: Told) -> tuple[Actor, Story]:
        rng = Random(self.rng.random())
        tempo = rng.uniform(0.15, 0.8)
        if rng.random() < _LATE:
            tempo = rng.uniform(1.1, 2.5)
        if rng.random() < _STUCK:
            tempo = 200.0
        story = Story(rng, category=told.category, has_reporter=told.channel == "resident", tempo=tempo)
        if told.channel == "resident":
            is_own = self.resident is not None and told.person is not None and rng.random() < 0.02
            return (self.resident if is_own and self.resident else Actor(kind="anonymous")), story
        role = "grid_worker" if told.channel == "worker" else "seat"
        able = [player for player in self.scene.of_role(role) if role == "seat" or player.area == told.grid]
        return self.scene.actors[rng.choice(able).account_id], story

    # Moves.

    def _go_on(self, running: _Running, view: View) -> None:
        granted = len(running.story.granted)
        move = next_move(view, running.story, self.scene)
        running.wishes_at_stake = running.story.granted[granted:]
        if move is None:
            self.deck.give_back(running.story.wishes)
            return
        at = self._when(move, view)
        self._at(at, lambda at: self._play(running, move, view, at))

    def _play(self, running: _Running, move: Move, planned: View, at: datetime) -> None:
        try:
            done = self._take(running.case, move, planned, running.story, at)
        except Stale:
            self._catch_up(running, move, planned, at)
            return
        except (LianxinError, LookupError) as error:
            self.filled.refusals[f"{move.act}: {error}"] += 1
            running.refused += 1
            if running.refused < _TRIES:
                self._look_again(running, at)
            return
        running.case = done
        self.filled.acts[move.act] += 1
        running.story.done[move.act] += 1
        if move.act == "split":
            self._follow_children(done, running, at)
        self._go_on(running, direct.view_of(done, self.scene, at=at))

    def _catch_up(self, running: _Running, move: Move, planned: View, at: datetime) -> None:
        """Go on where only a warning came between; look again where another case, or a review, has changed it."""
        running.case = Case.objects.select_related("standard").get(pk=running.case.pk)
        now = direct.view_of(running.case, self.scene, at=at)
        seen_as_before = replace(now, version=planned.version, at=planned.at, due_at=planned.due_at)
        if seen_as_before == planned:
            self._play(running, move, now, at)
        else:
            self._look_again(running, at)

    def _look_again(self, running: _Running, at: datetime) -> None:
        self.deck.give_back(running.wishes_at_stake)
        running.case = Case.objects.select_related("standard").get(pk=running.case.pk)
        self._go_on(running, direct.view_of(running.case, self.scene, at=at))

    def _take(self, case: Case, move: Move, view: View, story: Story, at: datetime) -> Case:
        player = self.scene.cast(move.who, view, story)
        if player is None:
            actor = Actor(kind="anonymous", case_ids=frozenset({case.pk}))
        else:
            actor = self.scene.actors[player.account_id]
        if move.photos:
            keys = [self.helper.photo(label) for label in move.photos]
            files.attach(keys, kind="case", subject_id=case.pk, at=at)
        return direct.take(actor, case, move.act, move.data, at=at, scene=self.scene)

    def _follow_children(self, parent: Case, running: _Running, at: datetime) -> None:
        for child in direct.children_of(parent):
            rng = Random(running.story.rng.random())
            story = Story(rng, has_reporter=False, tempo=running.story.tempo)
            self.filled.cases += 1
            self._go_on(_Running(child, story), direct.view_of(child, self.scene, at=at))

    # When.

    def _when(self, move: Move, view: View) -> datetime:
        """Return when a move is made: staff work in working hours, urgent matters wait for nothing, residents sleep."""
        wait = timedelta(minutes=move.minutes, seconds=self.rng.randrange(60))
        if move.pace == "life":
            return _awake(view.at + wait, self.rng)
        if move.pace == "always" or view.is_urgent or self._is_evening_watch(move, view.at, wait):
            return view.at + wait
        if move.pace == "share":
            return self._within(view, wait)
        return self.calendar.after(view.at, wait)

    def _within(self, view: View, wait: timedelta) -> datetime:
        """Return when work is done that takes this part of the time left: in working hours, in time if so planned."""
        worked = self.calendar.worked(view.at, view.at + view.left)
        if wait >= 2 * view.left + timedelta(days=1):
            return view.at + wait  # stuck
        least = timedelta(minutes=self.rng.randrange(4, 40))
        return self.calendar.after(view.at, max(worked * (wait / view.left), least))

    def _is_evening_watch(self, move: Move, at: datetime, wait: timedelta) -> bool:
        """The seats and the grid work until the evening."""
        begun, done = at.astimezone(ZONE), (at + wait).astimezone(ZONE)
        is_evening = begun.hour >= _AWAKE[0] and done.hour < 21 and done.date() == begun.date()
        return move.who in {"holder", "grid"} and is_evening and self.rng.random() < 0.6


def _awake(at: datetime, rng: Random) -> datetime:
    local = at.astimezone(ZONE)
    if _AWAKE[0] <= local.hour < _AWAKE[1]:
        return at
    morning = local.date() + timedelta(days=1 if local.hour >= _AWAKE[1] else 0)
    return datetime.combine(morning, time(_AWAKE[0], rng.randrange(60), rng.randrange(60)), ZONE)
