"""Verifier: where its key comes from, and what it remembers of headers."""

import pytest

from tests.jose.jwt.tokens import ISSUER, KEY, good_claims, good_token, spell, verifier
from tokensmith.jose import Key, KeySet
from tokensmith.jose.errors import InvalidSignatureError, UnacceptableTokenError, UnknownKeyError

STRANGER = Key.generate("HS256")
HEADER = {"alg": "HS256"}


def test_the_caller_may_bring_the_key() -> None:
    """Keys that come from the network are resolved before; the verifier then needs none."""
    checking = verifier(None)

    assert checking.verify(good_token(), key=KEY).key is KEY
    with pytest.raises(InvalidSignatureError):
        checking.verify(good_token(), key=STRANGER)
    with pytest.raises(TypeError, match="no keys of its own"):
        checking.verify(good_token())


def test_a_key_that_is_brought_is_held_against_the_header() -> None:
    checking = verifier(None)

    with pytest.raises(UnacceptableTokenError) as caught:
        checking.verify(good_token(), key=Key.generate("ES256"))
    assert caught.value.code == "algorithm_mismatch"
    with pytest.raises(UnknownKeyError):
        checking.verify(spell({**HEADER, "kid": "other"}, good_claims()), key=KEY)


def test_a_key_that_is_brought_comes_before_the_verifiers_own() -> None:
    checking = verifier(STRANGER)

    assert checking.verify(good_token(), key=KEY).key is KEY
    with pytest.raises(InvalidSignatureError):
        checking.verify(good_token())


def test_a_key_that_is_brought_need_not_be_known_to_the_verifiers_own() -> None:
    """Nobody asks the verifier's keys about a token whose key is at hand."""
    assert verifier(Key.generate("ES256")).verify(good_token(), key=KEY).key is KEY
    assert verifier(KeySet([])).verify(good_token(), key=KEY).key is KEY


def test_a_key_that_was_brought_is_not_kept() -> None:
    """One good answer with somebody's key makes that key nobody else's."""
    checking = verifier(None)
    checking.verify(good_token(), key=KEY)

    with pytest.raises(TypeError, match="no keys of its own"):
        checking.verify(good_token())
    with pytest.raises(InvalidSignatureError):
        checking.verify(good_token(), key=STRANGER)


def test_a_key_set_serves_each_token_its_key() -> None:
    first, second = Key.generate("HS256", kid="1"), Key.generate("HS256", kid="2")
    checking = verifier(KeySet([first, second]))

    for key in (first, second, first):
        assert checking.verify(spell({**HEADER, "kid": key.kid}, good_claims(), key=key)).key is key
    with pytest.raises(InvalidSignatureError):
        checking.verify(spell({**HEADER, "kid": "1"}, good_claims(), key=second))


def test_a_callable_is_asked_each_time() -> None:
    """It may know by now that a key was withdrawn."""
    answers = [KEY, KEY, STRANGER]
    checking = verifier(lambda _header: answers.pop(0))

    assert checking.verify(good_token()).key is KEY
    assert checking.verify(good_token()).key is KEY
    with pytest.raises(InvalidSignatureError):
        checking.verify(good_token())


@pytest.mark.parametrize("keys", ["secret", b"secret" * 8, {"keys": []}, [KEY], 1])
def test_keys_are_typed_objects(keys: object) -> None:
    """A06: Text as a key is how a public key became an HMAC secret (CVE-2022-29217)."""
    with pytest.raises(TypeError, match="keys is a Key"):
        verifier(keys)


def test_a_known_header_does_not_carry_a_forgery() -> None:
    """What is remembered is how to read a header, never that a token was good."""
    checking = verifier()
    checking.verify(good_token())
    header, payload, signature = good_token(sub="eve").split(".")

    with pytest.raises(InvalidSignatureError):
        checking.verify(f"{header}.{payload}.{good_token().split('.')[2]}")
    assert checking.verify(f"{header}.{payload}.{signature}").claims.subject == "eve"


def test_a_stranger_leaves_nothing_behind() -> None:
    """Only genuine tokens are remembered, so nobody else can fill the memory."""
    checking = verifier()
    for number in range(3):
        with pytest.raises(InvalidSignatureError):
            checking.verify(spell({**HEADER, "x": number}, good_claims(), key=STRANGER))

    assert len(checking._known) == 0


def test_the_memory_for_headers_is_bounded() -> None:
    """An issuer that puts something new into each header costs no memory either."""
    checking = verifier()
    sizes = []
    for number in range(130):
        checking.verify(spell({**HEADER, "x": number}, good_claims()))
        sizes.append(len(checking._known))

    assert max(sizes) == 64
    assert min(sizes) == 1


def test_what_is_remembered_cannot_change() -> None:
    checking = verifier()
    token = spell({**HEADER, "x": ["a"]}, good_claims())
    header = checking.verify(token).header

    with pytest.raises(TypeError):
        header["x"] = ["b"]  # type: ignore[index]
    assert checking.verify(token).header["x"] == ("a",)


def test_keys_of_one_issuer_do_not_speak_for_another() -> None:
    """F07: whose keys are asked is settled by the issuer that is expected, not by the one a token names."""
    keys = {name: Key.generate("HS256", kid="k") for name in (ISSUER, "https://other.example")}
    ours, theirs = (verifier(key, issuer=name) for name, key in keys.items())
    claiming = {name: spell({"alg": "HS256"}, good_claims(iss=ISSUER), key=key) for name, key in keys.items()}

    assert ours.verify(claiming[ISSUER])
    with pytest.raises(InvalidSignatureError):
        ours.verify(claiming["https://other.example"])
    with pytest.raises(UnacceptableTokenError) as caught:
        theirs.verify(claiming["https://other.example"])
    assert caught.value.code == "wrong_issuer"
