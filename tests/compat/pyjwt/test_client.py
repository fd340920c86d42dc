"""PyJWKClient against a real server: what it finds, how seldom it asks, and what it does not believe."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from socket import socket
from typing import Any

import jwt as theirs
import pytest
import trustme

import tokensmith.compat.pyjwt as ours
from tests.compat.pyjwt.material import EC, RSA, SECRET, b64, outcome
from tests.outbound.local_server import LocalServer, drip, http_answer, serving
from tokensmith.outbound import FetchError

RSA_JWK = {**theirs.algorithms.RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True), "kid": "r"}
EC_JWK = {**theirs.algorithms.ECAlgorithm.to_jwk(EC["ES256"].public_key(), as_dict=True), "kid": "e"}
PRIVATE_JWK = {**theirs.algorithms.ECAlgorithm.to_jwk(EC["ES256"], as_dict=True), "kid": "p"}


def key_set(*keys: object) -> bytes:
    return http_answer("200 OK", json.dumps({"keys": keys}).encode(), content_type="application/json")


@dataclass
class Issuer:
    """A server whose answer can be changed, and a clock that goes when it is told."""

    server: LocalServer
    answers: list[bytes]
    now: float = 0.0
    made: list[ours.PyJWKClient] = field(default_factory=list)

    def client(self, **arguments: Any) -> ours.PyJWKClient:
        return ours.PyJWKClient(self.server.url("/jwks"), monotonic=lambda: self.now, **arguments)

    @property
    def asked(self) -> int:
        return len(self.server.requests)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    answers = [key_set(RSA_JWK, EC_JWK)]

    def answer(connection: socket) -> None:
        connection.sendall(answers[-1])

    with serving(answer) as server:
        yield Issuer(server, answers)


def test_a_token_leads_to_its_key(issuer: Issuer) -> None:
    """The lines of PyJWT's own documentation: with the JWK, and with the key object in it."""
    made = ours.encode({"sub": "ada"}, RSA, algorithm="RS256", headers={"kid": "r"})
    signing_key = issuer.client().get_signing_key_from_jwt(made)

    assert ours.decode(made, signing_key) == {"sub": "ada"}
    assert ours.decode(made, signing_key.key, algorithms=["RS256"]) == {"sub": "ada"}


def test_a_set_is_held_for_its_lifespan(issuer: Issuer) -> None:
    """Up to the very second."""
    client = issuer.client(lifespan=100)
    client.get_signing_key("r")
    issuer.now = 99.9
    client.get_signing_key("e")
    assert issuer.asked == 1

    issuer.now = 100
    client.get_signing_key("e")

    assert issuer.asked == 2


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [({"cache_jwk_set": False}, 3), ({"cache_jwk_set": False, "cache_keys": True}, 1), ({"cache_keys": True}, 1)],
)
def test_whoever_wants_keys_held_gets_the_set_held(issuer: Issuer, arguments: dict[str, Any], asked: int) -> None:
    """A key has no life of its own beyond its set, so a withdrawn one leaves."""
    client = issuer.client(**arguments)
    for kid in ("r", "e", "r"):
        client.get_signing_key(kid)

    assert issuer.asked == asked


def test_a_new_key_is_found_after_the_cooldown(issuer: Issuer) -> None:
    """An unknown kid asks again, but not while the last answer is that young."""
    client = issuer.client(cooldown_duration=30)
    client.get_signing_key("r")
    issuer.answers.append(key_set(RSA_JWK, {**EC_JWK, "kid": "new"}))
    issuer.now = 29.9
    with pytest.raises(ours.PyJWKClientError):
        client.get_signing_key("new")
    assert issuer.asked == 1

    issuer.now = 30

    assert client.get_signing_key("new").key_id == "new"
    assert issuer.asked == 2


def test_invented_key_ids_cause_one_fetch_per_cooldown(issuer: Issuer) -> None:
    """CVE-2026-48524: also where the fetch fails, and the keys in hand stay in use."""
    client = issuer.client()
    client.get_signing_key("r")
    issuer.answers.append(http_answer("503 Service Unavailable"))
    issuer.now = 40
    for number in range(20):
        with pytest.raises(ours.PyJWKClientError):
            client.get_signing_key(f"invented {number}")

    assert issuer.asked == 2
    assert client.get_signing_key("r").key_id == "r"


def test_a_failed_fetch_makes_no_set_younger(issuer: Issuer) -> None:
    """Otherwise invented key ids would keep a withdrawn key for as long as the server is down."""
    client = issuer.client(lifespan=100)
    client.get_signing_key("r")
    issuer.answers.append(http_answer("503 Service Unavailable"))
    issuer.now = 60
    with pytest.raises(ours.PyJWKClientConnectionError):
        client.get_signing_key("invented")

    issuer.now = 100

    with pytest.raises(ours.PyJWKClientConnectionError):
        client.get_signing_key("r")


