"""Each target's property holds for what it starts from: a search that begins with a failure would find nothing else."""

import json
from typing import Any

import pytest

from tests.fuzz import target


@pytest.mark.parametrize("name", target.all_names())
def test_the_property_holds_for_every_seed(name: str) -> None:
    """D17, E09: also without a fuzzer, each parser is tried with good, bad and strange input of its kind."""
    attacked = target.load(name)
    seeds = list(attacked.seeds())

    assert len(seeds) >= 5
    for seed in seeds:
        attacked.attempt(seed)


@pytest.mark.parametrize("name", ["jwe", "jws"])
def test_a_key_id_nobody_protected_may_be_changed(name: str) -> None:
    """It only chooses the key. What opens without it, since ours then fits, is its own author's text and no forgery."""
    attacked = target.load(name)
    changed = [json.dumps(_renamed(json.loads(seed))) for seed in attacked.seeds() if seed.startswith(b"{")]

    assert any('"kid="' in text for text in changed)
    for text in changed:
        attacked.attempt(text.encode())


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {"kid=" if key == "kid" else key: _renamed(item) for key, item in value.items()}
    return [_renamed(item) for item in value] if isinstance(value, list) else value
