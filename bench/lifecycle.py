"""Whole lives a second on two processes, on an empty county and on full ones: does the number of cases matter?"""

import contextlib
import statistics
import subprocess
import sys
from dataclasses import dataclass

from bench.counties import county
from bench.figures import Figure, Size, at_least, say, told
from bench.servers import ROOT, cloned, environment, server

RUNS, SECONDS, PROCESSES = 3, 12, 2
STEPS: dict[Size, tuple[int, ...]] = {"small": (0, 100_000, 300_000), "full": (0, 100_000, 1_000_000)}


@dataclass(frozen=True)
class Rate:
    """Lives a second of all players together, and processor milliseconds a life of players and of the database."""

    per_second: float
    player_ms: float
    server_ms: float


def run(size: Size) -> list[Figure]:
    """Measure each county in turn, three times over, so that a noisy minute hits all alike."""
    steps = STEPS[size]
    measured: dict[int, list[Rate]] = {step: [] for step in steps}
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(server())
        addresses = {step: stack.enter_context(cloned(address, county(step))) for step in steps}
        for turn in range(RUNS):
            for step, address in addresses.items():
                rate = _rate(address, seed=turn)
                measured[step].append(rate)
                say(
                    f"run {turn + 1}: {step:>9,} cases: {rate.per_second:.1f} lives/s;"
                    f" processor {rate.player_ms:.1f} + {rate.server_ms:.1f} ms a life"
                )
    medians = {step: statistics.median(rate.per_second for rate in rates) for step, rates in measured.items()}
    cpu = {
        step: statistics.median(rate.player_ms + rate.server_ms for rate in rates) for step, rates in measured.items()
    }
    first, last = steps[0], steps[-1]
    return [
        at_least("lifecycles_per_s", medians[last], "1/s", 60),
        *(told(f"lifecycles_per_s_at_{step}", medians[step], "1/s") for step in steps),
        at_least("last_to_first", medians[last] / medians[first], "", 0.85),
        # What a life costs does not change with who else uses the machine.
        *(told(f"processor_ms_at_{step}", cpu[step], "ms a life") for step in steps),
        told("processor_first_to_last", cpu[first] / cpu[last], ""),
    ]


def _rate(address: str, *, seed: int) -> Rate:
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.lives", str(SECONDS), str(seed * 10 + place)],
            cwd=ROOT, env=environment(address), stdout=subprocess.PIPE, text=True,
        )
        for place in range(PROCESSES)
    ]  # fmt: skip
    told_by = [child.communicate()[0].split() for child in children]
    if any(child.returncode for child in children):
        raise RuntimeError("A player stopped; see its words above.")
    lives = sum(int(words[0]) for words in told_by)
    per_second = sum(int(words[0]) / float(words[1]) for words in told_by)
    player, served = (sum(float(words[place]) for words in told_by) / lives * 1000 for place in (2, 3))
    return Rate(per_second, player, served)
