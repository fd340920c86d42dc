"""The parts of a server that reach outside the process: opened for as long as a context lasts."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tokensmith.jose.jwk import TrustAnchors
from tokensmith.server.domain.errors import ConflictError, SealError
from tokensmith.server.domain.key_providers import KeyProvider
from tokensmith.server.domain.passwords import PasswordHasher
from tokensmith.server.gateways.argon2 import STANDARD, STRONG, Argon2Hasher, Argon2Profile
from tokensmith.server.gateways.source_limits import SourceLimits
from tokensmith.server.settings import Settings, SettingsError
from tokensmith.server.storage.database_url import parse_database_url
from tokensmith.server.storage.open import open_store
from tokensmith.server.storage.sealing import Sealing
from tokensmith.server.storage.sealing_ring import SealingRing
from tokensmith.server.storage.sealing_source import read_sealing_file
from tokensmith.server.storage.store import SqlStore
from tokensmith.server.web.throttle import SourceLimit

# id-kp-clientAuth (RFC 5280 §4.2.1.12): a web server's certificate is not for proving a client with.
CLIENT_PURPOSE: Final = "1.3.6.1.5.5.7.3.2"
_PROFILES: Final[Mapping[str, Argon2Profile]] = MappingProxyType({"standard": STANDARD, "strong": STRONG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a server is made of, opened and ready.

    *authorities* certify the names of clients (RFC 8705 §2.1); None where nobody does.
    """

    store: SqlStore
    sealing: SealingRing
    provider: KeyProvider | None
    hasher: PasswordHasher
    sign_ins: SourceLimit
    client_failures: SourceLimit
    authorities: TrustAnchors | None = None


def database_of(settings: Settings) -> str:
    """Return the database's URL.

    Raises:
        SettingsError: it is none; the URL itself is not repeated, as it may hold a password.
    """
    try:
        parse_database_url(settings.database)
    except ValueError as error:
        raise SettingsError(str(error), setting="database") from None
    return settings.database


def sealing_of(settings: Settings) -> Sealing | None:
    """Return the sealing key that was set; None leaves it to the database (see `open_store`).

    Raises:
        SealError: it cannot be read or is none; a file that was named and is not there is never made.
    """
    if settings.sealing_key:
        return Sealing.parse(settings.sealing_key)
    if not settings.sealing_key_file:
        return None
    path = Path(settings.sealing_key_file)
    try:
        return read_sealing_file(path)
    except FileNotFoundError as error:
        text = "The sealing key's file is not there."
        raise SealError(text, code="sealing_key_unreadable", detail=str(path)) from error


def authorities_of(settings: Settings) -> TrustAnchors | None:
    """Return whose word counts for the names of clients; None where no file is set.

    Raises:
        SettingsError: the file cannot be read, or has no certificate.
    """
    path = settings.client_certificate_authorities
    if not path:
        return None
    try:
        return TrustAnchors.from_pem(Path(path).read_bytes(), purpose=CLIENT_PURPOSE, name=None)
    except (OSError, TypeError, ValueError) as error:
        raise SettingsError(f"cannot be read: {error}", setting="client_certificate_authorities") from None


@asynccontextmanager
async def opened_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Open everything, and close it in reverse.

    Raises:
        ServerError: the database cannot be reached, or the sealing key is missing or wrong.
        SettingsError: the database's or the cache's URL is none, or the file of authorities is not good.
    """
    authorities = authorities_of(settings)
    store = open_store(database_of(settings), sealing=sealing_of(settings))
    async with AsyncExitStack() as stack:
        sign_ins = _limit(settings, "sign-in", per_minute=settings.sign_ins_per_minute)
        stack.push_async_callback(sign_ins.close)
        client_failures = _limit(settings, "client", per_minute=settings.client_failures_per_minute)
        stack.push_async_callback(client_failures.close)
        hasher = Argon2Hasher(_PROFILES[settings.password_hashing])
        stack.callback(hasher.close)
        provider = None if settings.signing_provider == "database" else _provider(settings, stack)
        await store.start()
        stack.push_async_callback(store.close)
        yield Parts(
            store=store,
            sealing=store.sealing,
            provider=provider,
            hasher=hasher,
            sign_ins=sign_ins,
            client_failures=client_failures,
            authorities=authorities,
        )


def _provider(settings: Settings, stack: AsyncExitStack) -> KeyProvider:
    try:
        # Here and not above: without a token no library for it is needed, and the extra is not installed then.
        from tokensmith.server.gateways.pkcs11_keys import Pkcs11Keys, read_pin  # noqa: PLC0415
        from tokensmith.server.gateways.pkcs11_session import Pkcs11Session  # noqa: PLC0415
    except ModuleNotFoundError as error:
        text = "A PKCS#11 token needs an extra: pip install 'tokensmith[pkcs11]'"
        raise ConflictError(text, code="pkcs11_extra_missing", detail=str(error)) from error
    pin = settings.pkcs11_pin or read_pin(Path(settings.pkcs11_pin_file))
    keys = Pkcs11Keys(Pkcs11Session(settings.pkcs11_module, token=settings.pkcs11_token, pin=pin))
    stack.push_async_callback(keys.close)
    return keys


def _limit(settings: Settings, name: str, *, per_minute: int) -> SourceLimits:
    try:
        return SourceLimits(name, per_minute=per_minute, cache_url=settings.cache)
    except ValueError as error:
        raise SettingsError(str(error), setting="cache") from None
