"""From an issuer's name to what it says of itself."""

from collections.abc import Mapping

import pytest

from tests.guard.scripted import ScriptedOutside, json_answer, run
from tokensmith.jose.strict_json import JsonValue
from tokensmith.outbound import FetchError, FetchRules, Response
from tokensmith.outbound.discovery import Discovered, DocumentError, discover, parse_metadata, well_known_urls

ISSUER = "https://id.test"
RULES = FetchRules(trusted_origin=ISSUER)
OAUTH = f"{ISSUER}/.well-known/oauth-authorization-server"
OIDC = f"{ISSUER}/.well-known/openid-configuration"


def metadata(**members: JsonValue) -> Response:
    return json_answer({"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **members})


def keys_of(document: Mapping[str, JsonValue]) -> object:
    if "jwks_uri" not in document:
        raise DocumentError("it has no keys")
    return document["jwks_uri"]


def test_a_name_without_path_has_two_places() -> None:
    """RFC 8414 §3, OpenID Connect Discovery §4; a slash at the end is no path."""
    assert well_known_urls(ISSUER) == (OAUTH, OIDC)
    assert well_known_urls(f"{ISSUER}/") == (OAUTH, OIDC)


def test_a_path_goes_behind_the_well_known_part_or_before_it() -> None:
    """RFC 8414 §3.1 inserts, OpenID Connect Discovery §4 appends."""
    assert well_known_urls(f"{ISSUER}/tenant/1/") == (
        f"{ISSUER}/.well-known/oauth-authorization-server/tenant/1",
        f"{ISSUER}/tenant/1/.well-known/openid-configuration",
        f"{ISSUER}/.well-known/openid-configuration/tenant/1",
    )


def test_the_first_good_document_is_taken() -> None:
    outside = ScriptedOutside({OAUTH: metadata()})

    assert run(discover(ISSUER, RULES, outside, keys_of)) == f"{ISSUER}/keys"
    assert outside.fetched == [OAUTH]


@pytest.mark.parametrize(
    "first",
    [
        Response(status=404, headers={}, body=b""),
        Response(status=200, headers={}, body=b"<html>"),
        json_answer({"issuer": f"{ISSUER}/", "jwks_uri": "https://evil.test/keys"}),
        FetchError("Redirect.", code="redirected"),
        json_answer({"issuer": ISSUER, "of": "no use to the reader"}),
    ],
)
def test_the_next_place_is_asked_where_the_first_has_nothing(first: Response | FetchError) -> None:
    outside = ScriptedOutside({OAUTH: first, OIDC: metadata()})

    assert run(discover(ISSUER, RULES, outside, keys_of)) == f"{ISSUER}/keys"


@pytest.mark.parametrize("code", ["unreachable", "timed_out"])
def test_a_silent_host_is_asked_once(code: str) -> None:
    """Three time-outs in a row would be three times as long."""
    outside = ScriptedOutside({OAUTH: FetchError("Silence.", code=code)})
    with pytest.raises(FetchError):
        run(discover(ISSUER, RULES, outside, keys_of))

    assert outside.fetched == [OAUTH]


@pytest.mark.parametrize(("seconds", "times"), [(3599, 1), (3600, 2)])
def test_metadata_is_read_once_an_hour(seconds: float, times: int) -> None:
    outside = ScriptedOutside({OAUTH: metadata()})
    discovered = Discovered(ISSUER, RULES, keys_of)
    run(discovered.get(outside))
    outside.seconds += seconds
    run(discovered.get(outside))

    assert outside.fetched == [OAUTH] * times


def test_old_metadata_serves_while_there_is_no_newer() -> None:
    outside = ScriptedOutside({OAUTH: metadata()})
    discovered = Discovered(ISSUER, RULES, keys_of)
    run(discovered.get(outside))
    outside.seconds += 9999
    outside.documents[OAUTH] = FetchError("Silence.", code="timed_out")

    assert run(discovered.get(outside)) == f"{ISSUER}/keys"
    outside.seconds += 29.9
    assert run(discovered.get(outside)) == f"{ISSUER}/keys"
    assert outside.fetched == [OAUTH] * 2
    outside.seconds += 0.1
    assert run(discovered.get(outside)) == f"{ISSUER}/keys"
    assert outside.fetched == [OAUTH] * 3


def test_metadata_that_was_never_had_is_an_error_that_says_why() -> None:
    discovered = Discovered(ISSUER, RULES, keys_of)
    with pytest.raises(DocumentError, match="Nobody answers"):
        run(discovered.get(ScriptedOutside()))


def test_a_host_that_falls_silent_is_asked_no_more_and_its_first_answer_told() -> None:
    places = f"{ISSUER}/.well-known/oauth-authorization-server/a", f"{ISSUER}/a/.well-known/openid-configuration"
    outside = ScriptedOutside({places[0]: json_answer({"issuer": "x"})})
    with pytest.raises(DocumentError, match=r"about 'x'.*Nobody answers"):
        run(discover(f"{ISSUER}/a", RULES, outside, keys_of))

    assert outside.fetched == list(places)


def test_nowhere_is_an_error_that_names_every_place() -> None:
    """Whoever configured it wants to see what was asked, and what came."""
    outside = ScriptedOutside({OAUTH: Response(status=404, headers={}, body=b""), OIDC: json_answer({"issuer": "x"})})
    with pytest.raises(DocumentError) as caught:
        run(discover(ISSUER, RULES, outside, keys_of))

    assert OAUTH in str(caught.value)
    assert "status 404" in str(caught.value)
    assert f"'x', and '{ISSUER}' is configured" in str(caught.value)


@pytest.mark.parametrize(
    "issuer", [f"{ISSUER}/", "https://ID.test", "http://id.test", f"{ISSUER}:443", "", None, [ISSUER]]
)
def test_another_issuer_is_refused_however_alike(issuer: JsonValue) -> None:
    """RFC 8414 §3.3: identical, else the data must not be used."""
    with pytest.raises(DocumentError):
        parse_metadata(metadata(issuer=issuer).body, issuer=ISSUER)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"issuer":"a","issuer":"b"}'])
def test_what_is_no_strict_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(DocumentError):
        parse_metadata(body, issuer=ISSUER)
