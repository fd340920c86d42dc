"""Several guards, issuers and applications in Flask, and answers in one's own form."""

from typing import Any

import pytest
from flask import Blueprint, Flask
from werkzeug.exceptions import HTTPException

from tests.integrations.flask_client import get
from tests.integrations.flask_notes import application
from tokensmith.guard import Guard, Issuer
from tokensmith.guard.testing import FakeIssuer
from tokensmith.integrations.flask import Auth, RefusedError


@pytest.fixture
def auth(issuer: FakeIssuer) -> Auth:
    return Auth(issuer.guard())


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


def test_two_guards_do_not_know_each_others_callers(app: Flask) -> None:
    ours, partners = FakeIssuer(), FakeIssuer("https://partner.test")
    people, machines = Auth(ours.guard()), Auth(Guard(partners.issuer(), realm="partners", fetcher=partners))
    app.get("/people")(people.require(lambda: people.principal.subject))
    app.add_url_rule("/machines", view_func=machines.require(lambda: machines.principal.subject), endpoint="machines")

    assert get(app, "/people", ours.headers(sub="ada")) == (200, "ada")
    assert get(app, "/machines", partners.headers(sub="robot")) == (200, "robot")
    assert get(app, "/machines", ours.headers())[0] == 401
    assert get(app, "/people", partners.headers())[0] == 401
    assert app.test_client().get("/machines").headers["WWW-Authenticate"] == 'Bearer realm="partners"'


def test_one_guard_may_trust_several_issuers() -> None:
    first, second = FakeIssuer(), FakeIssuer("https://second.test")

    class Both(FakeIssuer):
        def fetch(self, url: str, *rest: Any) -> Any:
            return (second if url.startswith(second.url) else first).fetch(url, *rest)

    app = application(Guard(first.issuer(), second.issuer(), fetcher=Both()))

    for issuer in (first, second):
        assert get(app, "/me", issuer.headers(sub="ada"))[0] == 200


def test_each_application_may_have_a_guard_of_its_own(issuer: FakeIssuer) -> None:
    """Decorators are written once, when modules are loaded; the guard comes with the settings, and in tests anew."""
    auth = Auth()
    other = FakeIssuer("https://other.test")
    pages = Blueprint("pages", __name__)
    pages.get("/")(auth.require(lambda: auth.principal.issuer))
    apps = {}
    for source in (issuer, other):
        app = apps[source.url] = Flask(__name__)
        auth.init_app(app, source.guard())
        app.register_blueprint(pages)

    assert get(apps[issuer.url], headers=issuer.headers()) == (200, issuer.url)
    assert get(apps[other.url], headers=other.headers()) == (200, other.url)
    assert get(apps[other.url], headers=issuer.headers())[0] == 401


def test_the_guard_of_an_application_comes_before_the_default(app: Flask, issuer: FakeIssuer) -> None:
    other = FakeIssuer("https://other.test")
    auth = Auth(issuer.guard(), app)
    app.get("/")(auth.require(lambda: "x"))
    assert get(app, headers=issuer.headers())[0] == 200
    auth.init_app(app, other.guard())

    assert get(app, headers=issuer.headers())[0] == 401
    assert get(app, headers=other.headers())[0] == 200


def test_no_guard_at_all_is_a_mistake(app: Flask, issuer: FakeIssuer) -> None:
    """At once where the application is known, else in the first request; never a pass."""
    with pytest.raises(TypeError, match="name a guard"):
        Auth(app=app)
    app.testing = True
    app.get("/")(Auth().require(lambda: "x"))
    with pytest.raises(RuntimeError, match="init_app"):
        get(app, headers=issuer.headers())


@pytest.mark.parametrize("kind", [RefusedError, HTTPException, 401])
def test_an_application_may_answer_in_its_own_form(app: Flask, auth: Auth, kind: Any) -> None:
    """By our class, by Flask's, or by the status."""
    app.get("/")(auth.require("a")(lambda: "x"))

    @app.errorhandler(kind)
    def own(error: RefusedError) -> Any:
        return (
            f"no: {error.description}",
            error.code,
            dict(error.get_response().headers) | {"Content-Type": "text/plain"},
        )

    answer = app.test_client().get("/")

    assert (answer.status_code, answer.text) == (401, "no: This resource needs an access token.")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_status_has_its_handler(app: Flask, auth: Auth, issuer: FakeIssuer) -> None:
    """A page for 403 is not shown for 401."""
    app.get("/")(auth.require("a")(lambda: "x"))
    app.errorhandler(403)(lambda error: ("forbidden", 403))

    assert get(app, headers=issuer.headers()) == (403, "forbidden")
    assert "unauthorized" in get(app)[1]


def test_our_own_trouble_has_its_handler_too(app: Flask, issuer: FakeIssuer) -> None:
    app.get("/")(Auth(Guard(Issuer(issuer.url, audience=issuer.audience), fetcher=issuer)).require(lambda: "x"))
    app.errorhandler(503)(lambda error: ("later", 503))

    assert get(app, headers=issuer.headers()) == (503, "later")


@pytest.mark.parametrize("returned", ["fine", ("fine", 200), None])
def test_whatever_a_handler_returns_the_view_does_not_run(app: Flask, auth: Auth, returned: Any) -> None:
    """Elsewhere an error handler that returns instead of raising let the request in."""
    ran = []

    @app.get("/")
    @auth.require
    def view() -> str:
        ran.append("view")
        return "secret"

    app.errorhandler(RefusedError)(lambda error: returned)

    assert "secret" not in get(app)[1]
    assert ran == []
