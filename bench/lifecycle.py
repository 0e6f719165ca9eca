"""Whole lives a second on two processes, on an empty county and on full ones: does the number of cases matter?"""

import contextlib
import statistics
import subprocess
import sys

from bench.counties import county
from bench.figures import Figure, Size, at_least, say, told
from bench.servers import ROOT, cloned, environment, server

RUNS, SECONDS, PROCESSES = 3, 12, 2
STEPS: dict[Size, tuple[int, ...]] = {"small": (0, 100_000, 300_000), "full": (0, 100_000, 1_000_000)}


def run(size: Size) -> list[Figure]:
    """Measure each county in turn, three times over, so that a noisy minute hits all alike."""
    steps = STEPS[size]
    measured: dict[int, list[float]] = {step: [] for step in steps}
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(server())
        addresses = {step: stack.enter_context(cloned(address, county(step))) for step in steps}
        for turn in range(RUNS):
            for step, address in addresses.items():
                rate = _rate(address, seed=turn)
                measured[step].append(rate)
                say(f"run {turn + 1}: {step:>9,} cases: {rate:.1f} lives/s")
    medians = {step: statistics.median(rates) for step, rates in measured.items()}
    first, last = medians[steps[0]], medians[steps[-1]]
    return [
        at_least("lifecycles_per_s", last, "1/s", 60),
        *(told(f"lifecycles_per_s_at_{step}", medians[step], "1/s") for step in steps),
        at_least("last_to_first", last / first, "", 0.85),
    ]


def _rate(address: str, *, seed: int) -> float:
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.lives", str(SECONDS), str(seed * 10 + place)],
            cwd=ROOT, env=environment(address), stdout=subprocess.PIPE, text=True,
        )
        for place in range(PROCESSES)
    ]  # fmt: skip
    total = 0.0
    for child in children:
        out, _ = child.communicate()
        if child.returncode:
            raise RuntimeError("A player stopped; see its words above.")
        lives, seconds = out.split()
        total += int(lives) / float(seconds)
    return total
