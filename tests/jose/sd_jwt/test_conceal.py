"""Marked claims: what is visible, what is hidden, and what no order tells."""

import json
from types import MappingProxyType
from typing import Any

import pytest

from tokensmith.jose import base64url
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.jose.jwa.hashing import NAMED_HASHES
from tokensmith.jose.sd_jwt import Disclosable, Padded
from tokensmith.jose.sd_jwt.conceal import Concealed, conceal
from tokensmith.jose.sd_jwt.disclosure import digest_of

SHA_256 = NAMED_HASHES["sha-256"]


def hide(claims: Any) -> Concealed:
    return conceal(claims, hashed_with=SHA_256)


def contents(concealed: Concealed) -> list[list[Any]]:
    """What the Disclosures say, without their salts."""
    return [json.loads(base64url.decode(text))[1:] for text in concealed.disclosures]


def digests(concealed: Concealed) -> list[str]:
    return [digest_of(text, hashed_with=SHA_256) for text in concealed.disclosures]


def test_a_member_leaves_its_digest() -> None:
    """RFC 9901 §4.2.4.1."""
    done = hide({"sub": "ada", "name": Disclosable("Ada")})

    assert done.payload == {"sub": "ada", "_sd": digests(done)}
    assert contents(done) == [["name", "Ada"]]


def test_an_element_leaves_its_digest_in_its_place() -> None:
    """RFC 9901 §4.2.4.2."""
    done = hide({"nationalities": ["DE", Disclosable("FR"), "US"]})

    assert done.payload == {"nationalities": ["DE", {"...": digests(done)[0]}, "US"]}
    assert contents(done) == [["FR"]]


def test_what_is_inside_is_hidden_first() -> None:
    """RFC 9901 §4.2.6: the outer Disclosure has the digests of the inner ones."""
    done = hide({"address": Disclosable({"country": "DE", "locality": Disclosable("Köln")})})
    inner, outer = digests(done)

    assert contents(done) == [["locality", "Köln"], ["address", {"country": "DE", "_sd": [inner]}]]
    assert done.payload == {"_sd": [outer]}


def test_without_marks_nothing_is_added() -> None:
    """RFC 9901 §4.2.4.1: "_sd" is left out where it would be empty."""
    claims = {"a": {"b": [1, {"c": None}]}}

    assert hide(claims) == Concealed(claims, ())


def test_the_order_of_digests_tells_nothing() -> None:
    """RFC 9901 §4.2.4.1: "The Issuer MUST hide the original order of the claims"."""
    done = hide({f"claim{number}": Disclosable(number) for number in range(50)})

    assert done.payload["_sd"] == sorted(digests(done))


def test_the_callers_claims_stay_as_they_are() -> None:
    claims = {"a": [Disclosable({"b": Disclosable(1)})], "c": MappingProxyType({"d": (1,)})}
    before = dict(claims)
    hide(claims)

    assert claims == before


def test_claims_of_a_verified_token_can_be_hidden() -> None:
    done = hide(FrozenObject({"a": {"b": [1]}}))

    assert done.payload == {"a": {"b": [1]}}


# --- padding


@pytest.mark.parametrize("real", [0, 1, 5])
def test_an_object_has_as_many_digests_as_said(real: int) -> None:
    """RFC 9901 §10.4: whether a claim exists must not be counted."""
    done = hide(Padded({f"claim{number}": Disclosable(number) for number in range(real)}, digests=5))
    listed = done.payload["_sd"]

    assert isinstance(listed, list)
    assert len(set(listed)) == 5
    assert listed == sorted(listed)
    assert set(digests(done)) <= set(listed)
    assert len(done.disclosures) == real


@pytest.mark.parametrize("real", [0, 1, 5])
def test_an_array_has_as_many_digests_as_said(real: int) -> None:
    done = hide({"list": Padded(["visible", *(Disclosable(number) for number in range(real))], digests=5)})
    elements: Any = done.payload["list"]

    assert len(elements) == 6
    assert "visible" in elements
    assert len({each["..."] for each in elements if each != "visible"}) == 5


def test_decoys_in_an_array_stand_anywhere_and_elements_keep_their_order() -> None:
    """Always at the end they would be known for what they are."""
    places = set()
    for _ in range(200):
        done = hide({"list": Padded([Disclosable("a"), Disclosable("b")], digests=3)})
        listed: Any = done.payload["list"]
        found = [digests(done).index(each["..."]) for each in listed if each["..."] in digests(done)]
        assert found == [0, 1]
        places.add(next(place for place, each in enumerate(listed) if each["..."] not in digests(done)))

    assert places == {0, 1, 2}


def test_padding_goes_inside_what_is_hidden() -> None:
    done = hide({"list": Disclosable(Padded([Disclosable("a")], digests=3))})

    assert len(contents(done)[1][1]) == 3


@pytest.mark.parametrize("value", [{"a": Disclosable(1), "b": Disclosable(2)}, [Disclosable(1), Disclosable(2)]])
def test_padding_that_is_too_small_is_a_mistake(value: Any) -> None:
    """More digests than the others have would tell what the padding is to hide."""
    with pytest.raises(ValueError, match="2 disclosable values do not fit into 1 digests"):
        hide({"x": Padded(value, digests=1)})


# --- mistakes


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
@pytest.mark.parametrize("value", [1, Disclosable(1)])
def test_reserved_names_are_refused_at_any_depth(name: str, value: Any) -> None:
    """RFC 9901 §4.1 rule 7, §4.1.1, §4.2.1: what looks like a digest would be read as one."""
    for claims in ({name: value}, {"a": [{name: value}]}, {"a": Disclosable({name: value})}):
        with pytest.raises(ValueError, match="No claim can have the name"):
            hide(claims)


@pytest.mark.parametrize("claims", [{1: Disclosable(1)}, {"a": {None: Disclosable(1)}}, {1: 2}])
def test_names_are_text(claims: object) -> None:
    with pytest.raises(TypeError, match="name must be a str"):
        hide(claims)


@pytest.mark.parametrize("value", [b"", {1}, object()])
def test_a_hidden_value_is_json(value: object) -> None:
    with pytest.raises(TypeError):
        hide({"a": Disclosable(value)})


@pytest.mark.parametrize("claims", [[], "text", Disclosable({}), Padded([], digests=1)])
def test_claims_are_a_mapping(claims: object) -> None:
    with pytest.raises(TypeError, match="Claims are a mapping"):
        hide(claims)


def nested(levels: int) -> dict[str, Any]:
    """Objects in each other, every one of them hidden: each Disclosure alone is flat."""
    value: Any = {}
    for _ in range(levels - 1):
        value = {"a": Disclosable(value)}
    claims: dict[str, Any] = value
    return claims


def test_claims_are_as_deep_as_a_verifier_takes_them() -> None:
    """Deep alone through Disclosures inside each other; a list of lists counts in the same way."""
    assert len(hide(nested(32)).disclosures) == 31
    with pytest.raises(ValueError, match="too deeply"):
        hide(nested(33))
    with pytest.raises(ValueError, match="too deeply"):
        hide({"a": Disclosable(json.loads("[" * 32 + "]" * 32))})
    assert hide({"a": Disclosable(json.loads("[" * 31 + "]" * 31))}).disclosures


def test_there_are_as_many_disclosures_as_a_verifier_takes() -> None:
    assert len(hide({"a": [Disclosable(1)] * 256}).disclosures) == 256
    with pytest.raises(ValueError, match="At most 256"):
        hide({"a": [Disclosable(1)] * 257})
