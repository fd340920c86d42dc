"""npm's `jose` reads our tokens and keys, and we read its; by way of Node.js, see tests/interop/node/."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key

from tests.jose.jwk.key_files import certify
from tests.services.npm_jose import NpmJose, RefusedByJoseError
from tokensmith.jose import Key, KeySet, base64url, jws, jwt
from tokensmith.jose.errors import InvalidSignatureError, MalformedTokenError
from tokensmith.jose.jws import Signatory

ALGORITHMS = [
    *("HS256", "HS384", "HS512"),
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
    *("Ed25519", "EdDSA"),
    *("ML-DSA-44", "ML-DSA-65", "ML-DSA-87"),
]
PAIRS = [alg for alg in ALGORITHMS if not alg.startswith("HS")]
PAYLOAD = json.dumps({"sub": "ada", "x": ["é/", 1.5, None], "exp": 4_000_000_000}).encode()
TEXT = b"$ 02 ~ {}"
SECOND = Key.generate("ES256", kid="second")


@pytest.fixture(autouse=True)
def known(request: pytest.FixtureRequest, npm_jose: NpmJose) -> None:
    """Leave out what npm's jose knows and the machine's Node.js, which computes it, does not yet."""
    alg = request.node.callspec.params.get("alg", "") if hasattr(request.node, "callspec") else ""
    if alg.startswith("ML-DSA") and not npm_jose.ask("computes", alg=alg):
        pytest.skip(f"this Node.js has no {alg}; 24.7 and newer have")


@functools.cache
def key_for(alg: str) -> Key:
    if alg.startswith(("RS", "PS")) and alg != "RS256":
        # Looking for primes takes longest by far, and any of them will do.
        return Key.from_pem(key_for("RS256").to_pem(private=True), alg=alg, kid="interop")
    return Key.generate(alg, kid="interop")


def public(key: Key) -> Key:
    return key if key.kty == "oct" else key.public()


def spelled(key: Key, *, form: str = "jwk", private: bool = False) -> dict[str, str]:
    """The key as Node.js is told it; a secret is always told whole."""
    whole = private or key.kty == "oct"
    text = json.dumps(key.to_jwk(private=whole)) if form == "jwk" else key.to_pem(private=whole)
    return {"form": form, "text": text, "alg": key.alg}


def certificate(key: Key) -> dict[str, str]:
    """The key in an X.509 certificate, as Node.js is told it."""
    pem = certify(load_pem_public_key(key.to_pem().encode())).public_bytes(Encoding.PEM)
    return {"form": "x509", "text": pem.decode(), "alg": key.alg}


def signer(key: Key, **headers: Any) -> dict[str, Any]:
    """One who signs, as Node.js is told it."""
    header = {"alg": key.alg, "kid": key.kid, **headers.pop("header", {})}
    return {"key": spelled(key, private=True), "header": header, **headers}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One serialization: how we write and read it, and how the other side calls it."""

    theirs: str
    write: Callable[[bytes, Key], Any]
    read: Callable[[Any, Key], bytes]
    signers: Callable[[Key], list[dict[str, Any]]] = lambda key: [signer(key)]


def read_jwt(token: Any, key: Key) -> bytes:
    return json.dumps(jwt.verify(token, key, issuer=jwt.ANY, audience=jwt.ANY).claims.to_dict()).encode()


def read_json(token: Any, key: Key) -> bytes:
    return jws.verify_json(token, KeySet([key, SECOND.public()])).payload


def with_unprotected(key: Key) -> Signatory:
    return Signatory(key, header={"typ": "a"}, unprotected_header={"kid": key.kid, "x": [1]})


FORMS = {
    "compact": Form(theirs="compact", write=jws.sign, read=lambda token, key: jws.verify(token, key).payload),
    "jwt": Form(theirs="jwt", write=lambda payload, key: jwt.sign(json.loads(payload), key), read=read_jwt),
    "flattened": Form(theirs="flattened", write=jws.sign_json, read=read_json),
    "flattened, unprotected members": Form(
        theirs="flattened",
        write=lambda payload, key: jws.sign_json(payload, with_unprotected(key)),
        read=read_json,
        signers=lambda key: [signer(key, unprotected={"x": [1]})],
    ),
    "general, one signature": Form(
        theirs="general", write=lambda payload, key: jws.sign_json(payload, [key]), read=read_json
    ),
    "general, two signatures": Form(
        theirs="general",
        write=lambda payload, key: jws.sign_json(payload, [SECOND, with_unprotected(key)]),
        read=read_json,
        signers=lambda key: [signer(SECOND), signer(key, unprotected={"x": [1]})],
    ),
}


