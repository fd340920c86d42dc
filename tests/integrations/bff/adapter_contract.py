"""What the back end for front ends owes in any framework, at somebody else's authorization server."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.services.npm_provider import NOTES, SECRET, NpmProvider
from tokensmith.client import Client, ProofKey, RefreshToken, SecretClient, SignInAgainError
from tokensmith.integrations.bff import Bff

APP = "https://app.example"
OURS = {"Sec-Fetch-Site": "same-origin"}
# A person at the address bar, or on their way back from the authorization server.
VISIT = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
MakeBrowser = Callable[[Bff], httpx2.Client]
ASKERS = 8


class Noting(Client):
    """Notes what is given up."""

    def __init__(self, issuer: str, identity: SecretClient) -> None:
        super().__init__(issuer, identity)
        self.revoked: list[str] = []

    async def revoke(self, token: str) -> None:
        self.revoked.append(token)
        await super().revoke(token)

    def revoke_sync(self, token: str) -> None:
        self.revoked.append(token)
        super().revoke_sync(token)


class Moment:
    """The time, moved by a test alone: tokens of two seconds would otherwise end while a busy machine still asks."""

    def __init__(self) -> None:
        self.began = time.time()
        self.ahead = 0.0

    def now(self) -> float:
        return self.began + self.ahead


class AdapterContract:
    """Needs the fixture `make_browser`: from a Bff to a client of an application that it is in front of.

    The application answers /notes with the headers that it would send to the service, /page with the subject of whoever
    is there, and nothing else.
    """

    @pytest.fixture
    def moment(self) -> Moment:
        return Moment()

    @pytest.fixture
    def client(self, npm_provider: NpmProvider) -> Client:
        return Client(npm_provider.issuer, SecretClient("web", SECRET))

    @pytest.fixture
    def browser(self, make_browser: MakeBrowser, client: Client, moment: Moment) -> Iterator[httpx2.Client]:
        with make_browser(self.bff(client, moment)) as browser:
            yield browser

    def bff(self, client: Client, moment: Moment) -> Bff:
        scope = "openid offline_access notes:read"
        return Bff(client, public_url=APP, secret=bytes(range(32)), scope=scope, resource=NOTES, clock=moment)

    def sign_in(self, browser: httpx2.Client, provider: NpmProvider, name: str = "ada") -> None:
        begun = browser.get("/bff/login?return_to=/notes", headers=VISIT)
        assert begun.status_code == 303, begun.text
        back = urlsplit(provider.visit(begun.headers["location"], name))
        assert back.path == "/bff/callback"
        done = browser.get(f"{back.path}?{back.query}", headers=VISIT)
        assert (done.status_code, "0;url=/notes" in done.text) == (200, True)

    def test_a_person_signs_in_and_their_pages_call_services(
        self, browser: httpx2.Client, npm_provider: NpmProvider
    ) -> None:
        """RFC 10017 §6.1.1, A to L."""
        assert browser.get("/bff/session").json() == {"signed_in": False}
        assert browser.get("/notes", headers=OURS).status_code == 401
        assert browser.get("/page").text == "nobody"
        self.sign_in(browser, npm_provider)

        assert browser.get("/bff/session").json()["claims"]["sub"] == "ada"
        assert browser.get("/notes", headers=OURS).json()["Authorization"].startswith("Bearer ")
        assert browser.get("/page").text == "ada"

    def test_other_sites_call_nothing(self, browser: httpx2.Client, npm_provider: NpmProvider) -> None:
        """RFC 10017 §6.1.3.3."""
        self.sign_in(browser, npm_provider)

        assert browser.get("/notes", headers=VISIT).json() == {"error": "cross_site_request"}
        assert browser.get("/notes").status_code == 403
        assert browser.post("/bff/logout", headers=VISIT).status_code == 403
        assert browser.post("/bff/logout").status_code == 403

    def test_many_requests_at_once_renew_once(
        self, browser: httpx2.Client, npm_provider: NpmProvider, moment: Moment
    ) -> None:
        """This provider ends the whole sign-in where a refresh token is shown twice; three times in a row it is not."""
        self.sign_in(browser, npm_provider)
        cookie = {"Cookie": "; ".join(f"{each.name}={each.value}" for each in browser.cookies.jar)}
        seen = set()
        for _ in range(3):
            moment.ahead += 10
            with ThreadPoolExecutor(ASKERS) as threads:
                asked = [threads.submit(browser.get, "/notes", headers=OURS | cookie) for _ in range(ASKERS)]
                answers = [each.result(30) for each in asked]
            assert [answer.status_code for answer in answers] == [200] * ASKERS
            given = {answer.json()["Authorization"] for answer in answers}
            assert len(given) == 1
            seen |= given
        assert len(seen) == 3

    def test_signing_out_is_felt_at_once_and_everywhere(
        self, make_browser: MakeBrowser, npm_provider: NpmProvider, moment: Moment
    ) -> None:
        client = Noting(npm_provider.issuer, SecretClient("web", SECRET))
        with make_browser(self.bff(client, moment)) as browser:
            self.sign_in(browser, npm_provider)
            answer = browser.post("/bff/logout", headers=OURS)

            assert answer.json()["end_session_url"].startswith(f"{npm_provider.issuer}/session/end?")
            assert browser.get("/bff/session").json() == {"signed_in": False}
            assert browser.get("/notes", headers=OURS).json() == {"error": "not_signed_in"}
        (token,) = client.revoked
        with pytest.raises(SignInAgainError):
            client.ask_sync(RefreshToken(token))

    def test_tokens_may_be_bound_to_a_key(
        self, make_browser: MakeBrowser, npm_provider: NpmProvider, moment: Moment
    ) -> None:
        """RFC 9449; also when they are renewed."""
        bound = Client(npm_provider.issuer, SecretClient("web", SECRET), proof_key=ProofKey())
        with make_browser(self.bff(bound, moment)) as browser:
            self.sign_in(browser, npm_provider)
            for _ in range(2):
                headers = browser.get("/notes", headers=OURS).json()
                assert headers["Authorization"].startswith("DPoP ")
                assert headers["DPoP"].count(".") == 2
                moment.ahead += 10

    def test_what_is_not_ours_is_the_applications(self, browser: httpx2.Client) -> None:
        assert browser.get("/bff/other").status_code == 404
        assert browser.get("/elsewhere").status_code == 404
        assert browser.get("/bff/logout").status_code == 405
