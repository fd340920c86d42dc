"""Settings: frozen, read once at start, from a TOML file, then `TOKENSMITH_…` variables, then flags.

Each value is converted on its own, so that a refusal names the setting and where it came from. A name nobody knows is
refused too: a mistyped security setting that is quietly ignored is worse than a server that does not start. What each
default is and why stands in docs/settings.md, which a test compares with this file.
"""

import ipaddress
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

import msgspec

ENVIRONMENT_PREFIX: Final = "TOKENSMITH_"
FILE_VARIABLE: Final = "TOKENSMITH_SETTINGS"
# Variables of our other programs, which may be set in the same shell.
OTHER_PREFIXES: Final = ("TOKENSMITH_TOUR_",)
LOOPBACK_NAME: Final = "localhost"
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]+")


class SettingsError(ValueError):
    """A setting cannot be used; *setting* names it, *source* says where it was read."""

    code = "bad_setting"

    def __init__(self, message: str, *, setting: str, source: str = "") -> None:
        super().__init__(f"{setting}{f' ({source})' if source else ''}: {message}")
        self.setting = setting
        self.source = source


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one server runs. Every field is a setting; docs/settings.md explains each default.

    Raises:
        SettingsError: values that cannot stand together, such as an issuer that is neither https nor loopback.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    issuer: str = ""
    database: str = "sqlite:///tokensmith.db"
    cache: str = ""
    workers: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    trusted_proxies: tuple[str, ...] = ()
    client_certificate_header: str = ""
    client_certificate_authorities: str = ""
    client_certificate_origin: str = ""
    first_party_sign_in: Literal["auto", "on", "off"] = "auto"
    sealing_key: str = ""
    sealing_key_file: str = ""
    signing_provider: Literal["database", "pkcs11"] = "database"
    pkcs11_module: str = ""
    pkcs11_token: str = ""
    pkcs11_pin: str = ""
    pkcs11_pin_file: str = ""
    password_hashing: Literal["standard", "strong"] = "standard"
    client_documents: bool = True
    dpop_nonces: bool = False
    registration: Literal["off", "token", "open"] = "off"
    registration_token: str = ""
    session_idle_seconds: Annotated[int, msgspec.Meta(ge=60, le=31_536_000)] = 7 * 24 * 3600
    session_seconds: Annotated[int, msgspec.Meta(ge=60, le=31_536_000)] = 30 * 24 * 3600
    sign_ins_per_minute: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 60
    client_failures_per_minute: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 30
    audit_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 730
    job_seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 60
    drain_seconds: Annotated[int, msgspec.Meta(ge=1, le=600)] = 10
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    traces: Literal["off", "otlp"] = "off"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"

    def __post_init__(self) -> None:
        if not self.issuer:
            msgspec.structs.force_setattr(self, "issuer", _loopback_issuer(self.host, self.port))
        check_issuer(self.issuer)
        for setting in ("trusted_proxies", "metrics_from"):
            for network in getattr(self, setting):
                _check_network(network, setting)
        if (self.registration == "token") != bool(self.registration_token):
            raise SettingsError("goes with registration = token, and only with that", setting="registration_token")
        if self.sealing_key and self.sealing_key_file:
            raise SettingsError("give sealing_key or this, not both", setting="sealing_key_file")
        self._check_certificates()
        self._check_token()

    def _check_certificates(self) -> None:
        header = self.client_certificate_header
        if header and not self.trusted_proxies:
            # Anybody could write it.
            raise SettingsError(
                "is believed from trusted_proxies alone: name them", setting="client_certificate_header"
            )
        if header and not _HEADER_NAME.fullmatch(header):
            raise SettingsError("is the name of a header", setting="client_certificate_header", source=repr(header))
        for setting in ("client_certificate_authorities", "client_certificate_origin"):
            if getattr(self, setting) and not header:
                raise SettingsError("goes with client_certificate_header", setting=setting)
        if self.client_certificate_origin:
            _check_origin(self.client_certificate_origin)

    def __repr__(self) -> str:
        # Neither a sealing key, nor a PIN, nor a password in a database URL has any business in a traceback.
        return f"<Settings issuer={self.issuer!r}>"

    def _check_token(self) -> None:
        has_token = self.signing_provider == "pkcs11"
        for setting in ("pkcs11_module", "pkcs11_token"):
            if has_token != bool(getattr(self, setting)):
                raise SettingsError("goes with signing_provider = pkcs11, and only with that", setting=setting)
        if self.pkcs11_pin and self.pkcs11_pin_file:
            raise SettingsError("give pkcs11_pin or this, not both", setting="pkcs11_pin_file")
        if has_token != bool(self.pkcs11_pin or self.pkcs11_pin_file):
            raise SettingsError("or pkcs11_pin goes with signing_provider = pkcs11", setting="pkcs11_pin_file")

    @property
    def is_loopback(self) -> bool:
        """Whether the issuer can only be reached from this machine."""
        return _is_loopback(urlsplit(self.issuer).hostname or "")

    @property
    def offers_first_party_sign_in(self) -> bool:
        """Whether `/api/login` exists (decision 13: "auto" means only where the issuer is loopback)."""
        return self.is_loopback if self.first_party_sign_in == "auto" else self.first_party_sign_in == "on"

    @property
    def issuer_path(self) -> str:
        """The issuer's path without a slash at its end; "" for an issuer at the root of its host."""
        return urlsplit(self.issuer).path

    @property
    def issuer_origin(self) -> str:
        """The issuer's scheme, host and port, as a browser writes them in `Origin` (RFC 6454 §6.1)."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def certificate_alias(self) -> str:
        """What stands before an endpoint's path where certificates are asked for; "" where the issuer's own do that."""
        return self.client_certificate_origin + self.issuer_path if self.client_certificate_origin else ""


def load(
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
) -> Settings:
    """Read the settings; a later source wins over an earlier one: file, environment, flags.

    Args:
        file: A TOML file with one key per setting; where None, the one `TOKENSMITH_SETTINGS` names, if it does.
        environment: Variables; a list is written with commas.
        flags: What the command line was given; a None is a flag that was not.

    Raises:
        SettingsError: an unknown name, a value of the wrong kind, or values that cannot stand together.
    """
    variables = environment or {}
    named = variables.get(FILE_VARIABLE)
    path = file or (Path(named) if named else None)
    sources = [*_from_file(path), *_from_environment(variables)]
    sources += [(name, value, "flag") for name, value in (flags or {}).items() if value is not None]
    return Settings(**{name: _convert(name, value, source) for name, value, source in sources})


def _from_file(path: Path | None) -> Iterator[tuple[str, object, str]]:
    if path is None:
        return
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", setting=str(path)) from error
    except ValueError as error:
        raise SettingsError(f"is no TOML: {error}", setting=str(path)) from error
    for name, value in found.items():
        yield name, value, str(path)


def _from_environment(variables: Mapping[str, str]) -> Iterator[tuple[str, object, str]]:
    for variable, text in variables.items():
        is_ours = variable.startswith(ENVIRONMENT_PREFIX) and not variable.startswith(OTHER_PREFIXES)
        if is_ours and variable != FILE_VARIABLE:
            name = variable.removeprefix(ENVIRONMENT_PREFIX).lower()
            yield name, _parse_list(text) if _is_list(name) else text, variable


def _parse_list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _is_list(name: str) -> bool:
    field = _FIELDS.get(name)
    return field is not None and field.type == tuple[str, ...]


def _convert(name: str, value: object, source: str) -> Any:
    field = _FIELDS.get(name)
    if field is None:
        raise SettingsError("there is no such setting", setting=name, source=source)
    try:
        # Only text from the environment needs reading as a number; a TOML string is never meant as one.
        return msgspec.convert(value, field.type, strict=not source.startswith(ENVIRONMENT_PREFIX))
    except msgspec.ValidationError as error:
        raise SettingsError(str(error), setting=name, source=source) from None


def _check_origin(url: str) -> None:
    check_issuer(url, setting="client_certificate_origin")
    if urlsplit(url).path:
        raise SettingsError("must have no path: it is the issuer's", setting="client_certificate_origin")


def check_issuer(url: str, *, setting: str = "issuer") -> None:
    """Refuse an issuer that guards could not compare character by character (RFC 8414 §2, OpenID Discovery §3).

    Args:
        setting: Which setting a refusal speaks of.

    Raises:
        SettingsError: not https (loopback may be http), a query, a fragment, a user name, a slash at the end, or any
            spelling other than the canonical one: two spellings of one issuer are two issuers to a guard.
    """

    def refuse(reason: str) -> SettingsError:
        return SettingsError(reason, setting=setting, source=repr(url))

    if not url.isascii() or not url.isprintable() or " " in url:
        raise refuse("must be a URL in printable ASCII")
    host, path = _host_and_path(url)
    if host is None:
        raise refuse("must be https://host[:port][/path]")
    if not url.startswith("https://") and not (url.startswith("http://") and _is_loopback(host)):
        raise refuse("must be https; http is for loopback only")
    if "?" in url or "#" in url:
        raise refuse("must have no query and no fragment")
    if path.endswith("/"):
        raise refuse("must not end with a slash")
    if any(segment in {"", ".", ".."} for segment in path.split("/")[1:]) or "%" in path or "\\" in path:
        raise refuse("must have a plain path: no empty, dot or escaped segments")


def _host_and_path(url: str) -> tuple[str | None, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None, ""
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    is_default_port = port == {"https": 443, "http": 80}.get(parts.scheme)
    canonical = shown if port is None else f"{shown}:{port}"
    # Upper case, user names, a port written out that goes without saying, and "host:" all fail this comparison.
    return (host if host and parts.netloc == canonical and not is_default_port else None), parts.path


def _loopback_issuer(host: str, port: int) -> str:
    if not _is_loopback(host):
        raise SettingsError(f"must be set where the host ({host}) is not loopback", setting="issuer")
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}" if port == 80 else f"http://{shown}:{port}"


def _is_loopback(host: str) -> bool:
    if host == LOOPBACK_NAME:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_network(text: str, setting: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise SettingsError(f"is no network such as 10.0.0.0/8: {error}", setting=setting) from None


_FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Settings)}
