"""What a refusal looks like on the wire."""

import json

import pytest

from tokensmith.guard import (
    DeniedError,
    GuardError,
    InsufficientAuthenticationError,
    InsufficientScopeError,
    InvalidProofError,
    InvalidTokenError,
    MalformedRequestError,
    MissingTokenError,
    NonceNeededError,
    UnavailableError,
)
from tokensmith.guard.challenge import answer_to, challenge, quote
from tokensmith.guard.errors import Scheme


def test_a_missing_nonce_is_told_with_the_nonce() -> None:
    """RFC 9449 §9."""
    error = NonceNeededError(nonce="n-1")
    error.scheme = "DPoP"
    answer = answer_to(error, proof_algorithms=("ES256",))

    assert answer.status == 401
    assert dict(answer.headers)["dpop-nonce"] == "n-1"
    assert dict(answer.headers)["www-authenticate"] == (
        'Bearer, DPoP error="use_dpop_nonce", '
        'error_description="The DPoP proof needs the nonce of this answer.", algs="ES256"'
    )
    assert json.loads(answer.body)["error"] == "use_dpop_nonce"


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_where_bearer_tokens_are_of_no_use_they_are_not_asked_for(scheme: Scheme) -> None:
    """RFC 9449 §7.2; what was wrong is told all the same."""
    refused, short = InvalidTokenError("No.", code="bearer_token"), InsufficientScopeError("No.", scopes=["a"])
    refused.scheme = short.scheme = scheme

    told = challenge(refused, proof_algorithms=("ES256",), bearer=False)
    assert told == 'DPoP error="invalid_token", error_description="No.", algs="ES256"'
    assert challenge(short, proof_algorithms=("ES256",), bearer=False).startswith('DPoP error="insufficient_scope"')


def test_no_credentials_get_a_bare_challenge() -> None:
    """P95: RFC 6750 §3.1: no error code or other error information."""
    error = MissingTokenError("This resource needs an access token.", code="missing_token")

    assert challenge(error) == "Bearer"
    assert challenge(error, realm="notes") == 'Bearer realm="notes"'


def test_a_bad_token_is_named_as_one() -> None:
    """J69, P95: RFC 6750 §3."""
    error = InvalidTokenError("The token has expired.", code="expired", detail="exp=1 now=2")

    assert challenge(error) == 'Bearer error="invalid_token", error_description="The token has expired."'


def test_a_missing_scope_is_told_with_what_is_needed() -> None:
    """P95: RFC 6750 §3: "scope", in an order that does not change."""
    error = InsufficientScopeError("The access token does not allow this.", scopes={"b", "a"})

    assert challenge(error, realm="notes") == (
        'Bearer realm="notes", error="insufficient_scope", '
        'error_description="The access token does not allow this.", scope="a b"'
    )


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (MissingTokenError("x", code="missing_token"), 401, "unauthorized"),
        (MalformedRequestError("x", code="repeated_credentials"), 400, "invalid_request"),
        (InvalidTokenError("x", code="expired"), 401, "invalid_token"),
        (InsufficientScopeError("x", scopes=["a"]), 403, "insufficient_scope"),
    ],
)
def test_every_denial_has_its_status_and_a_challenge(error: DeniedError, status: int, name: str) -> None:
    """RFC 6750 §3.1."""
    answer = answer_to(error)
    headers = dict(answer.headers)

    assert answer.status == status
    assert headers["www-authenticate"].startswith("Bearer")
    assert (headers["cache-control"], headers["content-type"]) == ("no-store", "application/json")
    assert json.loads(answer.body) == {"error": name, "error_description": "x"}


ALGORITHMS = ("ES256", "PS256")


def test_without_credentials_both_schemes_are_offered() -> None:
    """RFC 9449 §7.2, figure 17."""
    error = MissingTokenError("This resource needs an access token.", code="missing_token")

    assert challenge(error, proof_algorithms=ALGORITHMS) == 'Bearer, DPoP algs="ES256 PS256"'
    assert challenge(error, realm="n", proof_algorithms=ALGORITHMS) == (
        'Bearer realm="n", DPoP realm="n", algs="ES256 PS256"'
    )


