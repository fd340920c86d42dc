"""Checks of the caller's own."""

import msgspec
import pytest

from tests.jose.jwt.tokens import KEY, NOW, code_of, good_token, passes, verifier
from tokensmith.jose import JoseError
from tokensmith.jose.errors import UnacceptableTokenError
from tokensmith.jose.jwt import Claims


def of_our_tenant(claims: Claims) -> None:
    """Refuse people of other tenants."""
    if claims.get("tenant") != "ours":
        raise UnacceptableTokenError("The token is of another tenant.", code="wrong_tenant")


class Access(msgspec.Struct, frozen=True):
    """What an API wants to know."""

    tenant: str


def typed(claims: Access) -> None:
    """Refuse people of other tenants."""
    if claims.tenant != "ours":
        raise UnacceptableTokenError("The token is of another tenant.", code="wrong_tenant")


def test_a_check_decides_about_claims() -> None:
    assert passes(good_token(tenant="ours"), checks=[of_our_tenant])
    assert code_of(good_token(tenant="theirs"), checks=[of_our_tenant]) == "wrong_tenant"


def test_a_check_sees_the_claims_in_the_callers_type() -> None:
    assert passes(good_token(tenant="ours"), checks=[typed], claims_type=Access)
    assert code_of(good_token(tenant="theirs"), checks=[typed], claims_type=Access) == "wrong_tenant"


def test_all_checks_have_to_agree() -> None:
    assert code_of(good_token(tenant="theirs"), checks=[lambda _claims: None, of_our_tenant]) == "wrong_tenant"


def test_what_a_check_returns_is_no_refusal() -> None:
    """A refusal is raised; True and False are easily exchanged."""
    assert passes(good_token(), checks=[lambda _claims: False])


def test_a_check_is_asked_about_genuine_and_current_claims_alone() -> None:
    """F09: what it may do with them, such as look something up, is not for strangers to set off."""
    seen: list[object] = []
    checking = verifier(checks=[seen.append])
    forged = good_token()[:-4] + "AAAA"

    for token in (forged, good_token(exp=NOW), good_token(iss="https://evil.example")):
        with pytest.raises(JoseError):
            checking.verify(token)

    assert seen == []


def test_a_fault_of_a_check_is_not_hidden() -> None:
    """It would look like a refusal for ever."""
    with pytest.raises(ZeroDivisionError):
        verifier(checks=[lambda _claims: 1 // 0]).verify(good_token())


@pytest.mark.parametrize("checks", [[1], ["of_our_tenant"], [of_our_tenant, None]])
def test_a_check_is_callable(checks: object) -> None:
    with pytest.raises(TypeError, match="checks is"):
        verifier(KEY, checks=checks)
