"""The command `jose`, a library in C, reads our tokens and keys, and we read its."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.services.debian_jose import DebianJose
from tokensmith.jose import Key, KeySet, jws
from tokensmith.jose.errors import InvalidSignatureError
from tokensmith.jose.jws import Signatory

ALGORITHMS = [
    *("HS256", "HS384", "HS512"),
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
]
PAYLOAD = b'{"sub":"ada","x":["\xc3\xa9/",1.5,null]}\x00\xff'
SIGN = ("jws", "sig", "-I", "{payload}", "-k", "{key}")
VERIFY = ("jws", "ver", "-i", "{token}", "-k", "{key}")


@functools.cache
def key_for(alg: str) -> Key:
    if alg.startswith(("RS", "PS")) and alg != "RS256":
        # Looking for primes takes longest by far, and any of them will do.
        return Key.from_pem(key_for("RS256").to_pem(private=True), alg=alg, kid="interop")
    return Key.generate(alg, kid="interop")


def second(key: Key) -> Key:
    """Another key to sign with; of another algorithm, since the command's tokens name no key."""
    return key_for("ES256" if key.alg != "ES256" else "ES384")


def public(key: Key) -> Key:
    return key if key.kty == "oct" else key.public()


def jwk_of(key: Key) -> dict[str, Any]:
    """The key as the command needs it to verify; a secret is whole."""
    return key.to_jwk(private=key.kty == "oct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One serialization: how we write and read it, and which words make the command write and read it."""

    write: Callable[[Key], Any]
    read: Callable[[bytes, Key], bytes]
    to_sign: tuple[str, ...] = SIGN
    to_verify: tuple[str, ...] = (*VERIFY, "-O", "-")


def read_json(token: bytes, key: Key) -> bytes:
    return jws.verify_json(token, KeySet([key, second(key).public()])).payload


def read_detached(token: bytes, key: Key) -> bytes:
    return jws.verify_json(token, key, detached_payload=PAYLOAD).payload


TEMPLATE = '{{"protected":{{"typ":"a"}},"header":{{"kid":"interop","x":[1]}}}}'
WITHOUT_PAYLOAD = ("-O", "/dev/null")
FORMS = {
    "compact": Form(
        write=lambda key: jws.sign(PAYLOAD, key),
        read=lambda token, key: jws.verify(token.strip(), key).payload,
        to_sign=(*SIGN, "-c"),
    ),
    "compact, detached": Form(
        write=lambda key: jws.sign(PAYLOAD, key, detached=True),
        read=lambda token, key: jws.verify(token.strip(), key, detached_payload=PAYLOAD).payload,
        to_sign=(*SIGN, *WITHOUT_PAYLOAD, "-c"),
        to_verify=(*VERIFY, "-I", "{payload}"),
    ),
    "flattened": Form(write=lambda key: jws.sign_json(PAYLOAD, key), read=read_json),
    "flattened, unprotected members": Form(
        write=lambda key: jws.sign_json(
            PAYLOAD, Signatory(key, header={"typ": "a"}, unprotected_header={"kid": "interop"})
        ),
        read=read_json,
        to_sign=(*SIGN, "-s", TEMPLATE),
    ),
    "flattened, detached": Form(
        write=lambda key: jws.sign_json(PAYLOAD, key, detached=True),
        read=read_detached,
        to_sign=(*SIGN, *WITHOUT_PAYLOAD),
        to_verify=(*VERIFY, "-I", "{payload}"),
    ),
    "general, two signatures": Form(
        write=lambda key: jws.sign_json(PAYLOAD, [second(key), key]),
        read=read_json,
        to_sign=("jws", "sig", "-I", "{payload}", "-k", "{second}", "-k", "{key}"),
        to_verify=(*VERIFY, "-k", "{second}", "-a", "-O", "-"),
    ),
}


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("form", FORMS)
def test_the_command_reads_ours(debian_jose: DebianJose, form: str, alg: str) -> None:
    key = key_for(alg)
    token = FORMS[form].write(key)
    files = {"token": token, "key": jwk_of(key), "second": second(key).to_jwk(), "payload": PAYLOAD}

    shown = debian_jose.run(*FORMS[form].to_verify, **files)

    assert shown == (b"" if "detached" in form else PAYLOAD)


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("form", FORMS)
def test_we_read_theirs(debian_jose: DebianJose, form: str, alg: str) -> None:
    key = key_for(alg)
    files = {"key": key.to_jwk(private=True), "second": second(key).to_jwk(private=True), "payload": PAYLOAD}
    token = debian_jose.run(*FORMS[form].to_sign, **files)

    assert token is not None
    assert FORMS[form].read(token, public(key)) == PAYLOAD


@pytest.mark.parametrize("form", FORMS)
def test_the_command_refuses_ours_under_another_key(debian_jose: DebianJose, form: str) -> None:
    """Reading each other's tokens is no proof of checking them."""
    key = key_for("ES256")
    token = FORMS[form].write(key)
    stranger = Key.generate("ES256").to_jwk()
    files = {"token": token, "key": stranger, "second": second(key).to_jwk(), "payload": PAYLOAD}

    assert debian_jose.run(*FORMS[form].to_verify, **files) is None


@pytest.mark.parametrize("form", FORMS)
def test_we_refuse_theirs_under_another_key(debian_jose: DebianJose, form: str) -> None:
    key = key_for("ES256")
    files = {"key": key.to_jwk(private=True), "second": second(key).to_jwk(private=True), "payload": PAYLOAD}
    token = debian_jose.run(*FORMS[form].to_sign, **files)

    assert token is not None
    with pytest.raises(InvalidSignatureError):
        FORMS[form].read(token, Key.generate("ES256", kid="interop"))


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_we_read_their_keys(debian_jose: DebianJose, alg: str) -> None:
    """RFC 7517; and what we sign with one, they verify."""
    made = debian_jose.run("jwk", "gen", "-i", "{template}", template={"alg": alg})
    assert made is not None
    key = Key.from_jwk(made)

    assert key.is_private
    assert debian_jose.run(*VERIFY, "-O", "-", token=jws.sign(PAYLOAD, key), key=made) == PAYLOAD


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_key_is_the_same_to_both(debian_jose: DebianJose, alg: str) -> None:
    """RFC 7638: the same thumbprint, and the same public half."""
    key = key_for(alg)
    thumbprint = debian_jose.run("jwk", "thp", "-i", "{key}", "-a", "S256", key=key.to_jwk(private=True))
    half = debian_jose.run("jwk", "pub", "-i", "{key}", key=key.to_jwk(private=True))

    assert (thumbprint or b"").decode().strip() == key.thumbprint()
    if key.kty != "oct":
        assert json.loads(half or b"{}").items() >= key.to_jwk().items()
