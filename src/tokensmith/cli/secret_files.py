"""New client secrets as files: one for each client, named by its id, which its owner alone reads.

They are written before anything is changed in the database: a full disk must not cost a secret that is stored nowhere
else. Where nothing was changed after all, they are taken away again.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tokensmith.cli.handed_out import hand_out
from tokensmith.cli.refusals import UnusableError
from tokensmith.server.domain.errors import ConflictError, DeclarationError
from tokensmith.server.domain.ids import ClientId


@contextmanager
def secret_files(folder: Path, secrets: Mapping[ClientId, str]) -> Iterator[None]:
    """Write the secrets, and take them away if what follows was refused.

    They stay if it is not known whether the database was changed.

    Raises:
        UnusableError: a file is there already or cannot be made, or a client's id cannot be its name; none is left.
    """
    names = {client_id: _file_name(client_id) for client_id in secrets}
    written: list[Path] = []
    try:
        for client_id, secret in secrets.items():
            hand_out(secret, output=str(folder / names[client_id]))
            written.append(folder / names[client_id])
        yield
    except (ConflictError, DeclarationError, UnusableError):
        for path in written:
            path.unlink()
        raise


def _file_name(client_id: ClientId) -> str:
    # An id may be a URL or "..": no file outside the folder is ever named.
    if Path(client_id).name != client_id:
        raise UnusableError(f"{client_id} cannot be the name of a file.")
    return client_id
