"""The `claims` parameter."""

import pytest

from tokensmith.server.domain.authorization_errors import UnmetRequirementsError
from tokensmith.server.domain.claims_request import scopes_of_claims
from tokensmith.server.domain.errors import InvalidRequestError


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("{}", set()),
        ('{"userinfo":{"email":null}}', {"email"}),
        ('{"id_token":{"name":{"essential":true}},"userinfo":{"address":null}}', {"profile", "address"}),
        ('{"userinfo":{"unheard_of":{"essential":true}}}', set()),
        ('{"elsewhere":{"email":null}}', set()),
        ('{"id_token":{"acr":{"values":["a"]}}}', set()),
        ('{"id_token":null}', set()),
    ],
)
def test_claims_belong_to_scopes(text: str, scopes: set[str]) -> None:
    """P66: an essential claim that cannot be had is no error."""
    assert scopes_of_claims(text) == scopes


@pytest.mark.parametrize("text", ["", "[]", "x", '{"userinfo":[]}', '{"userinfo":"email"}', '{"a":1,"a":2}', "\ud800"])
def test_a_malformed_one_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        scopes_of_claims(text)

    assert caught.value.code == "claims_malformed"


def test_a_class_of_sign_in_that_must_be_is_refused() -> None:
    """P32: Core §5.5.1.1 makes it a failed sign-in."""
    with pytest.raises(UnmetRequirementsError) as caught:
        scopes_of_claims('{"id_token":{"acr":{"essential":true,"values":["urn:x"]}}}')

    assert caught.value.code == "unmet_authentication_requirements"
