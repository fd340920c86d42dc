"""A port to serve on: the one we like, or the next that is free."""

import errno
import socket
from typing import Final

# How far we look. Whoever has fifty ports in a row taken wants to name one.
ATTEMPTS: Final = 50
HOST: Final = "127.0.0.1"


class NoFreePortError(Exception):
    """All the ports we looked at are taken."""


def free_port(preferred: int) -> int:
    """Return *preferred* or the next port that nobody on this machine listens on.

    Another program may still take it before it is used; the server then says so and ends.

    Raises:
        NoFreePortError: none of the next fifty is free.
    """
    for port in range(preferred, min(preferred + ATTEMPTS, 65536)):
        if is_free(port):
            return port
    raise NoFreePortError(f"no free port from {preferred} on")


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        # As servers do it: a port whose last connections are only waiting for their end (TIME_WAIT) is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True
