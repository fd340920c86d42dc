"""The parts of a server: opened from settings, refused with a reason."""

import sys
from pathlib import Path

import pkcs11
import pytest
from cryptography.x509 import load_der_x509_certificate

from tests.jose.jwk.certificates import SERVER, x5c
from tests.server.client_certificates import AUTHORITIES_PEM, NOW, certified
from tests.services.softhsm import SoftHsm
from tokensmith.jose.errors import KeyMaterialError
from tokensmith.server.domain.errors import ConflictError, SealError, UnavailableError
from tokensmith.server.parts import authorities_of, database_of, opened_parts, sealing_of
from tokensmith.server.preparation import prepare
from tokensmith.server.settings import Settings, SettingsError
from tokensmith.server.storage.sealing import Sealing


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_parts_are_open_for_as_long_as_the_context_lasts(tmp_path: Path) -> None:
    settings = Settings(database=f"sqlite:///{tmp_path / 't.db'}")
    await prepare(settings)
    async with opened_parts(settings) as parts:
        password_hash = await parts.hasher.hash("correct horse")
        assert await parts.hasher.verify("correct horse", password_hash)
        assert await parts.store.read(lambda uow: uow.now_ms()) > 0
        assert await parts.sign_ins.hit("192.0.2.1") == 0
        assert await parts.client_failures.hit("192.0.2.1") == 0

    with pytest.raises(UnavailableError):
        await parts.store.read(lambda uow: uow.now_ms())


@pytest.mark.anyio
async def test_limits_are_those_of_the_settings(tmp_path: Path) -> None:
    """Each of its own: sign-ins use up nothing of the clients' failures."""
    settings = Settings(database=f"sqlite:///{tmp_path / 't.db'}", sign_ins_per_minute=2, client_failures_per_minute=1)
    await prepare(settings)
    async with opened_parts(settings) as parts:
        sign_ins = [await parts.sign_ins.hit("192.0.2.1") for _ in range(3)]
        failures = [await parts.client_failures.hit("192.0.2.1") for _ in range(2)]

    assert (sign_ins[:2], failures[:1]) == ([0, 0], [0])
    assert 1 <= sign_ins[2] <= 60
    assert 1 <= failures[1] <= 60


@pytest.mark.parametrize("url", ["", "mysql://user:hush@db", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_url_that_is_none_is_not_repeated(url: str) -> None:
    """It may hold a password."""
    with pytest.raises(SettingsError) as refused:
        database_of(Settings(database=url))

    assert refused.value.setting == "database"
    assert "hush" not in str(refused.value)


@pytest.mark.anyio
async def test_a_cache_url_that_is_none_is_told(tmp_path: Path) -> None:
    """Before anything is opened."""
    settings = Settings(database=f"sqlite:///{tmp_path / 't.db'}", cache="memcached://x")
    with pytest.raises(SettingsError) as refused:
        async with opened_parts(settings):
            pass

    assert refused.value.setting == "cache"


def test_a_sealing_key_comes_from_its_setting_or_its_file_or_the_database(tmp_path: Path) -> None:
    """In the last case the database's own file is meant."""
    text = Sealing.generate().secret_text()
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_text(text)

    for settings in (Settings(sealing_key=text), Settings(sealing_key_file=str(file))):
        sealing = sealing_of(settings)
        assert sealing is not None
        assert sealing.secret_text() == text
    assert sealing_of(Settings()) is None


def test_a_file_that_was_named_and_is_not_there_is_never_made(tmp_path: Path) -> None:
    """It would turn every sealed value to noise, and hide that a backup may exist."""
    with pytest.raises(SealError) as refused:
        sealing_of(Settings(sealing_key_file=str(tmp_path / "key")))

    assert refused.value.code == "sealing_key_unreadable"
    assert list(tmp_path.iterdir()) == []


def behind_proxy(authorities: Path) -> Settings:
    header = "client-cert"
    return Settings(
        trusted_proxies=("10.0.0.1",), client_certificate_header=header, client_certificate_authorities=str(authorities)
    )


def test_authorities_are_read_from_their_file(tmp_path: Path) -> None:
    """They certify clients, and nothing else."""
    file = tmp_path / "authorities.pem"
    file.write_text(AUTHORITIES_PEM)
    anchors = authorities_of(behind_proxy(file))

    assert anchors is not None
    assert anchors.verify(x5c(load_der_x509_certificate(certified())), now=NOW)
    with pytest.raises(KeyMaterialError):
        anchors.verify(x5c(load_der_x509_certificate(certified(purpose=SERVER))), now=NOW)
    assert authorities_of(Settings()) is None


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"])
def test_a_file_without_authorities_is_refused(tmp_path: Path, content: str | None) -> None:
    """Nobody could sign in, and nobody would know why."""
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError) as refused:
        authorities_of(behind_proxy(file))

    assert refused.value.setting == "client_certificate_authorities"


def with_token(tmp_path: Path, softhsm: SoftHsm, **changes: str) -> Settings:
    return Settings(database=f"sqlite:///{tmp_path / 't.db'}", **{**softhsm.settings, **changes})


@pytest.mark.anyio
async def test_keys_are_kept_in_the_token_of_the_settings(tmp_path: Path, softhsm: SoftHsm) -> None:
    """The PIN may come from a file; afterwards the login is over."""
    pin = tmp_path / "pin"
    pin.write_text(softhsm.pin)
    pin.chmod(0o600)
    settings = with_token(tmp_path, softhsm, pkcs11_pin="", pkcs11_pin_file=str(pin))
    await prepare(settings)
    async with opened_parts(settings) as parts:
        assert parts.provider is not None
        await parts.provider.check()
        keys = await parts.store.read(lambda uow: uow.signing_keys.all())

    assert [(key.sealed_private_jwk, bool(key.provider_key_id)) for key in keys] == [(None, True)] * 2
    assert not pkcs11.lib.__globals__["_loaded"][softhsm.module].initialized


@pytest.mark.anyio
async def test_nothing_is_prepared_with_a_wrong_pin(tmp_path: Path, softhsm: SoftHsm) -> None:
    """Also where no key has to be made."""
    await prepare(with_token(tmp_path, softhsm))
    with pytest.raises(UnavailableError) as refused:
        await prepare(with_token(tmp_path, softhsm, pkcs11_pin="0000"))

    assert refused.value.code == "pkcs11_pin_refused"


@pytest.mark.anyio
async def test_without_the_token_of_its_keys_a_server_does_not_start(tmp_path: Path, softhsm: SoftHsm) -> None:
    """Keys in the database would undo what somebody has decided."""
    settings = with_token(tmp_path, softhsm)
    await prepare(settings)
    with pytest.raises(ConflictError) as refused:
        await prepare(Settings(database=settings.database))

    assert refused.value.code == "key_provider_missing"


@pytest.mark.anyio
async def test_an_extra_that_is_missing_is_named(
    tmp_path: Path, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pkcs11_keys", "pkcs11_session"):
        monkeypatch.delitem(sys.modules, f"tokensmith.server.gateways.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(ConflictError) as refused:
        await prepare(with_token(tmp_path, softhsm))

    assert refused.value.code == "pkcs11_extra_missing"
    assert "tokensmith[pkcs11]" in str(refused.value)
