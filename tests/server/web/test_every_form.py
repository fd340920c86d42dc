"""Whatever is sent to an endpoint: no 5xx, nothing reflected unescaped, nobody sent elsewhere.

Endpoints are those of the table, so a new one cannot be forgotten.
"""

import asyncio
from typing import Final
from urllib.parse import quote_from_bytes, urlsplit

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from tests.server.flows.world import World
from tests.server.web.served import FORM, Served
from tests.server.web.visitor import REQUEST, Visitor

MARK: Final = '"><script>1</script>'
NAMES: Final = (
    *REQUEST,
    *(
        "grant_type",
        "code",
        "code_verifier",
        "refresh_token",
        "token",
        "device_code",
        "user_code",
        "username",
        "password",
    ),
    *("decision", "shown", "form_token", "request", "request_uri", "prompt", "max_age", "claims", "id_token_hint"),
    *(
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "resource",
        "audience",
        "subject_token",
        "actor_token",
    ),
    *(
        "subject_token_type",
        "post_logout_redirect_uri",
        "response_mode",
        "ui_locales",
        "dpop_jkt",
        "login_hint",
        "other",
    ),
)
GRANTS: Final = (
    *("authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"),
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
VALUES: Final = st.one_of(
    st.sampled_from(
        [*REQUEST.values(), *GRANTS, "web", "robot", "none", "allow", "sign_out", MARK, "", "0", "{}", "[]"]
    ),
    st.sampled_from(
        ["urn:ietf:params:oauth:request_uri:x", "https://evil.example/", "//evil.example", "a.b.c", "\x00"]
    ),
    st.text(max_size=40),
)
PAIRS: Final = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=10)
RAW: Final = st.one_of(
    st.binary(max_size=200), st.just(b"a=" + b"%ff" * 40), st.just(b"&" * 100), st.just(b"a=b" * 30_000)
)


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    """A form as browsers write it, lone surrogates and all."""
    parts = (f"{name}={quote_from_bytes(value.encode('utf-8', 'surrogatepass'))}" for name, value in pairs)
    return "&".join(parts).encode()


BODIES: Final = st.one_of(PAIRS.map(encoded), RAW)


@pytest.fixture(scope="module")
def served() -> Served:
    async def build() -> Served:
        served = Served(await World.built(), registration="open")
        served.sign_ins.room = served.client_failures.room = 10**9
        await served.world.make_web_client()
        return served

    return asyncio.run(build())


def endpoints(served: Served, method: str) -> list[str]:
    """Every path that takes this method; what is variable in it gets a value."""
    rows = [route for route in served.app.routes if isinstance(route, Route)]
    paths = [route.path for route in rows if method in getattr(route.endpoint, "methods", {})]
    filled = [path.replace("{list}", "1").replace("{client_id}", "web") for path in paths if "path:path" not in path]
    return [path for path in filled if path != "/status/feed"]  # which goes on for as long as somebody listens


def check(answer: httpx2.Response) -> None:
    assert answer.status_code < 500, answer.text
    assert MARK not in answer.text
    location = answer.headers.get("location", "")
    assert urlsplit(location).netloc in ("", "app.example"), location
    assert not location.startswith("//")


@settings(max_examples=150)
@given(body=BODIES)
def test_no_form_breaks_an_endpoint(served: Served, body: bytes) -> None:
    async def send_all() -> None:
        async with served.http() as client:
            for path in endpoints(served, "POST"):
                check(await client.post(path, content=body, headers=FORM))

    asyncio.run(send_all())


@settings(max_examples=150)
@given(query=BODIES)
def test_no_query_breaks_an_endpoint(served: Served, query: bytes) -> None:
    """Also one that no browser would send."""
    text = quote_from_bytes(query, safe="&=%;/:?+")[:20_000]

    async def send_all() -> None:
        async with served.http() as client:
            for path in endpoints(served, "GET"):
                check(await client.get(f"{path}?{text}"))

    asyncio.run(send_all())


@settings(max_examples=60)
@given(pairs=PAIRS)
def test_nothing_breaks_a_page_that_is_shown(served: Served, pairs: list[tuple[str, str]]) -> None:
    """Its own form, with everything else in it that somebody makes up."""

    async def fill_in() -> None:
        async with Visitor(served) as visitor:
            await visitor.authorize()
            page = visitor.page
            body = encoded([("form_token", page.fields["form_token"]), *pairs])
            check(await visitor.http.post(page.action or "", content=body, headers=FORM))

    asyncio.run(fill_in())


def test_the_table_is_looked_at(served: Served) -> None:
    """And the endpoints are among what is found."""
    assert {"/authorize", "/token", "/par", "/device", "/logout", "/register"} <= set(endpoints(served, "POST"))
    assert {"/authorize", "/device/confirm", "/userinfo", "/account/sign-in"} <= set(endpoints(served, "GET"))
