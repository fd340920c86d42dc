"""Reads the file of `tokensmith apply`: TOML, and the client keys that stand beside it in files of their own."""

import tomllib
from pathlib import Path
from typing import Final

from tokensmith.jose import JoseError
from tokensmith.jose.strict_json import parse_object
from tokensmith.server.domain.declarations import CLIENTS, Declarations, read_declarations, table_name
from tokensmith.server.domain.errors import DeclarationError

_KEYS_FILE: Final = "jwks_file"


def read_file(path: Path) -> Declarations:
    """Read a file of declarations.

    Raises:
        DeclarationError: it cannot be read, is no TOML, or says what cannot be.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise DeclarationError(f"cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise DeclarationError(f"is no TOML: {error}") from None
    clients = tables.get(CLIENTS)
    for client_id, table in clients.items() if isinstance(clients, dict) else ():
        if isinstance(table, dict) and _KEYS_FILE in table:
            table["jwks"] = _keys(table, folder=path.parent, heading=table_name(CLIENTS, client_id))
    return read_declarations(tables)


def _keys(table: dict[str, object], *, folder: Path, heading: str) -> object:
    name = table.pop(_KEYS_FILE)
    if not isinstance(name, str) or "jwks" in table:
        raise DeclarationError(f"{heading} {_KEYS_FILE}: is the name of a file, in the place of jwks.")
    try:
        return parse_object((folder / name).read_bytes())
    except OSError as error:
        raise DeclarationError(f"{heading} {_KEYS_FILE}: cannot be read: {error.strerror}.") from None
    except JoseError as error:
        raise DeclarationError(f"{heading} {_KEYS_FILE}: {error}") from None
