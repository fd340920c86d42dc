"""A header that is sent in pieces: no name twice, and what decides is protected."""

import json

import pytest

from tokensmith.jose.errors import JoseError, MalformedTokenError, UnacceptableTokenError
from tokensmith.jose.header import JointHeader, parse_joint_header
from tokensmith.jose.limits import Limits

NOTHING: frozenset[str] = frozenset()


def parse(
    protected: dict[str, object],
    *unprotected: dict[str, object],
    may_be_unprotected: frozenset[str] = NOTHING,
    understood: frozenset[str] = NOTHING,
    limits: Limits | None = None,
) -> JointHeader:
    return parse_joint_header(
        json.dumps(protected).encode() if protected else b"",
        *unprotected,  # type: ignore[arg-type]
        may_be_unprotected=may_be_unprotected,
        understood=understood,
        limits=limits or Limits(),
    )


def code_of(
    protected: dict[str, object],
    *unprotected: dict[str, object],
    may_be_unprotected: frozenset[str] = NOTHING,
    understood: frozenset[str] = NOTHING,
    limits: Limits | None = None,
) -> str:
    with pytest.raises(JoseError) as caught:
        parse(protected, *unprotected, may_be_unprotected=may_be_unprotected, understood=understood, limits=limits)
    return caught.value.code


def test_the_pieces_are_one_header_and_stay_apart() -> None:
    """RFC 7515 §7.2.1: the JOSE header is the union; RFC 7516 §7.2.1 has a third piece."""
    joint = parse({"alg": "ES256"}, {"kid": "k"}, {"x": [1]})

    assert joint.complete == {"alg": "ES256", "kid": "k", "x": (1,)}
    assert (joint.complete.alg, joint.complete.kid) == ("ES256", "k")
    assert joint.protected == {"alg": "ES256"}
    assert joint.protected.kid is None
    assert joint.unprotected == {"kid": "k", "x": (1,)}


def test_one_piece_is_a_header_like_any_other() -> None:
    joint = parse({"alg": "ES256", "kid": "k"})

    assert joint.complete == joint.protected == {"alg": "ES256", "kid": "k"}
    assert joint.unprotected == {}


@pytest.mark.parametrize(
    "pieces",
    [
        ({"alg": "ES256", "kid": "a"}, {"kid": "b"}),
        ({"alg": "ES256", "kid": "a"}, {"kid": "a"}),
        ({"alg": "ES256"}, {"alg": "none"}),
        ({"alg": "ES256"}, {"x": 1}, {"x": 1}),
        ({"alg": "ES256", "x": 1}, {}, {"x": 2}),
    ],
)
def test_a_name_stands_in_one_place(pieces: tuple[dict[str, object], ...]) -> None:
    """C08: RFC 7515 §7.2.1, "MUST be disjoint"; also where both say the same."""
    with pytest.raises(MalformedTokenError) as caught:
        parse(*pieces, may_be_unprotected=frozenset({"alg"}))

    assert caught.value.code == "duplicate_member"


@pytest.mark.parametrize(
    ("name", "value"), [("alg", "ES256"), ("enc", "A128GCM"), ("zip", "DEF"), ("crit", ["b64"]), ("b64", False)]
)
def test_what_decides_is_protected(name: str, value: object) -> None:
    """A09: whoever changes a message on its way would choose how it is checked (GHSA-jc38-x7x8-2xc8)."""
    protected = {"alg": "ES256"} if name != "alg" else {"x": 1}

    with pytest.raises(UnacceptableTokenError) as caught:
        parse(protected, {name: value})

    assert caught.value.code == "unprotected_parameter"


def test_alg_and_enc_stand_outside_where_the_caller_says_so() -> None:
    """RFC 7516 §7.2.1: each recipient of a JWE has an "alg" of its own."""
    joint = parse({"enc": "A128GCM"}, {"alg": "A128KW"}, may_be_unprotected=frozenset({"alg"}))
    bare = parse({}, {"enc": "A128GCM"}, {"alg": "A128KW"}, may_be_unprotected=frozenset({"alg", "enc"}))

    assert joint.complete == bare.complete == {"enc": "A128GCM", "alg": "A128KW"}
    assert joint.protected == {"enc": "A128GCM"}
    assert bare.protected == {}
    assert code_of({}, {"enc": "x"}, {"alg": "y"}, may_be_unprotected=frozenset({"alg"})) == "unprotected_parameter"


@pytest.mark.parametrize(("name", "value"), [("zip", "DEF"), ("crit", ["b64"]), ("b64", False)])
def test_some_are_protected_whatever_the_caller_says(name: str, value: object) -> None:
    """A09: RFC 7515 §4.1.11, RFC 7797 §3, RFC 7516 §4.1.3."""
    found = code_of({"alg": "ES256"}, {name: value}, may_be_unprotected=frozenset({name}))

    assert found == "unprotected_parameter"


def test_crit_names_what_is_protected_itself() -> None:
    """C01: an extension that must be understood, and that anybody on the way could change, is none."""
    understood = frozenset({"x"})

    assert parse({"alg": "ES256", "crit": ["x"], "x": 1}, understood=understood)
    assert code_of({"alg": "ES256", "crit": ["x"]}, {"x": 1}, understood=understood) == "malformed_crit"
    assert code_of({"alg": "ES256", "crit": ["y"], "y": 1}, understood=understood) == "unsupported_crit"


@pytest.mark.parametrize(
    "pieces", [({},), ({}, {}), ({"x": 1}, {"kid": "k"}), ({"alg": "ES256"}, {"kid": 1}), ({"alg": 1},)]
)
def test_the_pieces_together_keep_the_rules_of_a_header(pieces: tuple[dict[str, object], ...]) -> None:
    """RFC 7515 §4.1.1: "alg" is somewhere, and each member has its type."""
    assert code_of(*pieces) == "malformed_header"


def test_ceilings_hold_for_all_pieces() -> None:
    limits = Limits(max_header_bytes=len('{"alg": "ES256"}'), max_key_id_chars=1)

    assert parse({"alg": "ES256"}, {"kid": "k"}, limits=limits)
    assert code_of({"alg": "ES384 "}, limits=limits) == "too_large"
    assert code_of({"alg": "ES256"}, {"kid": "kk"}, limits=limits) == "malformed_header"


def test_unknown_members_are_ignored_in_every_piece() -> None:
    """C02: RFC 7515 §4."""
    assert parse({"alg": "ES256", "x": None}, {"y": {"z": 1}}).complete["y"] == {"z": 1}


def test_nothing_of_it_changes() -> None:
    joint = parse({"alg": "ES256"}, {"x": {"y": 1}})

    with pytest.raises(AttributeError):
        joint.protected = joint.complete  # type: ignore[misc]
    with pytest.raises(TypeError):
        joint.unprotected["x"]["y"] = 2  # type: ignore[index]
