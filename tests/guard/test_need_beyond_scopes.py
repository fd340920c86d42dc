"""What a route may ask beyond scopes: one of several, roles, permissions, a recent sign-in, anything (RFC 9470)."""

from typing import Any

import pytest

from tokensmith.guard import InsufficientAuthenticationError, InsufficientScopeError, Need, Principal

NOW = 1_000_000


def principal(*scopes: str, **claims: Any) -> Principal:
    return Principal(subject="ada", client_id="web", issuer="https://id.test", scopes=frozenset(scopes), claims=claims)


def refusal(need: Need, caller: Principal) -> InsufficientScopeError:
    with pytest.raises(InsufficientScopeError) as caught:
        need.check(caller, now=NOW)
    return caught.value


def step_up(need: Need, caller: Principal) -> InsufficientAuthenticationError:
    with pytest.raises(InsufficientAuthenticationError) as caught:
        need.check(caller, now=NOW)
    return caught.value


@pytest.mark.parametrize("held", ["a", "b", "a b"])
def test_one_of_several_scopes_suffices(held: str) -> None:
    Need(any_of={"a", "b"}).check(principal(*held.split()))


def test_none_of_several_is_refused_with_all_that_would_do() -> None:
    error = refusal(Need("x", any_of={"a", "b"}), principal("x", "c"))

    assert (error.code, error.scopes) == ("insufficient_scope", {"x", "a", "b"})


def test_all_and_one_of_are_both_asked_for() -> None:
    assert refusal(Need("x", any_of={"a"}), principal("a")).code == "insufficient_scope"
    Need("x", any_of={"a"}).check(principal("x", "a"))


def test_one_of_the_roles_suffices() -> None:
    """RFC 9068 §2.2.3.1."""
    need = Need(roles={"editor", "owner"})
    need.check(principal(roles=["reader", "editor"]))

    assert refusal(need, principal(roles=["reader"])).code == "missing_role"


@pytest.mark.parametrize("roles", [None, "owner", {"owner": True}, 7, [["owner"]], [{"value": "owner"}], []])
def test_roles_that_are_no_list_of_texts_are_none(roles: Any) -> None:
    """The text "owner" would be the roles "o", "w" and so on; deny by default."""
    assert refusal(Need(roles={"owner", "o"}), principal(roles=roles)).code == "missing_role"


def test_all_of_the_permissions_are_asked_for() -> None:
    need = Need(permissions={"notes:write", "notes:share"})
    need.check(principal(permissions=["notes:write", "notes:share", "x"]))

    assert refusal(need, principal(permissions=["notes:write"])).code == "missing_permission"
    assert refusal(need, principal(permissions="notes:write")).code == "missing_permission"


def test_no_scope_is_named_where_none_would_help() -> None:
    """RFC 6750 §3: a client that asked for the scope again would ask in vain."""
    for need in (Need("a", roles={"owner"}), Need("a", permissions={"x"}), Need("a", where=lambda _: False)):
        assert refusal(need, principal("a")).scopes == frozenset()


@pytest.mark.parametrize(("answer", "is_let_in"), [(True, True), (False, False)])
def test_a_function_of_the_service_may_decide(answer: bool, is_let_in: bool) -> None:
    seen: list[str] = []

    def where(caller: Principal) -> bool:
        seen.append(caller.subject)
        return answer

    need = Need(where=where)
    if is_let_in:
        need.check(principal())
    else:
        assert refusal(need, principal()).code == "refused_caller"
    assert seen == ["ada"]


def test_what_that_function_raises_is_the_services_own() -> None:
    def where(caller: Principal) -> bool:
        raise KeyError(caller.subject)

    with pytest.raises(KeyError):
        Need(where=where).check(principal())


@pytest.mark.parametrize(("age", "is_recent"), [(-60, True), (0, True), (300, True), (301, False), (-61, False)])
def test_a_sign_in_may_have_to_be_recent(age: int, is_recent: bool) -> None:
    """RFC 9470 §3; one that lies in the future would stay recent for ever."""
    need, caller = Need(max_age=300), principal(auth_time=NOW - age)
    if is_recent:
        need.check(caller, now=NOW)
    else:
        error = step_up(need, caller)
        assert (error.status, error.code, error.max_age, error.acr) == (401, "authentication_age", 300, ())


@pytest.mark.parametrize("auth_time", [None, "now", True, [NOW]])
def test_a_sign_in_nobody_knows_the_time_of_is_not_recent(auth_time: Any) -> None:
    assert step_up(Need(max_age=300), principal(auth_time=auth_time)).code == "authentication_age"


def test_the_time_is_the_systems_unless_it_is_given() -> None:
    with pytest.raises(InsufficientAuthenticationError):
        Need(max_age=300).check(principal(auth_time=NOW))


def test_a_way_of_signing_in_may_be_asked_for() -> None:
    need = Need(acr=["phr", "mfa"])
    need.check(principal(acr="mfa"))
    error = step_up(need, principal(acr="pwd"))

    assert (error.code, error.acr, error.max_age) == ("authentication_context", ("phr", "mfa"), None)
    assert step_up(need, principal(acr=["mfa"])).code == "authentication_context"


def test_nobody_signs_in_again_for_what_they_may_not_do() -> None:
    assert refusal(Need("a", max_age=300), principal()).code == "insufficient_scope"
    assert refusal(Need(where=lambda _: False, acr=["mfa"]), principal()).code == "refused_caller"


@pytest.mark.parametrize("name", ["any_of", "roles", "permissions", "acr"])
def test_names_are_checked_when_the_need_is_made(name: str) -> None:
    for wrong in ({"a b"}, {""}, {'a"'}):
        with pytest.raises(ValueError, match="is not one"):
            Need(**{name: wrong})
    with pytest.raises(TypeError):
        Need(**{name: "ab"})


def test_an_age_is_not_negative() -> None:
    Need(max_age=0)
    with pytest.raises(ValueError, match="max_age"):
        Need(max_age=-1)


@pytest.mark.parametrize("make", [lambda: Need(acr=["mfa"]), lambda: Need(max_age=5)])
def test_the_refusal_is_told_in_the_scheme_that_was_used(make: Any) -> None:
    caller = Principal(
        subject="ada", client_id="web", issuer="https://id.test", scopes=frozenset(), claims={}, key_thumbprint="t"
    )

    assert step_up(make(), caller).scheme == "DPoP"
