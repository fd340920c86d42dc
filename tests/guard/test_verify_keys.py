"""Verification: is it genuine?"""

from typing import Any

import pytest

from tests.guard.minting import (
    AUDIENCE,
    ISSUER,
    KEY,
    KEYS_URL,
    LIST_URL,
    METADATA_URL,
    NEXT_KEY,
    NOW,
    STRANGER,
    access_token,
    list_answer,
    status_claim,
)
from tests.guard.scripted import json_answer
from tests.guard.service import Service
from tokensmith.guard import (
    InvalidTokenError,
    Issuer,
    UnavailableError,
)
from tokensmith.jose import Key, base64url, strict_json
from tokensmith.outbound import FetchError

OTHER = "https://other.test"
OTHER_KEY = Key.generate("ES256", kid="k1")


@pytest.fixture
def service() -> Service:
    return Service()


def test_the_keys_of_one_issuer_say_nothing_about_another() -> None:
    """J37, F07: RFC 8725 §3.8: both are trusted, both use the same key id."""
    service = Service(
        Issuer(ISSUER, audience=AUDIENCE, keys=KEY.public()),
        Issuer(OTHER, audience=AUDIENCE, keys=OTHER_KEY.public()),
    )

    assert service.admit(access_token(KEY)).issuer == ISSUER
    assert service.admit(access_token(OTHER_KEY, iss=OTHER)).issuer == OTHER
    assert service.refusal(access_token(KEY, iss=OTHER)) == "invalid_signature"
    assert service.refusal(access_token(OTHER_KEY)) == "invalid_signature"


def test_a_strangers_signature_is_refused(service: Service) -> None:
    """Same claims, same key id, another key."""
    assert service.refusal(access_token(STRANGER)) == "invalid_signature"


def test_one_changed_character_is_refused(service: Service) -> None:
    header, payload, signature = access_token().split(".")
    for changed in (
        f"{header}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}",
        f"{header}.{payload[:-6]}{'B' if payload[-6] == 'A' else 'A'}{payload[-5:]}.{signature}",
    ):
        with pytest.raises(InvalidTokenError):
            service.admit(changed)


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", "HS256", "es256", None, 7])
def test_an_algorithm_off_the_list_is_refused_before_any_fetch(service: Service, alg: Any) -> None:
    """RFC 9068 §4, RFC 8725 §3.1; the issuer's list decides and never the token."""
    _, payload, signature = access_token().split(".")
    header = base64url.encode(strict_json.encode({"alg": alg, "typ": "at+jwt", "kid": "k1"}))

    assert service.refusal(f"{header}.{payload}.") == "algorithm"
    assert service.refusal(f"{header}.{payload}.{signature}") == "algorithm"
    assert service.outside.fetched == []


def test_only_the_issuers_own_algorithms_count() -> None:
    key = Key.generate("ES384", kid="k1")
    service = Service(Issuer(ISSUER, audience=AUDIENCE, algorithms={"ES256"}, keys=key.public()))

    assert service.refusal(access_token(key)) == "algorithm"


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_in_the_header_is_not_looked_at(service: Service, name: str) -> None:
    """J35: RFC 8725 §3.10: a token does not bring its own judge (CVE-2018-0114)."""
    value: Any = {
        "jwk": STRANGER.to_jwk(),
        "jku": "https://evil.test/keys",
        "x5u": "https://evil.test/cert",
        "x5c": ["AA=="],
    }[name]
    members = {"alg": "ES256", "typ": "at+jwt", "kid": "k1", name: value}
    payload = access_token().split(".")[1]
    signing_input = f"{base64url.encode(strict_json.encode(members))}.{payload}".encode()
    forged = signing_input.decode() + "." + base64url.encode(STRANGER.sign_bytes(signing_input))

    assert service.refusal(forged) == "invalid_signature"
    assert service.outside.fetched == [METADATA_URL, KEYS_URL]


@pytest.mark.parametrize("kid", ["../../etc/passwd", "' OR 1=1 --", "https://evil.test/k", "k1\x00", "", "x" * 512])
def test_a_key_id_only_chooses_among_trusted_keys(service: Service, kid: str) -> None:
    """J34: RFC 8725 §3.10: it is compared and nothing else; one refetch, then a refusal."""
    token = access_token(Key.generate("ES256", kid=kid))

    assert service.refusal(token) == "unknown_key"
    assert set(service.outside.fetched) == {METADATA_URL, KEYS_URL}


def test_a_new_signing_key_is_found(service: Service) -> None:
    """OpenID Connect Core §10.1.1."""
    service.admit(access_token())
    service.outside.documents[KEYS_URL] = json_answer({"keys": [KEY.to_jwk(), NEXT_KEY.to_jwk()]})
    service.outside.seconds += 20

    assert service.admit(access_token(NEXT_KEY)).subject == "ada"


def test_a_withdrawn_key_and_its_tokens_are_gone_within_the_bound(service: Service) -> None:
    """The key set still has it; the status list says that it is not to be used."""
    mine = access_token(status=status_claim())
    service.admit(mine)
    service.outside.documents |= {
        KEYS_URL: json_answer({"keys": [KEY.to_jwk(), NEXT_KEY.to_jwk()]}),
        LIST_URL: list_answer(key=NEXT_KEY, iat=NOW + 1, retired_kids=["k1"]),
    }
    service.outside.seconds += 5

    assert service.refusal(mine) == "retired_key"
    assert service.admit(access_token(NEXT_KEY, status=status_claim())).subject == "ada"


def test_keys_that_cannot_be_had_are_a_503(service: Service) -> None:
    service.outside.documents[METADATA_URL] = FetchError("Silence.", code="timed_out")
    with pytest.raises(UnavailableError):
        service.admit(access_token())


def test_hmac_works_where_it_is_asked_for() -> None:
    key = Key.generate("HS256", kid="k1")
    service = Service(Issuer(ISSUER, audience=AUDIENCE, algorithms={"HS256"}, keys=key))

    assert service.admit(access_token(key)).subject == "ada"
