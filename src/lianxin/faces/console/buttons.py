"""The acts a page offers: which is pressed at once, which asks first, by which key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from lianxin.kernel.flow import Step
from lianxin.work.cases.models import Case

# What may be done at once: it can be taken back, or it is the ordinary next step and asks for nothing.
AT_ONCE = frozenset({"accept", "recall"})
# What the one who looks most likely came to do, by stage; the first that is offered is the page's one primary button.
_WANTED: Mapping[str, Sequence[str]] = {
    "reported": ("report_check", "file", "resolve_on_spot", "answer", "place"),
    "filed": ("rule", "dispatch", "escalate"),
    "dispatched": ("accept", "report_in"),
    "handling": ("report_in", "approve", "accept", "handle", "answer_supervision", "supervise"),
    "handled": ("verify", "call_back", "supervise"),
    "verified": ("close",),
}
KEYS: Mapping[str, str] = {
    "file": "f", "dispatch": "d", "check": "v", "merge": "m", "escalate": "e", "decline": "n", "accept": "a",
    "handle": "h", "verify": "y", "rework": "r", "close": "c", "annotate": "b",
}  # fmt: skip
DANGER = frozenset({"void", "force_close"})
# What is said on the button where the flow's own word is too short for one.
_WORDS = {"verify": "核查通过", "rework": "没办好，返工", "refuse": "不同意"}


@dataclass(frozen=True, slots=True)
class Button:
    """One act to offer. `asks`: it opens a form."""

    act: str
    label: str
    url: str
    key: str = ""
    asks: bool = True
    primary: bool = False
    danger: bool = False


def buttons(case: Case, steps: Sequence[Step]) -> list[Button]:
    """Return the offered acts, the most likely first, as the page's one primary button."""
    offered = {step.name: step for step in steps}
    first = next((name for name in _WANTED.get(case.stage, ()) if name in offered), None)
    ordered = ([first] if first else []) + [name for name in offered if name != first]
    return [_button(case, offered[name], primary=name == first) for name in ordered]


def _button(case: Case, step: Step, *, primary: bool) -> Button:
    asks = step.name not in AT_ONCE
    return Button(
        act=step.name,
        label=_WORDS.get(step.name, str(step.label)),
        url=reverse("console:act", args=[case.number, step.name]),
        key=KEYS.get(step.name, ""),
        asks=asks,
        primary=primary,
        danger=step.name in DANGER,
    )
