"""`serve --demo`: people, a resource and a client to try things out with; on loopback only.

May be run again over the same database: everything that is there already stays, the people get new passwords, and the
client keeps its secret, which is derived from the sealing key and so never has to be stored anywhere.
"""

import hashlib
import hmac
import ipaddress
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tokensmith.jose.strict_json import JsonValue, encode
from tokensmith.server.domain.clients import FIRST_PARTY, Client, GrantType, Lifetimes
from tokensmith.server.domain.errors import ConflictError
from tokensmith.server.domain.ids import ClientId
from tokensmith.server.domain.passwords import PasswordHasher
from tokensmith.server.domain.rotation_keys import RotationKeys
from tokensmith.server.domain.stored_secrets import CLIENT_SECRET_PREFIX, digest
from tokensmith.server.domain.unit_of_work import Store, UnitOfWork
from tokensmith.server.flows.manage_clients import ManageClients
from tokensmith.server.flows.manage_resources import ManageResources
from tokensmith.server.flows.manage_users import ManageUsers
from tokensmith.server.settings import LOOPBACK_NAME, Settings, SettingsError

DEFAULT_AUDIENCE: Final = "http://127.0.0.1:8001"
READ: Final = "notes:read"
WRITE: Final = "notes:write"
PEOPLE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"ada": frozenset({READ}), "grace": frozenset({READ, WRITE})}
)
SHORT_CLIENT: Final = ClientId("demo-short")
SHORT_SECONDS: Final = 2
REUSE_WINDOW_SECONDS: Final = 1

_PASSWORD_BYTES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What there is to try: passwords by name, client secrets by id."""

    people: dict[str, str]
    clients: dict[str, str]
    audience: str
    issuer: str

    def __repr__(self) -> str:
        return f"<Demo at {self.issuer}>"

    def to_json(self) -> bytes:
        """Return one line of JSON, for programs."""
        members: dict[str, JsonValue] = {
            "people": self.people,
            "clients": self.clients,
            "audience": self.audience,
            "issuer": self.issuer,
        }
        return encode({"demo": members}) + b"\n"


def check_demo_is_local(settings: Settings) -> None:
    """Refuse a demo that others could reach: its passwords are printed.

    Raises:
        SettingsError: the issuer or the address to listen on is not loopback.
    """
    if not settings.is_loopback or not _is_loopback(settings.host):
        raise SettingsError("a demo is for loopback only", setting="demo")


async def prepare_demo(
    store: Store, hasher: PasswordHasher, rotation_keys: RotationKeys, *, issuer: str, audience: str
) -> Demo:
    """Make what the demo needs where it is missing, and give the people new passwords.

    Args:
        audience: The URI of the service that takes the tokens.
    """
    users = ManageUsers(store=store, hasher=hasher)
    await _unless_there(ManageResources(store=store).create(audience, scopes=(READ, WRITE)))
    clients = ManageClients(store=store)
    await clients.ensure_first_party(Lifetimes(reuse_window=REUSE_WINDOW_SECONDS))
    await clients.allow(FIRST_PARTY, audience=audience, scopes=frozenset({READ, WRITE}), default=True)
    people = {name: secrets.token_urlsafe(_PASSWORD_BYTES) for name in PEOPLE}
    for name, password in people.items():
        try:
            await users.create(name, password=password)
        except ConflictError:
            await users.set_password(name, password=password)
        await users.allow(name, audience=audience, scopes=PEOPLE[name])
    secret = _short_secret(rotation_keys)
    await _unless_there(store.write(lambda uow: _add_short_client(uow, secret)))
    await clients.allow(SHORT_CLIENT, audience=audience, scopes=frozenset({READ}), default=True)
    return Demo(people=people, clients={SHORT_CLIENT: secret}, audience=audience, issuer=issuer)


def write_demo_file(path: Path, demo: Demo) -> None:
    """Write the demo's passwords to a file that nobody but its owner can read; at no moment is it half-written.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(demo.to_json())
    unfinished.replace(path)


async def _unless_there(making: Awaitable[object]) -> None:
    try:
        await making
    except ConflictError as error:
        if error.code not in {"resource_exists", "client_exists"}:
            raise


def _short_secret(rotation_keys: RotationKeys) -> str:
    key = rotation_keys.rotation_key(rotation_keys.current_key_id)
    derived = hmac.digest(key, b"demo client " + SHORT_CLIENT.encode(), hashlib.sha256)
    return CLIENT_SECRET_PREFIX + urlsafe_b64encode(derived).rstrip(b"=").decode()


async def _add_short_client(uow: UnitOfWork, secret: str) -> None:
    client = Client(
        id=SHORT_CLIENT,
        name="Demo: tokens of two seconds",
        grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}),
        secret_digests=(digest(secret),),
        default_resource_id=None,
        lifetimes=Lifetimes(access=SHORT_SECONDS),
        signing_alg="ES256",
        disabled=False,
    )
    await uow.clients.add(client, created_at_ms=await uow.now_ms())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == LOOPBACK_NAME
