"""`tokensmith resource`."""

import json

from tests.cli.operating import Operator
from tokensmith.cli.clients import client
from tokensmith.cli.resources import resource

NOTES = "https://notes.example"


def test_a_service_is_made_known_with_its_scopes(operator: Operator) -> None:
    operator.do(client, "create", "notes-service")
    output = operator.do(resource, "create", NOTES, "--scope", "b", "--scope", "a", "--client", "notes-service")

    assert output == f"Created {NOTES} with a b.\n"
    line = operator.do(resource, "list", "--json").splitlines()[-1]
    assert json.loads(line) == {"audience": NOTES, "scopes": "a b", "client": "notes-service"}


def test_people_see_a_table(operator: Operator) -> None:
    operator.do(resource, "create", NOTES, "--scope", "a")
    output = operator.do(resource, "list")

    assert output.splitlines()[0].split() == ["audience", "scopes", "client"]
    assert output.splitlines()[-1].split() == [NOTES, "a"]


def test_scopes_may_say_what_they_allow(operator: Operator) -> None:
    """People are asked in these words."""
    output = operator.do(resource, "create", NOTES, "--scope", "a=Read your notes", "--scope", "b", "--title", "Notes")

    assert output == f"Created {NOTES} with a b.\n"


def test_a_service_may_know_more_than_scopes(operator: Operator) -> None:
    """RFC 9396; and a program is allowed it."""
    operator.do(resource, "create", NOTES, "--scope", "a")
    assert operator.do(resource, "details", NOTES, "payment", "Pay somebody", "--member", "amount") == (
        f"{NOTES} knows payment.\n"
    )
    operator.do(client, "create", "shop", "--redirect-uri", "https://shop.example/cb")
    assert operator.do(client, "allow-details", "shop", "payment") == "shop may ask for payment.\n"
    assert "fly" in operator.refused(client, "allow-details", "shop", "fly")


def test_what_cannot_be_is_refused(operator: Operator) -> None:
    operator.do(resource, "create", NOTES, "--scope", "a")

    assert "absolute URI" in operator.refused(resource, "create", "notes", "--scope", "a")
    assert "scope" in operator.refused(resource, "create", "https://x", "--scope", 'a"b')
    assert "client" in operator.refused(resource, "create", "https://x", "--scope", "a", "--client", "nobody")
    assert operator.refused(resource, "create", NOTES, "--scope", "a")
    assert operator.run(resource, "create", "https://x").exit_code == 2
