"""Attack one target, or replay what was found: python -m tests.fuzz.one NAME --seconds 10 | --replay FILE.

What a run learns stays in `.fuzz/NAME/`, where the next one starts. `tools/fuzz.py` runs all targets.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import atheris

# Only what is imported in here tells the fuzzer which branches it took.
with atheris.instrument_imports(include=["tokensmith"]):
    from tests.fuzz import target, vectors
    from tests.fuzz.mutate import mutate

HOME: Final = Path(__file__).parents[2] / ".fuzz"
# What one input may cost. The dearest that we accept hashes a password 1,200,000 times.
LIMITS: Final = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=16384")
# Longer names are in the seeds; of numbers, the vectors have whole tables.
_MAX_WORD: Final = 16
_MORE_WORDS: Final = ('"', '":', "{}", "[]", "\\u0000", "true", "null", "-1", "1e400", "..", "~", "none", "DEF")


def main(arguments: list[str]) -> None:
    """Do what the command line says; the end of the run ends the process."""
    parser = argparse.ArgumentParser(prog="tests.fuzz.one", description=__doc__)
    parser.add_argument("name", choices=target.all_names())
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--replay", type=Path, metavar="FILE")
    chosen = parser.parse_args(arguments)
    with atheris.instrument_imports(include=["tokensmith"]):
        attacked = target.load(chosen.name)
    if chosen.replay:
        run(attacked, options=[str(chosen.replay)])
    run(attacked, options=prepare(HOME / chosen.name, attacked, seconds=chosen.seconds))


def run(attacked: target.Target, *, options: Iterable[str]) -> None:
    """Let libFuzzer run until a property is broken or it is over; the status says which."""
    names = sorted(_words())

    def change(data: bytes, max_size: int, seed: int) -> bytes:
        changed = mutate(data, seed=seed, names=names, otherwise=lambda octets: atheris.Mutate(octets, max_size))
        return changed[:max_size]

    atheris.Setup([sys.argv[0], *LIMITS, *options], attacked.attempt, custom_mutator=change)
    atheris.Fuzz()


def prepare(folder: Path, attacked: target.Target, *, seconds: int) -> list[str]:
    """Write what the search starts from, and spell for libFuzzer where it is."""
    learnt, seeds, words = (folder / name for name in ("learnt", "seeds", "words"))
    for path in (learnt, seeds):
        path.mkdir(parents=True, exist_ok=True)
    for seed in attacked.seeds():
        (seeds / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words.write_text("".join(map(_quoted, _words())))
    where = (f"-dict={words}", f"-artifact_prefix={folder}/", str(learnt), str(seeds))
    return [f"-max_total_time={seconds}", "-print_final_stats=1", *where]


def _words() -> set[str]:
    return {name for name in vectors.names() if name and not name.isdigit() and len(name) <= _MAX_WORD} | {*_MORE_WORDS}


def _quoted(word: str) -> str:
    """Spell a word as libFuzzer's dictionaries do."""
    return '"' + "".join(f"\\x{octet:02x}" for octet in word.encode()) + '"\n'


if __name__ == "__main__":
    main(sys.argv[1:])
