"""One finding of the doctor."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is: `WRONG` keeps the installation from working or from being safe."""

    FINE = "fine"
    CARE = "care"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do about it (empty when nothing has to be done)."""

    subject: str
    level: Level
    sentence: str
    remedy: str = ""


def fine(subject: str, sentence: str) -> Finding:
    """Find nothing to do."""
    return Finding(subject, Level.FINE, sentence)


def care(subject: str, sentence: str, remedy: str) -> Finding:
    """Find something that works, but should be looked after."""
    return Finding(subject, Level.CARE, sentence, remedy)


def wrong(subject: str, sentence: str, remedy: str) -> Finding:
    """Find something that must be mended."""
    return Finding(subject, Level.WRONG, sentence, remedy)
