"""Debian's jose command, as a test is given it."""

from tests.services.debian_jose import DebianJose


def test_files_are_handed_over_by_their_name(debian_jose: DebianJose) -> None:
    """What it writes comes back; where it refuses, nothing does."""
    assert debian_jose.run("b64", "enc", "-I", "{octets}", octets=b"x") == b"eA"
    assert debian_jose.run("b64", "dec", "-i", "{octets}", octets=b"!") is None
