"""What goes over the wire, seen from the other side of it."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tokensmith.tour.exchange import Exchange, NoAnswerError, Request, get, post_form, post_json, send

LENGTH = re.compile(rb"Content-Length: (\d+)")


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Answer one connection with these bytes; yields the URL, and what was received."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as stream:
                head = b"".join(iter(stream.readline, b"\r\n"))
                length = LENGTH.search(head)
                received.append(head + stream.read(int(length[1]) if length else 0))
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", received
        thread.join(10)


def test_a_request_is_sent_as_it_is_shown() -> None:
    """Method, path, query, headers and body."""
    with answering(b"HTTP/1.1 201 Made\r\nX-One: 1\r\n\r\nbody") as (url, received):
        request = Request(method="POST", url=f"{url}/a/b?c=d", headers=(("X-Two", "2"),), body="é")
        answer = send(request)

    assert received[0].startswith(b"POST /a/b?c=d HTTP/1.1\r\n")
    assert b"\r\nX-Two: 2\r\n" in received[0]
    assert received[0].endswith("é".encode())
    assert (answer.request, answer.status, answer.reason, answer.body) == (request, 201, "Made", "body")
    assert answer.headers["x-one"] == "1"
    assert answer.milliseconds > 0


def test_a_url_without_a_path_asks_for_the_root() -> None:
    """RFC 9112 §3.2.1: the target is never empty."""
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as (url, received):
        send(get(url))

    assert received[0].startswith(b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize("answer", [b"", b"not http\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"])
def test_what_is_not_http_is_no_answer(answer: bytes) -> None:
    """Whoever asked is told, and not with a traceback."""
    with answering(answer) as (url, _), pytest.raises(NoAnswerError, match=r"no answer from 127\.0\.0\.1:\d+: ."):
        send(get(url))


def test_nobody_there_is_no_answer() -> None:
    """Port 1 is nobody's."""
    with pytest.raises(NoAnswerError, match=r"no answer from 127\.0\.0\.1:1: .*refused"):
        send(get("http://127.0.0.1:1"))


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "127.0.0.1:8000", "http://", ""])
def test_only_http_is_spoken(url: str) -> None:
    """A mistyped --base is misuse, not an answer."""
    with pytest.raises(ValueError, match="not an http or https URL"):
        send(get(url))


def test_a_token_travels_in_its_header() -> None:
    """RFC 6750 §2.1."""
    assert get("https://n.example/", token="abc").headers == (("Authorization", "Bearer abc"),)
    assert get("https://n.example/").headers == ()


def test_a_json_body_says_so() -> None:
    """With its token, where there is one."""
    request = post_json("https://n.example/", {"text": "né"}, token="abc")

    assert request.headers == (("Authorization", "Bearer abc"), ("Content-Type", "application/json"))
    assert request.body == '{"text": "né"}'


def test_a_form_is_encoded_and_so_is_the_client() -> None:
    """RFC 6749 §2.3.1: id and secret are form-encoded before they are put together."""
    request = post_form("https://id.example/token", {"a": "b c", "d": "&"}, client=("i:d", "s c"))

    assert request.body == "a=b+c&d=%26"
    assert dict(request.headers)["Authorization"] == "Basic aSUzQWQ6cytj"
    assert dict(request.headers)["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(("body", "members"), [('{"a": 1}', {"a": 1}), ("[1]", {}), ("{", {}), ("", {})])
def test_members_are_those_of_a_json_object(body: str, members: dict[str, object]) -> None:
    """Anything else has none."""
    assert Exchange(request=get("https://n.example/"), status=200, body=body).members == members
