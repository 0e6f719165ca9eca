"""What may happen to a case beside its plain course. Each plot knows when its moment has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from .matters import say
from .story import Move, Pace, Story
from .view import View

if TYPE_CHECKING:
    from .course import Lookup

ANSWERABLE: Final = ("enquiry", "suggestion", "demand")
Moment = Callable[[View, Story], bool]
Play = Callable[[View, Story, "Lookup"], Move | None]


@dataclass(frozen=True, slots=True)
class Plot:
    """`fits`: a case that has just come may get this wish; `may`: its moment is here; `play` returns the move."""

    fits: Moment
    may: Moment
    play: Play


PLOTS: dict[str, Plot] = {}


def _always(_view: View, _story: Story) -> bool:
    return True


def _plot(name: str, *, fits: Moment = _always, may: Moment = _always) -> Callable[[Play], Play]:
    def add(play: Play) -> Play:
        PLOTS[name] = Plot(fits, may, play)
        return play

    return add


def _once(name: str, make: Play) -> Play:
    """Play one move, then the wish has come true."""

    def play(view: View, story: Story, lookup: "Lookup") -> Move | None:
        move = make(view, story, lookup)
        if move is not None:
            story.grant(name)
        return move

    return play


def _simple(
    name: str,
    who: str,
    act: str,
    minutes: float,
    *,
    fits: Moment = _always,
    may: Moment,
    said: str = "",
    **data: object,
) -> None:
    """Add a plot of one move with words."""

    def make(view: View, story: Story, _lookup: "Lookup") -> Move:
        told = {"note": say(said, view, story)} if said else {}
        pace: Pace = "life" if who == "reporter" else "work"
        return Move(who, act, data | told, story.between(minutes / 3, minutes), pace)

    PLOTS[name] = Plot(fits, may, _once(name, make))


def _at(*stages: str) -> Moment:
    return lambda view, _story: view.stage in stages


def _by_reporter(*stages: str) -> Moment:
    return lambda view, story: story.has_reporter and view.stage in stages


def _reported(view: View, _story: Story) -> bool:
    return view.stage == "reported" and bool(view.spot.area)


def _reported_in_grid(view: View, _story: Story) -> bool:
    return view.stage == "reported" and bool(view.spot.grid)


def _filed(view: View, _story: Story) -> bool:
    return view.stage == "filed" and not view.is_paused and bool(view.spot.area) and view.returns < 3


def _has_reporter(_view: View, story: Story) -> bool:
    return story.has_reporter


def _lead_accepted(view: View, _story: Story) -> bool:
    lead = view.lead
    is_free = not view.is_paused and not view.approvals_open
    return view.stage == "handling" and is_free and lead is not None and lead.state == "accepted"


def _lead_of_unit(view: View, story: Story) -> bool:
    return _lead_accepted(view, story) and bool(view.lead and view.lead.unit)


def _open_and_running(view: View, _story: Story) -> bool:
    return view.is_open and not view.is_paused


def _who_leads(view: View) -> str:
    return view.lead.who if view.lead is not None else "holder"


# Before filing.


@_plot("answer", fits=_at("reported"), may=_reported)
def _answer(view: View, story: Story, _lookup: "Lookup") -> Move:
    if view.kind not in ANSWERABLE:
        return Move("holder", "amend", {"kind": "enquiry", "note": say("amend", view, story)}, story.between(2, 15))
    story.grant("answer")
    return Move("holder", "answer", {"note": say("answer", view, story)}, story.between(10, 200))


@_plot("check", fits=_reported_in_grid, may=_reported_in_grid)
def _check(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if view.is_checked:
        return None
    story.grant("check")
    return Move("holder", "check", {"request": "请到现场看看是否属实，拍一张全景。"}, story.between(3, 20))


@_plot("on_spot", fits=_reported_in_grid, may=_reported_in_grid)
def _on_spot(view: View, story: Story, lookup: "Lookup") -> Move:
    story.grant("on_spot")
    category = story.category or lookup.category(view)
    data = {"note": say("resolve_on_spot", view, story), "category": category}
    return Move("grid", "resolve_on_spot", data, story.between(10, 90), photos=lookup.evidence(category))


@_plot("decline", fits=_at("reported"), may=_reported)
def _decline(view: View, story: Story, _lookup: "Lookup") -> Move:
    story.grant("decline")
    reason = story.rng.choice(("not_found", "repeated", "out_of_scope"))
    return Move(
        "holder", "decline", {"reason": reason, "note": say(f"decline.{reason}", view, story)}, story.between(10, 120)
    )


@_plot("appeal", fits=lambda view, story: story.has_reporter and view.stage == "reported")
def _appeal(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if view.stage == "declined":
        story.grant("appeal")
        return Move("reporter", "appeal", {"note": say("appeal", view, story)}, story.between(60, 1500), "life")
    if _reported(view, story) and not story.done["decline"]:
        data = {"reason": "not_found", "note": say("decline.not_found", view, story)}
        return Move("holder", "decline", data, story.between(10, 120))
    return None


@_plot("refer", fits=_at("reported", "filed"), may=lambda view, story: _reported(view, story) or _filed(view, story))
def _refer(view: View, story: Story, _lookup: "Lookup") -> Move:
    story.grant("refer")
    reason = story.rng.choice(("110", "court", "hotline") if view.kind == "dispute" else ("hotline", "other_county"))
    return Move(
        "holder", "refer", {"reason": reason, "note": say(f"refer.{reason}", view, story)}, story.between(5, 60)
    )


# With the holder.


@_plot("delegate", fits=lambda view, _story: view.level == "city" and bool(view.spot.community))
def _delegate(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if view.is_paused or view.stage not in {"reported", "filed", "dispatched"}:
        return None
    is_enough = view.level == "community" or (view.level == "street" and story.pick % 2)
    if is_enough:
        story.grant("delegate")
        return None
    if view.level == "city" or story.done["delegate"] < 2:
        return Move("holder", "delegate", {"note": say("delegate", view, story)}, story.between(3, 25))
    story.grant("delegate")
    return None


@_plot("escalate", fits=lambda view, _story: bool(view.spot.community))
def _escalate(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if view.is_paused or view.stage not in {"reported", "filed", "dispatched", "handling"}:
        return None
    if view.level == "city":
        if story.done["delegate"]:
            return None
        return Move("holder", "delegate", {"note": say("delegate", view, story)}, story.between(3, 25))
    story.grant("escalate")
    return Move("holder", "escalate", {"note": say("escalate", view, story)}, story.between(10, 90))


@_plot("split", may=lambda view, _story: view.stage in {"filed", "dispatched"} and not view.is_paused)
def _split(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if not view.spot.area or not view.category or view.returns >= 3:
        return None
    story.grant("split")
    tail = view.number[-6:]
    parts = [{"title": f"{view.title[:30]}（分件{word}{tail}）"} for word in "一二"]
    return Move("holder", "split", {"parts": parts}, story.between(5, 40))


def _merge(view: View, story: Story) -> Move | None:
    other = view.other()
    if not other:
        return None
    story.done["merge_tried"] += 1
    return Move("holder", "merge", {"into": other}, story.between(5, 40))


_MERGEABLE = ("reported", "filed", "dispatched")


def _may_merge(view: View, story: Story) -> bool:
    return view.stage == "merged" or (view.stage in _MERGEABLE and not view.is_paused and story.done["merge_tried"] < 3)


@_plot("merge", may=_may_merge)
def _merged(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if view.stage == "merged":
        story.grant("merge")
        return None
    return _merge(view, story)


@_plot("unmerge", may=_may_merge)
def _unmerge(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if view.stage == "merged":
        story.grant("unmerge")
        return Move("holder", "unmerge", {"note": "核对后不是同一处，分开办理。"}, story.between(30, 400))
    return _merge(view, story)


@_plot("recall", may=lambda view, _story: view.stage in {"filed", "dispatched"} and not view.is_paused)
def _recall(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if view.stage == "filed" or any(part.state == "accepted" for part in view.parts):
        return None
    story.grant("recall")
    return Move("holder", "recall", {"note": say("recall", view, story)}, story.between(2, 15))


@_plot("joint", may=lambda view, _story: view.stage in {"dispatched", "handling"} and not view.is_paused)
def _joint(view: View, story: Story, lookup: "Lookup") -> Move | None:
    busy = {part.unit for part in view.parts}
    free = [unit for unit in lookup.units(view.level, view) if unit not in busy and unit != view.lead_unit]
    if len(free) < 2 or not view.parts:
        return None
    story.grant("joint")
    chosen = story.rng.sample(free[:8], min(2, len(free)))
    data = {"assists": [{"unit": unit, "task": "到场配合"} for unit in chosen], "note": "请协助办理。"}
    return Move("holder", "add_assist", data, story.between(10, 60))


@_plot("amend", may=_open_and_running)
def _amend(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if not view.spot.area:
        return None
    story.grant("amend")
    change = (
        {"severity": "pressing"} if view.severity == "normal" and view.category else {"address": "大门口向东 50 米"}
    )
    return Move("holder", "amend", {**change, "note": say("amend", view, story)}, story.between(5, 60))


# With the units.


@_plot("return", may=_lead_of_unit)
def _return(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    story.grant("return")
    return _give_back(view, story)


def _give_back(view: View, story: Story) -> Move | None:
    if view.returns >= 3 or story.done["rule"]:
        return None
    reason = story.rng.choice(("not_ours", "wrong_place", "needs_lead", "info_missing"))
    return Move(
        _who_leads(view),
        "return",
        {"reason": reason, "note": say(f"return.{reason}", view, story)},
        story.between(20, 200),
    )


@_plot("third_return", may=_lead_of_unit)
def _third_return(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if view.returns >= 2:
        story.grant("third_return")
    return _give_back(view, story)


def _ask(act: str, data: Callable[[View], dict[str, object]]) -> Play:
    def play(view: View, story: Story, _lookup: "Lookup") -> Move | None:
        if not view.handle_limit or (view.due_at is not None and view.left < timedelta(minutes=10)):
            return None
        told = data(view) | {"note": say(act, view, story)}
        return Move(_who_leads(view), act, told, min(90.0, view.left.total_seconds() / 240), "share")

    return play


def _more(view: View) -> dict[str, object]:
    """Half as much again, in the unit of the limit that runs."""
    value, unit = view.handle_limit or (2, "work_hour")
    if unit == "urgent_day":
        unit = "natural_day"  # the same day in the words of the form
    return {"more": {"value": max(1, value // 2), "unit": unit}}


def _review(days: int) -> Callable[[View], dict[str, object]]:
    return lambda view: {"review_at": (view.at + timedelta(days=days)).isoformat()}


_plot("extend", may=_lead_of_unit)(_once("extend", _ask("ask_extension", _more)))
_plot("postpone", may=_lead_of_unit)(_once("postpone", _ask("ask_postponement", _review(4))))
_plot("suspend", may=_lead_of_unit)(_once("suspend", _ask("ask_suspension", _review(30))))


@_plot("refused", may=_lead_of_unit)
def _refused(view: View, story: Story, lookup: "Lookup") -> Move | None:
    """Ask for more time; the answer will be no."""
    move = _ask("ask_extension", _more)(view, story, lookup)
    if move is not None:
        story.grant("refused")
        story.wishes.append("refuse")
    return move


# A mark for whoever decides; nothing to play.
PLOTS["refuse"] = Plot(_always, lambda _view, _story: False, lambda _view, _story, _lookup: None)


@_plot("assign", may=_lead_accepted)
def _assign(view: View, story: Story, _lookup: "Lookup") -> Move:
    story.grant("assign")
    crew = say("crew", view, story)
    return Move(_who_leads(view), "assign", {"crew": crew}, story.between(5, 40))


@_plot("progress", may=_lead_accepted)
def _progress(view: View, story: Story, _lookup: "Lookup") -> Move:
    story.grant("progress")
    data = {"note": say("progress", view, story), "is_public": story.rng.random() < 0.7}
    return Move(_who_leads(view), "progress", data, story.between(20, 120))


@_plot("rework", may=_at("handled"))
def _rework(view: View, story: Story, _lookup: "Lookup") -> Move:
    story.grant("rework")
    return Move("verifier", "rework", {"note": say("rework", view, story)}, story.between(15, 200))


def _may_whistle(view: View, story: Story) -> bool:
    """Mostly when the unit that handles it cannot do so alone; once called, whatever the stage."""
    if story.done["whistle"]:
        return view.is_open
    is_moment = view.stage == "handling" or (view.stage == "filed" and story.pick % 4 == 0)
    return is_moment and bool(view.category) and not view.approvals_open


@_plot("whistle", may=_may_whistle)
def _whistle(view: View, story: Story, lookup: "Lookup") -> Move | None:
    """Call, let come, consult (which hands the work out), rate."""
    if view.is_paused or view.returns >= 3 or not view.spot.area:
        return None
    if not view.is_whistled and not story.done["whistle"]:
        units = lookup.units("city", view)[:10]
        chosen = story.rng.sample(units, min(3, len(units)))
        is_urgent = story.rng.random() < 0.3
        data = {"units": chosen, "note": say("whistle", view, story), "place": "现场", "is_urgent": is_urgent}
        return Move("holder", "whistle", data, story.between(10, 60))
    if view.is_whistled:
        awaited = [call.unit for call in view.calls if not call.has_come]
        if awaited and not (len(awaited) == 1 and story.pick % 5 == 0):  # now and then one does not come
            told = {"note": say("report_in", view, story)}
            return Move(f"unit:{awaited[0]}", "report_in", told, story.between(10, 180))
        lead, *assists = [call.unit for call in view.calls]
        data = {"note": say("consult", view, story), "plan": say("plan", view, story), "lead": {"unit": lead},
                "assists": [{"unit": unit} for unit in assists[:1]]}  # fmt: skip
        return Move("holder", "consult", data, story.between(30, 120))
    unrated = [call.unit for call in view.calls if not call.is_rated]
    story.grant("whistle")
    if not unrated:
        return None
    stars = {unit: story.rng.choice((3, 4, 4, 5, 5)) for unit in unrated}
    return Move("holder", "rate", {"stars": stars, "note": say("rate", view, story)}, story.between(10, 60))


# From above.

_UNDER_WAY = _at("filed", "dispatched", "handling")
_IN_HAND = _at("handling")
_simple("supervise", "leader", "supervise", 300, may=_UNDER_WAY, said="supervise")


@_plot("hand_over", fits=lambda view, _story: bool(view.spot.street), may=_UNDER_WAY)
def _hand_over(view: View, story: Story, _lookup: "Lookup") -> Move | None:
    if view.is_paused or view.is_whistled:
        return None
    story.grant("hand_over")
    level = "street" if view.level == "city" else "city"
    return Move("leader", "hand_over", {"level": level, "note": say("hand_over", view, story)}, story.between(30, 300))


@_plot("force_close", may=lambda view, story: _IN_HAND(view, story) and not view.is_paused)
def _force_close(view: View, story: Story, _lookup: "Lookup") -> Move:
    story.grant("force_close")
    reason = story.rng.choice(("impossible", "decided", "other_channel"))
    data = {"reason": reason, "note": say(f"force_close.{reason}", view, story)}
    return Move("supervisor", "force_close", data, story.between(30, 300))


@_plot("void", may=lambda view, _story: view.is_open and not view.is_paused)
def _void(view: View, story: Story, _lookup: "Lookup") -> Move:
    story.grant("void")
    reason = story.rng.choice(("test", "mistake"))
    data = {"reason": reason, "note": say(f"void.{reason}", view, story)}
    return Move("supervisor", "void", data, story.between(20, 200))


# Of the reporter, and towards the reporter.

_WAITING = ("reported", "filed", "dispatched", "handling")
_simple("add", "reporter", "add", 300, fits=_has_reporter, may=_by_reporter(*_WAITING), said="add")
_simple("urge", "reporter", "urge", 1200, fits=_has_reporter, may=_by_reporter(*_WAITING), said="urge")
_simple("thank", "reporter", "thank", 900, fits=_has_reporter, may=_by_reporter("closed"), said="thank")
_simple("withdraw", "reporter", "withdraw", 900, fits=_has_reporter, may=_by_reporter(*_WAITING), said="withdraw")
_simple("annotate", "holder", "annotate", 60, may=_UNDER_WAY, said="annotate")
_simple("reply", "holder", "reply", 200, may=_UNDER_WAY, said="reply")


@_plot("urge_thrice", fits=_has_reporter, may=_by_reporter(*_WAITING))
def _urge_thrice(view: View, story: Story, _lookup: "Lookup") -> Move:
    if story.done["urge"] >= 2:
        story.grant("urge_thrice")
    return Move("reporter", "urge", {"note": say("urge", view, story)}, story.between(60, 900), "life")


@_plot("call_back", may=_at("closed"))
def _call_back(view: View, story: Story, _lookup: "Lookup") -> Move:
    story.grant("call_back")
    solved, satisfied = story.rng.choice(
        (("solved", "satisfied"), ("solved", "satisfied"), ("partly", "basically"), ("not", "not"))
    )
    data = {"solved": solved, "satisfaction": satisfied, "note": say("call_back", view, story)}
    return Move("seat", "call_back", data, story.between(60, 900))


_ENDED = ("closed", "answered", "declined", "referred")


def _evaluate(name: str, stars: tuple[int, ...], said: str) -> None:
    def make(view: View, story: Story, _lookup: "Lookup") -> Move:
        given = story.rng.choice(stars)
        told = {"stars": given, "solved": "solved" if given > 2 else "not", "note": say(said, view, story)}
        return Move("reporter", "evaluate", told, story.between(30, 2500), "life")

    PLOTS[name] = Plot(_has_reporter, _by_reporter(*_ENDED), _once(name, make))


@_plot("reopen", may=_at("closed"))
def _reopen(view: View, story: Story, _lookup: "Lookup") -> Move:
    story.grant("reopen")
    by_reporter = story.has_reporter and story.pick % 2 == 0
    told = {"note": say("reopen", view, story)}
    return Move("reporter" if by_reporter else "supervisor", "reopen", told, story.between(200, 3000), "life")


_evaluate("evaluate", (3, 4, 4, 5, 5, 5), "good")
_evaluate("complain", (1, 2), "bad")
