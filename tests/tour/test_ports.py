"""Choosing a port that is free."""

import socket

import pytest

from tokensmith.tour import ports
from tokensmith.tour.ports import NoFreePortError, free_port, is_free


def taken() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_a_free_port_is_taken_as_it_is() -> None:
    """The one we like."""
    with taken() as server:
        port = server.getsockname()[1]

    assert is_free(port)
    assert free_port(port) == port


def test_a_taken_port_is_passed_over() -> None:
    """The next one is tried."""
    with taken() as server:
        port = server.getsockname()[1]

        assert not is_free(port)
        assert free_port(port) > port


def test_a_port_whose_connections_are_ending_is_free() -> None:
    """A server that is started again at once gets its port back (TIME_WAIT, RFC 9293 §3.6.1)."""
    with taken() as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            connection, _ = server.accept()
            connection.close()
            assert client.recv(1) == b""

    assert is_free(port)


def test_a_port_taken_on_every_address_is_taken() -> None:
    """Another program may listen on 0.0.0.0."""
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_the_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than going on to ports nobody expects."""
    monkeypatch.setattr(ports, "ATTEMPTS", 1)
    with taken() as server, pytest.raises(NoFreePortError, match="no free port from"):
        free_port(server.getsockname()[1])


def test_there_is_no_port_beyond_the_last() -> None:
    """65535 is tried, 65536 never."""
    with pytest.raises(NoFreePortError):
        free_port(65536)


def test_another_error_is_not_taken_for_a_taken_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address this machine has not, for one."""
    monkeypatch.setattr(ports, "HOST", "192.0.2.1")

    with pytest.raises(OSError, match="assign"):
        is_free(8000)
