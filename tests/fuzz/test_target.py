"""Each target's property holds for what it starts from: a search that begins with a failure would find nothing else."""

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