def test_many_threads_cause_one_fetch(issuer: Issuer) -> None:
    """Who comes while one is asking waits for the answer."""
    client = issuer.client()
    found: list[str] = []
    ready = threading.Barrier(8)

    def find() -> None:
        ready.wait(10)
        found.append(client.get_signing_key("r").key_id)

    threads = [threading.Thread(target=find) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert (found, issuer.asked) == (["r"] * 8, 1)


def test_the_request_has_the_callers_headers(issuer: Issuer) -> None:
    """Besides our own."""
    issuer.client(headers={"Authorization": "Bearer x"}).get_jwk_set()

    assert b"Authorization: Bearer x\r\n" in issuer.server.requests[0]
    assert b"Accept: application/json\r\n" in issuer.server.requests[0]


def test_refreshing_asks_at_once(issuer: Issuer) -> None:
    """Whatever is in hand."""
    client = issuer.client()
    client.get_jwk_set()
    client.get_jwk_set(refresh=True)
    client.get_signing_keys(refresh=True)

    assert issuer.asked == 3


def test_whoever_overrides_the_fetch_is_asked(issuer: Issuer) -> None:
    """PyJWT's documented way to filter a set; the lock, the lifespan and the cooldown stay."""

    class Filtering(ours.PyJWKClient):
        def fetch_data(self) -> Any:
            return {"keys": [key for key in super().fetch_data()["keys"] if key["kid"] == "e"]}

    client = Filtering(issuer.server.url())

    assert [key.key_id for key in client.get_signing_keys()] == ["e"]
    with pytest.raises(ours.PyJWKClientError):
        client.get_signing_key("r")
    assert issuer.asked == 1


ALIKE: dict[str, tuple[bytes, Callable[[Any], object]]] = {
    "a kid": (key_set(RSA_JWK, EC_JWK), lambda client: client.get_signing_key("e").algorithm_name),
    "an unknown kid": (key_set(RSA_JWK), lambda client: client.get_signing_key("x")),
    "no kid": (key_set(RSA_JWK), lambda client: client.get_signing_key(None)),
    "keys without kid": (key_set({**RSA_JWK, "kid": None}), lambda client: client.get_signing_keys()),
    "a key for encryption": (
        key_set({**RSA_JWK, "use": "enc"}, EC_JWK),
        lambda client: [key.key_id for key in client.get_signing_keys()],
    ),
    "no keys": (key_set(), lambda client: client.get_jwk_set()),
    "no set": (http_answer("200 OK", b"{}"), lambda client: client.get_jwk_set()),
    "no object": (http_answer("200 OK", b"[]"), lambda client: client.get_jwk_set()),
    "an error": (http_answer("500 Oops"), lambda client: client.get_jwk_set()),
    "nothing there": (http_answer("404 Not Found"), lambda client: client.get_jwk_set()),
    "a redirect": (http_answer("302 Found", location="/other"), lambda client: client.get_jwk_set()),
    "an answer cut short": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        lambda client: client.get_jwk_set(),
    ),
    "no HTTP": (b"hello\r\n\r\n", lambda client: client.get_jwk_set()),
    "a token of no key": (key_set(RSA_JWK), lambda client: client.get_signing_key_from_jwt("a.b.c")),
}


@pytest.mark.parametrize("case", ALIKE)
def test_answers_are_taken_alike(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same key, or the same class of exception."""
    # PyJWT asks the environment for a proxy, even for this machine.
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    answer, call = ALIKE[case]
    with serving(answer) as server:
        results = [outcome(lambda m: call(m.PyJWKClient(server.url(), timeout=5)), module) for module in (ours, theirs)]

    assert results[0] == results[1]


@pytest.mark.parametrize("jwk", [PRIVATE_JWK, {"kty": "oct", "k": b64(SECRET.encode())}, {"kty": "oct"}])
def test_a_set_that_shows_a_secret_is_refused_whole(issuer: Issuer, jwk: dict[str, Any]) -> None:
    """Whoever can read it could sign."""
    issuer.answers.append(key_set(RSA_JWK, jwk))

    with pytest.raises(ours.PyJWKClientError, match="secret"):
        issuer.client().get_signing_key("r")


def test_an_answer_that_drips_ends_at_the_timeout() -> None:
    """The timeout is for the whole, not for each octet."""
    with serving(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")) as server:
        client = ours.PyJWKClient(server.url(), timeout=0.3)
        with pytest.raises(ours.PyJWKClientConnectionError) as refused:
            client.get_jwk_set()

    assert isinstance(refused.value.__cause__, FetchError)
    assert refused.value.__cause__.code == "timed_out"


def test_https_is_fetched_with_the_callers_trust() -> None:
    """And without it the server is a stranger."""
    authority = trustme.CA()
    serving_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(serving_context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with serving(key_set(RSA_JWK), tls=serving_context) as server:
        url = server.url(scheme="https", host="localhost")

        assert ours.PyJWKClient(url, ssl_context=trusting).get_signing_key("r").key_id == "r"
        with pytest.raises(ours.PyJWKClientConnectionError):
            ours.PyJWKClient(url).get_signing_key("r")


@pytest.mark.parametrize(
    ("uri", "arguments"),
    [
        ("file:///etc/passwd", {}),
        ("ftp://127.0.0.1/jwks", {}),
        ("http://id.example/jwks", {}),
        ("http://169.254.169.254/jwks", {}),
        ("https://user@id.example/jwks", {}),
        ("/jwks", {}),
        ("https://id.example/jwks", {"lifespan": 0}),
        ("https://id.example/jwks", {"lifespan": float("nan")}),
        ("https://id.example/jwks", {"timeout": 0}),
        ("https://id.example/jwks", {"timeout": float("inf")}),
        ("https://id.example/jwks", {"cooldown_duration": -1}),
        ("https://id.example/jwks", {"cooldown_duration": float("inf")}),
        ("https://id.example/jwks", {"cooldown_duration": float("nan")}),
    ],
)
def test_a_client_that_makes_no_sense_is_not_made(uri: str, arguments: dict[str, Any]) -> None:
    """RFC 8725 §3.10: before anything is fetched."""
    with pytest.raises(ours.PyJWKClientError):
        ours.PyJWKClient(uri, **arguments)
