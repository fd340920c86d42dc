"""Verifying a JWS in JSON: one payload, in one form, of an object that is read once."""

import json
from collections.abc import Iterator, Mapping

import pytest

from tests.jose.jws.json_tokens import KEYS, PAIR, SECRET, code_of, general, with_header
from tokensmith.jose import jws


def test_all_signatures_are_over_the_same_form_of_the_payload() -> None:
    """C03: RFC 7797 §3; "NDA1" would be two payloads at once (GHSA-wphv-vfrh-23q5)."""
    plain = with_header({"alg": "HS256"})
    unencoded = with_header({"alg": "HS256", "b64": False, "crit": ["b64"]})
    spelled_out = with_header({"alg": "HS256", "b64": True, "crit": ["b64"]})

    assert jws.verify_json(general(unencoded, unencoded), KEYS).payload == b"x"
    assert jws.verify_json(general(plain, spelled_out), KEYS).payload == b"x"
    for require in ("all", "any"):
        assert code_of(general(plain, unencoded), require=require) == "mixed_b64"


def test_an_unencoded_payload_is_the_text_after_its_escapes() -> None:
    """RFC 7797 §5.3: a dollar sign and its escape are equivalent."""
    token = json.dumps(jws.sign_json("$.02é".encode(), SECRET, unencoded=True)).replace("$", "\\u0024")

    assert jws.verify_json(token, KEYS).payload == "$.02é".encode()


def test_a_detached_payload_comes_from_the_caller() -> None:
    """RFC 7515 Appendix F."""
    token = jws.sign_json(b"x", [SECRET, PAIR], detached=True)

    assert jws.verify_json(token, KEYS, detached_payload=b"x").payload == b"x"
    assert code_of(token, detached_payload=b"y") == "invalid_signature"


@pytest.mark.parametrize("unencoded", [True, False])
@pytest.mark.parametrize("payload", [b"x", b""])
def test_a_payload_has_one_place(unencoded: bool, payload: bytes) -> None:
    """B10: two payloads or none; an empty member is a payload, too."""
    attached = jws.sign_json(payload, SECRET, unencoded=unencoded)
    detached = jws.sign_json(payload, SECRET, unencoded=unencoded, detached=True)

    assert code_of(attached, detached_payload=payload) == "payload_source"
    assert code_of(detached) == "payload_source"


def test_an_encoded_payload_is_base64url() -> None:
    assert code_of({**with_header({"alg": "HS256"}), "payload": "e A"}) == "base64url"


class Shifty(Mapping[str, object]):
    """A mapping that gives the second one who asks for the payload another answer."""

    def __init__(self, members: dict[str, object]) -> None:
        self._members = members
        self._asked = 0

    def __getitem__(self, name: str) -> object:
        if name == "payload":
            self._asked += 1
            return self._members[name] if self._asked == 1 else "eQ"
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


def test_an_object_is_read_once() -> None:
    """E14: what is checked and what is returned are the same bytes."""
    assert jws.verify_json(Shifty(jws.sign_json(b"x", SECRET)), KEYS).payload == b"x"  # type: ignore[arg-type]


def test_the_result_does_not_change_with_the_object() -> None:
    """E14: somebody else may hold the object, too."""
    token = with_header({"alg": "HS256"}, {"y": [1]})
    verified = jws.verify_json(token, KEYS)
    token["header"]["y"].append(2)  # type: ignore[index]

    assert verified.signatures[0].unprotected_header == {"y": (1,)}
    with pytest.raises(AttributeError):
        verified.payload = b"y"  # type: ignore[misc]


@pytest.mark.parametrize("value", [float("nan"), "\ud800", json.loads("[" * 50 + "]" * 50)], ids=repr)
def test_an_object_of_a_lenient_decoder_is_refused_like_its_text(value: object) -> None:
    """E09: it came from outside, so it is the sender's mistake."""
    assert code_of({**with_header({"alg": "HS256"}), "x": value}) == "json"
