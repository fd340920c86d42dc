"""What protecting a route costs per request, in the framework's own terms, beside the package that its users know.

    python bench/guard_cost.py [--rounds N]

Each application has one open route and one that needs a token (HS256 for everybody, a secret in memory, nobody asked).
Called as a server would call it, without a socket; the cost is the difference of the two routes. "Bare" is a route of
the open application that takes the header's token and has `tokensmith.jose` verify it, and nothing else: what is beyond
that is the guard's and the adapter's. Ends with 1 where a promise is not kept.
"""

import argparse
import sys
from dataclasses import dataclass
from typing import Any, Final

from guard_services import Service, drf, flask, litestar, starlette
from jose_machine import facts
from jose_timing import Timing, measure

MOST_OVER_BARE_US: Final = 15.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=150, help="turns of each (default 150)")
    options = parser.parse_args()
    groups = [[starlette()], litestar(), flask(), drf()]
    print(" · ".join(f"{name} {value}" for name, value in facts().items()))
    print(f"\n{'per request':<32}{'open µs':>10}{'closed µs':>11}{'cost µs':>9}{'median':>9}")
    held = True
    for group in groups:
        costs = compared(group, rounds=options.rounds)
        held &= judged(costs)
    return 0 if held else 1


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one service's token costs, in µs; *over_bare*, where there is a bare route, is the median beyond it."""

    name: str
    low: float
    over_bare: float


def compared(group: list[Service], *, rounds: int) -> list[Cost]:
    """Measure the services of one framework side by side."""
    calls: dict[str, Any] = {}
    paths = ("/open", "/closed", "/bare") if len(group) == 1 else ("/open", "/closed")
    for service in group:
        for path in paths:
            service.ask(path)
            calls[f"{service.name}{path}"] = lambda ask=service.ask, path=path: ask(path)
    timings: dict[str, Timing] = measure(calls, rounds=rounds)
    costs = []
    for service in group:
        opened, closed = timings[f"{service.name}/open"], timings[f"{service.name}/closed"]
        low, middle = (closed.low - opened.low) / 1e3, (closed.median - opened.median) / 1e3
        bare = timings.get(f"{service.name}/bare", closed)
        costs.append(Cost(name=service.name, low=low, over_bare=(closed.median - bare.median) / 1e3))
        print(f"{service.name:<32}{opened.low / 1e3:>10.1f}{closed.low / 1e3:>11.1f}{low:>9.1f}{middle:>9.1f}")
    return costs


def judged(costs: list[Cost]) -> bool:
    """Say whether what is promised of one framework held."""
    ours, *theirs = costs
    said = [(f"{ours.name}: cheaper than {other.name}", ours.low < other.low, ours.low / other.low) for other in theirs]
    if not theirs:
        what = f"{ours.name}: at most {MOST_OVER_BARE_US:g} µs beyond the verification, median"
        said.append((what, ours.over_bare <= MOST_OVER_BARE_US, ours.over_bare))
    for what, holds, figure in said:
        print(f"{'held' if holds else 'NOT HELD':<9} {what}: {figure:.3g}")
    return all(holds for _, holds, _ in said)


if __name__ == "__main__":
    sys.exit(main())
