"""The words a profile may use: stages, actions and optional steps of `case-lifecycle`, evidence, severities."""

from . import model

DIVISION_DIGITS = 6

FILES = (
    "profile.toml",
    "roles.toml",
    "texts.toml",
    "calendar.toml",
    "areas.toml",
    "categories.csv",
    "standards.csv",
    "units.csv",
    "responsibilities.csv",
    "examples.csv",
    "fields.csv",
    "component_classes.csv",
    "alarm_rules.toml",
)
OPTIONAL = frozenset({"component_classes.csv", "alarm_rules.toml"})  # a place without it has what the platform ships
# Arrays of tables in profile.toml.
TABLES = {
    "levels": model.Level,
    "grid_kinds": model.GridKind,
    "unit_kinds": model.UnitKind,
    "phases": model.Phase,
    "resident_phases": model.Phase,
    "kinds": model.Kind,
    "rights": model.Right,
}

ROLES_OF_LEVELS = ("city", "street", "community", "grid", "micro")
OPEN_STAGES = ("reported", "filed", "dispatched", "handling", "handled", "verified")
ENDS = ("closed", "answered", "declined", "referred", "merged", "withdrawn", "void")
STAGES = OPEN_STAGES + ENDS
OPTIONAL_STEPS = ("accept", "verify", "close", "contact", "evaluate")
ACTIONS = (
    "report", "add", "urge", "thank", "withdraw", "contact", "check", "answer", "resolve_on_spot", "file", "decline",
    "appeal", "refer", "merge", "unmerge", "split", "amend", "escalate", "delegate", "dispatch", "recall", "accept",
    "assign", "return", "rule", "whistle", "nudge", "report_in", "consult", "rate", "forward", "extend", "postpone",
    "suspend", "approve", "refuse", "resume", "progress", "handle", "verify", "rework", "close", "force_close",
    "call_back", "evaluate",
    "reopen", "supervise", "hand_over", "annotate", "reply", "void",
)  # fmt: skip
KINDS = ("problem", "hazard", "dispute", "demand", "enquiry", "suggestion")
SEVERITIES = ("normal", "pressing", "urgent")
EVIDENCE = ("before_near", "before_far", "after_near", "after_far", "record", "receipt")
CLOCKS = (
    "file", "dispatch", "accept", "verify", "close", "check", "contact", "report_in_urgent", "report_in", "decide",
)  # fmt: skip
REASONS = (
    "decline", "return", "refer", "void", "extend", "postpone", "suspend", "recall", "rework", "force_close", "reopen",
    "withdraw",
)  # fmt: skip
MODES = ("off", "shadow", "on")
SCOPES = ("area", "unit")
SUBJECTS = ("person", "household", "living", "care", "estate", "building", "dwelling", "establishment")
SENSITIVITIES = ("open", "internal", "personal", "sensitive")  # in the order of harm
