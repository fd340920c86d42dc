"""Header parameters of the key management algorithms (RFC 7518 §4.6.1, §4.7.1, §4.8.1)."""

from typing import Any

import pytest

from tests.jose.jwe.vectors import load
from tokensmith.jose import Key
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.jose.jwa import KEY_MANAGEMENT_ALGORITHMS, key_management
from tokensmith.jose.jwa.key_management import Parameters
from tokensmith.jose.jwe.parameters import read_parameters, read_sender_parameters, write_parameters

AGREED = load("rfc7518-ecdh-es.json")["header"]
HASHED = load("rfc7517-pbes2.json")["header"]
WRAPPED = load("rfc7520-encryption.json")[6]["encrypting_content"]["protected"]
HEADERS = {"ECDH-ES": AGREED, "PBES2-HS256+A128KW": HASHED, "A256GCMKW": WRAPPED}
MISSING = "(absent)"


def code_of(alg: str, **changed: Any) -> str:
    header = {name: value for name, value in (HEADERS[alg] | changed).items() if value is not MISSING}
    with pytest.raises(MalformedTokenError) as refusal:
        read_parameters(key_management(alg), header)
    return refusal.value.code


def test_the_examples_of_the_standards_come_out_as_they_went_in() -> None:
    """RFC 7518 C, RFC 7517 C.2, RFC 7520 §5.7."""
    for alg, header in HEADERS.items():
        written = write_parameters(read_parameters(key_management(alg), header))

        assert written.items() <= header.items()
        assert written.keys() == header.keys() & {"epk", "iv", "tag", "p2s", "p2c"}


def test_both_parties_are_read_for_an_agreement() -> None:
    parameters = read_parameters(key_management("ECDH-ES"), AGREED)

    assert (parameters.party_u, parameters.party_v) == (b"Alice", b"Bob")
    assert read_sender_parameters(key_management("ECDH-ES"), AGREED) == Parameters(party_u=b"Alice", party_v=b"Bob")


@pytest.mark.parametrize("alg", KEY_MANAGEMENT_ALGORITHMS)
def test_an_algorithm_reads_what_is_its_own(alg: str) -> None:
    """RFC 7516 §4: what an algorithm does not know is ignored."""
    algorithm = key_management(alg)
    if algorithm.parameters:
        with pytest.raises(MalformedTokenError):
            read_parameters(algorithm, {})
        return

    nonsense = dict.fromkeys(["epk", "apu", "iv", "tag", "p2s", "p2c"], "?")
    assert read_parameters(algorithm, nonsense) == read_sender_parameters(algorithm, nonsense) == Parameters()


@pytest.mark.parametrize("alg", HEADERS)
@pytest.mark.parametrize("value", [MISSING, None, 1, True, [], "é", "A", "AB", "AA==", "A A"], ids=repr)
def test_octets_are_base64url(alg: str, value: Any) -> None:
    name = {"ECDH-ES": "apu", "PBES2-HS256+A128KW": "p2s", "A256GCMKW": "iv"}[alg]
    if (alg, value) == ("ECDH-ES", MISSING):
        return

    assert code_of(alg, **{name: value}) == "malformed_header"


@pytest.mark.parametrize("value", [MISSING, None, 1, "", "A", {}], ids=repr)
def test_the_tag_of_an_encrypted_key_has_to_be_there(value: Any) -> None:
    if value == "":
        assert read_parameters(key_management("A256GCMKW"), WRAPPED | {"tag": ""}).tag == b""
        return

    assert code_of("A256GCMKW", tag=value) == "malformed_header"


@pytest.mark.parametrize(
    "value", [MISSING, None, True, False, 999, 1_200_001, 4096.0, "4096", [4096], -4096, 0, 10**40], ids=repr
)
def test_the_number_of_iterations_is_an_integer_within_its_bounds(value: Any) -> None:
    """Threats D03 and D04: "true" is one iteration to a careless reader."""
    assert code_of("PBES2-HS256+A128KW", p2c=value) == "malformed_header"