@pytest.mark.parametrize(
    ("error", "scheme", "expected"),
    [
        (
            InvalidTokenError("No.", code="expired"),
            "Bearer",
            'Bearer error="invalid_token", error_description="No.", DPoP algs="ES256 PS256"',
        ),
        (
            InvalidTokenError("No.", code="expired"),
            "DPoP",
            'Bearer, DPoP error="invalid_token", error_description="No.", algs="ES256 PS256"',
        ),
        (
            InvalidProofError("No.", code="dpop_proof_uri"),
            "DPoP",
            'Bearer, DPoP error="invalid_dpop_proof", error_description="No.", algs="ES256 PS256"',
        ),
        (
            InsufficientScopeError("No.", scopes={"a"}),
            "DPoP",
            'DPoP error="insufficient_scope", error_description="No.", scope="a", algs="ES256 PS256"',
        ),
    ],
)
def test_the_scheme_that_was_used_tells_what_was_wrong(error: GuardError, scheme: Scheme, expected: str) -> None:
    """RFC 9449 §7.2, figure 18; another scheme is named only where another token would help."""
    error.scheme = scheme

    assert challenge(error, proof_algorithms=ALGORITHMS) == expected


def test_our_own_trouble_is_a_503_without_a_challenge() -> None:
    """A 401 would tell a good client to throw its token away."""
    answer = answer_to(UnavailableError("Later.", code="keys_unavailable", detail="host", retry_after=7))
    headers = dict(answer.headers)

    assert (answer.status, headers["retry-after"]) == (503, "7")
    assert "www-authenticate" not in headers
    assert json.loads(answer.body)["error"] == "temporarily_unavailable"


def test_no_text_can_leave_its_quotes() -> None:
    """RFC 6750 §3: error_description has neither quote nor backslash, and a header no line feed."""
    error = InvalidTokenError('a "b" \\c\r\nSet-Cookie: d=e ü', code="malformed")

    assert challenge(error).endswith("""error_description="a 'b' /c??Set-Cookie: d=e ?\"""")


def test_the_private_detail_stays_private() -> None:
    """It belongs in the log."""
    for error in (InvalidTokenError("x", code="y", detail="SECRET"), UnavailableError("x", code="y", detail="SECRET")):
        answer = answer_to(error)

        assert "SECRET" not in repr(answer)


def test_a_realm_is_escaped_or_refused() -> None:
    """RFC 9110 §5.6.4: quoted-pair."""
    assert quote('my "notes" \\o/') == 'my \\"notes\\" \\\\o/'
    for realm in ("a\nb", "ü", "\x7f"):
        with pytest.raises(ValueError, match="printable ASCII"):
            quote(realm)


def test_one_class_catches_them_all() -> None:
    """An adapter needs no list."""
    assert issubclass(DeniedError, GuardError)
    assert issubclass(UnavailableError, GuardError)
    assert not issubclass(UnavailableError, DeniedError)


def test_a_client_is_told_how_its_person_has_to_sign_in() -> None:
    """P97: RFC 9470 §3, its examples."""
    error = InsufficientAuthenticationError(
        "More recent authentication is required", code="authentication_age", max_age=5, acr=()
    )
    both = InsufficientAuthenticationError("x", code="authentication_context", max_age=5, acr=("phr", "mfa"))

    assert challenge(error) == (
        'Bearer error="insufficient_user_authentication", '
        'error_description="More recent authentication is required", max_age="5"'
    )
    assert challenge(both).endswith('acr_values="phr mfa", max_age="5"')
    assert answer_to(error).status == 401


def test_no_scope_is_told_where_none_would_help() -> None:
    error = InsufficientScopeError("x", scopes=(), code="missing_role")

    assert challenge(error) == 'Bearer error="insufficient_scope", error_description="x"'
