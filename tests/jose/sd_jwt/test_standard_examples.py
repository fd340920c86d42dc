"""The examples of RFC 9901, as printed there, and the test cases of the first implementation."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.jose.jwt.tokens import StoppedClock
from tests.jose.sd_jwt.credentials import (
    AUDIENCE,
    BINDING,
    HOLDER_KEY,
    KEY,
    NONCE,
    holder,
    issuer,
    load,
    mark,
    verifier,
)
from tokensmith.jose import Key, base64url, jwt, sd_jwt
from tokensmith.jose.jwa.hashing import NAMED_HASHES
from tokensmith.jose.sd_jwt.conceal import conceal
from tokensmith.jose.strict_json import JsonValue

RFC = load("rfc9901.json")
EXAMPLES = RFC["examples"]
ISSUED = [each for each in EXAMPLES if "issued" in each]
PRESENTED = [each for each in EXAMPLES if "presentation" in each]
ISSUER_KEY = Key.from_jwk(RFC["issuer"])
# The proofs of the RFC were made at this second.
PROVEN_AT = 1_748_537_243


def section(example: dict[str, Any]) -> str:
    name: str = example.get("section") or example["name"]
    return name


def checking(example: dict[str, Any], *, bound: bool) -> sd_jwt.Verifier:
    return sd_jwt.Verifier(
        ISSUER_KEY.public(),
        issuer=jwt.ANY,
        audience=jwt.ANY,
        typ=example["typ"],
        require_exp="exp" in example["payload"],
        key_binding=sd_jwt.KeyBinding(audience=RFC["audience"], max_age=60) if bound else sd_jwt.NOT_REQUIRED,
        clock=StoppedClock(PROVEN_AT),
    )


@pytest.mark.parametrize("example", PRESENTED, ids=section)
def test_what_is_presented_is_verified_and_processed(example: dict[str, Any]) -> None:
    """RFC 9901 §5.2, A.1–A.4: the "Processed SD-JWT Payload", and the proof where there is one."""
    shown = example["presentation"]
    bound = shown["key_binding"]
    verified = checking(example, bound=bound).verify(shown["token"], nonce=RFC["nonce"] if bound else None)

    assert verified.claims.to_dict() == shown["processed"]
    assert (verified.key_binding is not None) is bound


@pytest.mark.parametrize("example", ISSUED, ids=section)
def test_what_is_issued_is_verified_by_its_holder(example: dict[str, Any]) -> None:
    """RFC 9901 §5.1, A.3, A.4: every claim is there again."""
    verified = checking(example, bound=False).verify(example["issued"])
    visible = verified.claims.to_dict()

    assert {name: visible[name] for name in example["claims"]} == example["claims"]
    assert {*verified.disclosed} == {tuple(path) for path in example["hidden"]}


@pytest.mark.parametrize("example", [each for each in PRESENTED if "issued" in each], ids=section)
def test_the_holders_choice_is_the_printed_one(example: dict[str, Any]) -> None:
    """RFC 9901 §5.2, A.3, A.4; the order of Disclosures is free."""
    paths = [tuple(path) for path in example["presentation"]["disclose"]]
    chosen = sd_jwt.disclose(example["issued"], paths).split("~")
    printed = example["presentation"]["token"].split("~")

    assert chosen[0] == printed[0]
    assert set(chosen[1:-1]) == set(printed[1:-1])


@pytest.mark.parametrize("example", EXAMPLES, ids=section)
def test_issuing_with_the_printed_salts_gives_the_printed_payload(example: dict[str, Any]) -> None:
    """RFC 9901 §5.1, §6.1–§6.3, A.1–A.4: the same Disclosures, in the same order, and the same digests in their places.

    White space is that of the examples; of A.1, whose decoys are random, the digests of claims.
    """
    salts = iter(json.loads(base64url.decode(text))[0] for text in example["disclosures"])

    def as_printed(contents: Sequence[JsonValue]) -> bytes:
        return base64url.encode_bytes(json.dumps([next(salts), *contents]).encode())

    concealed = conceal(
        mark(example["claims"], example["hidden"]), hashed_with=NAMED_HASHES["sha-256"], write=as_printed
    )

    assert [text.decode() for text in concealed.disclosures] == example["disclosures"]
    printed = without(example["payload"], example["decoys"])
    assert {name: printed[name] for name in concealed.payload} == concealed.payload


def without(value: Any, decoys: list[str]) -> Any:
    """Take the printed decoys out of a payload."""
    if isinstance(value, dict):
        return {name: without(item, decoys) for name, item in value.items()}
    if isinstance(value, list):
        return [without(item, decoys) for item in value if item not in decoys]
    return value


@pytest.mark.parametrize("bound", [False, True], ids=["bearer", "bound"])
@pytest.mark.parametrize("case", load("sd-jwt-python.json"), ids=section)
def test_a_test_case_goes_the_whole_way(case: dict[str, Any], bound: bool) -> None:
    """Issued with its marks, presented with its choice, verified as expected; each with and without a proof."""
    credential = issuer().issue(mark(case["claims"], case["hidden"]), holder=HOLDER_KEY.public())
    paths = [tuple(path) for path in case["disclose"]]
    if bound:
        shown = holder().present(credential, disclose=paths, audience=AUDIENCE, nonce=NONCE)
        verified = verifier(KEY.public(), key_binding=BINDING).verify(shown, nonce=NONCE)
    else:
        verified = verifier(KEY.public()).verify(sd_jwt.disclose(credential, paths))

    claims = verified.claims.to_dict()
    for added in ("iss", "iat", "exp", "jti", "cnf"):
        del claims[added]
    assert claims == case["expected"]