def same(form: str, payload: bytes) -> bool:
    """Whether what came out is what went in; of a JWT, the claims that we said."""
    if form != "jwt":
        return payload == PAYLOAD
    said, read = json.loads(PAYLOAD), json.loads(payload)
    return all(read[name] == value for name, value in said.items())


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("form", FORMS)
def test_npm_jose_reads_ours(npm_jose: NpmJose, form: str, alg: str) -> None:
    key = key_for(alg)
    token = FORMS[form].write(PAYLOAD, key)

    read = npm_jose.ask("verify", form=FORMS[form].theirs, token=token, key=spelled(key))

    assert same(form, base64url.decode(read["payload"]))
    assert read["header"]["alg"] == alg


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("form", FORMS)
def test_we_read_theirs(npm_jose: NpmJose, form: str, alg: str) -> None:
    key = key_for(alg)
    signers = FORMS[form].signers(key)
    token = npm_jose.ask("sign", form=FORMS[form].theirs, payload=base64url.encode(PAYLOAD), signers=signers)

    assert same(form, FORMS[form].read(token, public(key)))


UNENCODED: dict[str, Callable[[Key], Any]] = {
    "compact": lambda key: jws.sign(TEXT, key, unencoded=True),
    "flattened": lambda key: jws.sign_json(TEXT, key, unencoded=True),
    "general": lambda key: jws.sign_json(TEXT, [key, SECOND], unencoded=True),
}


@pytest.mark.parametrize("alg", ["HS256", "ES256", "Ed25519"])
@pytest.mark.parametrize("form", UNENCODED)
def test_npm_jose_reads_our_unencoded_payloads(npm_jose: NpmJose, form: str, alg: str) -> None:
    """RFC 7797, the payload inside."""
    key = key_for(alg)

    read = npm_jose.ask("verify", form=form, token=UNENCODED[form](key), key=spelled(key))

    assert base64url.decode(read["payload"]) == TEXT


@pytest.mark.parametrize("alg", ["HS256", "ES256", "Ed25519"])
@pytest.mark.parametrize("form", ["flattened", "general"])
def test_we_read_their_unencoded_payloads(npm_jose: NpmJose, form: str, alg: str) -> None:
    """RFC 7797; npm's jose leaves the payload for the caller to put back, so to us it is detached."""
    key = key_for(alg)
    signers = [signer(key, header={"b64": False, "crit": ["b64"]})]
    token = npm_jose.ask("sign", form=form, payload=base64url.encode(b"\x00.\xff"), signers=signers)
    del token["payload"]

    assert jws.verify_json(token, public(key), detached_payload=b"\x00.\xff").payload == b"\x00.\xff"


def test_a_detached_payload_is_the_same_token_without_it(npm_jose: NpmJose) -> None:
    """RFC 7515 Appendix F, in both directions."""
    key = key_for("ES256")
    head, _, signature = jws.sign(PAYLOAD, key, detached=True).split(".")
    whole = f"{head}.{base64url.encode(PAYLOAD)}.{signature}"
    theirs = npm_jose.ask("sign", form="compact", payload=base64url.encode(PAYLOAD), signers=[signer(key)])
    bare = ".".join([theirs.split(".")[0], "", theirs.split(".")[2]])

    read = npm_jose.ask("verify", form="compact", token=whole, key=spelled(key))
    assert base64url.decode(read["payload"]) == PAYLOAD
    assert jws.verify(bare, key.public(), detached_payload=PAYLOAD).payload == PAYLOAD


@pytest.mark.parametrize("form", FORMS)
def test_npm_jose_refuses_ours_under_another_key(npm_jose: NpmJose, form: str) -> None:
    """Reading each other's tokens is no proof of checking them."""
    token = FORMS[form].write(PAYLOAD, key_for("ES256"))

    with pytest.raises(RefusedByJoseError, match="ERR_JWS_SIGNATURE_VERIFICATION_FAILED"):
        npm_jose.ask("verify", form=FORMS[form].theirs, token=token, key=spelled(Key.generate("ES256")))


