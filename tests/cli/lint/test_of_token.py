"""Each weakness of a token, found where it is and nowhere else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.cli.lint.of_token import COOKIE_BYTES, HEADER_BYTES, lint_token
from tokensmith.cli.loose_token import LooseToken, read_loosely
from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError

NOW = 1_700_000_000
HEADER: dict[str, object] = {"alg": "ES256", "typ": "at+jwt", "kid": "k1"}
CLAIMS: dict[str, object] = {
    "iss": "https://id.example",
    "sub": "ada",
    "aud": "https://api.example",
    "iat": NOW,
    "exp": NOW + 900,
}
SIGNATURE = base64url.encode(bytes(64))
TWICE = base64url.encode(b'{"alg":"none","alg":"ES256","typ":"at+jwt"}')


def part(members: object) -> str:
    return base64url.encode(json.dumps(members).encode())


def with_header(**members: object) -> str:
    """Change the header; None takes a member away."""
    header = {name: value for name, value in {**HEADER, **members}.items() if value is not None}
    return f"{part(header)}.{part(CLAIMS)}.{SIGNATURE}"


def with_claims(**members: object) -> str:
    """Change the claims; None takes one away."""
    claims = {name: value for name, value in {**CLAIMS, **members}.items() if value is not None}
    return f"{part(HEADER)}.{part(claims)}.{SIGNATURE}"


def encrypted(**members: object) -> str:
    return f"{part({'alg': 'ECDH-ES', 'enc': 'A256GCM', 'typ': 'at+jwt', **members})}.AAAA.AAAA.AAAA.AAAA"


# For each rule, tokens that break it and no other.
EXAMPLES: dict[str, list[str]] = {
    "L01": [with_header(alg="none"), with_header(alg="nOnE")],
    "L02": [f"{part({**HEADER, 'alg': 'HS256'})}.{part(CLAIMS)}.{base64url.encode(bytes(32))}"],
    "L03": [with_claims(exp=None)],
    "L04": [with_claims(exp=NOW + 86_401), with_claims(iat=None, exp=NOW + 86_401)],
    "L05": [with_claims(exp="1700000900"), with_claims(iat=True), with_claims(nbf=[])],
    "L06": [with_claims(exp=NOW * 1000), with_claims(iat=NOW * 1000, exp=NOW * 1000 + 900)],
    "L07": [with_header(typ=None), with_header(typ="JWT"), with_header(typ="JOSE")],
    "L08": [
        with_header(kid=kid)
        for kid in ("../../dev/null", "/etc/passwd", "C:\\..\\x", "a' OR 1=1", "|id", "https://a.example/k", "a\0b")
    ],
    "L09": [with_header(kid="k" * 129), with_header(kid="k" * 1000)],
    "L10": [with_header(jku="https://a.example"), with_header(x5u="https://a.example"), with_header(jwk={})],
    "L11": [
        with_claims(**{name: "x"})
        for name in (
            "password",
            "Password",
            "pass_word",
            "client_secret",
            "apiKey",
            "ssn",
            "credit-card-number",
            "pin2",
        )
    ]
    + [with_claims(person={"accounts": [{"secret": 1}]})],
    "L12": [with_claims(x="x" * 3000)],
    "L13": [with_claims(x="x" * 7000)],
    "L14": [with_claims(x="a") + "==", with_claims().replace(".", "\n.", 1), with_claims()[:-1] + "B"],
    "L15": [f"{TWICE}.{part(CLAIMS)}.{SIGNATURE}"],
    "L16": [with_claims(iat=NOW + 61)],
    "L17": [with_claims(nbf=NOW + 900), with_claims(exp=NOW), with_claims(exp=NOW - 1)],
    "L18": [with_claims(aud=None), with_claims(aud=[]), with_claims(aud="")],
    "L19": [with_claims(iss=None)],
    "L20": [
        with_header(crit=[]),
        with_header(crit=["x"]),
        with_header(crit=["alg"]),
        with_header(crit=["x", "x"], x=1),
    ],
    "L21": [with_header(b64=False, crit=["b64"]), with_header(b64=True, crit=["b64"])],
    "L22": [with_header(alg="EdDSA")],
    "L23": [encrypted(alg="RSA1_5")],
    "L24": [encrypted(zip="DEF")],
    "L25": [with_header(typ=1), with_header(cty=[]), with_header(x5c="")],
    "L26": [with_header(alg="es256"), with_header(alg="RSA-OAEP"), encrypted(alg="ES256")],
    "L27": [f"{part(HEADER)}.{part(CLAIMS)}.", f"{part(HEADER)}.{part(CLAIMS)}.{base64url.encode(bytes(70))}"],
    "L28": [with_claims(sub=1), with_claims(iss=["a"]), with_claims(jti={}), with_claims(aud=["a", 1])],
    "L29": [f"{part(HEADER)}.{base64url.encode(b'text')}.{SIGNATURE}"],
}
CASES = [(rule, token) for rule, tokens in EXAMPLES.items() for token in tokens]


def found(token: str) -> set[str]:
    return {each.rule.id for each in lint_token(read_loosely(token), now=NOW)}


@pytest.mark.parametrize(("rule", "token"), CASES, ids=[f"{rule}-{number}" for number, (rule, _) in enumerate(CASES)])
def test_a_weakness_is_found_and_no_other(rule: str, token: str) -> None:
    assert found(token) == {rule}


@pytest.mark.parametrize(
    "token",
    [
        with_claims(),
        with_claims(iat=NOW + 60),
        with_claims(exp=NOW + 86_400),
        with_claims(nbf=NOW + 899),
        with_claims(exp=NOW + 0.5),
        with_claims(aud=["https://api.example", "https://other.example"]),
        with_claims(password=True, passport_checked="x", pass_through="x", secrets=[]),
        with_header(kid="k" * 128),
        with_header(kid="urn:ietf:params:oauth:jwk-thumbprint:sha-256:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        with_header(kid="did:example:123#key-1"),
        with_header(kid="my key, 2024--2025"),
        with_header(typ="dpop+jwt", jwk={"kty": "EC"}),
        with_header(crit=["x"], x=1),
        encrypted(),
        f"{part({**HEADER, 'alg': 'HS256'})}.{part({**CLAIMS, 'aud': CLAIMS['iss']})}.{base64url.encode(bytes(32))}",
        f"{part({**HEADER, 'alg': 'RS256'})}.{part(CLAIMS)}.{base64url.encode(bytes(256))}",
    ],
)
def test_a_token_without_a_weakness_has_none(token: str) -> None:
    """The other side of each boundary, and what looks like a weakness and is none."""
    assert found(token) == set()


@pytest.mark.parametrize(
    ("size", "rules"),
    [(COOKIE_BYTES, set()), (COOKIE_BYTES + 1, {"L12"}), (HEADER_BYTES, {"L12"}), (HEADER_BYTES + 1, {"L13"})],
)
def test_size_counts_from_the_first_byte_too_many(size: int, rules: set[str]) -> None:
    """RFC 6265 §6.1 promises 4096 bytes; many servers take 8192."""
    loose = read_loosely(with_claims())
    padded = LooseToken(
        parts=(*loose.parts[:2], "A" * (size - len(loose.parts[0]) - len(loose.parts[1]) - 2)),
        octets=loose.octets,
        misspelled=(),
        header=loose.header,
        claims=loose.claims,
        doubled=(),
    )

    assert {each.rule.id for each in lint_token(padded, now=NOW)} == rules


def test_a_secret_is_named_and_not_shown() -> None:
    """What lint prints is piped into logs."""
    (only,) = lint_token(read_loosely(with_claims(password="correct horse")), now=NOW)

    assert only.found == 'In clear: "password".'


def test_what_is_found_is_shown_by_its_beginning() -> None:
    """A kid may be as long as it likes."""
    findings = lint_token(read_loosely(with_header(kid="/" * 1000)), now=NOW)

    assert [each.found for each in findings] == [f'"kid" is "{"/" * 40}…".', "It has 1000 characters."]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "alg",
        "typ",
        "kid",
        "crit",
        "b64",
        "jku",
        "jwk",
        "zip",
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "password",
    ]
)


@given(st.dictionaries(NAMES, JSON), st.dictionaries(NAMES, JSON))
def test_whatever_a_token_says_lint_answers(header: dict[str, object], claims: dict[str, object]) -> None:
    """Types nobody expects end in findings, never in a traceback."""
    try:
        token = read_loosely(f"{part(header)}.{part(claims)}.AAAA")
    except MalformedTokenError:
        return

    assert all(each.found for each in lint_token(token, now=NOW))


@pytest.mark.parametrize("number", ["1e308", "9" * 400, "-1e308", "0"])
def test_numbers_of_any_size_are_compared(number: str) -> None:
    claims = base64url.encode(f'{{"exp":{number},"iat":{number}}}'.encode())

    assert found(f"{part(HEADER)}.{claims}.{SIGNATURE}")
