"""A token read as its worst reader might read it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.cli.loose_token import LooseToken, read_loosely
from tokensmith.jose import Key, base64url, jwt
from tokensmith.jose.errors import MalformedTokenError

HEADER = base64url.encode(b'{"alg":"ES256"}')
CLAIMS = base64url.encode(b'{"sub":"ada"}')


def test_a_good_token_is_read_and_has_no_flaw() -> None:
    token = jwt.sign({"sub": "ada"}, Key.generate("ES256"))
    loose = read_loosely(token)

    assert ".".join(loose.parts) == token
    assert loose.size == len(token)
    assert loose.claims is not None
    assert (loose.header["alg"], loose.claims["sub"], len(loose.signature)) == ("ES256", "ada", 64)
    assert (loose.misspelled, loose.doubled, loose.is_encrypted) == ((), (), False)


def test_an_encrypted_token_has_five_parts_and_no_claims_to_read() -> None:
    """RFC 7516 §3.1. Also where the second part would read as JSON."""
    loose = read_loosely(f"{HEADER}.{CLAIMS}.AAAA.AAAA.AAAA")

    assert loose.is_encrypted
    assert loose.claims is None
    assert loose.octets[1] == b'{"sub":"ada"}'


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "no parts"),
        ("tsr_opaque", "opaque"),
        ("a.b", "2 parts"),
        ("a.b.c.d", "4 parts"),
        ("a.b.c.d.e.f", "6 parts"),
        ('{"payload":""}', "This is JSON"),
        ("%%%.e30.AAAA", "no JSON object"),
        ("W10.e30.AAAA", "no JSON object"),
    ],
)
def test_what_is_no_token_is_refused_without_repeating_it(token: str, said: str) -> None:
    with pytest.raises(MalformedTokenError, match=said) as refused:
        read_loosely(token)

    assert refused.value.code == "malformed"
    assert token == "" or token not in str(refused.value)


def spelled(part: str) -> LooseToken:
    return read_loosely(f"{HEADER}.{part}.AAAA")


@pytest.mark.parametrize(
    "part",
    [
        base64.urlsafe_b64encode(b'{"sub":"ad"}').decode() + "=",
        base64.b64encode(b'{"sub":"a?>d"}').decode(),
        CLAIMS[:4] + "\n" + CLAIMS[4:],
        CLAIMS[:-1] + "R",
        CLAIMS + "ü",
    ],
)
def test_what_is_not_canonical_is_read_and_marked(part: str) -> None:
    """Padding, the other alphabet, white space, spare bits, foreign characters: some readers take them all."""
    loose = spelled(part)

    assert loose.claims is not None
    assert loose.misspelled == (2,)


def test_a_name_that_is_there_twice_is_read_and_marked() -> None:
    """The last counts, as for most readers."""
    twice = base64url.encode(b'{"alg":"none","alg":"ES256"}')
    claims = base64url.encode(b'{"a":1,"a":2}')
    loose = read_loosely(f"{twice}.{claims}.AAAA")

    assert (loose.header, loose.claims) == ({"alg": "ES256"}, {"a": 2})
    assert loose.doubled == ("header", "claims")


@pytest.mark.parametrize("payload", [b"", b"text", b"[]", b"\xff", b'{"a":' * 40 + b"1" + b"}" * 40])
def test_a_payload_that_is_no_object_is_no_claims(payload: bytes) -> None:
    loose = spelled(base64url.encode(payload))

    assert loose.claims is None
    assert loose.octets[1] == payload


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    """Nothing else is raised."""
    for token in (text, f"{HEADER}.{text}", f"{HEADER}.{text}.{text}", f"{HEADER}.{CLAIMS}.AAAA~{text}~{text}"):
        try:
            assert json.dumps(dict(read_loosely(token).header))
        except MalformedTokenError:
            continue


def disclosed(contents: object) -> str:
    return base64url.encode(json.dumps(contents).encode())


def test_an_sd_jwt_is_read_with_what_it_discloses() -> None:
    """RFC 9901 §4: disclosures between tildes, a proof of the holder behind the last."""
    shown = f"~{disclosed(['salt', 'name', 'ada'])}~{disclosed(['salt', 1])}~a.b.c"
    loose = read_loosely(f"{HEADER}.{CLAIMS}.AAAA{shown}")

    assert loose.disclosures == (("name", "ada"), ("", 1))
    assert (loose.misspelled, loose.signature) == ((), bytes(3))
    assert loose.size == len(f"{HEADER}.{CLAIMS}.AAAA") + len(shown)


@pytest.mark.parametrize("text", ["", "%", "AAAA", disclosed({}), disclosed(["salt"]), disclosed(["salt", 1, 2])])
def test_what_is_no_disclosure_is_said_to_be_none(text: str) -> None:
    assert read_loosely(f"{HEADER}.{CLAIMS}.AAAA~{text}~").disclosures == (("", "no disclosure"),)
