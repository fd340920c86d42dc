"""Taking a token apart, and naming what is in it."""

import pytest

from tokensmith.jose import Key, jwt
from tokensmith.jose.errors import MalformedTokenError
from tokensmith.tour.anatomy import CLAIM_MEANINGS, HEADER_MEANINGS, UNNAMED, Line, dissect, explain

# What the server puts into an access token and its header.
ISSUED_HEADER = {"alg", "kid", "typ"}
ISSUED_CLAIMS = {"iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "auth_time", "amr", "sid", "status"}


def test_a_token_is_taken_apart() -> None:
    """Header and claims read, all three parts as they are spelled."""
    token = jwt.sign({"sub": "ada"}, Key.generate("ES256"), issuer="https://id.example")
    anatomy = dissect(token)

    assert ".".join(anatomy.parts) == token
    assert (anatomy.header["alg"], anatomy.claims["sub"]) == ("ES256", "ada")


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c.d", "e30.e30", "e30.%%.x", "W10.e30.x"])
def test_what_has_not_three_parts_of_json_is_refused(token: str) -> None:
    """As the library refuses it."""
    with pytest.raises(MalformedTokenError):
        dissect(token)


def test_every_member_the_server_writes_is_named() -> None:
    """Nothing in our own tokens needs looking up."""
    assert set(HEADER_MEANINGS) >= ISSUED_HEADER
    assert set(CLAIM_MEANINGS) >= ISSUED_CLAIMS


def test_members_come_in_the_order_of_the_table_and_the_unknown_last() -> None:
    """Whatever order the token has."""
    lines = explain({"x": 1, "sub": "ada", "iss": "i"}, CLAIM_MEANINGS)

    assert [line.name for line in lines] == ["iss", "sub", "x"]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("sub", "ada", "ada"),
        ("exp", 0, "0  00:00:00 UTC"),
        ("exp", 253_402_300_799, "253402300799  23:59:59 UTC"),
        ("exp", 253_402_300_800, "253402300800"),
        ("exp", -1, "-1"),
        ("exp", True, "true"),
        ("exp", "soon", "soon"),
        ("aud", ["a", "b"], '["a","b"]'),
        (
            "status",
            {"status_list": {"idx": 7, "uri": "https://id.example/status/1"}},
            "bit 7 of https://id.example/status/1",
        ),
        ("status", {"other": 1}, '{"other":1}'),
        ("x", None, "null"),
        ("https://id.example/roles", ["a"], '["a"]'),
    ],
)
def test_values_are_readable(name: str, value: object, shown: str) -> None:
    """Moments with their time of day, the rest as JSON has it."""
    (line,) = explain({name: value}, CLAIM_MEANINGS)  # type: ignore[dict-item]

    assert line == Line(name, shown, CLAIM_MEANINGS.get(name, UNNAMED))