@pytest.mark.parametrize("form", FORMS)
def test_we_refuse_theirs_under_another_key(npm_jose: NpmJose, form: str) -> None:
    """And of two signatures, one that does not hold is enough."""
    signers = FORMS[form].signers(key_for("ES256"))
    token = npm_jose.ask("sign", form=FORMS[form].theirs, payload=base64url.encode(PAYLOAD), signers=signers)

    with pytest.raises(InvalidSignatureError):
        FORMS[form].read(token, Key.generate("ES256", kid="interop"))


def test_both_refuse_an_unencoded_payload_in_a_jwt(npm_jose: NpmJose) -> None:
    """C03: RFC 7797 §7."""
    key = key_for("ES256")
    token = jws.sign(b'{"sub":"ada"}', key, unencoded=True)

    with pytest.raises(RefusedByJoseError, match="ERR_JWT_INVALID"):
        npm_jose.ask("verify", form="jwt", token=token, key=spelled(key))
    with pytest.raises(MalformedTokenError):
        jwt.verify(token, key, issuer=jwt.ANY, audience=jwt.ANY)


@pytest.mark.parametrize("alg", PAIRS)
@pytest.mark.parametrize("form", ["jwk", "pkcs8"])
def test_npm_jose_signs_with_our_private_keys(npm_jose: NpmJose, form: str, alg: str) -> None:
    key = key_for(alg)
    signers = [{"key": spelled(key, form=form, private=True), "header": {"alg": alg}}]
    token = npm_jose.ask("sign", form="compact", payload=base64url.encode(PAYLOAD), signers=signers)

    assert jws.verify(token, key.public()).payload == PAYLOAD


@pytest.mark.parametrize("alg", PAIRS)
@pytest.mark.parametrize("form", ["jwk", "spki", "x509"])
def test_npm_jose_verifies_with_our_public_keys(npm_jose: NpmJose, form: str, alg: str) -> None:
    key = key_for(alg)
    told = certificate(key) if form == "x509" else spelled(key, form=form)

    read = npm_jose.ask("verify", form="compact", token=jws.sign(PAYLOAD, key), key=told)

    assert base64url.decode(read["payload"]) == PAYLOAD


@pytest.mark.parametrize("alg", PAIRS)
def test_npm_jose_chooses_from_our_key_set(npm_jose: NpmJose, alg: str) -> None:
    """RFC 7517 §5."""
    key = key_for(alg)
    jwks = KeySet([SECOND, key]).to_jwks()

    read = npm_jose.ask("verify", form="keySet", token=jws.sign(PAYLOAD, key), jwks=jwks)

    assert base64url.decode(read["payload"]) == PAYLOAD


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_we_read_their_keys(npm_jose: NpmJose, alg: str) -> None:
    """In every form they come in, all of one key; and what it signs, they verify."""
    made = npm_jose.ask("generate", alg=alg)
    key = Key.from_jwk(made["jwk"], alg=alg)

    read = npm_jose.ask("verify", form="compact", token=jws.sign(PAYLOAD, key), key=spelled(key))
    assert base64url.decode(read["payload"]) == PAYLOAD
    if key.kty != "oct":
        assert Key.from_pem(made["pkcs8"], alg=alg).to_jwk(private=True) == key.to_jwk(private=True)
        assert Key.from_pem(made["spki"], alg=alg).to_jwk() == key.to_jwk()


@pytest.mark.parametrize("alg", PAIRS)
def test_a_key_comes_back_as_it_was(npm_jose: NpmJose, alg: str) -> None:
    """Every way of spelling it, in both libraries, is the same key with the same thumbprint (RFC 7638, RFC 9278)."""
    key = key_for(alg)
    thumbprint = npm_jose.ask("thumbprint", jwk=key.to_jwk())

    for form, private in (("jwk", True), ("pkcs8", True), ("jwk", False), ("spki", False)):
        jwk = json.loads(npm_jose.ask("respell", key=spelled(key, form=form, private=private), form="jwk"))
        assert Key.from_jwk(jwk, alg=alg).to_jwk(private=private).items() <= key.to_jwk(private=private).items()
    assert thumbprint == {"text": key.thumbprint(), "uri": key.thumbprint_uri()}
