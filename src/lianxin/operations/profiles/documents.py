"""A profile as the documents of configuration that the rooms read: plain JSON, so that equal files give equal ones."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from .model import Automation, Phase, Profile

# What the system passes when a kind of case does not take a step.
_PASSED = {"accept": "dispatched", "verify": "handled", "close": "verified"}


def documents(profile: Profile) -> dict[str, Any]:
    """Return all documents by key."""
    return {
        "place": asdict(profile.place),
        "levels": [asdict(level) for level in profile.levels],
        "grid_kinds": [asdict(kind) for kind in profile.grid_kinds],
        "unit_kinds": [asdict(kind) for kind in profile.unit_kinds],
        "flow": _flow(profile),
        "labels": _labels(profile),
        "modules": dict(profile.modules),
        "people": asdict(profile.people),
        "cameras": {
            **asdict(profile.cameras),
            "hosts": list(profile.cameras.hosts),
            "free_units": list(profile.cameras.free_units),
        },
        "wishes": {**asdict(profile.wishes), "desks": list(profile.wishes.desks)},
        "dispatchdays": asdict(profile.dispatchdays),
        "security": {name: value for name, value in asdict(profile.security).items() if value},
        "texts": {section: dict(texts) for section, texts in profile.texts.items()},
        "pairings": {unit.code: unit.pairs for unit in profile.units if unit.pairs},
        "messages": _messages(profile),
        "profile": {"key": profile.key, "hash": profile.content_hash},
    }


def _flow(profile: Profile) -> dict[str, Any]:
    bounds = profile.bounds
    return {
        "division": profile.place.division,
        "clocks": {name: f"{limit.value} {limit.unit}" for name, limit in profile.clocks.items()},
        "warn_share": profile.clock_rules.warn_share,
        "urgent_continuous": profile.clock_rules.urgent_continuous,
        "stage_labels": dict(profile.stages),
        "phases": [{"label": phase.label, "stages": list(phase.during)} for phase in profile.phases],
        "auto_file": _automatic(profile, profile.automation["file"]),
        "auto_dispatch": _automatic(profile, profile.automation["dispatch"]),
        "file_levels": [right.level for right in profile.rights if right.file],
        "close_levels": [right.level for right in profile.rights if right.close],
        "whistle_levels": [right.level for right in profile.rights if right.whistle],
        "spot_levels": [right.level for right in profile.rights if right.resolve_on_spot],
        "may_dispatch": {right.level: list(right.dispatch_to) for right in profile.rights if right.dispatch_to},
        "escalate_to": {right.level: right.escalate_to for right in profile.rights if right.escalate_to},
        "trivial": sorted(code for code, share in profile.sampling.categories.items() if share < 1),
        "reasons": {
            action: {reason.code: reason.label for reason in reasons} for action, reasons in profile.reasons.items()
        },
        "kinds": {
            kind.key: {
                "label": kind.label,
                "confidential": kind.confidential,
                "off": list(kind.off),
                "skipped": [_PASSED[step] for step in kind.off if step in _PASSED],
            }
            for kind in profile.kinds
        },
        "reopen_days": bounds.reopen_days,
        "appeal_days": bounds.appeal_days,
        "evaluate_days": bounds.evaluation_days,
        "returns_before_ruling": bounds.returns_before_ruling,
        "urges_before_supervision": bounds.urges_before_supervisor,
        "max_extensions": bounds.extensions_max,
        "extension_share": bounds.extension_share_max,
        "postpone_days": bounds.postpone_days_max,
        "suspend_days": bounds.suspend_review_days,
        "similar_metres": bounds.similar_metres,
        "similar_hours": bounds.similar_hours,
    }


# What the reporter is told, by the kind of message that says it.
_SMS = {
    "received": "received", "dispatched": "public_dispatched", "closed": "closed", "answered": "answered",
    "declined": "declined", "referred": "referred", "progress": "replied",
}  # fmt: skip


def _messages(profile: Profile) -> dict[str, Any]:
    return messages(profile.texts.get("sms", {}))


def messages(texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the bodies of messages to reporters as the rooms read them, from the texts of a place."""
    return {f"cases.{kind}": {"body": texts[key]} for key, kind in _SMS.items() if key in texts}


def _automatic(profile: Profile, rule: Automation) -> dict[str, Any]:
    """Return a rule with its prefixes spelt out as the items that cases are filed under."""
    chosen = [leaf.code for leaf in profile.leaves() if leaf.code.startswith(rule.categories)]
    return {"mode": rule.mode, "confidence": rule.confidence, "categories": chosen}


def _labels(profile: Profile) -> dict[str, Any]:
    return {
        "stages": dict(profile.stages),
        "actions": dict(profile.actions),
        "phases": [_phase(phase) for phase in profile.phases],
        "resident_phases": [_phase(phase) for phase in profile.resident_phases],
        "kinds": {kind.key: kind.label for kind in profile.kinds},
        "levels": {level.role: level.label for level in profile.levels},
        "unit_kinds": {kind.key: kind.label for kind in profile.unit_kinds},
    }


def _phase(phase: Phase) -> dict[str, Any]:
    return {"label": phase.label, "during": list(phase.during), "done_by": phase.done_by}


def flat(content: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each single setting of a document with its path, such as ("clocks.file", "30 work_minute")."""
    if isinstance(content, Mapping) and content:
        for key, value in content.items():
            yield from flat(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, content
