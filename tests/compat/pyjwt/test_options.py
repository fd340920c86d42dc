"""Options: defaults as PyJWT documents them, and no switch that is turned by accident."""

from dataclasses import asdict

import jwt as theirs
import pytest

from tokensmith.compat.pyjwt.options import Checks, Options, read_options

FOLLOWING = ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")


def test_the_defaults_are_theirs() -> None:
    """All of PyJWT's options, each with its default; the length of keys is no option here."""
    defaults = theirs.PyJWT().options

    assert Options.__annotations__.keys() == defaults.keys()
    assert {**asdict(read_options(None)), "require": [], "enforce_minimum_key_length": False} == defaults


def test_without_the_signature_nothing_is_checked_by_default() -> None:
    """PyJWT's documented default of each check is `verify_signature`."""
    checks = read_options({"verify_signature": False})

    assert checks == Checks(verify_signature=False, **dict.fromkeys((f"verify_{each}" for each in FOLLOWING), False))


@pytest.mark.parametrize("claim", FOLLOWING)
def test_one_check_is_asked_for_by_name(claim: str) -> None:
    """Also where the signature is not checked."""
    checks = asdict(read_options({"verify_signature": False, f"verify_{claim}": True}))

    assert [name for name, value in checks.items() if value is True] == [f"verify_{claim}"]


@pytest.mark.parametrize("names", [["exp"], ("exp",), {"exp"}])
def test_required_claims_are_any_collection(names: object) -> None:
    """PyJWT says list, and takes the others."""
    assert read_options({"require": names}).require == ("exp",)


@pytest.mark.parametrize(
    "options",
    [
        {"verify_expiry": True},
        {"verify_signature": None},
        {"verify_signature": 0},
        {"verify_exp": "false"},
        {"enforce_minimum_key_length": 1},
        {"require": "exp"},
        {"require": None},
        {"require": [1]},
    ],
)
def test_what_makes_no_sense_is_a_type_error(options: dict[str, object]) -> None:
    """A misspelt name would weaken the check and nobody would know."""
    with pytest.raises(TypeError):
        read_options(options)


@pytest.mark.parametrize("enforce", [True, False])
def test_the_length_of_keys_is_not_up_to_an_option(enforce: bool) -> None:
    """It is taken, and changes nothing."""
    assert read_options({"enforce_minimum_key_length": enforce}) == Checks()
