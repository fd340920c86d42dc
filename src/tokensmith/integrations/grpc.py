"""gRPC: interceptors that let nobody in without a token, for blocking and for asynchronous servers, all kinds of calls.

    needs = {"/notes.Notes/Write": Need("notes:write")}
    server = grpc.server(executor, interceptors=[GuardInterceptor(guard, needs=needs)])
    server = grpc.aio.server(interceptors=[AsyncGuardInterceptor(guard, needs=needs)])

    principal_of().subject ...              # in a method; None on a public one

A token comes in the metadata "authorization". A refusal is UNAUTHENTICATED or PERMISSION_DENIED, with the challenge in
the trailing metadata "www-authenticate"; trouble on our side is UNAVAILABLE, never a pass.
"""

import contextvars
import inspect
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from typing import Any, Final, NoReturn
from urllib.parse import unquote

import grpc
import grpc.aio

from tokensmith.guard import Guard, GuardError, InsufficientScopeError, Need, Principal, RequestFacts
from tokensmith.integrations.needs import ANY_TOKEN

_PRINCIPAL: Final = contextvars.ContextVar[Principal | None]("tokensmith.principal")
_CODES: Final[Mapping[int, grpc.StatusCode]] = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    503: grpc.StatusCode.UNAVAILABLE,
}
# Of the answer that HTTP would have got; the rest of it is about the body.
_TOLD: Final = frozenset({"www-authenticate", "retry-after", "dpop-nonce"})
# From "is the request a stream, is the response" to what makes a handler of that kind.
_MAKERS: Final = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def principal_of() -> Principal | None:
    """Return who is calling the method that runs now; None for nobody, on a public one.

    Raises:
        RuntimeError: No interceptor is before it, so nobody has looked.
    """
    try:
        return _PRINCIPAL.get()
    except LookupError:
        raise RuntimeError("put a GuardInterceptor before the server's methods") from None


class _Policy:
    """Which method needs what, for both interceptors."""

    def __init__(
        self,
        guard: Guard,
        *,
        needs: Mapping[str, Need] | None = None,
        public: Collection[str] = (),
        default: Need | None = ANY_TOKEN,
    ) -> None:
        if isinstance(public, str):
            raise TypeError("public is a collection of methods")
        self._guard = guard
        self._needs = dict(needs or {})
        self._public = frozenset(public)
        self._default = default
        named = [*self._needs, *self._public]
        if any(not name.startswith("/") for name in named) or len(set(named)) < len(named):
            raise ValueError("name each method once and in full: /package.Service/Method")

    def _need_of(self, method: str) -> Need | None:
        return self._needs.get(method, self._default)


