"""One Disclosure: its text, its digest, and what is refused in it."""

import json

import pytest

from tests.jose.sd_jwt.credentials import digest, write
from tokensmith.jose import base64url
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jwa.hashing import NAMED_HASHES
from tokensmith.jose.limits import DEFAULT_LIMITS, Limits
from tokensmith.jose.sd_jwt.disclosure import make_decoy, read_element, read_member, write_disclosure

MOEBIUS = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
SHA_256 = NAMED_HASHES["sha-256"]


@pytest.mark.parametrize(
    "text",
    [
        MOEBIUS,
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
        "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
    ],
)
def test_every_spelling_of_the_standard_means_the_same(text: str) -> None:
    """RFC 9901 §4.2.1."""
    assert read_member(text.encode(), limits=DEFAULT_LIMITS) == ("family_name", "Möbius")


def test_the_digest_is_over_the_text() -> None:
    """RFC 9901 §4.2.3 and §4.2.4.2: not over the bytes that it encodes."""
    assert digest(MOEBIUS) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert digest("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0") == "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"


def test_an_element_is_read() -> None:
    """RFC 9901 §4.2.2."""
    assert read_element(b"WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", limits=DEFAULT_LIMITS) == "FR"


def test_every_disclosure_has_a_salt_of_its_own() -> None:
    """RFC 9901 §9.3: 128 random bits, new for each claim, also for the same claim."""
    salts = {json.loads(base64url.decode(write_disclosure(["name", "Ada"])))[0] for _ in range(100)}

    assert len(salts) == 100
    assert {len(base64url.decode(salt)) for salt in salts} == {16}


def test_what_is_written_is_read() -> None:
    assert read_member(write_disclosure(["é", {"a": [None]}]), limits=DEFAULT_LIMITS) == ("é", {"a": [None]})
    assert read_element(write_disclosure([1.5]), limits=DEFAULT_LIMITS) == 1.5


def test_a_decoy_looks_like_a_digest() -> None:
    """RFC 9901 §4.2.5."""
    decoys = {make_decoy(hashed_with=SHA_256) for _ in range(100)}

    assert len(decoys) == 100
    assert {len(decoy) for decoy in decoys} == {len(digest(MOEBIUS))}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (write("s", "name"), "malformed_disclosure"),
        (write("s", "name", 1, 2), "malformed_disclosure"),
        (write(), "malformed_disclosure"),
        (write(1, "name", 1), "malformed_disclosure"),
        (write(None, "name", 1), "malformed_disclosure"),
        (write("s", 1, 1), "malformed_disclosure"),
        (write("s", ["name"], 1), "malformed_disclosure"),
        (write("s", "_sd", []), "reserved_claim_name"),
        (write("s", "...", "x"), "reserved_claim_name"),
        (write("s", "_sd_alg", "sha-256"), "reserved_claim_name"),
        (base64url.encode(b'{"a":1}'), "not_an_array"),
        (base64url.encode(b'["s","name",1'), "json"),
        (base64url.encode(b'["s","name",{"a":1,"a":2}]'), "duplicate_member"),
        (base64url.encode(b'["s","name",' + b"[" * 32 + b"]" * 32 + b"]"), "too_deep"),
        (write("s", "name", 1) + "=", "base64url"),
        (write("s", "name", 1)[:-1] + "+", "base64url"),
    ],
)
def test_a_member_is_three_elements_with_a_name_that_a_claim_can_have(text: str, code: str) -> None:
    """RFC 9901 §7.1 steps 3.3.2.1 and 3.3.2.2; "_sd_alg" as well, which only the payload itself can have (§4.1.1)."""
    with pytest.raises(MalformedTokenError) as caught:
        read_member(text.encode(), limits=DEFAULT_LIMITS)

    assert caught.value.code == code


@pytest.mark.parametrize("text", [write("s"), write("s", "name", 1), write(1, "FR")])
def test_an_element_is_two(text: str) -> None:
    """RFC 9901 §7.1 step 3.3.3.1."""
    with pytest.raises(MalformedTokenError) as caught:
        read_element(text.encode(), limits=DEFAULT_LIMITS)

    assert caught.value.code == "malformed_disclosure"


def test_a_disclosure_keeps_the_limits() -> None:
    text = write("s", {"a": 1, "b": 2}).encode()

    assert read_element(text, limits=Limits(max_json_members=2))
    with pytest.raises(MalformedTokenError) as caught:
        read_element(text, limits=Limits(max_json_members=1))
    assert caught.value.code == "too_many_members"
