"""Say what happens, in plain words, on standard error; standard output stays free for results."""

import os
import sys
import time
from typing import NoReturn

# One clock for all processes of a run, so that the seconds count from the first line.
_begun = float(os.environ.setdefault("LIANXIN_BEGUN", str(time.time())))


def say(chinese: str, english: str) -> None:
    """Print one line of progress with the seconds since the start."""
    _print(f"[{time.time() - _begun:5.1f}s] {chinese} · {english}")


def fail(chinese: str, english: str) -> NoReturn:
    """Print what is wrong and what to do, and end with 1."""
    _print(f"✗ {chinese}\n  {english}")
    raise SystemExit(1)


def _print(line: str) -> None:
    encoding = sys.stderr.encoding or "utf-8"
    # A bare machine may have an ASCII terminal; a sign it cannot show must not end the run.
    sys.stderr.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()
