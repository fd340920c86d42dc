"""Time several contestants side by side, on a machine that has other work to do.

They take turns in short rounds, so that whatever happens meets them all alike. Each call is timed by itself, and a low
percentile of all calls stands for a contestant: other work only ever adds to a time, so what is near the least is near
the truth. An average over a round would hold whatever else ran in it, and what we add to a signature of 350 µs would
drown in that. Calls so long that they are interrupted every time are counted in the thread's own processor time.
"""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns, thread_time_ns

Call = Callable[[], object]

ROUND_NS = 1_000_000
"""How long one contestant's turn lasts, about: long enough to be warm after the others, short against moods."""
IDLE_NS = 40
"""What calling a function that does nothing takes; the rest of such a measurement is the reading of the clock."""
LONG_NS = 1_000_000
SHORT_CLOCK, LONG_CLOCK = perf_counter_ns, thread_time_ns
LOW = 0.05
"""The percentile contestants are compared by."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One contestant's times of single calls, in nanoseconds, from the least on."""

    calls: tuple[float, ...]

    @property
    def low(self) -> float:
        return self.calls[int(len(self.calls) * LOW)]

    @property
    def median(self) -> float:
        return median(self.calls)

    @property
    def rate(self) -> float:
        """Calls per second, undisturbed."""
        return 1e9 / self.low

    def times_faster_than(self, other: "Timing") -> float:
        return other.low / self.low

    def added_to(self, raw: "Timing") -> float:
        """What this takes beyond the primitive, in ns."""
        return self.low - raw.low


def measure(calls: Mapping[str, Call], *, rounds: int) -> dict[str, Timing]:
    """Time all contestants in turns."""
    clocks = {name: LONG_CLOCK if min(time_calls(call, 10)) > LONG_NS else SHORT_CLOCK for name, call in calls.items()}
    repeats = {name: max(1, round(ROUND_NS / min(time_calls(call, 10)))) for name, call in calls.items()}
    reading = min(time_calls(lambda: None, 1000)) - IDLE_NS
    samples: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            # Nobody always comes right after the same neighbour.
            order = list(calls)[:: 1 if number % 2 else -1]
            for name in order:
                samples[name] += time_calls(calls[name], repeats[name], clock=clocks[name])
    finally:
        gc.enable()
    return {name: Timing(tuple(sorted(taken - reading for taken in times))) for name, times in samples.items()}


def time_calls(call: Call, repeats: int, *, clock: Callable[[], int] = SHORT_CLOCK) -> list[float]:
    taken: list[float] = []
    for _ in range(repeats):
        started = clock()
        call()
        taken.append(clock() - started)
    return taken
