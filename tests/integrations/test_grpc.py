"""The gRPC adapter: real servers of both sorts, every kind of call."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import grpc
import pytest

from tests.integrations.bound_tokens import binding_guard, bound_token
from tests.integrations.grpc_services import KINDS, Metadata, call, caller, serving, serving_asynchronously
from tokensmith.guard import Guard, Issuer, Need
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.grpc import (
    AsyncGuardInterceptor,
    GuardInterceptor,
    facts_from_call,
    principal_of,
)

NEEDS = {f"/notes.Notes/{kind}": Need("notes:read") for kind in KINDS}
MESSAGES = {"UnaryUnary": 1, "UnaryStream": 2, "StreamUnary": 1, "StreamStream": 2}
Serve = Callable[..., str]


def with_token(token: str) -> Metadata:
    return [("authorization", f"Bearer {token}")]


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture(params=["blocking", "asynchronous"])
def serve(request: pytest.FixtureRequest) -> Iterator[Serve]:
    """From a guard and an interceptor's options to where it serves."""
    with ExitStack() as stack:

        def start(guard: Guard, *, more: dict[str, Any] | None = None, **options: Any) -> str:
            options = {"needs": NEEDS} | options
            made: AbstractContextManager[str]
            if request.param == "blocking":
                made = serving(GuardInterceptor(guard, **options), **(more or {}))
            else:
                made = serving_asynchronously(AsyncGuardInterceptor(guard, **options), **(more or {}))
            return stack.enter_context(made)

        yield start


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_token_with_the_scope_gets_in(serve: Serve, issuer: FakeIssuer, kind: str) -> None:
    reply = call(serve(issuer.guard()), kind, with_token(issuer.token(sub="ada", scope="notes:read")))

    assert reply.code is grpc.StatusCode.OK
    assert b",".join(reply.messages).split(b",") == [b"ada"] * (2 if kind != "UnaryUnary" else 1)
    assert len(reply.messages) == MESSAGES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_call_is_closed(serve: Serve, issuer: FakeIssuer, kind: str) -> None:
    """Nothing, a bad token, and one without the scope."""
    where = serve(issuer.guard())
    nobody, bad = call(where, kind), call(where, kind, with_token(issuer.token(flaw="expired")))
    short = call(where, kind, with_token(issuer.token(scope="notes:write")))

    assert (nobody.code, nobody.challenge) == (grpc.StatusCode.UNAUTHENTICATED, "Bearer")
    assert bad.code is grpc.StatusCode.UNAUTHENTICATED
    assert 'error="invalid_token"' in (bad.challenge or "")
    assert short.code is grpc.StatusCode.PERMISSION_DENIED
    assert 'scope="notes:read"' in (short.challenge or "")


@pytest.mark.parametrize(
    "flaw", ["expired", "wrong audience", "wrong issuer", "wrong type", "stranger's key", "alg none", "damaged"]
)
def test_a_bad_token_is_refused_with_a_reason(serve: Serve, issuer: FakeIssuer, flaw: Any) -> None:
    reply = call(serve(issuer.guard()), "UnaryUnary", with_token(issuer.token(scope="notes:read", flaw=flaw)))

    assert reply.code is grpc.StatusCode.UNAUTHENTICATED
    assert reply.details in (reply.challenge or "")


def test_a_revoked_token_is_refused(serve: Serve, issuer: FakeIssuer) -> None:
    where, token = serve(issuer.guard()), issuer.token(scope="notes:read")
    assert call(where, "UnaryUnary", with_token(token)).code is grpc.StatusCode.OK
    issuer.revoke(token)

    assert call(where, "UnaryUnary", with_token(token)).code is grpc.StatusCode.UNAUTHENTICATED


def test_two_tokens_are_one_too_many(serve: Serve, issuer: FakeIssuer) -> None:
    header = with_token(issuer.token(scope="notes:read"))
    reply = call(serve(issuer.guard()), "UnaryUnary", [*header, *header])

    assert reply.code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNAUTHENTICATED)


def test_our_own_trouble_is_unavailable(serve: Serve, issuer: FakeIssuer) -> None:
    """Never UNAUTHENTICATED, which would make a good client throw its token away, and never a pass."""
    guard = Guard(Issuer(issuer.url, audience=issuer.audience), fetcher=issuer)
    reply = call(serve(guard), "UnaryStream", with_token(issuer.token(scope="notes:read")))

    assert reply.code is grpc.StatusCode.UNAVAILABLE
    assert int(reply.trailing["retry-after"]) >= 1
    assert reply.challenge is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_public_method_lets_nobody_in_as_nobody(serve: Serve, issuer: FakeIssuer, kind: str) -> None:
    where = serve(issuer.guard(), needs={}, public={f"/notes.Notes/{kind}"})

    assert call(where, kind).messages[0].split(b",")[0] == b"nobody"
    assert call(where, kind, with_token(issuer.token(sub="ada"))).messages[0].split(b",")[0] == b"ada"
    assert call(where, kind, with_token("a.b.c")).code is grpc.StatusCode.UNAUTHENTICATED


def test_a_closed_method_has_a_code_of_its_own(issuer: FakeIssuer, caplog: pytest.LogCaptureFixture) -> None:
    """The log says why."""
    with caplog.at_level("INFO"), serving(GuardInterceptor(issuer.guard(), default=None)) as where:
        call(where, "UnaryUnary", with_token(issuer.token()))

    assert "method_closed" in caplog.text


def test_a_method_that_nobody_named_needs_a_good_token(serve: Serve, issuer: FakeIssuer) -> None:
    where = serve(issuer.guard(), needs={})

    assert call(where, "UnaryUnary").code is grpc.StatusCode.UNAUTHENTICATED
    assert call(where, "UnaryUnary", with_token(issuer.token())).code is grpc.StatusCode.OK


