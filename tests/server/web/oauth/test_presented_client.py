"""Who a request says it comes from."""

import base64

import pytest
from starlette.requests import Request

from tests.server.web.requests import make_scope
from tokensmith.server.domain.errors import InvalidClientError, InvalidRequestError, OAuthError
from tokensmith.server.flows.client_auth import PresentedClient
from tokensmith.server.web.oauth.presented_client import presented_client
from tokensmith.server.web.parameters import parse_form


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def presented(body: str = "", *authorization: str) -> PresentedClient:
    request = Request(make_scope([("authorization", value) for value in authorization]))
    return presented_client(request, parse_form(body.encode()))


def refusal(body: str, *authorization: str) -> OAuthError:
    with pytest.raises(OAuthError) as refused:
        presented(body, *authorization)
    return refused.value


def test_a_name_alone_is_a_public_client() -> None:
    """RFC 6749 §3.2.1."""
    assert presented("client_id=app") == PresentedClient(client_id="app", secret=None, method="none")


def test_a_secret_may_stand_in_the_form() -> None:
    """P42: RFC 6749 §2.3.1: client_secret_post."""
    assert presented("client_id=app&client_secret=s") == PresentedClient(client_id="app", secret="s", method="post")


@pytest.mark.parametrize(
    ("credentials", "client_id", "secret"),
    [
        ("app:s", "app", "s"),
        ("app:", "app", ""),
        ("app:a:b", "app", "a:b"),
        ("a%3Ab:x%2By+z", "a:b", "x+y z"),
        ("ü:ß", "ü", "ß"),
        ("%C3%BC:%C3%9F", "ü", "ß"),
    ],
)
def test_a_secret_may_stand_in_the_header(credentials: str, client_id: str, secret: str) -> None:
    """RFC 6749 §2.3.1: both halves form-encoded, then joined and encoded as RFC 7617 has it."""
    expected = PresentedClient(client_id=client_id, secret=secret, method="basic")

    assert presented("", f"Basic {encoded(credentials)}") == expected
    assert presented("", f"basic   {encoded(credentials)}") == expected


def test_the_header_and_the_form_may_name_the_same_client() -> None:
    """Some libraries always send client_id."""
    assert presented("client_id=app", f"Basic {encoded('app:s')}").method == "basic"


def test_two_credentials_at_once_are_refused() -> None:
    """P43: RFC 6749 §2.3: "MUST NOT use more than one authentication method in each request"."""
    error = refusal("client_id=app&client_secret=s", f"Basic {encoded('app:s')}")

    assert isinstance(error, InvalidRequestError)
    assert error.code == "several_client_credentials"


def test_two_names_are_refused() -> None:
    """One would be proven and the other acted for."""
    error = refusal("client_id=other", f"Basic {encoded('app:s')}")

    assert isinstance(error, InvalidRequestError)
    assert error.code == "several_client_ids"


def test_two_headers_are_refused() -> None:
    assert refusal("", f"Basic {encoded('app:s')}", f"Basic {encoded('app:s')}").code == "repeated_header"


def test_no_client_at_all_is_told() -> None:
    """RFC 6749 §5.2: "no client authentication included" is invalid_client."""
    error = refusal("grant_type=client_credentials")

    assert isinstance(error, InvalidClientError)
    assert error.code == "client_missing"


@pytest.mark.parametrize(
    ("body", "authorization"), [("", ["Bearer abc"]), ("", ["Negotiate"]), ("client_assertion=x&client_id=a", [])]
)
def test_a_way_we_do_not_offer_is_told(body: str, authorization: list[str]) -> None:
    """RFC 6749 §5.2: "unsupported authentication method" is invalid_client."""
    error = refusal(body, *authorization)

    assert isinstance(error, InvalidClientError)
    assert error.code == "client_method_unknown"


@pytest.mark.parametrize(
    "credentials",
    [
        "",
        "!",
        "a",
        encoded("nocolon"),
        encoded(":secret"),
        encoded(b"\xff:s"),
        encoded("%FF:s"),
        encoded("a\0:s"),
        "YTpi\n",
    ],
)
def test_malformed_basic_credentials_are_refused(credentials: str) -> None:
    """RFC 7617 §2; NUL, at which other programs end a string."""
    error = refusal("", f"Basic {credentials}")

    assert isinstance(error, InvalidClientError)
    assert error.code == "client_basic_malformed"


KIND = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def test_an_assertion_that_is_no_jwt_is_refused() -> None:
    """RFC 7523 §3.2."""
    assert refusal(f"{KIND}&client_assertion=x").code == "client_assertion_malformed"


def test_an_assertion_names_one_client() -> None:
    """RFC 7523 §3 (2): in its subject."""
    without_subject = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"

    assert refusal(f"{KIND}&client_assertion={without_subject}").code == "several_client_ids"
    assert refusal(f"{KIND}&client_assertion={without_subject}", "Basic YTpi").code == "several_client_credentials"
