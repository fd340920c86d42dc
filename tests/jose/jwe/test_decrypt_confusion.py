"""What decrypts is not signed, and what is signed does not decrypt (RFC 7516 §9, RFC 8725 §2.3)."""

import pytest

from tests.jose.jwe.tokens import AGREES, CHEAP, DIRECT, PASSWORD, RSA, TOKENS, WRAPS
from tokensmith.jose import JoseError, Key, KeySet, jwe, jws, jwt
from tokensmith.jose.errors import MalformedTokenError


def test_a_signed_token_is_no_encrypted_one_and_the_other_way_round() -> None:
    """Threat E04 (CVE-2022-3102, CVE-2023-51774): the caller names the kind, dots do not."""
    secret = Key.generate("HS256")
    token = TOKENS["A128KW"][1]
    verifier = jwt.Verifier(KeySet([secret]), issuer=jwt.ANY, audience=jwt.ANY)
    for read in (
        lambda: jwe.decrypt(jws.sign(b"x", secret), KeySet([secret, DIRECT])),
        lambda: jws.verify(token, secret),
        lambda: verifier.verify(token),
        lambda: jwt.read_unverified(token),
    ):
        with pytest.raises(MalformedTokenError) as refusal:
            read()
        assert refusal.value.code == "malformed"


@pytest.mark.parametrize("key", [RSA, AGREES, PASSWORD, WRAPS], ids=lambda each: each.alg)
def test_to_be_able_to_read_is_not_to_know_who_wrote(key: Key) -> None:
    """Threat D18 (RFC 8725 §2.3): claims that came encrypted, signed by nobody, are no verified token."""
    half = key.public() if key.kty != "oct" else key
    token = jwe.encrypt(b'{"iss":"https://id.example","sub":"ada"}', half, header=CHEAP if key is PASSWORD else None)
    verifier = jwt.Verifier(KeySet([key]), issuer="https://id.example", audience=jwt.ANY, require_exp=False)

    with pytest.raises(JoseError):
        verifier.verify(token)
    assert not isinstance(jwe.decrypt(token, key), jwt.VerifiedJwt)


def test_an_unsecured_token_inside_stays_unsecured() -> None:
    """Threat A04 (CVE-2026-29000): what comes out is octets, and the verifier knows no "none"."""
    inside = b"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."
    plaintext = jwe.decrypt(jwe.encrypt(inside, RSA.public(), header={"cty": "JWT"}), RSA).plaintext
    verifier = jwt.Verifier(Key.generate("ES256"), issuer=jwt.ANY, audience=jwt.ANY, require_exp=False)

    assert plaintext == inside
    with pytest.raises(JoseError) as refusal:
        verifier.verify(plaintext)
    assert refusal.value.code == "algorithm_mismatch"
