"""What this library promises about its speed, each promise beside the figure of this very run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jose_sizes import per_byte
from jose_timing import Timing

Table = Mapping[str, Mapping[str, Timing]]
"""Algorithm → contestant → its timing."""

RATES = (("verify", "PyJWT", 6.0), ("verify", "joserfc", 3.5), ("sign", "PyJWT", 3.0), ("cached", "PyJWT", 25.0))
"""HS256: at least so many times the other's rate."""
ADDED_SHARE = {"verify": 1 / 5, "sign": 1 / 3}
"""With a public key: what we add to the primitive is at most this share of what PyJWT adds."""
ADDED_NS = 8_000
IMPORT_SHARE = 1.5
LINEAR = 1.5
"""A byte of a token of 1 MB costs at most so many times one of a token of 10 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One promise and its figure."""

    claim: str
    figure: float
    holds: bool


def verdicts(
    verify: Table,
    sign: Table,
    *,
    grown: Mapping[int, Timing],
    refused: Mapping[str, Mapping[str, Timing]],
    imports: Mapping[str, float],
) -> Iterator[Verdict]:
    """Compare a whole run with what is promised."""
    yield from rates(verify["HS256"], sign["HS256"])
    for action, table in (("verify", verify), ("sign", sign)):
        for algorithm in table:
            if algorithm != "HS256":
                yield from added(action, algorithm, table[algorithm])
    yield at_most("a byte at 1 MB costs, against one at 10 kB", per_byte(grown), LINEAR)
    for limits in ("usual", "raised"):
        worst = max(times[limits].low / times["genuine"].low for times in refused.values())
        yield at_most(f"refusing 1 MB under {limits} ceilings costs, against verifying it", worst, 1)
    yield at_most("importing costs, against PyJWT", imports["tokensmith.jose"] / imports["jwt"], IMPORT_SHARE)


def rates(verify: Mapping[str, Timing], sign: Mapping[str, Timing]) -> Iterator[Verdict]:
    for action, rival, wanted in RATES:
        if action == "sign":
            factor = sign["tokensmith"].times_faster_than(sign[rival])
        else:
            ours = verify["tokensmith" if action == "verify" else "cached"]
            factor = ours.times_faster_than(verify[rival])
        yield Verdict(claim=f"HS256 {action}: at least {wanted:g} × {rival}", figure=factor, holds=factor >= wanted)


def added(action: str, algorithm: str, timings: Mapping[str, Timing]) -> Iterator[Verdict]:
    ours = timings["tokensmith"].added_to(timings["raw"])
    if "PyJWT" in timings:
        theirs = timings["PyJWT"].added_to(timings.get("raw, random", timings["raw"]))
        yield at_most(f"{algorithm} {action} adds, against PyJWT", ours / theirs, ADDED_SHARE[action])
    yield at_most(f"{algorithm} {action} adds, in µs", ours / 1e3, ADDED_NS / 1e3)


def at_most(claim: str, figure: float, ceiling: float) -> Verdict:
    return Verdict(claim=f"{claim}: at most {ceiling:.2g}", figure=figure, holds=figure <= ceiling)
