"""The contract's service in Flask."""

from flask import Flask, Response, jsonify
from flask.views import MethodView

from tokensmith.guard import Guard, Need
from tokensmith.integrations.flask import Auth


def subject(auth: Auth) -> Response:
    principal = auth.principal_or_none
    return jsonify(subject=principal.subject if principal else None)


def application(guard: Guard, *, closed: bool = False) -> Flask:
    """Make the contract's service; *closed*, with the hook before every view."""
    app = Flask(__name__)
    auth = Auth(guard, app)
    if closed:
        app.before_request(auth.verify)

    class Notes(MethodView):
        @auth.require("notes:read")
        async def get(self) -> Response:
            return subject(auth)

        @auth.require(Need("notes:write"))
        def post(self) -> Response:
            return subject(auth)

    app.add_url_rule("/notes", view_func=Notes.as_view("notes"))

    @app.get("/me")
    @auth.require
    def me() -> Response:
        return jsonify(subject=auth.principal.subject)

    @app.get("/open")
    @auth.public
    def anybody() -> Response:
        return subject(auth)

    return app
