"""One error for all that goes wrong in decryption, and the same work before it (RFC 7516 §11.5)."""

import pytest

from tests.jose.jwe.tokens import CHEAP, PASSWORD, TOKENS, with_header, with_part
from tokensmith.jose import JoseError, Key, jwe
from tokensmith.jose.errors import DecryptionError
from tokensmith.jose.jwa import aes_cbc_hmac

every = pytest.mark.parametrize(("key", "token"), TOKENS.values(), ids=TOKENS)


def refusal_of(token: str, key: Key) -> JoseError:
    with pytest.raises(JoseError) as refusal:
        jwe.decrypt(token, key)
    return refusal.value


@every
def test_every_failure_is_the_same(key: Key, token: str) -> None:
    """Threats D08, D09, D10, D15 (RFC 7516 §11.5): class, code, text, detail; and no cause that tells more."""
    pieces = token.split(".")
    changed = [with_part(token, at, octets) for at in (2, 3, 4) for octets in (b"", b"\0" * 16, b"\0" * 32)]
    if pieces[1]:
        changed += [with_part(token, 1, octets) for octets in (b"", b"\0", b"\0" * 40, b"\0" * 256, b"\xff" * 256)]
        changed += [with_part(token, 1, bytes(length)) for length in (32, 39, 41, 255, 257)]
    changed += [with_header(token, added=1), with_header(token, kid=None), jwe_of_another(key)]
    refusals = [refusal_of(each, key) for each in changed]

    assert {(type(each), each.code, str(each), each.detail, each.args) for each in refusals} == {
        (
            DecryptionError,
            "decryption_failed",
            "The token cannot be decrypted.",
            "",
            ("The token cannot be decrypted.",),
        )
    }
    assert not any(each.__cause__ for each in refusals)
    assert all(each.__suppress_context__ or each.__context__ is None for each in refusals)


def jwe_of_another(key: Key) -> str:
    """A token to a key of the same name that is another one."""
    if key is PASSWORD:
        other = Key.from_password("another battery staple", alg=key.alg, kid=key.kid)
        return jwe.encrypt(b"plaintext", other, header=CHEAP)
    other = Key.generate(key.enc or key.alg, kid=key.kid)
    return jwe.encrypt(b"plaintext", other, enc=key.enc or "A256GCM")


@pytest.mark.parametrize("alg", ["A128KW", "RSA-OAEP", "ECDH-ES+A128KW", "PBES2-HS256+A128KW", "A256GCMKW"])
def test_a_failing_key_goes_on_to_the_tag(alg: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threats D08 and D09: the same work is done, content decryption included, whether or not the key was right."""
    key, token = TOKENS[alg]
    tried: list[bytes] = []
    real = aes_cbc_hmac._tag

    def watched(content_key: bytes, **parts: bytes) -> bytes:
        tried.append(content_key)
        return real(content_key, **parts)

    monkeypatch.setattr(aes_cbc_hmac, "_tag", watched)
    for damaged in (b"", b"\0" * 40, b"\0" * 256):
        refusal_of(with_part(token, 1, damaged), key)

    assert [len(each) for each in tried] == [32, 32, 32]
    assert len(set(tried)) == 3
