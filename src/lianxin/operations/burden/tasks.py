"""The tasks of the field with an ordinary payload each, done for trial where there is ground for it, and undone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from pydantic import BaseModel

from lianxin.faces.acts import performing
from lianxin.faces.acts.inputs import CheckIn, EvaluateIn, ReportCheckIn, ReportIn
from lianxin.faces.sync import kinds as _kinds  # noqa: F401  they register themselves
from lianxin.faces.sync.records import KINDS, Record, State
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import ids, versions
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.people.models import Person
from lianxin.work.cases.models import Case
from lianxin.work.visits.signs import days, keeping
from lianxin.work.visits.signs.keeping import Wish

from .counting import Given, given, stored

# What the app knows when it opens the form: whom, which, as of which version, how long.
CARRIED = (
    "visit", "seen", "person", "key", "subject", "seconds", "sign", "day", "round", "point", "sticker", "notice",
    "version", "channel",
)  # fmt: skip
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ground:
    """Who and what a trial is made with; what is missing leaves its tasks uncounted."""

    at: datetime
    worker: Actor
    clerk: Actor
    person: Person
    place: tuple[float, float]
    round: UUID | None = None
    round_point: UUID | None = None
    notice: UUID | None = None
    resident: Actor | None = None
    closed: Case | None = None  # reported by the resident


@dataclass(frozen=True, slots=True)
class Task:
    """One task: who does it, by which schema; `prepare` returns what the payload needs, None without ground."""

    name: str
    who: str
    schema: type[BaseModel]
    payload: Callable[[Any], Payload]
    do: Callable[[Ground, Any, Payload], object]
    prepare: Callable[[Ground], Any] = lambda _ground: ""
    carried: tuple[str, ...] = ()  # what the app knows beside `CARRIED`


@dataclass(frozen=True, slots=True)
class Counted:
    """A task with what it asks and what it stores; `stored` None: not tried here."""

    task: Task
    given: Given
    stored: int | None


def count(task: Task, ground: Ground) -> Counted:
    """Do a task once and undo it; return what it asked and stored."""
    number: int | None = None
    with transaction.atomic():
        ready = _prepared(task, ground)
        if ready is not None:
            number = stored(lambda: task.do(ground, ready, task.payload(ready)))
        transaction.set_rollback(True)
    return Counted(task, given(task.schema, task.payload(ready or _NOBODY), (*CARRIED, *task.carried)), number)


def _prepared(task: Task, ground: Ground) -> Any:
    """Return what the payload needs; None where the place as it is now gives no ground, such as a missing post."""
    try:
        with transaction.atomic():
            return task.prepare(ground)
    except LianxinError:
        return None


_NOBODY = "00000000-0000-7000-8000-000000000000"


def _sent(kind: str) -> Callable[[Ground, Any, Payload], object]:
    """Return how a record of a kind is taken, past the wire."""

    def take(ground: Ground, _ready: Any, payload: Payload) -> object:
        known, told, numbers = KINDS[kind], KINDS[kind].schema.model_validate(dict(payload)), versions.read()
        record = Record(ids.uuid7(), kind, ground.at)
        if known.take is not None:
            outcome = known.take(ground.worker, record, told, at=ground.at, numbers=numbers)
        elif known.take_many is not None:
            outcome = known.take_many(ground.worker, [(record, told)], at=ground.at, numbers=numbers)[0]
        if outcome.state != State.DONE:
            raise ValueError(f"The trial of {kind} was not taken: {outcome.detail}")
        return outcome

    return take


def _field(
    name: str, kind: str, payload: Callable[[Any], Payload], prepare: Callable[[Ground], Any],
    carried: tuple[str, ...] = (),
) -> Task:  # fmt: skip
    return Task(name, "网格员", KINDS[kind].schema, payload, _sent(kind), prepare, carried)


def _pair(ready: Any) -> tuple[str, str]:
    return ready if isinstance(ready, tuple) else (_NOBODY, _NOBODY)


def _spot(ground: Ground) -> dict[str, float]:
    return {"lon": ground.place[0], "lat": ground.place[1]}


def _to_check(ground: Ground) -> Case:
    """Let the clerk ask the grid worker to look at a report."""
    told = ReportIn.model_validate(
        {"text": "有人说这里不太对，请看一看。", "point": _spot(ground), "channel": "worker"}
    )
    numbers = versions.read()
    case = performing.report(ground.clerk, client_id=ids.uuid7(), data=told, at=ground.at, numbers=numbers)
    return performing.perform(
        ground.clerk, "check", case=case, seen=None, at=ground.at, data=CheckIn(), numbers=numbers
    )


def _answer_check(ground: Ground, case: Case, payload: Payload) -> object:
    data = ReportCheckIn.model_validate(dict(payload))
    return performing.perform(
        ground.worker, "report_check", case=case, seen=None, at=ground.at, data=data, numbers=versions.read()
    )


def _missed(ground: Ground) -> tuple[str, str]:
    """Let a sign be missed, so that the grid worker is asked."""
    due = ground.at.astimezone(ZONE).replace(second=0, microsecond=0) - timedelta(minutes=5)
    sign = keeping.start(
        ground.clerk, key=ids.uuid7(), person=ground.person, wish=Wish(due.time()), consent_by="paper",
        at=due - timedelta(days=1),
    )  # fmt: skip
    days.tick(at=ground.at)
    return str(sign.key), due.date().isoformat()


def _report(ground: Ground, _ready: Any, payload: Payload) -> object:
    data = ReportIn.model_validate(dict(payload))
    actor = ground.resident or ground.worker
    return performing.report(actor, client_id=ids.uuid7(), data=data, at=ground.at, numbers=versions.read())


def _evaluate(ground: Ground, case: Case, payload: Payload) -> object:
    data = EvaluateIn.model_validate(dict(payload))
    actor = ground.resident or ground.worker
    return performing.perform(actor, "evaluate", case=case, seen=None, at=ground.at, data=data, numbers=versions.read())


_WALKED = {"lon": 117.0, "lat": 31.0}


def _round(ground: Ground) -> tuple[str, str] | None:
    return (str(ground.round), str(ground.round_point)) if ground.round and ground.round_point else None


TASKS: tuple[Task, ...] = (
    _field(
        "上报一件事", "case.report",
        lambda ready: {"text": "路灯不亮，晚上看不清路。", "point": ready or _WALKED, "accuracy_metres": 12}, _spot,
    ),
    Task(
        "核实（案前）", "网格员", ReportCheckIn, lambda _ready: {"passed": True, "note": "到现场看过，两盏不亮。"},
        _answer_check, _to_check,
    ),
    _field(
        "巡查打卡", "patrol.checkin",
        lambda ready: {
            "round": _pair(ready)[0], "point": _pair(ready)[1], "how": "gps", "place": _WALKED, "accuracy": 9,
        },
        _round, ("how",),
    ),
    _field(
        "记一次走访", "visit.save",
        lambda ready: {
            "visit": str(ids.uuid7()), "seen": 0, "person": ready, "topics": ["house"], "words": "楼道灯坏了半个月。",
        },
        lambda ground: str(ground.person.key),
    ),
    _field(
        "答复平安信号", "sign.answer",
        lambda ready: {"sign": ready[0], "day": ready[1], "said": "fine", "how": "visit"},
        _missed,
    ),
    _field(
        "核实一条登记信息", "collect.save",
        lambda ready: {"subject": "person", "key": ready, "confirmed": ["phone", "home", "sex"], "seconds": 30},
        lambda ground: str(ground.person.key),
    ),
    _field(
        "看一份通知", "notice.read", lambda ready: {"notice": ready, "version": 1},
        lambda ground: str(ground.notice) if ground.notice else None,
    ),
    Task(
        "反映一件事", "居民", ReportIn,
        lambda ready: {"text": "楼下路灯不亮三天了。", "point": ready if isinstance(ready, dict) else _WALKED},
        _report, lambda ground: _spot(ground) if ground.resident else None,
    ),
    Task(
        "评价办得怎样", "居民", EvaluateIn, lambda _ready: {"stars": 5, "solved": "solved"}, _evaluate,
        lambda ground: ground.closed,
    ),
)  # fmt: skip
