"""One key, many forms."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tokensmith.cli.key_text import is_key_set, parse_key, parse_key_of_any_algorithm
from tokensmith.jose import Key
from tokensmith.jose.errors import KeyMaterialError

EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65_537, 2048)
SECRET = "correct horse battery staple and some more"


def nobody() -> bytes | None:
    return None


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, *, password: bytes | None = None) -> bytes:
    protection = NoEncryption() if password is None else BestAvailableEncryption(password)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)


FORMS = {
    "JWK": json.dumps(Key.from_pem(pem(EC)).to_jwk(private=True)).encode(),
    "JWK after white space": b"\n " + json.dumps(Key.from_pem(pem(EC)).to_jwk(private=True)).encode(),
    "PEM": pem(EC),
    "PEM after text": b"Bag Attributes\n" + pem(EC),
    "DER": EC.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    "public PEM": EC.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "public DER": EC.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "OpenSSH line": EC.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_key(form: str) -> None:
    """Its thumbprint says so."""
    key = parse_key(FORMS[form], alg=None, kid=None, ask=nobody)

    assert key.alg == "ES256"
    assert key.thumbprint() == Key.from_pem(pem(EC)).thumbprint()


def test_an_algorithm_that_takes_a_secret_makes_the_file_one() -> None:
    """A public key there is refused by what it is."""
    key = parse_key(f"{SECRET}\n".encode(), alg="HS256", kid="k1", ask=nobody)

    assert key.to_jwk(private=True) == Key.from_secret(SECRET, kid="k1").to_jwk(private=True)
    assert parse_key(bytes(range(32)), alg="A256KW", kid=None, ask=nobody).alg == "A256KW"
    assert parse_key(b"a long enough password\n", alg="PBES2-HS256+A128KW", kid=None, ask=nobody).to_jwk(
        private=True
    ) == Key.from_password("a long enough password", alg="PBES2-HS256+A128KW").to_jwk(private=True)
    for form in ("public PEM", "public DER", "OpenSSH line"):
        with pytest.raises(KeyMaterialError):
            parse_key(FORMS[form], alg="HS256", kid=None, ask=nobody)


@pytest.mark.parametrize(
    ("data", "secret"),
    [
        (SECRET.encode(), SECRET.encode()),
        (f"{SECRET}\r\n".encode(), SECRET.encode()),
        (b"\xff" * 40 + bytes(range(40)) + b"\n", b"\xff" * 40 + bytes(range(40)) + b"\n"),
        (bytes(range(64)) + b"\n", bytes(range(64)) + b"\n"),
        (f"{SECRET}\n{SECRET}!".encode(), f"{SECRET}\n{SECRET}!".encode()),
    ],
)
def test_only_a_line_of_text_loses_its_end(data: bytes, secret: bytes) -> None:
    """Random bytes hold line ends, too: cut at one, they would be a weaker secret than they look."""
    key = parse_key(data, alg="HS256", kid=None, ask=nobody)

    assert key.to_jwk(private=True) == Key.from_secret(secret).to_jwk(private=True)


def test_a_secret_is_one_only_where_somebody_says_so() -> None:
    """Else a mistyped file name of a public key would become a shared secret."""
    with pytest.raises(KeyMaterialError) as refused:
        parse_key(SECRET.encode(), alg=None, kid=None, ask=nobody)

    assert refused.value.code == "malformed_key"


@pytest.mark.parametrize(("own", "expected"), [(None, "given"), ("own", "own")])
def test_a_kid_is_given_where_there_is_none(own: str | None, expected: str) -> None:
    """The key's own stays."""
    jwk = Key.generate("ES256", kid="own").to_jwk()
    if own is None:
        del jwk["kid"]

    assert parse_key(json.dumps(jwk).encode(), alg=None, kid="given", ask=nobody).kid == expected
    assert parse_key(FORMS["PEM"], alg=None, kid="given", ask=nobody).kid == "given"


def test_a_password_is_asked_for_only_where_it_is_needed() -> None:
    asked = []

    def ask() -> bytes:
        asked.append("!")
        return b"sesame"

    parse_key(FORMS["PEM"], alg=None, kid=None, ask=ask)
    assert asked == []

    assert parse_key(pem(EC, password=b"sesame"), alg=None, kid=None, ask=ask).is_private
    assert asked == ["!"]


@pytest.mark.parametrize(("password", "code"), [(None, "password"), (b"wrong", "malformed_key")])
def test_without_the_password_there_is_no_key(password: bytes | None, code: str) -> None:
    with pytest.raises(KeyMaterialError) as refused:
        parse_key(pem(EC, password=b"sesame"), alg=None, kid=None, ask=lambda: password)

    assert refused.value.code == code


def test_a_purpose_without_algorithm_takes_keys_that_name_none() -> None:
    """RSA keys in PEM, secrets as JWK; the password is asked for once."""
    asked = []

    def ask() -> bytes:
        asked.append("!")
        return b"sesame"

    bare = Key.from_secret(SECRET).to_jwk(private=True)
    del bare["alg"]

    assert parse_key_of_any_algorithm(pem(RSA, password=b"sesame"), ask=ask).kty == "RSA"
    assert asked == ["!"]
    assert parse_key_of_any_algorithm(json.dumps(bare).encode(), ask=nobody).kty == "oct"
    with pytest.raises(KeyMaterialError):
        parse_key(pem(RSA), alg=None, kid=None, ask=nobody)


@pytest.mark.parametrize(
    ("jwk", "code"),
    [({"kty": "oct", "k": "c2hvcnQ"}, "weak_key"), ({"kty": "EC", "crv": "P-256"}, "malformed_key")],
)
def test_what_fits_no_algorithm_is_refused_even_so(jwk: dict[str, str], code: str) -> None:
    """For the reason its own algorithm has, and not because it is none for the others."""
    with pytest.raises(KeyMaterialError) as refused:
        parse_key_of_any_algorithm(json.dumps(jwk).encode(), ask=nobody)

    assert refused.value.code == code


def test_a_weak_key_in_pem_is_called_weak() -> None:
    """It is not taken for a secret on the way."""
    weak = pem(rsa.generate_private_key(65_537, 1024))
    with pytest.raises(KeyMaterialError) as refused:
        parse_key_of_any_algorithm(weak, ask=nobody)

    assert refused.value.code == "weak_key"


def test_a_set_is_no_key() -> None:
    """And a key no set."""
    keys = b'{"keys": []}'

    assert is_key_set(keys)
    assert not is_key_set(FORMS["JWK"])
    assert not is_key_set(FORMS["DER"])
    with pytest.raises(KeyMaterialError, match="a set of keys"):
        parse_key(keys, alg=None, kid=None, ask=nobody)


def test_a_key_that_encrypts_has_a_thumbprint_without_its_algorithm() -> None:
    """X25519 in PEM, which no signature algorithm takes."""
    key = Key.generate("ECDH-ES", crv="X25519")

    assert parse_key_of_any_algorithm(key.to_pem().encode(), ask=nobody).thumbprint() == key.thumbprint()


def test_ed25519_in_pem_needs_no_algorithm() -> None:
    """The curve settles it."""
    key = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    assert parse_key(key, alg=None, kid=None, ask=nobody).alg == "Ed25519"
