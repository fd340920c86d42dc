"""No regular expression can be kept busy by what it looks at."""

import pytest

from tests.architecture import patterns
from tests.architecture.tree import SOURCE, python_files, shown

# What a token says is compared, never matched: these look at key files and at HTTP, and at the target of a proof.
WITH_PATTERNS = {
    "src/tokensmith/guard/credentials.py",
    "src/tokensmith/guard/keys/freshness.py",
    "src/tokensmith/guard/scopes.py",
    "src/tokensmith/guard/sender/target_uri.py",
    "src/tokensmith/jose/jwk/pem.py",
}
# Repeats in repeats that can be parted in one way only, each with the reason.
UNAMBIGUOUS = {
    r"eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*": "a full stop begins each round, and stands nowhere else in it",
}


def test_tokens_are_compared_and_not_matched() -> None:
    """E11: an allow-list that was a pattern, and a stateful one at that, was CVE-2026-35041."""
    files = python_files(SOURCE / "jose", SOURCE / "guard")

    assert {shown(path) for path in files if list(patterns.patterns(path.read_text()))} == WITH_PATTERNS


def test_no_pattern_repeats_what_repeats() -> None:
    """E11: everywhere in the source."""
    files = python_files(SOURCE)
    found = {each for path in files for each in patterns.patterns(path.read_text())}

    assert len(found) > len(WITH_PATTERNS)
    assert {each for each in found if patterns.can_explode(each)} == UNAMBIGUOUS.keys()


@pytest.mark.parametrize("pattern", [r"(a+)+", r"(?:a*b?)*", rb"(x|(?:[a-z]{2,}))+y", r"(a+?)*"])
def test_a_pattern_that_could_explode_is_found(pattern: str | bytes) -> None:
    """Greedy or not, in groups and alternatives."""
    assert patterns.can_explode(pattern)


@pytest.mark.parametrize("pattern", [r"[a-z]+=*", r"(?:a+){1,1}b", r"(?:%[0-9A-F]{0,1})+", rb"a{1,40}", r"(?:ab)+"])
def test_a_pattern_that_could_not_is_let_be(pattern: str | bytes) -> None:
    """One repeat after another, or one that ends."""
    assert not patterns.can_explode(pattern)