def test_or_it_is_closed_to_everybody(serve: Serve, issuer: FakeIssuer) -> None:
    """A name that is misspelt in `needs` then opens nothing."""
    where = serve(issuer.guard(), needs={"/notes.Notes/UnaryUnari": Need("notes:read")}, default=None)

    assert call(where, "UnaryUnary").code is grpc.StatusCode.UNAUTHENTICATED
    refused = call(where, "UnaryUnary", with_token(issuer.token(scope="notes:read")))
    assert (refused.code, refused.details) == (grpc.StatusCode.PERMISSION_DENIED, "This method is closed.")


def test_what_every_other_method_needs_may_be_said(serve: Serve, issuer: FakeIssuer) -> None:
    where = serve(issuer.guard(), needs={}, default=Need("notes:read"))

    assert call(where, "UnaryUnary", with_token(issuer.token())).code is grpc.StatusCode.PERMISSION_DENIED
    assert call(where, "UnaryUnary", with_token(issuer.token(scope="notes:read"))).code is grpc.StatusCode.OK


def test_a_method_that_is_not_there_is_not_there(serve: Serve, issuer: FakeIssuer) -> None:
    assert call(serve(issuer.guard()), "NoSuchUnaryUnary").code is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("kind", KINDS)
def test_many_callers_are_not_mixed_up(serve: Serve, issuer: FakeIssuer, kind: str) -> None:
    """Threads and tasks are used again for one call after the other."""
    where = serve(issuer.guard())
    tokens = {f"p{number}": issuer.token(sub=f"p{number}", scope="notes:read") for number in range(40)}

    def ask(channel: grpc.Channel, name: str) -> set[bytes]:
        return set(b",".join(call(channel, kind, with_token(tokens[name])).messages).split(b","))

    with grpc.insecure_channel(where) as channel, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda name: ask(channel, name), tokens))
    assert answers == [{name.encode()} for name in tokens]


def test_a_client_that_breaks_off_ends_the_method(issuer: FakeIssuer) -> None:
    """What a blocking method holds, it has to let go."""
    ended = threading.Event()

    def endless(_: Any, context: grpc.ServicerContext) -> Iterator[bytes]:
        try:
            while context.is_active():
                yield caller()
        finally:
            ended.set()

    interceptor = GuardInterceptor(issuer.guard())
    with serving(interceptor, EndlessUnaryStream=endless) as where, grpc.insecure_channel(where) as channel:
        answers: Any = channel.unary_stream("/notes.Notes/EndlessUnaryStream")(
            b"", metadata=with_token(issuer.token(sub="ada"))
        )
        assert next(answers) == b"ada"
        answers.cancel()
        assert ended.wait(20)


def test_an_asynchronous_method_may_write_to_the_call(issuer: FakeIssuer) -> None:
    """The other way to answer with a stream."""

    async def writes(_: Any, context: Any) -> None:
        await context.write(caller())
        await context.write(caller())

    interceptor = AsyncGuardInterceptor(issuer.guard())
    with serving_asynchronously(interceptor, WritingUnaryStream=writes) as where:
        assert call(where, "WritingUnaryStream", with_token(issuer.token(sub="ada"))).messages == (b"ada", b"ada")
        assert call(where, "WritingUnaryStream").code is grpc.StatusCode.UNAUTHENTICATED


def test_a_blocking_method_has_no_place_in_an_asynchronous_server(issuer: FakeIssuer) -> None:
    """It would be called without its caller being known; the mistake is an error, and no pass."""
    with serving_asynchronously(AsyncGuardInterceptor(issuer.guard()), PlainUnaryUnary=lambda _, __: b"x") as where:
        assert call(where, "PlainUnaryUnary", with_token(issuer.token())).code is not grpc.StatusCode.OK


def test_outside_of_a_call_nobody_is_known() -> None:
    with pytest.raises(RuntimeError, match="GuardInterceptor"):
        principal_of()


@pytest.mark.parametrize("kind", [GuardInterceptor, AsyncGuardInterceptor])
@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"public": "/notes.Notes/Read"}, TypeError),
        ({"public": ["notes.Notes/Read"]}, ValueError),
        ({"needs": {"Read": Need()}}, ValueError),
        ({"needs": {"/a/B": Need()}, "public": ["/a/B"]}, ValueError),
    ],
)
def test_a_misspelt_method_is_refused(
    issuer: FakeIssuer, kind: Any, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        kind(issuer.guard(), **options)


def test_a_token_that_is_bound_to_a_key_needs_its_proof(serve: Serve, issuer: FakeIssuer) -> None:
    """J73."""
    where = serve(binding_guard(issuer))

    assert call(where, "UnaryUnary", with_token(bound_token(issuer))).code is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:127.0.0.1:50051", "127.0.0.1"),
        ("ipv6:%5B::1%5D:50051", "::1"),
        ("ipv6:[fd00::1]:7", "fd00::1"),
        ("unix:/run/notes.sock", None),
        ("", None),
    ],
)
def test_where_a_call_came_from_is_its_address(peer: str, address: str | None) -> None:
    class Call:
        def invocation_metadata(self) -> Any:
            return (("authorization", "Bearer x"), ("trace-bin", b"\x00"))

        def auth_context(self) -> dict[str, list[bytes]]:
            return {}

        def peer(self) -> str:
            return peer

    facts = facts_from_call("/notes.Notes/Read", Call())
    assert (facts.peer, facts.path, facts.certificate) == (address, "/notes.Notes/Read", None)
    assert facts.values(b"trace-bin") == [b"\x00"]
