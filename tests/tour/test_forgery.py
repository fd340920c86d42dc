"""Each forged token is bad for one reason, and for no other."""

import pytest

from tokensmith.jose import Key, jwt
from tokensmith.jose.errors import InvalidSignatureError, JoseError
from tokensmith.tour import forgery
from tokensmith.tour.anatomy import dissect

ALGORITHMS = ["ES256", "RS256", "PS256", "Ed25519"]


def signed(alg: str) -> tuple[str, Key]:
    key = Key.generate(alg)
    return jwt.sign({"sub": "ada"}, key, issuer="i", audience="a", typ="at+jwt"), key


def verify(token: str, key: Key) -> None:
    jwt.verify(token, key.public(), issuer="i", audience="a", typ="at+jwt")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_one_character_changes_a_bit_that_counts(alg: str) -> None:
    """A spare bit of the last character would leave the signature as it was (RFC 4648 §3.5)."""
    token, key = signed(alg)
    changed = forgery.one_character_changed(token)
    verify(token, key)

    assert sum(one != other for one, other in zip(token, changed, strict=True)) == 1
    with pytest.raises(InvalidSignatureError):
        verify(changed, key)


@pytest.mark.parametrize("there", ["A", "B"])
def test_the_changed_character_is_always_another(there: str) -> None:
    """Whatever was there."""
    changed = forgery.one_character_changed(f"a.b.x{there}xx")

    assert changed != f"a.b.x{there}xx"


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_stranger_changes_nothing_but_the_signature(alg: str) -> None:
    """The key's id included; under the stranger's own key the token would be good."""
    token, key = signed(alg)
    forged = forgery.signed_by_a_stranger(token)

    assert forged.rpartition(".")[0] == token.rpartition(".")[0]
    with pytest.raises(InvalidSignatureError):
        verify(forged, key)


def test_an_unsigned_token_keeps_its_claims() -> None:
    """RFC 7519 §6: alg none and an empty signature."""
    token, key = signed("ES256")
    forged = dissect(forgery.unsigned(token))

    assert forged.header == {**dissect(token).header, "alg": "none"}
    assert (forged.parts[1], forged.parts[2]) == (token.split(".")[1], "")
    with pytest.raises(JoseError):
        verify(forgery.unsigned(token), key)