class GuardInterceptor(_Policy, grpc.ServerInterceptor):
    """Ask the guard about every call of a blocking server.

    Args:
        guard: Who decides.
        needs: What each method asks for, by its full name, such as "/notes.Notes/Write".
        public: Full names of methods on which a call without credentials is let through as nobody; a bad token is
            refused there, too.
        default: What every other method asks for: any good token, unless you say so; None refuses all calls of them, so
            that a method that nobody thought of is closed.

    Raises:
        TypeError: *public* is one string; it would be taken for a set of letters.
        ValueError: A name does not begin with a slash, or is there twice.
    """

    def intercept_service(
        self, continuation: Callable[..., Any], handler_call_details: grpc.HandlerCallDetails
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Put the guard before the method, where it may take its time: in the thread that serves the call."""
        handler, method = continuation(handler_call_details), handler_call_details.method

        def admitted(context: grpc.ServicerContext) -> contextvars.Context:
            try:
                principal = self._admit(method, facts_from_call(method, context))
            except GuardError as error:
                code, told = _refusal(self._guard, error)
                context.set_trailing_metadata(told)
                context.abort(code, str(error))
            here = contextvars.copy_context()
            here.run(_PRINCIPAL.set, principal)
            return here

        def unary(request: Any, context: grpc.ServicerContext) -> Any:
            return admitted(context).run(behavior, request, context)

        def stream(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            here = admitted(context)
            return _within(here, here.run(behavior, request, context))

        if handler is None:
            return None
        behavior = _behavior(handler)
        return _remade(handler, stream if handler.response_streaming else unary)

    def _admit(self, method: str, facts: RequestFacts) -> Principal | None:
        if method in self._public:
            return self._guard.authenticate_optional_sync(facts)
        need = self._need_of(method)
        principal = self._guard.authenticate_sync(facts, need or ANY_TOKEN)
        return principal if need is not None else _closed()


class AsyncGuardInterceptor(_Policy, grpc.aio.ServerInterceptor):
    """Ask the guard about every call of an asynchronous server, whose methods are asynchronous, too.

    Arguments and errors are those of `GuardInterceptor`.
    """

    async def intercept_service(
        self, continuation: Callable[..., Any], handler_call_details: grpc.HandlerCallDetails
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Put the guard before the method."""
        handler, method = await continuation(handler_call_details), handler_call_details.method

        async def admit(context: Any) -> None:
            try:
                # Each call runs in a task of its own, and so in a context of its own.
                _PRINCIPAL.set(await self._admit(method, facts_from_call(method, context)))
            except GuardError as error:
                code, told = _refusal(self._guard, error)
                await context.abort(code, str(error), trailing_metadata=told)

        async def unary(request: Any, context: Any) -> Any:
            await admit(context)
            return await behavior(request, context)

        async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
            await admit(context)
            async for message in behavior(request, context):
                yield message

        if handler is None:
            return None
        behavior = _behavior(handler)
        if inspect.isasyncgenfunction(behavior):
            return _remade(handler, stream)
        if not inspect.iscoroutinefunction(behavior):
            raise TypeError("an asynchronous server's methods are asynchronous here, too")
        # A method that writes its stream to the context is a coroutine function as well.
        return _remade(handler, unary)

    async def _admit(self, method: str, facts: RequestFacts) -> Principal | None:
        if method in self._public:
            return await self._guard.authenticate_optional(facts)
        need = self._need_of(method)
        principal = await self._guard.authenticate(facts, need or ANY_TOKEN)
        return principal if need is not None else _closed()


def bearer(token: Callable[[], str]) -> grpc.CallCredentials:
    """Make what a client sends along with its calls: whatever token the function returns at that moment.

    gRPC sends it over encrypted channels only. The function is asked in a thread of gRPC's, and may block.
    """

    def tell(_: grpc.AuthMetadataContext, callback: grpc.AuthMetadataPluginCallback) -> None:
        try:
            told = (("authorization", f"Bearer {token()}"),)
        except Exception as error:  # noqa: BLE001 - it fails this call and no other
            callback((), error)
        else:
            callback(told, None)

    return grpc.metadata_call_credentials(tell)  # type: ignore[arg-type]  # gRPC takes any function of this shape


def facts_from_call(method: str, context: Any) -> RequestFacts:
    """Take the facts out of a call: its metadata, where it came from, and its certificate.

    Args:
        method: The full name, which is the path of the request under it (gRPC over HTTP/2, Requests).
        context: The call's `ServicerContext`, of either kind of server.
    """
    metadata = context.invocation_metadata() or ()
    headers = [(key.encode("ascii"), value if isinstance(value, bytes) else value.encode()) for key, value in metadata]
    chain = context.auth_context().get("x509_pem_cert") or ()
    return RequestFacts(
        method="POST",
        url=f"grpc://server{method}",
        headers=headers,
        peer=_address(context.peer()),
        certificate=ssl.PEM_cert_to_DER_cert(chain[0].decode("ascii")) if chain else None,
    )


def _address(peer: str) -> str | None:
    """Take the address out of "ipv4:127.0.0.1:50051" and "ipv6:%5B::1%5D:50051"; a socket with a path has none."""
    family, _, rest = peer.partition(":")
    if family not in ("ipv4", "ipv6"):
        return None
    return unquote(rest).rpartition(":")[0].strip("[]")


def _closed() -> NoReturn:
    raise InsufficientScopeError("This method is closed.", scopes=(), code="method_closed")


def _refusal(guard: Guard, error: GuardError) -> tuple[grpc.StatusCode, tuple[tuple[str, str], ...]]:
    answer = guard.answer_to(error)
    return _CODES[answer.status], tuple(header for header in answer.headers if header[0] in _TOLD)


def _behavior(handler: Any) -> Callable[[Any, Any], Any]:
    behavior: Callable[[Any, Any], Any] = (
        handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
    )
    return behavior


def _remade(handler: Any, behavior: Callable[[Any, Any], Any]) -> "grpc.RpcMethodHandler[Any, Any]":
    """Make a handler of the same kind that does something else."""
    make: Any = _MAKERS[handler.request_streaming, handler.response_streaming]
    made: grpc.RpcMethodHandler[Any, Any] = make(behavior, handler.request_deserializer, handler.response_serializer)
    return made


def _within(here: contextvars.Context, messages: Iterator[Any]) -> Iterator[Any]:
    """Make each message in the context in which its method knows the caller; gRPC may ask for it in any thread."""
    try:
        while True:
            try:
                message = here.run(next, messages)
            except StopIteration:
                return
            yield message
    finally:
        # A client that broke off ends the method, too.
        here.run(getattr(messages, "close", lambda: None))
