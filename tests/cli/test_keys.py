"""`tokensmith keys`."""

import json

from tests.cli.operating import Operator
from tokensmith.cli.keys import keys


def stages(operator: Operator) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in operator.do(keys, "list", "--json").splitlines()]
    return sorted((row["alg"], row["stage"]) for row in rows)


def test_keys_are_listed_with_their_stage(operator: Operator) -> None:
    assert stages(operator) == [("ES256", "active"), ("RS256", "active")]
    assert "ES256" in operator.do(keys, "list")


def test_a_successor_is_published_before_it_signs(operator: Operator) -> None:
    """For a JWK Set's lifetime; a second one would be one too many."""
    assert "it signs in 300 s" in operator.do(keys, "rotate")
    assert stages(operator) == [("ES256", "active"), ("ES256", "published"), ("RS256", "active")]
    assert "already" in operator.refused(keys, "rotate")
    assert operator.do(keys, "rotate", "--alg", "RS256")
    assert operator.run(keys, "rotate", "--alg", "HS256").exit_code == 2


def test_a_compromised_key_is_out_at_once_and_another_signs(operator: Operator) -> None:
    first = json.loads(operator.do(keys, "list", "--json").splitlines()[0])
    output = operator.do(keys, "retire", first["kid"], "--compromised")

    assert f"{first['kid']} is out" in output
    assert "signs from now on" in output
    assert (first["alg"], "compromised") in stages(operator)
    assert (first["alg"], "active") in stages(operator)


def test_retiring_has_to_be_meant(operator: Operator) -> None:
    """Every token that the key signed goes with it; where the time is merely up, `rotate` is enough."""
    assert operator.run(keys, "retire", "kid").exit_code == 2
    assert "no such key" in operator.refused(keys, "retire", "kid", "--compromised")
