"""Under which keys attempts are counted."""

from tokensmith.server.domain.sign_in_attempts import NAME_ALONE, NAME_AND_SOURCE, AttemptKeys, attempt_keys


def keys(*, name: str = "ada", source: str = "10.0.0.1", secret: bytes = b"s" * 32) -> AttemptKeys:
    return attempt_keys(secret=secret, name_key=name, source=source)


def test_the_name_alone_is_counted_wherever_the_attempt_comes_from() -> None:
    assert keys().name == keys(source="10.0.0.2").name
    assert keys().name_and_source != keys(source="10.0.0.2").name_and_source


def test_names_are_counted_apart() -> None:
    assert keys().name != keys(name="grace").name


def test_a_name_cannot_run_over_into_the_source() -> None:
    """Without a divider, ("ada1", "0.0.0.1") and ("ada", "10.0.0.1") would be one counter."""
    assert keys(name="ada1", source="0.0.0.1").name_and_source != keys().name_and_source


def test_without_the_secret_the_table_is_no_dictionary_of_names() -> None:
    assert keys().name != keys(secret=b"t" * 32).name
    assert len(keys().name) == len(keys().name_and_source) == 32


def test_the_rule_for_a_pair_is_the_tighter_one() -> None:
    assert NAME_AND_SOURCE.limit < NAME_ALONE.limit
