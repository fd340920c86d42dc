"""Django REST framework: an authentication for its views, and a permission for what they need.

    class Notes(APIView):
        authentication_classes = [TokenAuthentication]
        permission_classes = [HasScope("notes:read")]

        def get(self, request): request.auth.subject ...

The framework makes a 403 of a 401 where the first of a view's authentications has no challenge, and puts its own text
into the body. Our refusals are exceptions of their own, so they stay what they are wherever the authentication stands.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, ErrorDetail
from rest_framework.permissions import BasePermission, OperationHolderMixin
from rest_framework.request import Request

from tokensmith.guard import Guard, GuardError, MissingTokenError, Need, Principal
from tokensmith.guard.challenge import Answer
from tokensmith.integrations.django.callers import configured_guard, identify
from tokensmith.integrations.django.user import TokenUser
from tokensmith.integrations.needs import need_of

if TYPE_CHECKING:
    # Only for its type: it loads the classes that the settings name, and ours is one of them.
    from rest_framework.views import APIView


class RefusedError(APIException):
    """What a refusal becomes here; an EXCEPTION_HANDLER of your own may answer it in your own form.

    Attributes:
        answer: The answer that is due: status, headers, and a body in JSON.
    """

    def __init__(self, answer: Answer, *, code: str) -> None:
        super().__init__()
        headers = dict(answer.headers)
        self.answer = answer
        self.status_code = answer.status
        self.detail = {name: ErrorDetail(text, code=code) for name, text in json.loads(answer.body).items()}
        # The names that the framework's own handler looks for.
        self.auth_header = headers.get("www-authenticate")
        self.wait = int(headers["retry-after"]) if "retry-after" in headers else None


class TokenAuthentication(BaseAuthentication):
    """Fill `request.user`, a `TokenUser`, and `request.auth`, the `Principal`, for callers with a good token.

    A bad token is refused, and so are credentials of another scheme; put an authentication that takes those before this
    one. Behind `tokensmith.integrations.django.AuthMiddleware` the token is not verified a second time.
    """

    def guard(self) -> Guard:
        """Return who decides: TOKENSMITH_GUARD. Override it for views of another guard."""
        return configured_guard()

    def authenticate(self, request: Request) -> tuple[TokenUser, Principal] | None:
        """Return the caller, or None for a request without any credentials.

        Raises:
            RefusedError: What was presented is not good.
        """
        guard = self.guard()
        try:
            principal = identify(request._request, guard)  # noqa: SLF001 -- the only way to the request as it came in
        except GuardError as error:
            _refuse(error, guard, request)
        return None if principal is None else (TokenUser(principal), principal)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- the signature is the framework's
        """Return the challenge for somebody who sent nothing."""
        error = MissingTokenError("This resource needs an access token.", code="missing_token")
        return dict(self.guard().answer_to(error).headers)["www-authenticate"]


class HasScope(OperationHolderMixin, BasePermission):
    """Let only callers in who may do what is wanted.

    `HasScope("notes:read")`, `HasScope(Need(...))`, or `HasScope` alone, which reads the view's `required_scopes`:
    scopes in a list, or one `Need`. May be joined with other permissions by `&`, `|` and `~`; a joined one that refuses
    answers with the framework's words.

    Raises:
        TypeError, ValueError: What is wanted is neither scopes nor a need.
    """

    def __init__(self, *wanted: str | Need) -> None:
        self._need = need_of(*wanted) if wanted else None
        self._refusal: tuple[GuardError, Request] | None = None

    def __call__(self) -> "HasScope":
        """Return one for a single request, as the framework asks of whatever stands in `permission_classes`."""
        return HasScope() if self._need is None else HasScope(self._need)

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Say whether the caller may; what to answer otherwise is kept."""
        need = _need_of(view) if self._need is None else self._need
        self._refusal = None
        try:
            need.check(request.auth if isinstance(request.auth, Principal) else None)
        except GuardError as error:
            self._refusal = error, request
        return self._refusal is None

    @property
    def message(self) -> NoReturn:
        """Raise what was kept. The framework asks for the message when it refuses, and never otherwise.

        Told by `has_permission`, it would be raised where `|` asks the next permission; left to the framework, it would
        be a 403 without a challenge.
        """
        if self._refusal is None:
            raise AttributeError("message")
        error, request = self._refusal
        _refuse(error, _guard_of(request), request)


def _need_of(view: "APIView") -> Need:
    wanted: object = getattr(view, "required_scopes", None)
    if isinstance(wanted, Need):
        return wanted
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        raise ImproperlyConfigured("HasScope needs scopes: HasScope(...), or a list in the view's required_scopes")
    return need_of(*wanted)


def _guard_of(request: Any) -> Guard:
    ours = [each for each in request.authenticators if isinstance(each, TokenAuthentication)]
    return ours[0].guard() if ours else configured_guard()


def _refuse(error: GuardError, guard: Guard, request: Any) -> NoReturn:
    answer = guard.answer_to(error)
    view = request.parser_context.get("view")
    if view is not None:
        # The framework copies these into whatever answer the exception becomes, and itself knows two headers only.
        view.headers.update({name: value for name, value in answer.headers if name != "content-type"})
    raise RefusedError(answer, code=error.code) from error
