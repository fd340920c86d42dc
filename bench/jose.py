"""How fast tokensmith.jose is, side by side with PyJWT, joserfc and the bare primitive, in one run.

Each contestant signs and verifies the same eight claims; each verification checks signature, issuer, audience and
times. "Raw" is the primitive alone: the `cryptography` call on a ready DER signature and signing input, `hmac.digest`
for HMAC. "Cached" is a verifier that remembers. After them come what size costs, and importing.

    .venv/bin/python bench/jose.py [--rounds N] [--json] [--plot FILE.svg]
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from jose_contestants import ALGORITHMS, contestants
from jose_import import import_times
from jose_machine import facts
from jose_plot import svg
from jose_sizes import grown, refused
from jose_targets import Table, Verdict, verdicts
from jose_timing import Timing, measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that one run measured."""

    verify: Table
    sign: Table
    grown: Mapping[int, Timing]
    refused: Mapping[str, Mapping[str, Timing]]
    imports: Mapping[str, float]

    def verdicts(self) -> list[Verdict]:
        return list(verdicts(self.verify, self.sign, grown=self.grown, refused=self.refused, imports=self.imports))


def run(rounds: int) -> Results:
    tables: dict[str, dict[str, dict[str, Timing]]] = {"verify": {}, "sign": {}}
    for algorithm in ALGORITHMS:
        prepared = contestants(algorithm)
        for action, table in tables.items():
            calls = {name: call for name, one in prepared.items() if (call := getattr(one, action)) is not None}
            table[algorithm] = measure(calls, rounds=rounds)
    return Results(
        verify=tables["verify"],
        sign=tables["sign"],
        grown=grown(max(3, rounds // 10)),
        refused=refused(max(3, rounds // 20)),
        imports=import_times("tokensmith.jose", "jwt", rounds=max(3, rounds // 20)),
    )


def show(results: Results) -> None:
    print(" · ".join(f"{name} {value}" for name, value in facts().items()))
    for action, table in (("verify", results.verify), ("sign", results.sign)):
        print(f"\n{action:<10}{'':<14}{'per s':>9}{'low µs':>10}{'median µs':>12}{'added µs':>11}{'ours is':>11}")
        for algorithm, timings in table.items():
            for name, timing in timings.items():
                ratio = timings["tokensmith"].times_faster_than(timing)
                times = f"{timing.low / 1e3:>10.2f}{timing.median / 1e3:>12.2f}"
                added = timing.added_to(timings["raw"]) / 1e3
                print(f"{algorithm:<10}{name:<14}{timing.rate:>9,.0f}{times}{added:>11.2f}{ratio:>9.2f} ×")
    print("\nverify, by length of the token")
    for size, timing in results.grown.items():
        print(f"{size:>12,} B{timing.low / 1e3:>12.1f} µs{timing.low / size:>10.2f} ns/B")
    print(f"\n{'refuse 1 MB':<18}{'usual µs':>10}{'raised µs':>11}{'genuine µs':>12}")
    for name, times in results.refused.items():
        print(f"{name:<18}" + "".join(f"{times[each].low / 1e3:>11.1f}" for each in ("usual", "raised", "genuine")))
    print("\nimport, ms: " + ", ".join(f"{module} {taken:.0f}" for module, taken in results.imports.items()) + "\n")
    for verdict in results.verdicts():
        print(f"{'held' if verdict.holds else 'NOT HELD':<9} {verdict.claim}: {verdict.figure:.3g}")


def as_json(results: Results) -> str:
    tables = {
        action: {
            algorithm: {name: {"low_ns": each.low, "median_ns": each.median} for name, each in timings.items()}
            for algorithm, timings in table.items()
        }
        for action, table in (("verify", results.verify), ("sign", results.sign))
    }
    sizes = {size: each.low for size, each in results.grown.items()}
    found = [asdict(verdict) for verdict in results.verdicts()]
    return json.dumps(
        {"machine": facts(), **tables, "grown_ns": sizes, "import_ms": dict(results.imports), "verdicts": found},
        indent=2,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=300, help="turns of each contestant (default 300)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw what size costs")
    options = parser.parse_args()
    results = run(options.rounds)
    if options.plot:
        options.plot.write_text(svg(results.grown, results.refused))
    if options.json:
        print(as_json(results))
    else:
        show(results)
    return 0 if all(verdict.holds for verdict in results.verdicts()) else 1


if __name__ == "__main__":
    sys.exit(main())
