"""How fast tokensmith.jose is, side by side with PyJWT, joserfc and the bare primitive, in one run.

Each contestant signs and verifies the same eight claims; each verification checks signature, issuer, audience and
times. "Raw" is the primitive alone: the `cryptography` call on a ready DER signature and signing input, `hmac.digest`
for HMAC. The contestants take turns in short rounds, so that whatever else the machine does meets them all alike.

    .venv/bin/python bench/jose.py [--rounds N] [--json]
"""

import argparse
import gc
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns

from jose_contestants import ALGORITHMS, Call, contestants
from jose_machine import facts

ROUND_NS = 3_000_000
"""How long one contestant's turn lasts, about: long enough for the clock, short against the machine's moods."""

VERIFY_RATE = {"PyJWT": 5.0, "joserfc": 3.0}
"""HS256: at least so many times the other's rate."""
ADDED_SHARE = 0.25
"""RS256, ES256, EdDSA: what we add to the primitive is at most this share of what PyJWT adds."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One contestant's time for one call, in nanoseconds, round by round."""

    rounds: tuple[float, ...]

    @property
    def best(self) -> float:
        return min(self.rounds)

    @property
    def median(self) -> float:
        return median(self.rounds)

    @property
    def rate(self) -> float:
        """Calls per second, by the median."""
        return 1e9 / self.median

    def times_faster_than(self, other: "Timing") -> float:
        """Compare within each round, where the machine was in the same mood, and take the median of that."""
        return median(theirs / ours for ours, theirs in zip(self.rounds, other.rounds, strict=True))

    def added_to(self, raw: "Timing") -> float:
        """What this takes beyond the primitive, in ns; compared within each round too."""
        return median(ours - bare for ours, bare in zip(self.rounds, raw.rounds, strict=True))


def measure(calls: Mapping[str, Call], *, rounds: int) -> dict[str, Timing]:
    """Time all contestants in turns."""
    repeats = {name: calibrate(call) for name, call in calls.items()}
    samples: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            # Nobody always comes right after the same neighbour.
            order = list(calls)[:: 1 if number % 2 else -1]
            for name in order:
                samples[name].append(time_batch(calls[name], repeats[name]) / repeats[name])
    finally:
        gc.enable()
    return {name: Timing(tuple(taken)) for name, taken in samples.items()}


def calibrate(call: Call) -> int:
    """Find how many calls fill one turn; warms the contestant up on the way."""
    taken = min(time_batch(call, 20) for _ in range(3)) / 20
    return max(1, round(ROUND_NS / taken))


def time_batch(call: Callable[[], object], repeats: int) -> int:
    started = perf_counter_ns()
    for _ in range(repeats):
        call()
    return perf_counter_ns() - started


def run(rounds: int) -> dict[str, dict[str, dict[str, Timing]]]:
    """Measure every algorithm: what is done → algorithm → contestant."""
    results: dict[str, dict[str, dict[str, Timing]]] = {"verify": {}, "sign": {}}
    for algorithm in ALGORITHMS:
        calls = contestants(algorithm)
        for action, table in results.items():
            table[algorithm] = measure({name: getattr(one, action) for name, one in calls.items()}, rounds=rounds)
    return results


def verdicts(verify: Mapping[str, Mapping[str, Timing]]) -> list[tuple[str, float, bool]]:
    """Compare the verification times with what this library promises: the sentence, the figure, whether it holds."""
    hs256 = verify["HS256"]
    found = []
    for rival, wanted in VERIFY_RATE.items():
        factor = hs256["tokensmith"].times_faster_than(hs256[rival])
        found.append((f"HS256 verify is at least {wanted:g} × {rival}", factor, factor >= wanted))
    for algorithm in ALGORITHMS[1:]:
        raw, ours, theirs = (verify[algorithm][name] for name in ("raw", "tokensmith", "PyJWT"))
        share = ours.added_to(raw) / theirs.added_to(raw)
        sentence = f"{algorithm} verify adds at most {ADDED_SHARE:g} of what PyJWT adds"
        found.append((sentence, share, share <= ADDED_SHARE))
    return found


def show(results: Mapping[str, Mapping[str, Mapping[str, Timing]]]) -> None:
    print(" · ".join(f"{name} {value}" for name, value in facts().items()))
    for action, table in results.items():
        print(f"\n{action:<10}{'':<12}{'per s':>9}{'median µs':>12}{'best µs':>10}{'added µs':>11}{'ours is':>11}")
        for algorithm, timings in table.items():
            for name, timing in timings.items():
                ratio = timings["tokensmith"].times_faster_than(timing)
                added = timing.added_to(timings["raw"])
                print(
                    f"{algorithm:<10}{name:<12}{timing.rate:>9,.0f}{timing.median / 1e3:>12.2f}"
                    f"{timing.best / 1e3:>10.2f}{added / 1e3:>11.2f}{ratio:>9.2f} ×"
                )
    print()
    for sentence, figure, holds in verdicts(results["verify"]):
        print(f"{'holds' if holds else 'FAILS':<6} {sentence}: {figure:.2f}")


def as_json(results: Mapping[str, Mapping[str, Mapping[str, Timing]]]) -> str:
    tables = {
        action: {
            algorithm: {name: {"best_ns": each.best, "median_ns": each.median} for name, each in timings.items()}
            for algorithm, timings in table.items()
        }
        for action, table in results.items()
    }
    found = [{"claim": text, "figure": figure, "holds": holds} for text, figure, holds in verdicts(results["verify"])]
    return json.dumps({"machine": facts(), **tables, "verdicts": found}, indent=2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=150, help="turns of each contestant (default 150)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args()
    results = run(options.rounds)
    if options.json:
        print(as_json(results))
    else:
        show(results)
    return 0 if all(holds for _, _, holds in verdicts(results["verify"])) else 1


if __name__ == "__main__":
    sys.exit(main())
