"""A case as the API shows it, and what can be known of it after an act without asking again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lianxin.operations.simulation.scene import Scene
from lianxin.operations.simulation.story import Move
from lianxin.operations.simulation.view import Called, Part, View

_OPEN_PARTS = ("offered", "accepted")
_ACTIVE = ("filed", "dispatched", "handling")
# Acts that change nothing but the version.
_QUIET = frozenset({"contact", "assign", "progress", "annotate", "reply", "add", "thank", "evaluate", "call_back"})


def view_of(shown: dict[str, Any], scene: Scene, other: Callable[[], str]) -> View:
    """Return a case page of the API as an actor of the play sees it."""
    area = shown["area"]["code"] if shown["area"] else ""
    whistle = shown["whistles"][-1] if shown["whistles"] else None
    proposal = shown["proposal"] or {}
    returns, stage = shown["returns"], shown["stage"]
    return View(
        number=shown["number"], version=shown["version"], stage=stage, kind=shown["kind"],
        severity=shown["severity"], level=shown["holder_level"], title=shown["title"], at=datetime.now(UTC),
        spot=scene.spot(area), category=shown["category"]["code"] if shown["category"] else "",
        matter=shown["category"]["name"] if shown["category"] else "",
        proposed=tuple(choice["code"] for choice in proposal.get("choices", [])),
        parts=tuple(_part(each) for each in shown["assignments"] if each["state"] in _OPEN_PARTS),
        calls=tuple(_call(each) for each in whistle["calls"]) if whistle else (),
        is_whistled=whistle is not None and whistle["consulted_at"] is None and stage in _ACTIVE,
        lead_unit=shown["lead_unit"]["code"] if shown["lead_unit"] else "", is_paused=shown["is_paused"],
        approvals_open=shown["approvals_open"], supervisions_open=shown["supervisions_open"],
        # With units after three returns: a supervisor has ruled.
        returns=returns if returns < 3 or stage in {"reported", "filed"} else 0,
        is_checked=stage == "reported" and any(_is_waiting(task) for task in shown["field_tasks"]),
        awaits_contact=any(clock["subject"] == "contact" for clock in shown["clocks"]),
        handle_limit=_handle_limit(shown), due_at=_instant(shown["due_at"]), missing=tuple(shown["missing_evidence"]),
        other=other,
    )  # fmt: skip


def _part(given: dict[str, Any]) -> Part:
    return Part(given["part"], given["state"], given["unit"]["code"] if given["unit"] else "", given["post"] or 0)


def _call(given: dict[str, Any]) -> Called:
    return Called(given["unit"]["code"], given["reported_in_at"] is not None, given["stars"] is not None)


def _is_waiting(task: dict[str, Any]) -> bool:
    return task["done_at"] is None and task["cancelled_at"] is None


def _handle_limit(shown: dict[str, Any]) -> tuple[int, str] | None:
    limits = [clock["limit"] for clock in shown["clocks"] if clock["name"] == "handle" and clock["subject"] == "stage"]
    if not limits:
        return None
    value, unit = limits[0].split()
    return int(value), unit


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def after(view: View, move: Move, acted: dict[str, Any]) -> View | None:
    """Return the case after an act as its answer and common sense tell, or None: it must be looked at again."""
    now = replace(
        view, version=acted["version"], stage=acted["stage"], at=datetime.now(UTC), due_at=None,
        missing=tuple(label for label in view.missing if label not in move.photos),
    )  # fmt: skip
    if move.act == "contact":
        now = replace(now, awaits_contact=False)
    if move.act in _QUIET and now.stage == view.stage:
        return replace(now, due_at=view.due_at)
    match move.act, now.stage:
        case "file", "filed":
            return replace(now, category=move.data["category"])
        case "dispatch", "dispatched":
            assists = [Part("assist", "offered", each["unit"]) for each in move.data["assists"]]
            return replace(now, parts=(Part("lead", "offered", move.data["lead"]["unit"]), *assists))
        case "handle", "handled":
            return replace(now, parts=())
        case "verify" | "close", _:
            return now
    return None
