"""Flask applications that let nobody in by default."""

import functools
from collections.abc import Callable

import pytest
from flask import Blueprint, Flask

from tests.integrations.flask_client import get
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.flask import Auth


@pytest.fixture
def auth(issuer: FakeIssuer) -> Auth:
    return Auth(issuer.guard())


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


def closed(auth: Auth) -> Flask:
    app = Flask(__name__)
    app.before_request(auth.verify)
    app.get("/forgotten")(lambda: "secret")
    app.add_url_rule("/open", view_func=auth.public(lambda: "open"), endpoint="open")
    app.add_url_rule("/own", view_func=lambda: "own", endpoint="own", methods=["OPTIONS"])
    return app


@pytest.mark.parametrize("path", ["/forgotten", "/nowhere", "/static/x.css", "/open/", "/opened"])
def test_the_hook_closes_what_nobody_opened(auth: Auth, path: str) -> None:
    """Also what does not exist: nobody learns which paths do."""
    assert get(closed(auth), path)[0] == 401


def test_the_hook_lets_a_good_token_in(auth: Auth, issuer: FakeIssuer) -> None:
    app = closed(auth)

    assert get(app, "/forgotten", issuer.headers()) == (200, "secret")
    assert get(app, "/nowhere", issuer.headers())[0] == 404


def test_a_public_view_is_open_behind_the_hook(auth: Auth, issuer: FakeIssuer) -> None:
    app = closed(auth)

    assert get(app, "/open") == (200, "open")
    assert get(app, "/open", issuer.headers(flaw="expired"))[0] == 401


def test_the_mark_of_one_auth_is_not_the_mark_of_another(issuer: FakeIssuer) -> None:
    """Open to whoever the one does not know is not open for the other."""
    first, second = Auth(issuer.guard()), Auth(issuer.guard())
    app = closed(first)
    app.before_request(second.verify)

    assert get(app, "/open")[0] == 401


def test_a_preflight_request_passes_where_flask_itself_answers(auth: Auth) -> None:
    """Browsers send it without a token (Fetch §3.3); a view of one's own for OPTIONS is a view like others."""
    client = closed(auth).test_client()

    assert client.options("/forgotten").status_code == 200
    assert client.options("/own").status_code == 401
    assert client.options("/nowhere").status_code == 401


def test_a_blueprint_may_be_closed_by_itself(app: Flask, auth: Auth, issuer: FakeIssuer) -> None:
    admin = Blueprint("admin", __name__, url_prefix="/admin")
    admin.before_request(functools.partial(auth.verify, "admin"))
    admin.get("/")(lambda: auth.principal.subject)
    app.register_blueprint(admin)
    app.get("/")(lambda: "open")

    assert get(app)[0] == 200
    assert get(app, "/admin/")[0] == 401
    assert get(app, "/admin/", issuer.headers())[0] == 403
    assert get(app, "/admin/", issuer.headers(sub="ada", scope="admin")) == (200, "ada")


def test_asking_in_a_public_view_is_meant(auth: Auth, issuer: FakeIssuer) -> None:
    """Only before the view does its mark count."""
    app = closed(auth)

    @app.get("/either")
    @auth.public
    def either() -> str:
        auth.verify()
        return "secret"

    assert get(app, "/either")[0] == 401
    assert get(app, "/either", issuer.headers()) == (200, "secret")


def test_a_hook_that_wants_something_opens_nothing(auth: Auth, issuer: FakeIssuer) -> None:
    """Nobody has the scopes it names."""
    app = Flask(__name__)
    app.before_request(functools.partial(auth.verify, "admin"))
    app.get("/")(auth.public(lambda: "open"))

    assert get(app)[0] == 401
    assert get(app, headers=issuer.headers(scope="admin")) == (200, "open")


def test_a_view_that_needs_somebody_is_closed_by_the_hook_already(auth: Auth) -> None:
    """What the application does between hook and view is not done for strangers."""
    done = []
    app = closed(auth)
    app.before_request(lambda: done.append("between"))
    app.get("/needing", endpoint="needing")(auth.require("a")(lambda: "x"))

    assert get(app, "/needing")[0] == 401
    assert done == []


def test_a_decorator_of_ones_own_can_verify(app: Flask, auth: Auth, issuer: FakeIssuer) -> None:
    def of_oneself(view: Callable[..., str]) -> Callable[..., str]:
        @functools.wraps(view)
        def guarded(name: str) -> str:
            auth.verify("profile")
            return view(name) if name == auth.principal.subject else "somebody else's"

        return guarded

    app.get("/people/<name>")(of_oneself(lambda name: name))

    assert get(app, "/people/ada", issuer.headers(sub="ada", scope="profile")) == (200, "ada")
    assert get(app, "/people/bob", issuer.headers(sub="ada", scope="profile")) == (200, "somebody else's")
    assert get(app, "/people/ada", issuer.headers(sub="ada"))[0] == 403
