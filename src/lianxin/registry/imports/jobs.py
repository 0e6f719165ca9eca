"""What the worker does for imports; each job loads by id and calls one function."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from lianxin.kernel.errors import LianxinError

from . import working

LOCK = "imports.run"  # one big table at a time


def _now() -> datetime:
    return datetime.now(UTC)


def _run(step: str, run_id: int, round_: int) -> None:
    try:
        getattr(working, step)(run_id, round_, at=_now())
    except working.Overtaken:
        return
    except LianxinError as error:
        working.stop(run_id, round_, sentence=error.sentence)
    except Exception:
        working.stop(run_id, round_, sentence=_("我们这边出了问题，已经记下；没有写完的一段不算。请稍后再试一次。"))
        raise


@app.task(name="imports.look", priority=10)
def look(run_id: int, round_: int) -> None:
    """Read the head of a table, at once: somebody waits."""
    _run("look", run_id, round_)


@app.task(name="imports.check", lock=LOCK)
def check(run_id: int, round_: int) -> None:
    """Check all rows."""
    _run("check", run_id, round_)


@app.task(name="imports.apply", lock=LOCK)
def apply(run_id: int, round_: int) -> None:
    """Bring the rows in."""
    _run("apply", run_id, round_)


@app.task(name="imports.undo", lock=LOCK)
def undo(run_id: int, round_: int) -> None:
    """Take an import back."""
    _run("undo", run_id, round_)


@app.periodic(cron="*/10 * * * *", periodic_id="imports.begin_planned")
@app.task(name="imports.begin_planned", queueing_lock="imports.begin_planned")
def begin_planned(timestamp: int) -> None:
    """Begin the imports whose day has come."""
    from . import actions

    actions.begin_planned(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="41 * * * *", periodic_id="imports.forget")
@app.task(name="imports.forget", queueing_lock="imports.forget")
def forget(timestamp: int) -> None:
    """Drop staged rows whose day is over."""
    working.forget(at=datetime.fromtimestamp(timestamp, tz=UTC))
