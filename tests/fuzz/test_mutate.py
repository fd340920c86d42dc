"""Changes that keep JSON JSON, in plain sight and inside a token."""

import json

from tests.fuzz.mutate import mutate
from tests.jose.jwt.tokens import good_token
from tokensmith.jose import base64url

NAMES = ["alg", "kid"]


def as_it_was(data: bytes) -> bytes:
    return data


def test_json_stays_json() -> None:
    """And becomes many different texts."""
    data = b'{"alg":"HS256","crit":["b64"]}'
    changed = {mutate(data, seed=seed, names=NAMES, otherwise=as_it_was) for seed in range(200)}

    assert len(changed) > 50
    assert all(json.loads(each) is not ... for each in changed)


def test_the_parts_of_a_token_stay_base64url() -> None:
    """Header and claims are changed, one at a time."""
    token = good_token().encode()
    changed = {mutate(token, seed=seed, names=NAMES, otherwise=as_it_was) for seed in range(200)}
    parts = [each.split(b".") for each in changed]

    assert {len(each) for each in parts} == {3}
    assert all(json.loads(base64url.decode(part)) is not ... for each in parts for part in each[:2])
    assert len({each[0] for each in parts}) > 10
    assert len({each[1] for each in parts}) > 10


def test_what_is_no_json_is_left_to_the_others() -> None:
    assert mutate(b"\xff{", seed=1, names=NAMES, otherwise=lambda data: data + b"!") == b"\xff{!"


def test_the_same_seed_makes_the_same_change() -> None:
    """Or a run could not be repeated."""
    data = b'{"alg":"HS256","a":[1,2,3]}'
    changes = [mutate(data, seed=7, names=NAMES, otherwise=as_it_was) for _ in range(2)]

    assert changes[0] == changes[1]
