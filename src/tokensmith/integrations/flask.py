"""Flask: a decorator for views, a hook that lets nobody in without a token, and the caller at hand in both.

    auth = Auth(guard)

    @app.get("/notes")
    @auth.require("notes:read")          # below the route: what stands above it, Flask never calls
    def notes(): return f"A note of {auth.principal.subject}"

    app.before_request(auth.verify)      # every other route needs a good token ...
    @auth.public                         # ... except those that say so

Views may be asynchronous; the guard is asked without an event loop either way, and shares what it knows among threads.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar, cast, overload

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, default_exceptions

from tokensmith.guard import Guard, GuardError, Need, Principal
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.needs import ANY_TOKEN, need_of
from tokensmith.integrations.wsgi import facts_from_environ

P = ParamSpec("P")
T = TypeVar("T")

_EXTENSION: Final = "tokensmith"
_CALLERS: Final = "tokensmith.callers"
_OPEN_BEHIND: Final = "_tokensmith_open_behind"


class RefusedError(HTTPException):
    """What a refusal becomes in Flask; register an error handler for it, or for its status, to answer in your own form.

    Attributes:
        answer: The answer that is due: status, headers, and a body in JSON.
    """

    def __init__(self, answer: Answer, description: str) -> None:
        super().__init__(description, _response(answer))
        self.answer = answer


class Auth:
    """The guard's place in Flask applications.

    Args:
        guard: Who decides, in every application that `init_app` gives no guard of its own.
        app: The application, if there is one already; the same as `init_app`.

    Raises:
        TypeError: There is an *app* and no guard for it.
    """

    def __init__(self, guard: Guard | None = None, app: Flask | None = None) -> None:
        self._guard = guard
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask, guard: Guard | None = None) -> None:
        """Say who decides in *app*; by default the guard that the constructor was given.

        What that guard publishes about the service (RFC 9728), *app* answers from then on.

        Raises:
            TypeError: There is no guard at all.
        """
        chosen = self._guard if guard is None else guard
        if chosen is None:
            raise TypeError("name a guard, here or in Auth(guard)")
        app.extensions.setdefault(_EXTENSION, {})[self] = chosen
        if chosen.metadata_path is not None:
            # Before any other hook, which may let nobody in: the document is for those who have no token yet.
            app.before_request_funcs.setdefault(None, []).insert(0, _publishing(chosen))

    @property
    def principal(self) -> Principal:
        """Who is calling, in this request.

        Raises:
            RefusedError: Nobody is; the answer is a 401.
            RuntimeError: Nobody has looked: the view has neither `require` nor the hook `verify` before it.
        """
        return self._admit(ANY_TOKEN, self.principal_or_none)

    @property
    def principal_or_none(self) -> Principal | None:
        """Who is calling, or None for a request without credentials that was let in as nobody.

        Raises:
            RuntimeError: Nobody has looked.
        """
        callers = self._callers()
        if self not in callers:
            raise RuntimeError("this request was not verified: use @auth.require or app.before_request(auth.verify)")
        return callers[self]

    def verify(self, *wanted: str | Need, optional: bool = False) -> None:
        """Refuse the request unless its caller may do what is *wanted*; for hooks and decorators of your own.

        As a hook before the view, `app.before_request(auth.verify)`, it lets nobody in as nobody where the view is
        `public` and where Flask itself answers OPTIONS.

        Args:
            wanted: All of some scopes, or one `Need`; nothing stands for any good token.
            optional: Whether a request without any credentials passes.

        Raises:
            RefusedError: They may not.
            TypeError, ValueError: What is wanted is neither scopes nor a need.
        """
        need, callers = need_of(*wanted), self._callers()
        # Whoever asks again, in the view or in a decorator, means it: only before the view is its mark looked at.
        first = self not in callers
        if first:
            callers[self] = self._identify()
        if callers[self] is None and (optional or (first and not wanted and self._nobody_may())):
            return
        self._admit(need, callers[self])

    @overload
    def require(self, view: Callable[P, T], /) -> Callable[P, T]: ...
    @overload
    def require(self, *wanted: str | Need, optional: bool = False) -> Callable[[Callable[P, T]], Callable[P, T]]: ...
    def require(self, *wanted: Any, optional: bool = False) -> Any:
        """Let a view run only for callers who may do what is *wanted*; arguments as for `verify`.

        For functions and for methods of class-based views, asynchronous or not, with and without parentheses. A whole
        class takes it in its `decorators`.

        Raises:
            TypeError, ValueError: What is wanted is neither scopes nor a need.
        """
        if len(wanted) == 1 and callable(wanted[0]):
            return self._guarded(wanted[0], ANY_TOKEN, optional=optional)
        need = need_of(*wanted)
        return lambda view: self._guarded(view, need, optional=optional)

    def public(self, view: Callable[P, T]) -> Callable[P, T]:
        """Let nobody in as nobody, also behind the hook `verify`; a bad token is refused all the same."""
        return self._guarded(view, ANY_TOKEN, optional=True)

    def _guarded(self, view: Callable[P, T], need: Need, *, optional: bool) -> Callable[P, T]:
        if inspect.isclass(view):
            raise TypeError("put it into the class's decorators, or on its methods")

        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            self.verify(need, optional=optional)
            return cast("T", current_app.ensure_sync(view)(*args, **kwargs))

        setattr(guarded, _OPEN_BEHIND, self if optional else None)
        return guarded

    def _callers(self) -> dict["Auth", Principal | None]:
        # In the request and not in `flask.g`: that one outlives it where an application context is open around it, as
        # in tests, and the next request would find the caller of the last.
        return cast("dict[Auth, Principal | None]", request.environ.setdefault(_CALLERS, {}))

    def _identify(self) -> Principal | None:
        try:
            return self._guard_of_app().authenticate_optional_sync(facts_from_environ(request.environ))
        except GuardError as error:
            raise self._refused(error) from error

    def _admit(self, need: Need, principal: Principal | None) -> Principal:
        try:
            need.check(principal)
        except GuardError as error:
            raise self._refused(error) from error
        # The check has refused nobody.
        return cast("Principal", principal)

    def _refused(self, error: GuardError) -> RefusedError:
        return _class_for(error.status)(self._guard_of_app().answer_to(error), str(error))

    def _guard_of_app(self) -> Guard:
        guard = current_app.extensions.get(_EXTENSION, {}).get(self, self._guard)
        if guard is None:
            raise RuntimeError("this application has no guard: call auth.init_app(app, guard)")
        return cast("Guard", guard)

    def _nobody_may(self) -> bool:
        rule = request.url_rule
        if rule is None:
            return False
        if request.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
            # Flask answers with the route's methods and calls no view. Browsers send no token with a preflight request.
            return True
        return getattr(current_app.view_functions[rule.endpoint], _OPEN_BEHIND, None) is self


def _publishing(guard: Guard) -> Callable[[], Response | None]:
    def publish() -> Response | None:
        document = guard.document_for(facts_from_environ(request.environ))
        return None if document is None else _response(document)

    return publish


def _response(answer: Answer) -> Response:
    return Response(answer.body, status=answer.status, headers=dict(answer.headers))


@functools.cache
def _class_for(status: int) -> type[RefusedError]:
    # Flask looks for the handlers of a status by the exception's class.
    return type(f"Refused{status}Error", (RefusedError, default_exceptions[status]), {})
