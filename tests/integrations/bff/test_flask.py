"""The back end for front ends in Flask."""

import httpx2
import pytest
from flask import Flask

from tests.integrations.bff.adapter_contract import APP, AdapterContract, MakeBrowser
from tests.services.npm_provider import NOTES
from tokensmith.integrations.bff import Bff
from tokensmith.integrations.bff.flask import headers_for, init_app, session_of


class TestFlask(AdapterContract):
    @pytest.fixture
    def make_browser(self) -> MakeBrowser:
        def make(bff: Bff) -> httpx2.Client:
            app = Flask(__name__)
            init_app(app, bff)

            @app.get("/notes")
            def notes() -> dict[str, str]:
                return headers_for(bff, "GET", f"{NOTES}/notes")

            @app.get("/page")
            def page() -> str:
                session = session_of(bff)
                return "nobody" if session is None else str(session.claims["sub"])

            return httpx2.Client(transport=httpx2.WSGITransport(app), base_url=APP)

        return make
