"""The sizes that guides and standards name, written out: a change of one is a change for users."""

from tokensmith.jose.jwe import compression
from tokensmith.jose.jwe.decrypt_json import MAX_ATTEMPTS
from tokensmith.jose.jwk import certificate_members, parse
from tokensmith.jose.jwt import status_list


def test_sizes_are_what_they_are_said_to_be() -> None:
    assert (compression.MAX_PLAINTEXT_BYTES, compression.MAX_RATIO) == (250_000, 100)
    assert status_list.MAX_LIST_BYTES == 1024 * 1024
    assert certificate_members._MAX_CHARACTERS == 65_536
    assert (parse._MAX_OCTETS, parse._LIMITS.max_json_members) == (1024 * 1024, 10_000)
    assert MAX_ATTEMPTS == 16
