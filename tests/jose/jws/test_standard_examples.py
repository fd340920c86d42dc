"""The examples of RFC 7515, 7520 and 7797 for JSON, detached and unencoded payloads, as printed there."""

import json
from pathlib import Path
from typing import Any

import pytest

from tokensmith.jose import JoseError, Key, KeySet, base64url, jws
from tokensmith.jose.jws import Signatory

VECTORS = Path(__file__).parents[1] / "vectors/jws"
RFC7515 = json.loads((VECTORS / "rfc7515-json.json").read_text())
RFC7520 = json.loads((VECTORS / "rfc7520-forms.json").read_text())
RFC7797 = json.loads((VECTORS / "rfc7797-examples.json").read_text())
COOKBOOK_UNENCODED = json.loads((VECTORS / "cookbook-unencoded.json").read_text())

# RFC 8017, RFC 2104: the others have a random part.
DETERMINISTIC = {"RS256", "HS256"}
FORMS = [
    (example, form)
    for example in RFC7520
    for form in ("json", "json_flat")
    if form in example and example["section"] not in {"4.7", "4.8"}
]


def section(value: object) -> str:
    return str(value["section"]) if isinstance(value, dict) else str(value)


def example_of(section: str) -> dict[str, Any]:
    return next(each for each in RFC7520 if each["section"] == section)


def keys_of(example: dict[str, Any]) -> list[Key]:
    return [Key.from_jwk(jwk, alg=alg) for jwk, alg in zip(example["keys"], example["algs"], strict=True)]


def detached_payload(example: dict[str, Any], token: dict[str, Any]) -> bytes | None:
    return None if "payload" in token else str(example["payload"]).encode()


def resign(token: dict[str, Any], keys: list[Key], *, payload: bytes, unencoded: bool = False) -> dict[str, Any]:
    """Make a token of the same form, with the same headers, anew."""
    parts = token.get("signatures", [token])
    signatories = []
    for part, key in zip(parts, keys, strict=True):
        protected = json.loads(base64url.decode(part["protected"]))
        more = {name: value for name, value in protected.items() if name not in {"alg", "kid", "b64", "crit"}}
        signatories.append(Signatory(key, header=more, unprotected_header=part.get("header", {})))
    return jws.sign_json(
        payload,
        signatories if "signatures" in token else signatories[0],
        detached="payload" not in token,
        unencoded=unencoded,
    )


@pytest.mark.parametrize("example", RFC7515, ids=section)
def test_the_json_examples_of_the_standard_verify(example: dict[str, Any]) -> None:
    """RFC 7515 A.6 and A.7: two signatures, and one."""
    keys = keys_of(example)

    for token in (example["json"], json.dumps(example["json"]), json.dumps(example["json"]).encode()):
        verified = jws.verify_json(token, KeySet(keys), require="all")
        assert verified.payload.startswith(b'{"iss":"joe"')
        assert [each.key for each in verified.signatures] == keys
        assert [each.header for each in verified.signatures] == [{"alg": alg} for alg in example["algs"]]
        assert [each.unprotected_header for each in verified.signatures] == [{"kid": key.kid} for key in keys]


def test_the_first_signature_of_a_6_is_made_to_the_byte() -> None:
    """RFC 7515 A.6: RS256 leaves no choice, ES256 does."""
    example = RFC7515[0]
    token = example["json"]

    made = resign(token, keys_of(example), payload=base64url.decode(token["payload"]))

    assert list(made) == list(token)
    assert made["payload"] == token["payload"]
    assert made["signatures"][0] == token["signatures"][0]  # type: ignore[index]
    assert jws.verify_json(made, KeySet(keys_of(example))).payload == base64url.decode(token["payload"])  # type: ignore[arg-type]


@pytest.mark.parametrize(("example", "form"), FORMS, ids=section)
def test_the_cookbook_verifies(example: dict[str, Any], form: str) -> None:
    """RFC 7520 §4.1–§4.6: in both forms, with and without the payload inside."""
    (key,) = keys_of(example)

    verified = jws.verify_json(example[form], key, detached_payload=detached_payload(example, example[form]))

    assert verified.payload == example["payload"].encode()
    assert verified.signatures[0].header.alg == key.alg


