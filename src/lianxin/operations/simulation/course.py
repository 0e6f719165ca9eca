"""The plain course of a case, and what is done next: a wish where its moment has come, else the next plain step."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from .matters import say
from .plots import PLOTS
from .story import Move, Story
from .view import Part, View

# Acts that take their time at any stage: somebody has to come, or to decide.
_SLOW = frozenset({"report_in", "consult"})


class Lookup(Protocol):
    """What people look up before they act."""

    def responsible(self, category: str, area: str, level: str) -> tuple[str, tuple[str, ...]]:
        """Return the codes of the unit that leads and of those that assist when this level dispatches; or blanks."""

    def units(self, level: str, view: View) -> list[str]:
        """Return units that this level may dispatch to at the case's place, the usual ones first."""

    def evidence(self, category: str) -> tuple[str, ...]:
        """Return the photos that the filing standard may demand."""

    def category(self, view: View) -> str:
        """Return what somebody would file it as."""

    def somewhere(self, story: Story) -> str:
        """Return the code of some community or grid: where the seat finds a report that names no place."""


def next_move(view: View, story: Story, lookup: Lookup) -> Move | None:
    """Return what is done next and by whom, or None: the story is over, or waits for something else."""
    for wish in list(story.wishes):
        plot = PLOTS[wish]
        if not plot.may(view, story):
            continue
        move = plot.play(view, story, lookup)
        if move is not None:
            return _briefly(move, view)
    return _plain(view, story, lookup)


def _briefly(move: Move, view: View) -> Move:
    """Keep a wish from holding the case up: where limits are short, and beyond a part of what handling has left."""
    if move.act in _SLOW:
        return move
    most = {"reported": 20.0, "filed": 20.0, "dispatched": 25.0, "handling": view.left.total_seconds() / 60 * 0.3}
    return replace(move, minutes=min(move.minutes, most.get(view.stage, move.minutes)))


def _plain(view: View, story: Story, lookup: Lookup) -> Move | None:
    urgent = _pressing(view, story)
    if urgent is not None:
        return urgent
    step = _STEPS.get(view.stage)
    return step(view, story, lookup) if step is not None else None


def _pressing(view: View, story: Story) -> Move | None:
    """What is answered before the case goes on: supervisions and requests."""
    if view.supervisions_open and view.is_open and view.stage != "dispatched":  # a unit accepts first
        who = view.lead.who if view.lead is not None and view.lead.unit else "holder"
        return Move(who, "answer_supervision", {"note": say("answer_supervision", view, story)}, story.between(5, 60))
    if view.approvals_open:
        act = "refuse" if story.wants("refuse") else "approve"
        story.grant("refuse")
        return Move("approver", act, {"note": say(act, view, story)}, story.between(20, 200))
    if view.is_paused and view.stage == "handling":
        return Move("approver", "resume", {"note": say("resume", view, story)}, story.between(2, 6) * 480)
    return None


def _reported(view: View, story: Story, lookup: Lookup) -> Move | None:
    if not view.spot.area:
        return Move("holder", "place", {"area": lookup.somewhere(story)}, story.between(3, 20), "always")
    if view.is_checked:
        return _report_check(view, story)
    return Move("holder", "file", {"category": story.category or lookup.category(view)}, story.between(3, 22))


def _report_check(view: View, story: Story) -> Move:
    is_hazard = view.kind == "hazard" and story.rng.random() < 0.5
    said = say("hazard" if is_hazard else "report_check", view, story)
    return Move("grid", "report_check", {"passed": True, "note": said, "is_hazard": is_hazard}, story.between(15, 100))


def _filed(view: View, story: Story, lookup: Lookup) -> Move | None:
    if view.is_paused:
        return None  # split: its children go on
    if not view.spot.area:
        return Move("holder", "place", {"area": lookup.somewhere(story)}, story.between(3, 20), "always")
    lead, assists = lookup.responsible(view.category, view.spot.area, view.level)
    able = lookup.units(view.level, view)
    if view.returns >= 3:
        data = {"lead": {"unit": lead or able[0]}, "note": say("rule", view, story)}
        return Move("supervisor", "rule", data, story.between(30, 240))
    if lead not in able:
        if view.level != "city":
            return Move("holder", "escalate", {"note": say("escalate", view, story)}, story.between(5, 60))
        lead, assists = "", ()
    if view.returns and story.rng.random() < 0.5:
        lead = next((unit for unit in able if unit != lead), lead)  # who returned it named another
    joint = [unit for unit in assists if unit in able and unit != lead] if story.rng.random() < 0.2 else []
    return dispatch(lead or able[0], joint, story)


def dispatch(lead: str, assists: list[str], story: Story) -> Move:
    """Return the holder's dispatch."""
    data = {"lead": {"unit": lead}, "assists": [{"unit": unit, "task": "配合主办单位处理"} for unit in assists]}
    return Move("holder", "dispatch", data, story.between(3, 22))


def _with_units(view: View, story: Story, _lookup: Lookup) -> Move | None:
    """Offered parts are accepted, the lead's first; then each is handled, the lead's last."""
    parts = sorted(view.parts, key=lambda part: part.part != "lead")
    offered = next((part for part in parts if part.state == "offered"), None)
    if offered is not None:
        return Move(offered.who, "accept", {}, story.between(5, 85))
    if not parts:
        return None
    if view.awaits_contact and parts[0].part == "lead" and _calls_first(story):
        return Move(parts[0].who, "contact", {"note": say("contact", view, story)}, story.between(10, 60))
    return _handle(view, parts[-1], story)


def _calls_first(story: Story) -> bool:
    """Tell whether these colleagues call the reporter, as most do."""
    return story.pick % 20 > 0 and not story.done["contact"]


def _handle(view: View, part: Part, story: Story) -> Move:
    minutes = view.left.total_seconds() / 60 * story.tempo
    is_lead = part.part == "lead"
    told = {"note": say("handle" if is_lead else "assist", view, story)}
    # An office above the lead's acts for the lead first, so assists bring photos too.
    return Move(part.who, "handle", told, minutes if is_lead else minutes / 2, "share", photos=_photos(view))


def _photos(view: View) -> tuple[str, ...]:
    """The handler brings photos of the place; papers are the seat's, before it closes."""
    return tuple(label for label in view.missing if label.startswith(("before", "after")))


def _verify(view: View, story: Story, _lookup: Lookup) -> Move:
    """The grid looks, unless its own worker has done it."""
    by_grid = view.spot.grid and story.rng.random() < 0.6 and not story.done["resolve_on_spot"]
    return Move(
        "grid" if by_grid else "verifier", "verify", {"note": say("verify", view, story)}, story.between(15, 200)
    )


def _close(view: View, story: Story, _lookup: Lookup) -> Move:
    return Move("closer", "close", {}, story.between(5, 42), photos=view.missing)


_STEPS: dict[str, Callable[[View, Story, Lookup], Move | None]] = {
    "reported": _reported,
    "filed": _filed,
    "dispatched": _with_units,
    "handling": _with_units,
    "handled": _verify,
    "verified": _close,
}
