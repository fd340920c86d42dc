"""What every fetcher owes, whatever it is built on; run once per fetcher."""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import pytest
import trustme

from tests.outbound.local_server import drip, http_answer, serving
from tokensmith.outbound.fetch import FetchError, FetchRules, Response
from tokensmith.outbound.post import Form


class Fetch(Protocol):
    """Fetches, or posts where a form is given; blocks."""

    def __call__(
        self, url: str, rules: FetchRules, headers: Mapping[str, str], form: Form | None = None
    ) -> Response: ...


MakeFetch = Callable[[ssl.SSLContext | None, list[str] | None], Fetch]


class FetcherContract:
    """Subclasses give the fixture `make_fetch`: from TLS trust and resolved addresses to a blocking call."""

    @pytest.fixture
    def fetch(self, make_fetch: MakeFetch) -> Fetch:
        return make_fetch(None, None)

    def test_a_document_arrives_with_its_status_and_headers(self, fetch: Fetch) -> None:
        with serving(http_answer("200 OK", b"{}", ETag='"7"', Cache_Control="max-age=60")) as server:
            answer = fetch(server.url("/keys?x=1"), rules(server.url()), {"If-None-Match": '"6"'})

        assert (answer.status, answer.body) == (200, b"{}")
        assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"7"', "max-age=60")
        assert b"GET /keys?x=1 HTTP/1.1\r\n" in server.requests[0]
        assert b'if-none-match: "6"' in server.requests[0].replace(b"If-None-Match", b"if-none-match")

    def test_a_form_is_posted(self, fetch: Fetch) -> None:
        """RFC 6749 Appendix B; a name may come twice, and no value begins another parameter."""
        form = [("resource", "https://a.test/?b=c&d"), ("resource", "urn:é"), ("empty", "")]
        with serving(http_answer("200 OK", b"{}")) as server:
            answer = fetch(server.url("/token"), rules(server.url()), {"Authorization": "Basic eDp5"}, form)

        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        assert (answer.status, answer.body) == (200, b"{}")
        assert b"POST /token HTTP/1.1\r\n" in head
        assert b"application/x-www-form-urlencoded" in head
        assert b"Basic eDp5" in head
        assert body == b"resource=https%3A%2F%2Fa.test%2F%3Fb%3Dc%26d&resource=urn%3A%C3%A9&empty="

    def test_a_refusal_of_a_form_is_an_answer(self, fetch: Fetch) -> None:
        with serving(http_answer("400 Bad Request", b'{"error":"invalid_grant"}')) as server:
            answer = fetch(server.url(), rules(server.url()), {}, [("a", "b")])

        assert (answer.status, answer.body) == (400, b'{"error":"invalid_grant"}')

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_form_is_not_sent_on(self, fetch: Fetch, status: int) -> None:
        """G02: it holds secrets."""
        with (
            serving(http_answer("200 OK", b"stolen")) as elsewhere,
            serving(http_answer(f"{status} X", Location=elsewhere.url())) as server,
            refused("redirected"),
        ):
            fetch(server.url(), rules(server.url()), {}, [("client_secret", "x")])

        assert elsewhere.requests == []

    def test_not_modified_and_errors_are_answers(self, fetch: Fetch) -> None:
        for status in (304, 404, 503):
            with serving(http_answer(f"{status} X")) as server:
                assert fetch(server.url(), rules(server.url()), {}).status == status

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_refused(self, fetch: Fetch, status: int) -> None:
        """J36, G02: Whoever makes the trusted host redirect must not choose the next one."""
        with (
            serving(http_answer("200 OK", b"stolen")) as elsewhere,
            serving(http_answer(f"{status} X", Location=elsewhere.url())) as server,
            refused("redirected"),
        ):
            fetch(server.url(), rules(server.url()), {})

        assert elsewhere.requests == []

    def test_a_body_at_the_cap_passes_and_one_byte_more_does_not(self, fetch: Fetch) -> None:
        with serving(http_answer("200 OK", b"x" * 100)) as server:
            assert len(fetch(server.url(), rules(server.url(), max_bytes=100), {}).body) == 100
            with refused("too_large"):
                fetch(server.url(), rules(server.url(), max_bytes=99), {})

    def test_a_body_of_unannounced_length_is_cut_at_the_cap(self, fetch: Fetch) -> None:
        """G05: without Content-Length, or with chunks, only counting helps."""
        unannounced = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 500
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1f4\r\n" + b"x" * 500 + b"\r\n0\r\n\r\n"
        for answer in (unannounced, chunked):
            with serving(answer) as server, refused("too_large"):
                fetch(server.url(), rules(server.url(), max_bytes=100), {})

    def test_an_encoded_body_is_refused(self, fetch: Fetch) -> None:
        """It could inflate beyond the cap, and we asked for none."""
        with serving(http_answer("200 OK", b"x", Content_Encoding="gzip")) as server, refused("encoded"):
            fetch(server.url(), rules(server.url()), {})

        assert b"identity" in server.requests[0]

    @pytest.mark.parametrize(
        "head",
        [
            b"HTTP/1.1 200 OK\r\nX-Slow: ",
            b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
        ],
        ids=["in the headers", "in the body"],
    )
    def test_a_dripping_server_is_cut_off_at_the_total_time(self, fetch: Fetch, head: bytes) -> None:
        """G05: Each byte arrives in time, the whole would not: slow loris."""
        with serving(drip(head)) as server, refused("timed_out"):
            fetch(server.url(), rules(server.url(), total_seconds=0.3), {})

    def test_a_truncated_answer_is_refused(self, fetch: Fetch) -> None:
        cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
        with serving(cut) as server, refused("truncated", "unreachable"):
            fetch(server.url(), rules(server.url()), {})

    def test_nobody_listening_is_unreachable(self, fetch: Fetch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            port = reserved.getsockname()[1]
        with refused("unreachable"):
            fetch(f"http://127.0.0.1:{port}/", rules(f"http://127.0.0.1:{port}"), {})

    def test_nonsense_is_unreachable(self, fetch: Fetch) -> None:
        with serving(b"SSH-2.0-OpenSSH\r\n\r\n") as server, refused("unreachable"):
            fetch(server.url(), rules(server.url()), {})

    def test_a_header_that_cannot_be_sent_is_unreachable(self, fetch: Fetch) -> None:
        """An entity tag comes from the other side, and no text from there may end in another exception."""
        for tag in ("a\nb", "a\r\nX: y", "\u2028"):
            with serving(http_answer("200 OK")) as server, refused("unreachable"):
                fetch(server.url(), rules(server.url()), {"If-None-Match": tag})

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://id.example/keys", "nonsense"])
    def test_another_scheme_is_refused_before_anything_is_resolved(self, fetch: Fetch, url: str) -> None:
        """J36, G01: Only https; http for this machine, when the operator named it."""
        with refused("url_refused"):
            fetch(url, rules("https://id.example"), {})

    def test_http_on_this_machine_is_only_for_the_named_origin(self, fetch: Fetch) -> None:
        with serving(http_answer("200 OK")) as server, refused("url_refused"):
            fetch(server.url(), rules("https://id.example"), {})

        assert server.requests == []

    def test_a_public_name_that_resolves_inside_is_not_connected_to(self, make_fetch: MakeFetch) -> None:
        """J36: Server-side request forgery through DNS."""
        with serving(http_answer("200 OK")) as server, refused("address_refused"):
            make_fetch(None, ["127.0.0.1"])(
                server.url(scheme="https", host="cdn.example"), rules("https://id.example"), {}
            )

        assert server.requests == []

    def test_a_name_without_address_is_refused(self, make_fetch: MakeFetch) -> None:
        with refused("address_refused"):
            make_fetch(None, [])("https://id.example/", rules("https://id.example"), {})

    def test_https_checks_the_name_while_the_address_is_pinned(self, make_fetch: MakeFetch) -> None:
        """The name in the certificate counts, wherever the address came from."""
        authority, server_tls, client_tls = tls_for("id.internal")
        with serving(http_answer("200 OK", b"{}"), tls=server_tls) as server:
            url = server.url(scheme="https", host="id.internal")
            answer = make_fetch(client_tls, ["127.0.0.1"])(url, rules(url), {})
            with refused("unreachable"):
                other = server.url(scheme="https", host="other.internal")
                make_fetch(client_tls, ["127.0.0.1"])(other, rules(other), {})

        assert answer.body == b"{}"
        assert f"id.internal:{server.port}".encode() in server.requests[0]
        assert authority is not None

    def test_a_strangers_certificate_is_refused(self, make_fetch: MakeFetch) -> None:
        _, server_tls, _ = tls_for("id.internal")
        _, _, client_tls = tls_for("id.internal")
        with serving(http_answer("200 OK", b"{}"), tls=server_tls) as server, refused("unreachable"):
            url = server.url(scheme="https", host="id.internal")
            make_fetch(client_tls, ["127.0.0.1"])(url, rules(url), {})

    def test_the_next_address_is_tried_when_one_refuses(self, make_fetch: MakeFetch) -> None:
        with serving(http_answer("200 OK", b"{}")) as server:
            url = server.url(host="localhost")
            answer = make_fetch(None, ["127.0.0.2", "127.0.0.1"])(url, rules(url), {})

        assert answer.body == b"{}"

    def test_no_cookie_is_kept_and_no_proxy_taken_from_the_environment(
        self, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
        with serving(http_answer("200 OK", b"{}", Set_Cookie="a=b")) as server:
            fetch(server.url(), rules(server.url()), {})
            fetch(server.url(), rules(server.url()), {})

        assert not any(b"cookie" in request.lower() for request in server.requests)


def rules(url: str, *, max_bytes: int = 1000, total_seconds: float = 5.0) -> FetchRules:
    origin = "/".join(url.split("/")[:3])
    return FetchRules(trusted_origin=origin, max_bytes=max_bytes, connect_seconds=1, total_seconds=total_seconds)


def tls_for(name: str) -> tuple[trustme.CA, ssl.SSLContext, ssl.SSLContext]:
    authority = trustme.CA()
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(server_tls)
    client_tls = ssl.create_default_context()
    authority.configure_trust(client_tls)
    return authority, server_tls, client_tls


@contextlib.contextmanager
def refused(*codes: str) -> Iterator[None]:
    with pytest.raises(FetchError) as caught:
        yield
    assert caught.value.code in codes, (caught.value.code, caught.value.detail)