@pytest.mark.parametrize("value", [1000, 1_200_000])
def test_both_bounds_are_included(value: int) -> None:
    assert read_parameters(key_management("PBES2-HS256+A128KW"), HASHED | {"p2c": value}).iterations == value


@pytest.mark.parametrize("salt", ["", "AAAAAAAAAA"])
def test_a_short_salt_is_refused(salt: str) -> None:
    """Threat D04: 0 and 7 octets."""
    assert code_of("PBES2-HS256+A128KW", p2s=salt) == "malformed_header"


@pytest.mark.parametrize("member", ["d", "k", "p", "priv"])
def test_an_ephemeral_key_has_public_members_only(member: str) -> None:
    """Threat D02; RFC 7518 §4.6.1.1: "It MUST contain only public key parameters"."""
    assert code_of("ECDH-ES", epk=AGREED["epk"] | {member: AGREED["epk"]["x"]}) == "malformed_header"


@pytest.mark.parametrize("crv", ["P-256", "X25519"])
def test_a_whole_pair_is_no_ephemeral_key(crv: str) -> None:
    """Threat D02: nor one whose private half belongs to it, so that the key as such is good."""
    pair = Key.generate("ECDH-ES", crv=crv)

    assert code_of("ECDH-ES", epk=pair.to_jwk(private=True)) == "malformed_header"
    assert read_parameters(key_management("ECDH-ES"), {"epk": pair.to_jwk()}).ephemeral_key is not None


def test_other_members_of_an_ephemeral_key_are_ignored() -> None:
    """RFC 7518 §4.6.1.1: they "can be checked for consistency and honored, or they can be ignored"."""
    plain = read_parameters(key_management("ECDH-ES"), AGREED)

    assert read_parameters(key_management("ECDH-ES"), AGREED | {"epk": AGREED["epk"] | {"kid": 1, "use": "x"}}) == plain


@pytest.mark.parametrize(
    "epk",
    [
        MISSING,
        None,
        "epk",
        [],
        {},
        {"kty": "EC"},
        {"kty": "oct", "x": "AA"},
        Key.generate("RS256").to_jwk(),
        AGREED["epk"] | {"y": AGREED["epk"]["x"]},
        AGREED["epk"] | {"x": AGREED["epk"]["x"][:-2]},
        AGREED["epk"] | {"crv": "P-384"},
        AGREED["epk"] | {"crv": "P-224"},
        AGREED["epk"] | {"kty": "OKP"},
        AGREED["epk"] | {"kty": "RSA"},
        {name: value for name, value in AGREED["epk"].items() if name != "kty"},
        Key.generate("ECDH-ES", crv="X25519").to_jwk() | {"crv": "X448"},
        Key.generate("ECDH-ES", crv="X25519").to_jwk() | {"kty": "EC"},
    ],
    ids=[
        *("absent", "null", "text", "array", "empty", "no members", "a secret", "RSA", "off the curve", "too short"),
        *("of a larger curve", "of a curve we have not", "of another type", "of a type of its own", "of no type"),
        *("of a shorter curve", "of another family"),
    ],
)
def test_an_ephemeral_key_is_a_point_on_its_curve(epk: Any) -> None:
    """Threat D01 (CVE-2016-9121, CVE-2017-16007): off the curve, of another size, of another kind."""
    assert code_of("ECDH-ES", epk=epk) == "malformed_header"


def test_both_parties_are_not_the_same() -> None:
    """RFC 7518 §4.6.2: "The "apu" and "apv" values MUST be distinct, when used"."""
    assert code_of("ECDH-ES", apu="Qm9i") == "malformed_header"
    both_empty = AGREED | {"apu": "", "apv": ""}
    assert read_parameters(key_management("ECDH-ES"), both_empty).party_u == b""


def test_what_a_sender_may_choose() -> None:
    algorithm = key_management("PBES2-HS256+A128KW")

    assert read_sender_parameters(algorithm, {}) == Parameters()
    assert read_sender_parameters(algorithm, {"p2c": 5000}) == Parameters(iterations=5000)
