"""Keys in a token, for the event loop (SoftHSM)."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.softhsm import SoftHsm
from tokensmith.jose import Key, jws
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.server.domain.errors import UnavailableError
from tokensmith.server.domain.signing_keys import SIGNING_ALGS
from tokensmith.server.gateways.pkcs11_keys import Pkcs11Keys, read_pin
from tokensmith.server.gateways.pkcs11_session import Pkcs11Session
from tokensmith.server.settings import SettingsError

pytestmark = pytest.mark.anyio


@pytest.fixture
async def keys(softhsm: SoftHsm, anyio_backend: str) -> AsyncIterator[Pkcs11Keys]:
    keys = Pkcs11Keys(Pkcs11Session(softhsm.module, token=softhsm.label, pin=softhsm.pin))
    yield keys
    await keys.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def refusal(keys: Pkcs11Keys, key_id: str, public: Key) -> str:
    with pytest.raises(UnavailableError) as caught:
        await keys.open(key_id, public)
    return caught.value.code


@pytest.mark.parametrize("alg", SIGNING_ALGS)
async def test_a_key_is_made_opened_and_destroyed(keys: Pkcs11Keys, alg: str) -> None:
    """Its private half is nowhere here."""
    await keys.check()
    made = await keys.generate(alg)
    key = await keys.open(made.key_id, made.public)
    signed = await keys.run(lambda: jws.sign(b"text", key))
    assert (key.is_private, key.can_sign, made.public.can_sign) == (False, True, False)
    assert jws.verify(signed, made.public).payload == b"text"
    await keys.destroy(made.key_id)

    assert await refusal(keys, made.key_id, made.public) == "pkcs11_key_missing"


async def test_a_key_that_signs_for_another_public_half_is_refused(keys: Pkcs11Keys) -> None:
    """A token was exchanged or restored; found before a token is signed that nobody accepts."""
    one, other = await keys.generate("ES256"), await keys.generate("ES256")

    assert await refusal(keys, one.key_id, other.public) == "pkcs11_key_wrong"


async def test_the_event_loop_goes_on_while_a_token_is_waited_for(keys: Pkcs11Keys) -> None:
    free = threading.Event()
    waiting = asyncio.create_task(keys.run(lambda: free.wait(30)))
    await asyncio.sleep(0)
    assert not waiting.done()
    free.set()

    assert await waiting


async def test_a_token_that_does_not_answer_is_waited_for_so_long_only(softhsm: SoftHsm) -> None:
    """Those behind it in the queue, too; afterwards everything goes on."""
    session = Pkcs11Session(softhsm.module, token=softhsm.label, pin=softhsm.pin)
    keys = Pkcs11Keys(session, answer_seconds=0.01)
    free = threading.Event()
    first, second = await asyncio.gather(
        keys.run(lambda: free.wait(30)), keys.run(lambda: None), return_exceptions=True
    )
    free.set()

    assert isinstance(first, UnavailableError)
    assert isinstance(second, UnavailableError)
    assert (first.code, second.code) == ("pkcs11_slow", "pkcs11_slow")
    await keys.close()


class Odd(Pkcs11Session):
    """A token whose keys are none of ours."""

    def generate(self, alg: str, key_id: bytes) -> Key:
        raise KeyMaterialError("The point is not on the curve.", code="malformed_key")


async def test_a_key_that_cannot_be_read_is_the_tokens_trouble() -> None:
    with pytest.raises(UnavailableError) as caught:
        await Pkcs11Keys(Odd("", token="", pin="")).generate("ES256")

    assert caught.value.code == "pkcs11_key_wrong"


def test_a_pin_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "pin"
    file.write_text("12 34\r\nnot this\n")
    file.chmod(0o640)

    assert read_pin(file) == "12 34"


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [("1234", 0o604, "open to others"), ("1234", 0o620, "open to others"), ("\n1234", 0o600, "holds no PIN")],
)
def test_a_pin_that_others_may_read_is_refused(tmp_path: Path, text: str, mode: int, message: str) -> None:
    file = tmp_path / "pin"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(SettingsError, match=message) as caught:
        read_pin(file)

    assert caught.value.setting == "pkcs11_pin_file"
    assert "1234" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_pin(tmp_path / "nothing")
