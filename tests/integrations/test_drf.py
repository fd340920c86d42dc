"""The adapter for Django REST framework, against the real one: the contract, however a project is put together."""

from typing import Any

import pytest
from django.test import Client, override_settings
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from tests.integrations.bound_tokens import BoundTokensContract
from tests.integrations.contract import AdapterContract, MakeService, with_token
from tests.integrations.cookies import CookieContract
from tests.integrations.counting_issuer import CountingIssuer
from tests.integrations.django_notes import project, urls
from tests.integrations.django_project import AUTH_MIDDLEWARE, application, async_sender, sender
from tests.integrations.wsgi_client import serving
from tokensmith.guard import Guard, Need, Principal
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.django import TokenUser
from tokensmith.integrations.drf import HasScope, RefusedError, TokenAuthentication


class Api(APIView):
    authentication_classes = (TokenAuthentication,)

    def get(self, request: Any) -> Response:
        return Response({"subject": request.auth.subject if request.auth else None})


class Notes(Api):
    def get_permissions(self) -> list[Any]:
        return [HasScope("notes:read" if self.request.method == "GET" else Need("notes:write"))]

    def post(self, request: Request) -> Response:
        return self.get(request)


class Me(Api):
    permission_classes = (HasScope,)
    required_scopes = ()


class Open(Api):
    permission_classes = (AllowAny,)


class SessionsFirst:
    authentication_classes = (SessionAuthentication, TokenAuthentication)


def service(*mixed_in: type) -> Any:
    views = [type(view.__name__, (*mixed_in, view), {}) for view in (Notes, Me, Open)]
    return urls(*zip(("notes", "me", "open"), (view.as_view() for view in views), strict=True))  # type: ignore[attr-defined]


# As in every project of Django's making; it counts the bytes of answers.
COMMON = "django.middleware.common.CommonMiddleware"
PROJECTS: dict[str, tuple[Any, Any, list[str]]] = {
    "WSGI": (sender, service(), [COMMON]),
    "ASGI": (async_sender, service(), [COMMON]),
    "behind the middleware": (sender, service(), [COMMON, AUTH_MIDDLEWARE]),
    "sessions come first": (sender, service(SessionsFirst), [COMMON]),
}


class TestDrf(AdapterContract, BoundTokensContract, CookieContract):
    @pytest.fixture(params=list(PROJECTS.values()), ids=list(PROJECTS))
    def make_service(self, request: pytest.FixtureRequest) -> MakeService:
        make_sender, views, middleware = request.param
        return lambda guard: make_sender(ROOT_URLCONF=views, MIDDLEWARE=middleware, TOKENSMITH_GUARD=guard)


def view(*mixed_in: type, **members: Any) -> tuple[str, Any]:
    made: Any = type("Made", (*mixed_in, Api), members)
    return "", made.as_view()


def test_two_headers_over_a_socket_are_refused(issuer: FakeIssuer) -> None:
    """A real server joins them; the whole way from the wire to the answer."""
    header = with_token(issuer.token(scope="notes:read"))
    with application(ROOT_URLCONF=service(), TOKENSMITH_GUARD=issuer.guard()) as app, serving(app) as send:
        assert send("GET", "/notes", header).status == 200
        assert send("GET", "/notes", [*header, *header]).status == 401
        assert send("GET", "/open", [("Authorization", "Basic YTpi"), *header]).status == 401


@pytest.mark.parametrize("mixed_in", [[], [SessionsFirst]], ids=["alone", "sessions first"])
def test_a_stranger_is_told_401_and_never_403(issuer: FakeIssuer, mixed_in: list[type]) -> None:
    """The framework coerces a 401 where its first authentication has no challenge."""
    send = project(issuer, view(*mixed_in, permission_classes=[HasScope("a")]), middleware=[])

    assert (send("GET", "/", []).status, send("GET", "/", []).challenge) == (401, "Bearer")
    assert send("GET", "/", [("Authorization", "Bearer a.b.c")]).status == 401


def test_the_frameworks_own_permission_knows_our_challenge(issuer: FakeIssuer) -> None:
    send = project(issuer, view(permission_classes=[IsAuthenticated]), middleware=[])

    assert (send("GET", "/", []).status, send("GET", "/", []).challenge) == (401, "Bearer")
    assert send("GET", "/", with_token(issuer.token(sub="ada"))).json == {"subject": "ada"}


