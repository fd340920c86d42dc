"""One URL: methods, and what becomes of what goes wrong."""

import logging
from collections.abc import Callable, Mapping

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from tests.server.web.requests import make_scope
from tokensmith.server.domain.errors import InvalidGrantError, OAuthError, UnavailableError
from tokensmith.server.web.endpoint import Endpoint, Handler
from tokensmith.server.web.request_body import ClientGoneError

pytestmark = pytest.mark.anyio


class Heard:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, str, int]] = []
        self.refusals: list[tuple[str, str]] = []

    def answered(self, route: str, *, method: str, status: int, seconds: float) -> None:
        assert seconds >= 0
        self.answers.append((route, method, status))

    def refused(self, route: str, *, code: str) -> None:
        self.refusals.append((route, code))

    def issued(self, grant_type: str) -> None:
        raise AssertionError(grant_type)

    def built_status_list(self) -> None:
        raise AssertionError


async def hello(_: Request) -> Response:
    return Response(b"hello", 200, {"x": "y"})


def raising(error: Exception) -> Handler:
    async def handler(_: Request) -> Response:
        raise error

    return handler


async def ask(
    methods: Mapping[str, Handler], method: str = "GET", *, public: bool = False, heard: Heard | None = None
) -> httpx2.Response:
    endpoint = Endpoint(
        route="/x/{y}", methods=methods, headers=((b"a", b"b"),), observer=heard or Heard(), public=public
    )
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=endpoint), base_url="https://id.example"
    ) as client:
        return await client.request(method, "/x/1")


async def test_the_handler_of_the_method_answers_and_every_answer_has_the_headers() -> None:
    answer = await ask({"GET": hello, "POST": raising(ValueError())})

    assert (answer.status_code, answer.content, answer.headers["a"]) == (200, b"hello", "b")


async def test_head_is_get_without_its_body() -> None:
    """RFC 9110 §9.3.2: the same header fields, Content-Length included."""
    answer = await ask({"GET": hello}, "HEAD")

    assert (answer.status_code, answer.content, answer.headers["x"]) == (200, b"", "y")
    assert answer.headers["content-length"] == "5"


async def test_head_of_an_error_has_its_status() -> None:
    answer = await ask({"GET": raising(InvalidGrantError("x"))}, "HEAD")

    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize(
    ("methods", "method", "allow"),
    [
        ({"GET": hello}, "POST", "GET, HEAD"),
        ({"POST": hello}, "GET", "POST"),
        ({"POST": hello}, "HEAD", "POST"),
        ({"POST": hello, "GET": hello}, "OPTIONS", "GET, HEAD, POST"),
        ({"GET": hello}, "BREW", "GET, HEAD"),
    ],
)
async def test_other_methods_are_refused_with_what_is_allowed(
    methods: Mapping[str, Handler], method: str, allow: str
) -> None:
    """RFC 9110 §15.5.6."""
    heard = Heard()
    answer = await ask(methods, method, heard=heard)

    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert method == "HEAD" or answer.json().keys() == {"error", "error_description", "error_id"}
    assert heard.refusals == [("/x/{y}", "method_not_allowed")]


async def test_a_preflight_is_answered_only_where_everybody_may_read() -> None:
    """Fetch §4.8."""
    answer = await ask({"GET": hello}, "OPTIONS", public=True)

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"


async def test_a_refusal_is_logged_under_the_id_that_was_given_out(caplog: pytest.LogCaptureFixture) -> None:
    """With code and detail, which the answer does not have."""
    caplog.set_level(logging.INFO, "tokensmith")
    error = InvalidGrantError("The refresh token is not valid.", code="refresh_token_reused", detail="generation 7")
    answer = await ask({"GET": raising(error)})

    (record,) = caplog.records
    assert answer.json()["error_id"] == vars(record)["error_id"]
    assert (vars(record)["code"], vars(record)["detail"]) == ("refresh_token_reused", "generation 7")
    assert record.levelno == logging.INFO
    assert "generation" not in answer.text


async def test_each_refusal_has_an_id_of_its_own() -> None:
    methods = {"GET": raising(InvalidGrantError("x"))}
    ids = {(await ask(methods)).json()["error_id"] for _ in range(20)}

    assert len(ids) == 20
    assert all(len(error_id) == 16 for error_id in ids)


@pytest.mark.parametrize("make", [ValueError, RecursionError, KeyError, lambda text: ExceptionGroup(text, [OSError()])])
async def test_our_own_mistakes_are_told_to_the_log_alone(
    make: Callable[[str], Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """500, an id, and the traceback under that id."""
    heard = Heard()
    answer = await ask({"GET": raising(make("hush"))}, heard=heard)

    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")
    assert "hush" not in answer.text
    (record,) = caplog.records
    assert record.exc_info is not None
    assert vars(record)["error_id"] == answer.json()["error_id"]
    assert heard.refusals == [("/x/{y}", "server_error")]


async def test_trouble_on_our_side_is_a_warning_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    """What the driver said is what an operator needs."""

    def unreachable() -> OAuthError:
        error = UnavailableError("The database cannot be reached.")
        error.__cause__ = OSError("connection refused")
        return error

    answer = await ask({"GET": raising(unreachable())})

    assert answer.status_code == 503
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "connection refused" in (record.exc_text or str(record.exc_info))


async def test_requests_are_counted_by_the_pattern_of_their_url() -> None:
    """A label that callers choose would grow without end, and hold what they wrote."""
    heard = Heard()
    await ask({"GET": hello}, heard=heard)
    await ask({"GET": hello}, "BREW", heard=heard)

    assert heard.answers == [("/x/{y}", "GET", 200), ("/x/{y}", "other", 405)]


async def test_nobody_answers_a_caller_who_left() -> None:
    """There is nobody to answer."""
    heard = Heard()
    sent: list[Message] = []
    endpoint = Endpoint(
        route="/x", methods={"POST": raising(ClientGoneError())}, headers=(), observer=heard, public=False
    )

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await endpoint(make_scope(), receive, send)

    assert (sent, heard.answers) == ([], [])
