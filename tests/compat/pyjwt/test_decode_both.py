"""The same calls to PyJWT and to our names for it come to the same: the same claims, or the same class of exception."""

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt as theirs
import pytest

import tokensmith.compat.pyjwt as ours
from tests.compat.pyjwt.material import (
    NOW,
    SECRET,
    b64,
    outcome,
    sealed,
    token,
)

GOOD = token({"sub": "ada", "exp": NOW + 86_400})
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")

# Claims of a well signed token, and what decode is told besides.
CLAIMS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"sub": "ada", "x": [1, 2.5, None, {"é": "ü"}], "big": 2**80}, {}),
    ({"exp": NOW + 60}, {}),
    ({"exp": NOW - 60}, {}),
    ({"exp": NOW - 60}, {"leeway": 120}),
    ({"exp": NOW - 60}, {"leeway": timedelta(minutes=2)}),
    ({"exp": NOW - 60}, {"leeway": 30.5}),
    ({"exp": NOW + 60}, {"leeway": -120}),
    ({"exp": NOW - 60}, {"options": {"verify_exp": False}}),
    ({"exp": NOW + 60.5}, {}),
    ({"exp": None}, {}),
    ({"exp": "soon"}, {}),
    ({"exp": [NOW + 60]}, {}),
    ({"exp": {}}, {"options": {"verify_exp": False}}),
    ({"nbf": NOW - 60}, {}),
    ({"nbf": NOW + 60}, {}),
    ({"nbf": NOW + 60}, {"leeway": 120}),
    ({"nbf": NOW + 60}, {"options": {"verify_nbf": False}}),
    ({"nbf": "later"}, {}),
    ({"iat": NOW - 60}, {}),
    ({"iat": NOW + 60}, {}),
    ({"iat": NOW + 60}, {"leeway": 120}),
    ({"iat": NOW + 60}, {"options": {"verify_iat": False}}),
    ({"iat": "once"}, {}),
    ({"iat": None}, {}),
    ({"exp": NOW - 60, "nbf": NOW + 60, "iat": NOW - 60}, {}),
    ({"exp": NOW - 60, "aud": "x"}, {}),
    ({"iss": "x", "aud": "y"}, {"issuer": "z"}),
    ({"iss": "a"}, {}),
    ({"iss": "a"}, {"issuer": "a"}),
    ({"iss": "a"}, {"issuer": "abc"}),
    ({"iss": "a"}, {"issuer": ["b", "a"]}),
    ({"iss": "a"}, {"issuer": {"b", "c"}}),
    ({"iss": "a"}, {"issuer": ["abc"]}),
    ({"iss": "a"}, {"issuer": b"a"}),
    ({"iss": ["a"]}, {"issuer": "a"}),
    ({"iss": 1}, {}),
    ({"iss": None}, {"issuer": "a"}),
    ({}, {"issuer": "a"}),
    ({"iss": "b"}, {"issuer": "a", "options": {"verify_iss": False}}),
    ({"aud": "me"}, {}),
    ({"aud": ""}, {}),
    ({"aud": []}, {}),
    ({"aud": ""}, {"audience": "me"}),
    ({"aud": "me"}, {"audience": "me"}),
    ({"aud": "me"}, {"audience": ["you", "me"]}),
    ({"aud": ["you", "me"]}, {"audience": "me"}),
    ({"aud": ["you", "me"]}, {"audience": {"they"}}),
    ({"aud": ["you", 1]}, {"audience": "you"}),
    ({"aud": 1}, {"audience": "1"}),
    ({"aud": {"me": 1}}, {"audience": "me"}),
    ({"aud": "me"}, {"audience": "m"}),
    ({"aud": "me"}, {"audience": []}),
    ({"aud": "me"}, {"audience": 1}),
    ({}, {"audience": "me"}),
    ({"aud": "you"}, {"audience": "me", "options": {"verify_aud": False}}),
    ({"aud": "me"}, {"audience": "me", "options": {"strict_aud": True}}),
    ({"aud": "you"}, {"audience": "me", "options": {"strict_aud": True}}),
    ({"aud": ["me"]}, {"audience": "me", "options": {"strict_aud": True}}),
    ({"aud": "me"}, {"audience": ["me"], "options": {"strict_aud": True}}),
    ({"sub": "ada"}, {"subject": "ada"}),
    ({"sub": "ada"}, {"subject": "bob"}),
    ({}, {"subject": "ada"}),
    ({"sub": 1}, {}),
    ({"sub": None}, {}),
    ({"sub": 1}, {"options": {"verify_sub": False}}),
    ({"jti": "1"}, {}),
    ({"jti": 1}, {}),
    ({"jti": None}, {}),
    ({"jti": 1}, {"options": {"verify_jti": False}}),
    ({"exp": NOW + 60}, {"options": {"require": ["exp", "iss"]}}),
    ({"exp": NOW + 60, "iss": None}, {"options": {"require": ["exp", "iss"]}}),
    ({"exp": NOW + 60, "iss": "a"}, {"options": {"require": ["exp", "iss"]}}),
    ({"exp": NOW - 60}, {"options": {"require": ["iss"]}}),
    ({"exp": NOW - 60, "aud": "x", "sub": 1}, {"options": {"verify_signature": False}}),
    ({"exp": NOW - 60}, {"options": {"verify_signature": False, "verify_exp": True}}),
    ({"aud": "x"}, {"options": {"verify_signature": False, "verify_aud": True}, "audience": "x"}),
    ({}, {"options": {"verify_signature": False, "require": ["exp"]}}),
    ({"sub": "ada"}, {"options": {"enforce_minimum_key_length": True}}),
    ({"sub": "ada"}, {"detached_payload": b"{}"}),
]

