"""The JOSE header: known members by type, "crit" by its rules."""

import json

import pytest

from tokensmith.jose.errors import JoseError, MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.header import Header, media_type, parse_header
from tokensmith.jose.limits import Limits


def parse(members: object, *, understood: frozenset[str] = frozenset(), limits: Limits | None = None) -> Header:
    return parse_header(json.dumps(members).encode(), understood=understood, limits=limits or Limits())


def code_of(members: object, *, understood: frozenset[str] = frozenset(), limits: Limits | None = None) -> str:
    with pytest.raises(JoseError) as caught:
        parse(members, understood=understood, limits=limits)
    return caught.value.code


def test_a_header_shows_its_most_used_members() -> None:
    header = parse({"alg": "ES256", "kid": "k", "typ": "JWT", "cty": "x"})

    assert (header.alg, header.kid, header.typ, header.cty) == ("ES256", "k", "JWT", "x")
    assert header["alg"] == "ES256"


def test_absent_members_are_none() -> None:
    header = parse({"alg": "ES256"})

    assert (header.kid, header.typ, header.cty) == (None, None, None)
    assert header.b64 is True


def test_unknown_members_are_ignored() -> None:
    """C02: RFC 7515 §4, "MUST be ignored"; refusing them breaks other people's tokens."""
    assert parse({"alg": "ES256", "x": {"y": 1}, "iss": "me", "nonce": None})["x"] == {"y": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'"alg"',
        b'{"alg":"HS256"',
        b'{"alg":"HS256"} x',
        '{"alg":"HS256"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"alg":"HS256"}',
        b'{"alg":"HS256","x":NaN}',
        b'{"alg":"HS256","x":"\\ud800"}',
    ],
)
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    """C09: RFC 7515 §5.2 step 4, and §10.12 for what follows the text."""
    with pytest.raises(MalformedTokenError):
        parse_header(data)


def test_a_member_twice_is_refused() -> None:
    """E02: RFC 7515 §4: the check would be made with one "alg", and the other reported."""
    with pytest.raises(MalformedTokenError) as caught:
        parse_header(b'{"alg":"HS256","alg":"none"}')

    assert caught.value.code == "duplicate_member"


@pytest.mark.parametrize("members", [{}, {"typ": "JWT"}, {"Alg": "HS256"}])
def test_alg_has_to_be_there(members: object) -> None:
    """RFC 7515 §4.1.1."""
    assert code_of(members) == "malformed_header"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alg", None),
        ("alg", ["HS256"]),
        ("alg", 1),
        ("kid", 1),
        ("kid", None),
        ("typ", {}),
        ("cty", True),
        ("jku", 1),
        ("x5u", []),
        ("jwk", "key"),
        ("x5c", "certificate"),
        ("x5t", 1),
        ("x5t#S256", None),
        ("enc", 1),
        ("zip", True),
        ("crit", "b64"),
        ("crit", {}),
        ("b64", "false"),
        ("b64", 0),
    ],
)
def test_a_known_member_of_the_wrong_type_is_refused(name: str, value: object) -> None:
    """C09, C07: RFC 7515 §4.1: a "kid" that is a list is somebody's injection, not a name."""
    assert code_of({"alg": "HS256", name: value}) == "malformed_header"


def test_a_header_too_long_is_refused() -> None:
    members = {"alg": "HS256", "x": "y" * 100}
    size = len(json.dumps(members))

    assert parse(members, limits=Limits(max_header_bytes=size))
    assert code_of(members, limits=Limits(max_header_bytes=size - 1)) == "too_large"


def test_a_key_id_too_long_is_refused() -> None:
    """C07: A "kid" is looked up, logged and perhaps sent on; nobody's is half a kilobyte."""
    assert parse({"alg": "HS256", "kid": "k" * 512})
    assert code_of({"alg": "HS256", "kid": "k" * 513}) == "malformed_header"


def test_an_extension_that_is_not_understood_is_refused() -> None:
    """C01: RFC 7515 §4.1.11 and Appendix E; ignoring "crit" is CVE-2025-59420."""
    with pytest.raises(UnacceptableTokenError) as caught:
        parse({"alg": "HS256", "crit": ["exp"], "exp": 1})

    assert caught.value.code == "unsupported_crit"


def test_an_extension_that_is_understood_passes() -> None:
    header = parse({"alg": "HS256", "crit": ["b64"], "b64": True}, understood=frozenset({"b64"}))

    assert header["b64"] is True
    assert header.b64 is True


def test_a_payload_is_encoded_unless_the_header_says_false() -> None:
    """C03: RFC 7797 §3, a JSON boolean with true as its default."""
    header = parse({"alg": "HS256", "crit": ["b64"], "b64": False}, understood=frozenset({"b64"}))

    assert header.b64 is False


def test_one_extension_that_is_not_understood_is_enough() -> None:
    members = {"alg": "HS256", "crit": ["b64", "x"], "b64": True, "x": 1}

    assert code_of(members, understood=frozenset({"b64"})) == "unsupported_crit"


@pytest.mark.parametrize("crit", [[], ["x", "x"], ["x", 1], [None], [["x"]]])
def test_crit_lists_different_names(crit: object) -> None:
    """C01: RFC 7515 §4.1.11, not empty, and "Recipients MAY consider the JWS to be invalid" for duplicates; we do."""
    assert code_of({"alg": "HS256", "crit": crit, "x": 1}, understood=frozenset({"x"})) == "malformed_crit"


@pytest.mark.parametrize(
    "name",
    [
        *("alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"),
        *("enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c"),
    ],
)
def test_crit_names_no_member_of_the_standard(name: str) -> None:
    """C01: RFC 7515 §4.1.11, RFC 7516 §4.1.13, even if somebody claims to understand it as an extension."""
    value: object = {"jwk": {}, "x5c": ["x"], "epk": {}, "p2c": 1}.get(name, "x")

    assert code_of({"alg": "a", name: value, "crit": [name]}, understood=frozenset({name})) == "malformed_crit"


def test_crit_names_only_what_is_there() -> None:
    """C01: RFC 7515 §4.1.11."""
    assert code_of({"alg": "HS256", "crit": ["b64"]}, understood=frozenset({"b64"})) == "malformed_crit"


@pytest.mark.parametrize("members", [{"b64": False}, {"b64": True}, {"b64": False, "crit": ["x"], "x": 1}])
def test_b64_is_nothing_without_crit(members: dict[str, object]) -> None:
    """C03: RFC 7797 §6, whoever does not know "b64" would verify another payload than the one that was signed."""
    assert code_of({"alg": "HS256", **members}, understood=frozenset({"b64", "x"})) == "malformed_crit"


def test_headers_that_bring_a_key_are_read_and_not_obeyed() -> None:
    """C04, C05: RFC 7515 §4.1.2, §4.1.3: they stay members like any other; no code of ours asks for them."""
    header = parse({"alg": "ES256", "jku": "https://evil.example", "jwk": {"kty": "EC"}, "x5c": ["AA"]})

    assert header["jku"] == "https://evil.example"


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("JWT", "jwt"),
        ("Application/jwt", "jwt"),
        ("at+JWT", "at+jwt"),
        ("text/jwt", "text/jwt"),
        ("application/x/jwt", "application/x/jwt"),
        ("application/application/jwt", "application/application/jwt"),
        ("", ""),
    ],
)
def test_a_media_type_has_one_form(written: str, form: str) -> None:
    """RFC 7515 §4.1.9, §4.1.10: without case, and without "application/" where no other slash follows."""
    assert media_type(written) == form