@pytest.mark.parametrize(("example", "form"), FORMS, ids=section)
def test_the_cookbook_is_made_to_the_byte(example: dict[str, Any], form: str) -> None:
    """RFC 7520 §4.1, §4.4–§4.6 leave no choice; the others are made in the same form."""
    keys = keys_of(example)
    made = resign(example[form], keys, payload=example["payload"].encode())

    assert (made == example[form]) is (keys[0].alg in DETERMINISTIC)
    assert list(made) == list(example[form])


def test_the_detached_example_in_compact_form() -> None:
    """RFC 7520 §4.5, RFC 7515 Appendix F: the middle part is empty."""
    example = example_of("4.5")
    (key,) = keys_of(example)
    payload = example["payload"].encode()

    assert jws.sign(payload, key, detached=True) == example["compact"]
    assert jws.verify(example["compact"], key, detached_payload=payload).payload == payload


@pytest.mark.parametrize("form", ["json", "json_flat"])
def test_an_example_that_protects_nothing_but_the_content_is_refused(form: str) -> None:
    """A09: RFC 7520 §4.7 has "alg" where anybody can change it; RFC 8725 §3.1 came later."""
    example = example_of("4.7")

    with pytest.raises(JoseError) as caught:
        jws.verify_json(example[form], keys_of(example)[0])

    assert caught.value.code == "unprotected_parameter"


def test_the_example_of_three_signatures() -> None:
    """B09: RFC 7520 §4.8: the second has its "alg" unprotected, so it counts for nothing."""
    example = example_of("4.8")
    first, second, third = keys_of(example)

    verified = jws.verify_json(example["json"], KeySet([first, second, third]), require="any")

    assert [(each.position, each.key) for each in verified.signatures] == [(0, first), (2, third)]
    assert [(each.position, each.code) for each in verified.refused] == [(1, "unprotected_parameter")]
    with pytest.raises(JoseError) as caught:
        jws.verify_json(example["json"], KeySet([first, second, third]), require="all")
    assert caught.value.code == "unprotected_parameter"


@pytest.mark.parametrize("example", RFC7797, ids=section)
def test_the_unencoded_examples_verify_and_are_made_to_the_byte(example: dict[str, Any]) -> None:
    """RFC 7797 §4.1 and §4.2: "$.02" has a full stop, so in compact form it is detached."""
    key = Key.from_jwk(example["jwk"], alg="HS256")
    payload = example["payload"].encode()
    beside = payload if example["detached"] else None

    assert jws.verify(example["compact"], key, detached_payload=beside).payload == payload
    assert jws.verify_json(example["json"], key).payload == payload
    assert jws.sign(payload, key, detached=example["detached"], unencoded=example["unencoded"]) == example["compact"]
    assert jws.sign_json(payload, key, unencoded=example["unencoded"]) == example["json"]


def test_an_unencoded_payload_inside_a_compact_token() -> None:
    """RFC 7797 §5.2, with the text of the cookbook."""
    example = COOKBOOK_UNENCODED[0]
    key = Key.from_jwk(example["jwk"])
    payload = example["payload"].encode()

    assert jws.sign(payload, key, unencoded=True) == example["compact"]
    assert jws.verify(example["compact"], key).payload == payload
    for form in ("json", "json_flat"):
        assert jws.verify_json(example[form], key).payload == payload
        assert resign(example[form], [key], payload=payload, unencoded=True) == example[form]


@pytest.mark.parametrize("form", ["json", "json_flat"])
def test_an_example_that_has_b64_without_crit_is_refused(form: str) -> None:
    """C03: RFC 7797 §6; the cookbook's own text was made before that rule."""
    example = COOKBOOK_UNENCODED[1]

    with pytest.raises(JoseError) as caught:
        jws.verify_json(example[form], Key.from_jwk(example["jwk"]))

    assert caught.value.code == "malformed_crit"
