"""The signed list itself."""

import zlib
from typing import Any

import pytest

from tests.guard.minting import ISSUER, KEY, LIST_URL, NEXT_KEY, NOW, STRANGER, access_token, list_answer
from tests.guard.scripted import ScriptedClock, ScriptedOutside, json_answer, run
from tokensmith.guard.keys import FixedKeys, KeySource, RemoteKeys
from tokensmith.guard.status.list_token import ListToken, ListVerifier, RefusedListError
from tokensmith.jose import JoseError, Key, base64url
from tokensmith.jose.jwt.status_list import StatusList
from tokensmith.outbound import FetchRules, Response

DAY = 86_400
EMPTY = StatusList.from_claim({"bits": 1, "lst": base64url.encode(zlib.compress(b"\0"))})


def verify(
    answer: Response, *, keys: KeySource | None = None, outside: ScriptedOutside | None = None, leeway: int = 0
) -> ListToken:
    outside = outside or ScriptedOutside()
    verifier = ListVerifier(issuer=ISSUER, algorithms={"ES256"}, leeway=leeway, clock=ScriptedClock(outside))
    return run(verifier.verify(answer.body, url=LIST_URL, keys=keys or FixedKeys(KEY.public()), outside=outside))


def test_a_genuine_list_is_read() -> None:
    """Token Status List §5.1."""
    token = verify(list_answer({7}))

    assert (token.statuses[6], token.statuses[7], token.statuses[8]) == (0, 1, 0)
    assert (token.issued_at, token.expires_at, token.key_id) == (NOW, NOW + 3600, "k1")
    assert token.retired_kids == frozenset()


def test_white_space_around_it_does_not_matter() -> None:
    answer = list_answer()
    padded = Response(status=200, headers={}, body=answer.body + b"\n")

    assert verify(padded).issued_at == NOW


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "statuslist+cwt"])
def test_a_token_of_another_type_is_no_list(typ: str) -> None:
    """J76: RFC 8725 §3.11: an access token with a "status_list" claim must not pass for a list."""
    with pytest.raises(JoseError):
        verify(list_answer(typ=typ))


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": None},
        {"iat": None},
        {"iat": "yesterday"},
        {"iat": NOW + DAY},
        {"exp": NOW - 10},
        {"exp": "never"},
        {"nbf": NOW + DAY},
        {"status_list": None},
        {"status_list": "eNrbuRgAAhcBXQ"},
        {"status_list": {"bits": 3, "lst": "eNrbuRgAAhcBXQ"}},
        {"status_list": {"bits": 1, "lst": "AAAA"}},
        {"status_list": {"bits": 1}},
        {"ttl": 0},
        {"ttl": "60"},
    ],
)
def test_a_list_without_its_claims_is_refused(claims: dict[str, Any]) -> None:
    """J76: Token Status List §5.1, §8.3 step 3 and 4."""
    with pytest.raises((JoseError, RefusedListError)):
        verify(list_answer(**claims))


def test_a_list_for_another_url_is_refused() -> None:
    """J76, F17: Token Status List §8.3 step 4a: yesterday's list of somebody else must not stand in for ours."""
    with pytest.raises(RefusedListError, match="status/2"):
        verify(list_answer(sub=f"{ISSUER}/status/2"))


def test_a_list_of_another_issuer_is_refused() -> None:
    """It need not name its issuer; when it does, it is ours."""
    assert verify(list_answer(iss=ISSUER)).issued_at == NOW
    with pytest.raises(RefusedListError, match=r"evil\.test"):
        verify(list_answer(iss="https://evil.test"))


def test_a_strangers_list_is_refused() -> None:
    with pytest.raises(JoseError):
        verify(list_answer(key=STRANGER))


def test_a_list_by_another_algorithm_is_refused() -> None:
    key = Key.generate("ES384", kid="k1")
    with pytest.raises(RefusedListError, match="ES384"):
        verify(list_answer(key=key), keys=FixedKeys(key.public()))


def test_what_is_no_token_is_refused() -> None:
    for body in (b"", b"a.b.c", b"<html>", b"\xff", access_token().encode()):
        with pytest.raises(JoseError):
            verify(Response(status=200, headers={}, body=body))


@pytest.mark.parametrize(("leeway", "forgiven"), [(0, 10), (30, 30)])
def test_ten_seconds_of_clock_difference_are_always_forgiven(leeway: int, forgiven: int) -> None:
    """A list that seems to come from the next second is no reason to refuse everybody."""
    assert verify(list_answer(iat=NOW + forgiven), leeway=leeway).issued_at == NOW + forgiven
    with pytest.raises(JoseError):
        verify(list_answer(iat=NOW + forgiven + 1), leeway=leeway)


@pytest.mark.parametrize(("exp", "expired"), [(None, False), (NOW - 9, False), (NOW - 10, True)])
def test_a_list_can_expire_in_our_hands(exp: int | None, expired: bool) -> None:
    """J76."""
    outside = ScriptedOutside()
    verifier = ListVerifier(issuer=ISSUER, algorithms={"ES256"}, leeway=0, clock=ScriptedClock(outside))
    token = ListToken(statuses=EMPTY, issued_at=NOW, expires_at=exp, key_id=None, retired_kids=frozenset())

    assert verifier.is_expired(token, now=NOW) is expired


def test_withdrawn_keys_are_named_in_the_list() -> None:
    """What is no string there names no key."""
    assert verify(list_answer(retired_kids=["a", 7, "b", "a"])).retired_kids == {"a", "b"}
    with pytest.raises(RefusedListError, match="no array"):
        verify(list_answer(retired_kids="k9"))


def test_a_new_key_for_the_list_is_asked_for_at_once() -> None:
    """The cooldown protects against strangers, and no stranger made us ask for this list."""
    keys_url = f"{ISSUER}/keys"
    outside = ScriptedOutside({keys_url: json_answer({"keys": [KEY.to_jwk()]})})
    keys = RemoteKeys(ISSUER, rules=FetchRules(trusted_origin=ISSUER), jwks_uri=keys_url)
    verify(list_answer(), keys=keys, outside=outside)
    outside.documents[keys_url] = json_answer({"keys": [NEXT_KEY.to_jwk()]})

    assert verify(list_answer(key=NEXT_KEY), keys=keys, outside=outside).key_id == "k2"
