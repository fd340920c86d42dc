"""One login to a token, whatever happens to it (SoftHSM)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.services.softhsm import SoftHsm
from tokensmith.jose import Key, jws
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.gateways.pkcs11_session import Pkcs11Session

KEY_ID = b"\x07"


def session_of(token: SoftHsm) -> Pkcs11Session:
    return Pkcs11Session(token.module, token=token.label, pin=token.pin)


@pytest.fixture
def session(softhsm: SoftHsm) -> Pkcs11Session:
    return session_of(softhsm)


def signs(session: Pkcs11Session, public: Key) -> bool:
    key = public.with_signer(lambda signing_input: session.sign("ES256", KEY_ID, signing_input))
    return jws.verify(jws.sign(b"text", key), public).payload == b"text"


def refusal(session: Pkcs11Session) -> str:
    with pytest.raises(UnavailableError) as caught:
        session.check()
    assert caught.value.status == 503
    return caught.value.code


def test_a_key_is_made_used_and_destroyed(session: Pkcs11Session) -> None:
    """Destroying it again is no error: whoever died half-way does."""
    public = session.generate("ES256", KEY_ID)
    assert signs(session, public)
    session.destroy(KEY_ID)
    session.destroy(KEY_ID)

    with pytest.raises(UnavailableError) as caught:
        session.sign("ES256", KEY_ID, b"")
    assert caught.value.code == "pkcs11_key_missing"


def test_other_keys_stay_when_one_is_destroyed(session: Pkcs11Session) -> None:
    public = session.generate("ES256", KEY_ID)
    session.generate("ES256", b"\x08")
    session.destroy(b"\x08")

    assert signs(session, public)


def test_a_second_pair_under_an_id_replaces_the_first(session: Pkcs11Session) -> None:
    """An attempt that broke off may have left one."""
    session.generate("ES256", KEY_ID)

    assert signs(session, session.generate("ES256", KEY_ID))


def test_a_key_is_there_for_the_next_login(softhsm: SoftHsm, session: Pkcs11Session) -> None:
    public = session.generate("ES256", KEY_ID)
    session.close()

    assert signs(session_of(softhsm), public)


def test_a_lost_session_is_no_refusal(softhsm: SoftHsm, session: Pkcs11Session) -> None:
    """Somebody closed the module under us; the very same call begins anew."""
    public = session.generate("ES256", KEY_ID)
    assert signs(session, public)
    softhsm.close_module()

    assert signs(session, public)


def test_a_token_that_was_taken_away_and_brought_back_goes_on(softhsm: SoftHsm, session: Pkcs11Session) -> None:
    """While it is away each call is refused, and none hangs."""
    public = session.generate("ES256", KEY_ID)
    softhsm.take_away()
    for _ in range(2):
        with pytest.raises(UnavailableError) as caught:
            session.sign("ES256", KEY_ID, b"")
        assert caught.value.code in ("pkcs11_failed", "pkcs11_token_missing")
    softhsm.bring_back()

    assert signs(session, public)


def test_a_wrong_pin_is_tried_once(softhsm: SoftHsm) -> None:
    """A token locks itself after a few: whatever asks again is refused without asking it, were it right by now."""
    session = session_of(replace(softhsm, pin="0000"))
    assert refusal(session) == "pkcs11_pin_refused"
    session._pin = softhsm.pin

    assert refusal(session) == "pkcs11_pin_refused"


def test_a_token_of_another_label_is_missing(softhsm: SoftHsm) -> None:
    assert refusal(session_of(replace(softhsm, label="another"))) == "pkcs11_token_missing"


def test_a_module_that_is_none_says_why(softhsm: SoftHsm) -> None:
    """The operator has mistyped a path."""
    session = session_of(replace(softhsm, module="/nowhere/module.so"))
    with pytest.raises(UnavailableError) as caught:
        session.check()

    assert caught.value.code == "pkcs11_failed"
    assert "/nowhere/module.so" in caught.value.detail
    session.close()


def test_nothing_it_says_holds_the_pin(softhsm: SoftHsm) -> None:
    session = session_of(replace(softhsm, pin="not-the-pin"))
    with pytest.raises(UnavailableError) as caught:
        session.check()

    assert "not-the-pin" not in f"{session!r} {caught.value} {caught.value.detail} {caught.value.__cause__!r}"


def test_threads_take_turns(session: Pkcs11Session) -> None:
    """The module is told nothing of threads; each gets a signature of its own text."""
    public = session.generate("ES256", KEY_ID)
    begin = threading.Barrier(4)

    def sign(number: int) -> bool:
        begin.wait()
        key = public.with_signer(lambda signing_input: session.sign("ES256", KEY_ID, signing_input))
        texts = [b"%d %d" % (number, each) for each in range(50)]
        return all(jws.verify(jws.sign(text, key), public).payload == text for text in texts)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(sign, range(4)))
