"""The picture of what size costs: time against length, both axes logarithmic, as an SVG without any library."""

from collections.abc import Iterator, Mapping
from math import log10

from jose_timing import Timing

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 78, 690, 54, 356
BYTES = {100: "100 B", 1_000: "1 kB", 10_000: "10 kB", 100_000: "100 kB", 1_000_000: "1 MB"}
NANOSECONDS = {1_000: "1 µs", 10_000: "10 µs", 100_000: "100 µs", 1_000_000: "1 ms", 10_000_000: "10 ms"}
# Readers of the page have a light or a dark one; a picture has to do on either.
STYLE = """
  :root { --ink: #24292f; --grid: #d0d7de; --page: #ffffff; --ours: #0969da; --hostile: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #d8dee4; --grid: #3d444d; --page: #0d1117; --ours: #58a6ff; --hostile: #f0883e } }
  text { font: 14px system-ui, sans-serif; fill: var(--ink) }
  .title { font-weight: 600; font-size: 16px }
  .grid { stroke: var(--grid); stroke-width: 1 }
  .linear { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 5; opacity: .6 }
  .ours { stroke: var(--ours); fill: none; stroke-width: 2.5 }
  .point { fill: var(--ours) }
  .hostile { fill: var(--hostile) }
"""


def svg(grown: Mapping[int, Timing], refused: Mapping[str, Mapping[str, Timing]]) -> str:
    """Draw genuine tokens as a line, and the dearest of the hostile ones, under either ceiling, as points."""
    parts = [*_grid(), *_genuine({size: timing.low for size, timing in grown.items()})]
    longest = max(grown)
    for limits, label, below in (("usual", "refused by its length", 5), ("raised", "refused, ceilings raised", -8)):
        worst = max(times[limits].low for times in refused.values())
        parts += [
            f'<rect class="hostile" x="{_x(longest) - 5:.1f}" y="{_y(worst) - 5:.1f}" width="10" height="10"/>',
            f'<text x="{_x(longest) - 14:.1f}" y="{_y(worst) + below:.1f}" text-anchor="end">{label}</text>',
        ]
    body = "\n".join(parts)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">'
    title = '<title id="t">Verifying a token takes time in proportion to its length.</title>'
    page = f'<rect width="{WIDTH}" height="{HEIGHT}" style="fill: var(--page)"/>'
    return f"{head}\n{title}\n<style>{STYLE}</style>\n{page}\n{body}\n</svg>\n"


def _grid() -> Iterator[str]:
    yield f'<text class="title" x="{LEFT}" y="30">HS256: time to verify, by length of the token</text>'
    for size, label in BYTES.items():
        yield f'<line class="grid" x1="{_x(size):.1f}" x2="{_x(size):.1f}" y1="{TOP}" y2="{BOTTOM}"/>'
        yield f'<text x="{_x(size):.1f}" y="{BOTTOM + 24}" text-anchor="middle">{label}</text>'
    for time, label in NANOSECONDS.items():
        yield f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{_y(time):.1f}" y2="{_y(time):.1f}"/>'
        yield f'<text x="{LEFT - 10}" y="{_y(time) + 5:.1f}" text-anchor="end">{label}</text>'
    yield f'<text x="{(LEFT + RIGHT) / 2:.1f}" y="{HEIGHT - 14}" text-anchor="middle">length of the token</text>'


def _genuine(times: Mapping[int, float]) -> Iterator[str]:
    # Through the time of 10 kB, where the fixed part of a verification hardly shows any more.
    per_byte = times[10_000] / 10_000
    ends = [(size, per_byte * size) for size in (1_000, max(times))]
    yield f'<polyline class="linear" points="{_points(ends)}"/>'
    yield f'<polyline class="ours" points="{_points(list(times.items()))}"/>'
    for size, time in times.items():
        yield f'<circle class="point" cx="{_x(size):.1f}" cy="{_y(time):.1f}" r="4.5"/>'
    yield f'<text x="{_x(100_000) - 12:.1f}" y="{_y(times[100_000]) - 12:.1f}" text-anchor="end">a genuine token</text>'
    yield f'<text x="{_x(2_400):.1f}" y="{_y(per_byte * 1_000) + 4:.1f}">dotted: in proportion</text>'


def _points(values: list[tuple[int, float]]) -> str:
    return " ".join(f"{_x(size):.1f},{_y(time):.1f}" for size, time in values)


def _x(size: float) -> float:
    return _along(size, 100, 1_000_000, LEFT + 10, RIGHT - 20)


def _y(time: float) -> float:
    return _along(time, 1_000, 10_000_000, BOTTOM - 4, TOP + 4)


def _along(value: float, low: float, high: float, start: float, end: float) -> float:
    return start + (end - start) * log10(value / low) / log10(high / low)
