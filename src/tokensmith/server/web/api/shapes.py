"""What the first-party endpoints read (decision 13). A member that is not named here is refused."""

from typing import Literal

import msgspec

Transport = Literal["json", "cookie"]


class SignInBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/login`."""

    username: str
    password: str
    resource: str | None = None
    scope: str | None = None
    transport: Transport | None = None

    def __repr__(self) -> str:
        return "<SignInBody>"


class RefreshBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/refresh`; without `refresh_token`, the cookie is meant."""

    refresh_token: str | None = None
    resource: str | None = None
    scope: str | None = None
    transport: Transport | None = None

    def __repr__(self) -> str:
        return "<RefreshBody>"


class SignOutBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/logout`; without `refresh_token`, the cookie is meant."""

    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "<SignOutBody>"
