"""The Flask adapter, against the real Flask: the contract, and what `require` takes and is put on."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from flask import Flask, g
from flask.views import MethodView

from tests.integrations.bound_tokens import BoundTokensContract
from tests.integrations.contract import AdapterContract, MakeService, with_token
from tests.integrations.cookies import CookieContract
from tests.integrations.counting_issuer import CountingIssuer
from tests.integrations.flask_client import get
from tests.integrations.flask_notes import application
from tests.integrations.publishing import PublishingContract
from tests.integrations.wsgi_client import sender, serving
from tokensmith.guard import Need
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.flask import Auth

TWO_SCOPES = Need("notes:read", "notes:write")


@pytest.fixture
def auth(issuer: FakeIssuer) -> Auth:
    return Auth(issuer.guard())


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


class TestFlask(AdapterContract, BoundTokensContract, CookieContract, PublishingContract):
    @pytest.fixture(params=[False, True], ids=["decorators", "closed by default"])
    def make_service(self, request: pytest.FixtureRequest) -> MakeService:
        return lambda guard: sender(application(guard, closed=request.param))


def test_two_headers_over_a_socket_are_refused(issuer: FakeIssuer) -> None:
    """A real server joins them; the whole way from the wire to the answer."""
    header = with_token(issuer.token(scope="notes:read"))
    with serving(application(issuer.guard())) as send:
        assert send("GET", "/notes", header).status == 200
        assert send("GET", "/notes", [*header, *header]).status == 401
        assert send("GET", "/open", [("Authorization", "Basic YTpi"), *header]).status == 401


@pytest.mark.parametrize(
    ("wanted", "scope", "status"),
    [
        (("a",), "a", 200),
        (("a", "b"), "a", 403),
        (("a", "b"), "b a", 200),
        ((TWO_SCOPES,), "notes:read", 403),
        ((TWO_SCOPES,), "notes:read notes:write", 200),
        ((), "", 200),
    ],
)
def test_scopes_or_a_need_may_be_named(
    issuer: FakeIssuer, wanted: tuple[str | Need, ...], scope: str, status: int
) -> None:
    app, auth = Flask(__name__), Auth(issuer.guard())

    @app.get("/")
    @auth.require(*wanted)
    def view() -> str:
        return "x"

    assert get(app, headers=issuer.headers(scope=scope))[0] == status


@pytest.mark.parametrize("optional", [False, True])
def test_without_parentheses_optional_counts_as_well(app: Flask, auth: Auth, optional: bool) -> None:
    """The types do not offer it; ignoring it would be worse."""
    require: Any = auth.require
    app.get("/")(require(lambda: "x", optional=optional))

    assert get(app)[0] == (200 if optional else 401)


def test_an_optional_view_may_need_scopes_of_those_who_come(app: Flask, auth: Auth, issuer: FakeIssuer) -> None:
    """Nobody passes; somebody passes with the scope; a bad token never does."""
    app.get("/")(auth.require("a", optional=True)(lambda: "x"))

    assert get(app)[0] == 200
    assert get(app, headers=issuer.headers(scope="a"))[0] == 200
    assert get(app, headers=issuer.headers())[0] == 403
    assert get(app, headers=issuer.headers(scope="a", flaw="expired"))[0] == 401


@pytest.mark.parametrize("wanted", [("a b",), ("",)])
def test_a_scope_that_is_none_is_found_at_import(auth: Auth, wanted: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not one scope"):
        auth.require(*wanted)


def test_a_view_keeps_its_name_and_arguments(app: Flask, auth: Auth, issuer: FakeIssuer) -> None:
    """Flask makes the endpoint's name of it."""

    @app.get("/notes/<int:number>")
    @auth.require("a")
    def note(number: int) -> str:
        return f"{number} of {auth.principal.subject}"

    assert "note" in app.view_functions
    assert get(app, "/notes/7", issuer.headers(sub="ada", scope="a")) == (200, "7 of ada")


def test_an_asynchronous_view_runs(app: Flask, auth: Auth, issuer: FakeIssuer) -> None:
    @app.get("/")
    @auth.require
    async def view() -> str:
        return auth.principal.subject

    assert get(app, headers=issuer.headers(sub="ada")) == (200, "ada")
    assert get(app)[0] == 401


def test_a_class_is_guarded_by_its_decorators(app: Flask, auth: Auth, issuer: FakeIssuer) -> None:
    class Notes(MethodView):
        decorators: ClassVar = [auth.require("a")]

        def get(self) -> str:
            return auth.principal.subject

    app.add_url_rule("/", view_func=Notes.as_view("notes"))

    assert get(app, headers=issuer.headers(sub="ada", scope="a")) == (200, "ada")
    assert get(app, headers=issuer.headers())[0] == 403


@pytest.mark.parametrize(
    "decorate", [lambda auth: auth.require, lambda auth: auth.require("a"), lambda auth: auth.public]
)
def test_a_class_itself_is_no_view(auth: Auth, decorate: Callable[[Auth], Any]) -> None:
    """Wrapped, it would be an ordinary function, and the next reader would think its methods guarded."""
    with pytest.raises(TypeError, match="decorators"):
        decorate(auth)(MethodView)


def test_a_view_that_nobody_guards_knows_nobody(app: Flask, auth: Auth, issuer: FakeIssuer) -> None:
    """A mistake, and no pass: a token that nobody has looked at proves nothing."""
    app.testing = True
    app.add_url_rule("/principal", endpoint="principal", view_func=lambda: auth.principal.subject)
    app.add_url_rule("/none", endpoint="none", view_func=lambda: str(auth.principal_or_none))
    for path in ("/principal", "/none"):
        with pytest.raises(RuntimeError, match="not verified"):
            get(app, path, issuer.headers())


def test_asking_for_the_caller_where_nobody_is_is_a_401(app: Flask, auth: Auth) -> None:
    app.get("/")(auth.public(lambda: auth.principal.subject))

    assert get(app)[0] == 401


def test_a_caller_does_not_outlive_the_request(app: Flask, auth: Auth, issuer: FakeIssuer) -> None:
    """Tests keep an application context open around several requests, and `flask.g` with it."""
    app.get("/")(auth.public(lambda: str(auth.principal_or_none and auth.principal.subject)))
    with app.app_context():
        g.kept = True

        assert get(app, headers=issuer.headers(sub="ada")) == (200, "ada")
        assert get(app) == (200, "None")


def test_a_request_is_verified_once(issuer: FakeIssuer) -> None:
    """A proof of possession is good for one use: looked at twice, it would be a replay (RFC 9449 §11.1)."""
    counting = CountingIssuer()
    app = application(counting.guard(), closed=True)

    assert get(app, "/notes", counting.headers(scope="notes:read"))[0] == 200
    assert len(counting.asked) == 1