def test_user_and_auth_are_filled(issuer: FakeIssuer) -> None:
    def get(self: Any, request: Request) -> Response:
        assert isinstance(request.user, TokenUser)
        assert isinstance(request.auth, Principal)
        return Response(request.user.username)

    send = project(issuer, view(get=get), middleware=[])

    assert send("GET", "/", with_token(issuer.token(sub="ada"))).json == "ada"


@pytest.mark.parametrize("wanted", [("a",), ["a"], Need("a")])
def test_a_view_may_say_which_scopes_it_requires(issuer: FakeIssuer, wanted: Any) -> None:
    send = project(issuer, view(permission_classes=[HasScope], required_scopes=wanted), middleware=[])

    assert send("GET", "/", with_token(issuer.token(scope="a"))).status == 200
    assert send("GET", "/", with_token(issuer.token())).status == 403


@pytest.mark.parametrize("members", [{}, {"required_scopes": "a"}, {"required_scopes": None}, {"required_scopes": 7}])
def test_a_view_that_does_not_say_is_a_mistake_and_no_pass(issuer: FakeIssuer, members: dict[str, Any]) -> None:
    """One string would be taken for its letters."""
    made = view(permission_classes=[HasScope], **members)
    send = project(issuer, made, middleware=[], LOGGING_CONFIG=None)

    assert send("GET", "/", with_token(issuer.token(scope="a"))).status == 500


def test_scopes_do_not_leak_from_one_request_into_the_next(issuer: FakeIssuer) -> None:
    """Elsewhere a view's list of scopes grew with each request."""
    required = ["a"]
    permission = HasScope("b")
    joined = view(permission_classes=[HasScope, permission], required_scopes=required)
    send = project(issuer, joined, middleware=[])
    for _ in range(2):
        assert send("GET", "/", with_token(issuer.token(scope="a"))).status == 403
        assert send("GET", "/", with_token(issuer.token(scope="a b"))).status == 200

    assert required == ["a"]
    assert permission() is not permission
    with pytest.raises(AttributeError):
        _ = permission.message