MALFORMED: dict[str, Any] = {
    "nothing": "",
    "one part": "abc",
    "two parts": f"{HEADER}.{PAYLOAD}",
    "four parts": f"{GOOD}.{SIGNATURE}",
    "five parts": "a.b.c.d.e",
    "only full stops": "..",
    "a million full stops": "." * 1_000_000,
    "no text": None,
    "a number": 1,
    "a bytearray": bytearray(GOOD, "ascii"),
    "octets": GOOD.encode(),
    "white space in front": f" {GOOD}",
    "a line end behind": f"{GOOD}\n",
    "not ASCII": f"{GOOD}é",
    "a lone surrogate": f"{HEADER}.{PAYLOAD}.é",
    "standard base64": f"{HEADER}.{PAYLOAD}.ab+/",
    "an impossible length": f"{HEADER}.{PAYLOAD}.abcde",
    "spare bits": f"{HEADER}.{PAYLOAD}.ab",
    "no signature": f"{HEADER}.{PAYLOAD}.",
    "half a signature": f"{HEADER}.{PAYLOAD}.{SIGNATURE[:20]}",
    "another signature": f"{HEADER}.{PAYLOAD}.{token({}).split('.')[2]}",
    "another payload": f"{HEADER}.{b64({'sub': 'eve'})}.{SIGNATURE}",
    "no header": f".{PAYLOAD}.{SIGNATURE}",
    "a header of no JSON": sealed(b64(b"{alg}"), PAYLOAD),
    "a header cut short": sealed(b64(b'{"alg":"HS256"'), PAYLOAD),
    "a header of bad UTF-8": sealed(b64(b'{"alg":"HS256","x":"\xff"}'), PAYLOAD),
    "a header that is a list": sealed(b64(["HS256"]), PAYLOAD),
    "a header that is null": sealed(b64(None), PAYLOAD),
    "no alg": sealed(b64({"typ": "JWT"}), PAYLOAD),
    "alg is null": token({}, alg=None),
    "alg is a number": token({}, alg=256),
    "alg is a list": token({}, alg=["HS256"]),
    "alg in small letters": token({}, alg="hs256"),
    "alg that nobody listed": token({}, alg="HS512"),
    "alg that nobody knows": token({}, alg="XS256"),
    "none without a signature": f"{b64({'alg': 'none'})}.{PAYLOAD}.",
    "none with a signature": token({}, alg="none"),
    "None": f"{b64({'alg': 'None'})}.{PAYLOAD}.",
    "kid is a number": token({}, kid=1),
    "kid is null": token({}, kid=None),
    "kid": token({"sub": "ada"}, kid="any"),
    "typ of another kind": token({"sub": "ada"}, typ="at+jwt"),
    "no typ": sealed(b64({"alg": "HS256"}), b64({"sub": "ada"})),
    "unknown header members": token({"sub": "ada"}, cat="x", client_id=1),
    "crit is empty": token({}, crit=[]),
    "crit is a string": token({}, crit="exp", exp=1),
    "crit is unknown": token({}, crit=["exp"], exp=1),
    "crit holds a number": token({}, crit=[1]),
    "crit without its member": token({}, crit=["b64"]),
    "b64 without crit": token({}, b64=False).replace(f".{b64({})}.", "..", 1),
    "payload of no JSON": token(b"{sub}"),
    "an empty payload": sealed(HEADER, ""),
    "a payload that is a list": token([1]),
    "a payload that is a string": token("ada"),
    "a payload of bad UTF-8": token(b'{"sub":"\xff"}'),
    "nested too deeply": token(b'{"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
}


def described(value: object) -> str:
    """Name a case the same in every process, whatever the time."""
    text = json.dumps(value, default=lambda each: sorted(each) if isinstance(each, set) else str(each))
    return re.sub(r"1\d{9}(\.\d)?", lambda found: f"now{float(found[0]) - NOW:+g}", text)[:60]


def decoding(claims: dict[str, Any], arguments: dict[str, Any]) -> Callable[[Any], object]:
    """Decode one token with these claims, whose dates count from now and not from when the case was written down."""
    passed = int(time.time()) - NOW
    dated = {
        name: value + passed if name in ("exp", "nbf", "iat") and isinstance(value, int | float) else value
        for name, value in claims.items()
    }
    text = token(dated)
    return lambda module: module.decode(text, SECRET, algorithms=["HS256"], **arguments)


@pytest.mark.parametrize(("claims", "arguments"), CLAIMS, ids=described)
def test_claims_are_judged_alike(claims: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Every option, alone and against its neighbours."""
    call = decoding(claims, arguments)

    assert outcome(call, ours) == outcome(call, theirs)


def test_the_claims_come_to_every_outcome() -> None:
    """Two wrong calls would be alike too: so what they come to is counted."""
    outcomes = [outcome(decoding(claims, arguments), ours) for claims, arguments in CLAIMS]

    assert sum(isinstance(each, dict) for each in outcomes) == 35
    assert {each for each in outcomes if isinstance(each, str)} == {
        "DecodeError",
        "ExpiredSignatureError",
        "ImmatureSignatureError",
        "InvalidAudienceError",
        "InvalidIssuedAtError",
        "InvalidIssuerError",
        "InvalidJTIError",
        "InvalidSubjectError",
        "MissingRequiredClaimError",
        "TypeError",
    }


@pytest.mark.parametrize("read", ["decode", "decode_complete"])
@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_tokens_are_refused_alike(case: str, read: str) -> None:
    """RFC 7519 §7.2: what is no JWT, and what almost is one."""

    def call(module: Any) -> object:
        return getattr(module, read)(MALFORMED[case], SECRET, algorithms=["HS256"])

    assert outcome(call, ours) == outcome(call, theirs)


@pytest.mark.parametrize("case", sorted(MALFORMED.keys() - {"b64 without crit"}))
def test_headers_are_read_alike(case: str) -> None:
    """`get_unverified_header` looks at all three parts, and believes none."""

    def call(module: Any) -> object:
        return module.get_unverified_header(MALFORMED[case])

    assert outcome(call, ours) == outcome(call, theirs)


@pytest.mark.parametrize("case", MALFORMED)
def test_unverified_tokens_are_read_alike(case: str) -> None:
    """Without the signature the form still counts, and nothing else."""

    def call(module: Any) -> object:
        return module.decode(MALFORMED[case], options={"verify_signature": False})

    assert outcome(call, ours) == outcome(call, theirs)


def test_the_whole_of_a_token_is_returned_alike() -> None:
    """Header, payload and the raw signature."""
    call: Callable[[Any], object] = lambda module: module.decode_complete(GOOD, SECRET, ["HS256"])  # noqa: E731

    assert call(ours) == call(theirs)
    assert set(ours.decode_complete(GOOD, SECRET, ["HS256"])) == {"header", "payload", "signature"}
