"""What an issuer answers about a token: read strictly, and judged as the claims of a signed token are."""

from typing import Any

import pytest

from tests.guard.minting import NOW
from tests.guard.scripted import json_answer
from tokensmith.guard import InvalidTokenError
from tokensmith.guard.introspection_answer import check_claims, read_answer
from tokensmith.jose.frozen_json import FrozenObject
from tokensmith.outbound import Response
from tokensmith.outbound.discovery import DocumentError

ISSUER = "https://id.test"
AUDIENCE = "https://api.test"


def claims(**members: Any) -> FrozenObject:
    """A good answer's, unless *members* say otherwise; None leaves one out."""
    usual = {"active": True, "aud": AUDIENCE, "sub": "ada", "exp": NOW + 60}
    sent = {name: value for name, value in (usual | members).items() if value is not None}
    read = read_answer(json_answer(sent), issuer=ISSUER)
    assert read is not None
    return read


def refusal(*, leeway: float = 0, **members: Any) -> str:
    with pytest.raises(InvalidTokenError) as caught:
        check(claims(**members), leeway=leeway)
    return caught.value.code


def passes(**members: Any) -> bool:
    check(claims(**members))
    return True


def check(read: FrozenObject, *, leeway: float = 0) -> None:
    check_claims(read, issuer=ISSUER, audiences=frozenset({AUDIENCE, "notes"}), leeway=leeway, now=NOW)


def test_an_active_token_has_the_claims_of_the_answer() -> None:
    """RFC 7662 §2.2; an answer is its issuer's, whether it says so or not."""
    read = claims(scope="a b", roles=["x"])

    assert read.to_dict() == {
        "iss": ISSUER,
        "sub": "ada",
        "aud": AUDIENCE,
        "exp": NOW + 60,
        "scope": "a b",
        "roles": ["x"],
    }
    check(read)


def test_a_client_for_itself_is_its_own_subject() -> None:
    """RFC 9068 §5."""
    assert claims(sub=None, client_id="job")["sub"] == "job"
    assert claims(sub="ada", client_id="job")["sub"] == "ada"


@pytest.mark.parametrize("more", [{}, {"aud": AUDIENCE, "sub": "ada"}])
def test_any_other_token_has_none(more: dict[str, Any]) -> None:
    assert read_answer(json_answer({"active": False, **more}), issuer=ISSUER) is None


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({}),
        json_answer({"active": "true", "aud": AUDIENCE}),
        json_answer({"active": 1, "aud": AUDIENCE}),
        json_answer({"active": None}),
        Response(status=200, headers={}, body=b"[]"),
        Response(status=200, headers={}, body=b'{"active":false,"active":true}'),
        Response(status=401, headers={}, body=b'{"active":true}'),
        Response(status=204, headers={}, body=b""),
    ],
)
def test_what_is_no_answer_is_our_trouble_and_no_verdict(answer: Response) -> None:
    """Neither a pass nor a refusal: a good client would throw its token away."""
    with pytest.raises(DocumentError):
        read_answer(answer, issuer=ISSUER)


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], ["x", "notes"], ["notes", 7, {"a": 1}]])
def test_it_is_for_us(audience: object) -> None:
    assert passes(aud=audience)


@pytest.mark.parametrize("audience", [None, "", [], f"{AUDIENCE}/", "https://other.test", [AUDIENCE.upper()], {"a": 1}])
def test_a_token_for_somebody_else_is_refused(audience: object) -> None:
    """F05; and one for nobody: an issuer's answer about a refresh token has no audience."""
    assert refusal(aud=audience) == "wrong_audience"


@pytest.mark.parametrize("issuer", [f"{ISSUER}/", "https://evil.test", 7])
def test_a_token_of_another_issuer_is_refused(issuer: object) -> None:
    assert refusal(iss=issuer) == "wrong_issuer"
    check(claims(iss=ISSUER))


@pytest.mark.parametrize("subject", [None, 7, ["ada"]])
def test_a_token_of_nobody_is_refused(subject: object) -> None:
    assert refusal(sub=subject) == "missing_claim"


@pytest.mark.parametrize(
    ("members", "leeway", "code"),
    [
        ({"exp": NOW + 1}, 0, None),
        ({"exp": NOW}, 0, "expired"),
        ({"exp": NOW - 9}, 10, None),
        ({"exp": NOW - 10}, 10, "expired"),
        ({"exp": None}, 0, None),
        ({"nbf": NOW}, 0, None),
        ({"nbf": NOW + 1}, 0, "not_yet_valid"),
        ({"nbf": NOW + 10}, 10, None),
        ({"nbf": NOW + 11}, 10, "not_yet_valid"),
        ({"exp": "tomorrow"}, 0, "malformed_claim"),
        ({"exp": True}, 0, "malformed_claim"),
        ({"nbf": [1]}, 0, "malformed_claim"),
    ],
)
def test_it_is_good_in_its_time(members: dict[str, Any], leeway: float, code: str | None) -> None:
    """F02, F03: whatever "active" says; an answer is kept longer than it takes a token to end."""
    if code is None:
        check(claims(**members), leeway=leeway)
    else:
        assert refusal(leeway=leeway, **members) == code


@pytest.mark.parametrize("token_type", ["refresh_token", "Refresh", "id_token", "mac", 7, ""])
def test_what_is_no_access_token_is_refused(token_type: object) -> None:
    """RFC 7662 §2.2, RFC 6749 §7.1."""
    assert refusal(token_type=token_type) == "wrong_type"


def test_an_access_token_is_called_one() -> None:
    assert passes(token_type="bearer")
    assert passes(token_type="DPoP", cnf={"jkt": "x"})


def test_a_bound_token_that_does_not_say_to_what_is_refused() -> None:
    """J73: taken as a bearer token, it would be worth something to a thief."""
    assert refusal(token_type="DPoP") == "unproven_possession"
