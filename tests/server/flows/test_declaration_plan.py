"""The steps, and what they come to."""

from dataclasses import replace

import pytest

from tokensmith.server.domain.client_tables import NO_CLIENT
from tokensmith.server.domain.clients import Client
from tokensmith.server.domain.differences import Difference
from tokensmith.server.domain.ids import ClientId, ResourceId
from tokensmith.server.domain.registrations import AuthMethod, Registration
from tokensmith.server.domain.resources import Resource
from tokensmith.server.flows.declaration_plan import ClientStep, Plan, ResourceStep, Scopes

NOTES, MAIL = ResourceId("notes"), ResourceId("mail")
BY_SECRET, BY_KEYS = (
    replace(NO_CLIENT, id=ClientId("web"), registration=Registration(auth_method=method))
    for method in (AuthMethod.SECRET, AuthMethod.PRIVATE_KEY_JWT)
)
WITH_SECRET = replace(BY_SECRET, secret_digests=(b"1" * 32,))
DIFFERS = Difference(table="[t]", is_new=False, members=())


def step(
    before: Client | None, after: Client, *, had: Scopes | None = None, has: Scopes | None = None, differs: bool = True
) -> ClientStep:
    return ClientStep(
        before=before,
        after=after,
        scopes_before=had or {},
        scopes_after=has or {},
        narrowed_at=frozenset(),
        difference=DIFFERS if differs else None,
    )


@pytest.mark.parametrize(
    ("before", "after", "needs"),
    [
        (None, BY_SECRET, True),
        (BY_KEYS, BY_SECRET, True),
        (WITH_SECRET, BY_SECRET, False),
        (None, BY_KEYS, False),
        (WITH_SECRET, BY_KEYS, False),
    ],
)
def test_a_secret_is_made_where_one_is_asked_for_and_there_is_none(
    before: Client | None, after: Client, needs: bool
) -> None:
    assert step(before, after).needs_secret is needs


def test_what_is_gained_and_lost_is_told_apart() -> None:
    """A resource with nothing is not named."""
    had, has = {NOTES: frozenset({"a", "b"}), MAIL: frozenset({"c"})}, {NOTES: frozenset({"b", "d"})}
    found = step(None, BY_KEYS, had=had, has=has)

    assert found.gained == {NOTES: {"d"}}
    assert found.lost == {NOTES: {"a"}, MAIL: {"c"}}


def test_a_plan_is_about_what_differs() -> None:
    """Resources first, as clients are told of them."""
    resource = Resource(id=NOTES, audience="n", scopes=frozenset(), client_id=None)
    clients = (step(None, BY_SECRET), step(None, replace(BY_SECRET, id=ClientId("other")), differs=False))
    first = replace(DIFFERS, table="[r]")
    resources = (
        ResourceStep(before=None, after=resource, difference=first),
        ResourceStep(before=resource, after=resource, difference=None),
    )
    plan = Plan(resources=resources, clients=clients, not_in_file=(), left_off=())

    assert plan.differences == (first, DIFFERS)
    assert plan.new_secrets == ("web",)