class Staff(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.META.get("HTTP_X_STAFF") == "yes"


@pytest.mark.parametrize(
    ("permission", "scope", "staff", "status"),
    [
        (HasScope("a") | Staff, "a", False, 200),
        (HasScope("a") | Staff, "", True, 200),
        (HasScope("a") | Staff, "", False, 403),
        (Staff | HasScope("a"), "a", False, 200),
        (HasScope("a") & Staff, "a", False, 403),
        (HasScope("a") & Staff, "a", True, 200),
        (~HasScope("a"), "a", False, 403),
        (~HasScope("a"), "", False, 200),
    ],
)
def test_it_joins_with_other_permissions(permission: Any, scope: str, staff: bool, status: int) -> None:
    issuer = FakeIssuer()
    send = project(issuer, view(permission_classes=[permission]), middleware=[])
    reply = send("GET", "/", [*with_token(issuer.token(scope=scope)), ("X-Staff", "yes" if staff else "no")])

    assert reply.status == status
    assert reply.challenge is None


def test_one_permission_for_several_requests_forgets_each(issuer: FakeIssuer) -> None:
    """As a view has it that makes its own once."""
    kept = HasScope("a")
    send = project(issuer, view(get_permissions=lambda self: [kept]), middleware=[])

    assert send("GET", "/", with_token(issuer.token())).status == 403
    assert send("GET", "/", with_token(issuer.token(scope="a"))).status == 200


def test_what_another_authentication_leaves_is_no_token(issuer: FakeIssuer) -> None:
    """However many scopes it says it has."""

    class Foreign(BasicAuthentication):
        def authenticate(self, request: Any) -> Any:
            return "ada", type("Token", (), {"scopes": frozenset({"a"}), "subject": "ada"})()

    members = {"permission_classes": [HasScope], "required_scopes": ["a"]}
    send = project(issuer, view(authentication_classes=[Foreign], **members), middleware=[])

    assert (send("GET", "/", []).status, send("GET", "/", []).challenge) == (401, "Bearer")


def test_behind_the_middleware_a_request_is_verified_once() -> None:
    """A proof of possession is good for one use: looked at twice, it would be a replay (RFC 9449 §11.1)."""
    counting = CountingIssuer()
    send = project(counting, view(), middleware=[AUTH_MIDDLEWARE])

    assert send("GET", "/", with_token(counting.token())).status == 200
    assert len(counting.asked) == 1


def test_another_scheme_may_be_asked_first(issuer: FakeIssuer) -> None:
    """What it does not take goes on to us."""

    class Basic(BasicAuthentication):
        def authenticate_credentials(self, userid: Any, password: Any, request: Any = None) -> Any:
            return userid, None

    made = view(authentication_classes=[Basic, TokenAuthentication], permission_classes=[IsAuthenticated])
    send = project(issuer, made, middleware=[])

    assert send("GET", "/", with_token(issuer.token(sub="ada"))).json == {"subject": "ada"}
    assert send("GET", "/", with_token("a.b.c")).challenge != 'Basic realm="api"'


def test_two_guards_do_not_know_each_others_callers(issuer: FakeIssuer) -> None:
    partners = FakeIssuer("https://partner.test")
    theirs = Guard(partners.issuer(), realm="partners", fetcher=partners)

    class PartnerAuthentication(TokenAuthentication):
        def guard(self) -> Guard:
            return theirs

    made = view(authentication_classes=[PartnerAuthentication], permission_classes=[HasScope("a")])
    send = project(issuer, made, middleware=[])

    assert send("GET", "/", with_token(partners.token(sub="robot", scope="a"))).json == {"subject": "robot"}
    assert send("GET", "/", with_token(issuer.token(scope="a"))).status == 401
    assert send("GET", "/", []).challenge == 'Bearer realm="partners"'


def test_the_settings_are_read_for_each_request(issuer: FakeIssuer) -> None:
    """Bound when modules are loaded, they could not be overridden in tests."""
    other, made = FakeIssuer("https://other.test"), view()
    for source in (issuer, other, issuer):
        send = project(source, made, middleware=[])

        assert send("GET", "/", with_token(source.token(sub="ada"))).status == 200
        assert send("GET", "/", with_token((other if source is issuer else issuer).token())).status == 401


def test_a_token_needs_no_cookie_against_forgery(issuer: FakeIssuer) -> None:
    with override_settings(ROOT_URLCONF=service(), TOKENSMITH_GUARD=issuer.guard()):
        answer = Client(enforce_csrf_checks=True).post("/notes", headers=issuer.headers(scope="notes:write"))

    assert answer.status_code == 200


def own_handler(error: Exception, _context: object) -> Response:
    assert isinstance(error, RefusedError)
    codes: Any = error.get_codes()
    return Response({"no": codes["error"]}, status=error.status_code)


def test_a_handler_of_ones_own_may_answer(issuer: FakeIssuer) -> None:
    """It need not know which headers are due."""
    made = view(permission_classes=[HasScope("a")], get_exception_handler=lambda self: own_handler)
    reply = project(issuer, made, middleware=[])("GET", "/", [])

    assert (reply.status, reply.json, reply.challenge) == (401, {"no": "missing_token"}, "Bearer")


def test_the_frameworks_own_way_to_test_works(issuer: FakeIssuer) -> None:
    """`force_authenticate` with a principal for a token."""
    ada = Principal(subject="ada", client_id=None, issuer=issuer.url, scopes=frozenset({"a"}), claims={})
    request = APIRequestFactory().get("/")
    force_authenticate(request, user=TokenUser(ada), token=ada)
    with override_settings(TOKENSMITH_GUARD=issuer.guard()):
        answer = view(permission_classes=[HasScope("a")])[1](request)

    assert answer.data == {"subject": "ada"}


def test_a_request_outside_of_a_view_is_refused_as_well(issuer: FakeIssuer) -> None:
    request = Request(APIRequestFactory().get("/", headers={"Authorization": "Bearer a.b.c"}))
    with override_settings(TOKENSMITH_GUARD=issuer.guard()), pytest.raises(APIException) as caught:
        TokenAuthentication().authenticate(request)

    assert caught.value.status_code == 401
