"""One token, one call."""

import pytest

from tests.jose.jwt.tokens import AUDIENCE, ISSUER, KEY, StoppedClock, good_claims, good_token
from tokensmith.jose import JoseError, base64url, jwt
from tokensmith.jose.errors import MalformedTokenError, UnacceptableTokenError


def test_one_call_does_the_same() -> None:
    verified = jwt.verify(good_token(), KEY, issuer=ISSUER, audience=AUDIENCE, clock=StoppedClock())

    assert verified.claims == good_claims()
    with pytest.raises(UnacceptableTokenError):
        jwt.verify(good_token(), KEY, issuer=ISSUER, audience="other", clock=StoppedClock())


def test_the_system_clock_is_the_default() -> None:
    token = jwt.sign({}, KEY)

    assert jwt.verify(token, KEY, issuer=jwt.ANY, audience=jwt.ANY)
    with pytest.raises(MalformedTokenError):
        jwt.verify(base64url.encode(token.encode()), KEY, issuer=jwt.ANY, audience=jwt.ANY)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"typ": "at+jwt"}, "wrong_type"),
        ({"profile": jwt.ACCESS_TOKEN}, "wrong_type"),
        ({"required": ["client_id"]}, "missing_claim"),
        ({"max_age": 1, "clock": StoppedClock(StoppedClock.seconds + 2)}, "too_old"),
        ({"clock": StoppedClock(StoppedClock.seconds + 301)}, "expired"),
        ({"clock": StoppedClock(StoppedClock.seconds - 1)}, "issued_in_the_future"),
    ],
)
def test_every_option_arrives(options: dict[str, object], code: str) -> None:
    """An option that is accepted and then dropped would be a check nobody makes."""
    defaults: dict[str, object] = {"issuer": ISSUER, "audience": AUDIENCE, "clock": StoppedClock()}
    with pytest.raises(JoseError) as caught:
        jwt.verify(good_token(), KEY, **{**defaults, **options})  # type: ignore[arg-type]

    assert caught.value.code == code


def test_the_options_that_allow_more_arrive_too() -> None:
    seen: list[jwt.Claims] = []
    late = StoppedClock(StoppedClock.seconds + 305)
    verified = jwt.verify(
        good_token(),
        KEY,
        issuer=jwt.ANY,
        audience=jwt.ANY,
        leeway=10,
        require_exp=False,
        checks=[seen.append],
        clock=late,
    )

    assert seen == [verified.claims]
