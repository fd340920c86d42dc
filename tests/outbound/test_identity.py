"""How a client says who it is: as the RFCs write it, and nothing of it in a repr."""

import base64

import pytest

from tests.guard.minting import NOW
from tests.guard.scripted import ScriptedClock, ScriptedOutside
from tokensmith.jose import Key, jwt
from tokensmith.outbound.identity import ASSERTION_TYPE, KeyClient, PublicClient, SecretClient

ISSUER = "https://id.test"


def test_a_public_client_gives_its_name() -> None:
    assert PublicClient("tool").introduce(ISSUER).form == (("client_id", "tool"),)


@pytest.mark.parametrize(
    ("client_id", "secret", "pair"),
    [
        # RFC 6749 §2.3.1's own example.
        ("s6BhdRkqt3", "gX1fBat3bV", "s6BhdRkqt3:gX1fBat3bV"),
        ("a:b", "c d%é", "a%3Ab:c+d%25%C3%A9"),
    ],
)
def test_a_secret_goes_into_the_header(client_id: str, secret: str, pair: str) -> None:
    """A colon in the name would end it: both halves are written as in a form."""
    made = SecretClient(client_id, secret).introduce(ISSUER)
    ((name, value),) = made.headers

    assert (name, made.form) == ("Authorization", ())
    assert base64.b64decode(value.removeprefix("Basic ")).decode() == pair


def test_a_secret_goes_into_the_form_where_nothing_else_is_taken() -> None:
    made = SecretClient("job", "hush", method="post").introduce(ISSUER)

    assert (made.headers, made.form) == ((), (("client_id", "job"), ("client_secret", "hush")))


def test_a_key_signs_for_one_server_and_one_minute() -> None:
    """RFC 7523 §3, RFC 7523bis §4: verified by the rules that a server has for it."""
    key = Key.generate("ES256")
    clock = ScriptedClock(ScriptedOutside())
    client = KeyClient("job", key, clock=clock)
    form = dict(client.introduce(ISSUER).form)
    verifier = jwt.Verifier(key.public(), issuer="job", audience=ISSUER, profile=jwt.CLIENT_ASSERTION, clock=clock)
    claims = verifier.verify(form["client_assertion"]).claims

    assert (form["client_id"], form["client_assertion_type"]) == ("job", ASSERTION_TYPE)
    assert (claims["sub"], claims["exp"], claims["iat"]) == ("job", NOW + 60, NOW)
    assert claims["jti"] != verifier.verify(dict(client.introduce(ISSUER).form)["client_assertion"]).claims["jti"]


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(SecretClient("job", "hush"))
    assert "hush" not in repr(SecretClient("job", "hush", method="post"))
