"""Generated secrets and their digests."""

from tokensmith.server.domain.stored_secrets import CLIENT_SECRET_PREFIX, digest, matches, new_client_secret


def test_a_client_secret_has_256_random_bits_behind_a_prefix_that_scanners_find() -> None:
    secret = new_client_secret()

    assert secret.startswith(CLIENT_SECRET_PREFIX)
    assert len(secret) == len(CLIENT_SECRET_PREFIX) + 43
    assert secret != new_client_secret()


def test_a_secret_matches_its_own_digest_only() -> None:
    assert matches("one", digest("one"))
    assert matches(b"one", digest("one"))
    assert not matches("two", digest("one"))
    assert not matches("", digest("one"))
