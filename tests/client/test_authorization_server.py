"""One request to the server: where, as whom, with which proof; and what becomes of its answer."""

from collections.abc import Mapping

import pytest

from tests.client.scripted_server import ISSUER, METADATA_URL, TOKEN_URL, ScriptedServer, refusal, token_answer
from tests.guard.scripted import ScriptedClock, ScriptedOutside, json_answer, run
from tokensmith.client import (
    ClientCredentials,
    ProofKey,
    PublicClient,
    RefusedError,
    SecretClient,
    ServerUnavailableError,
    UnusableAnswerError,
)
from tokensmith.client.authorization_server import AuthorizationServer
from tokensmith.guard.sender import DpopVerifier
from tokensmith.outbound import FetchError, Response

OPENID_URL = f"{ISSUER}/.well-known/openid-configuration"
GRANT = ClientCredentials(scope="a")
CLOCK = ScriptedClock(ScriptedOutside())


def proof_key() -> ProofKey:
    return ProofKey(clock=CLOCK)


def nonces_sent(server: ScriptedServer) -> list[object]:
    verifier = DpopVerifier(clock=CLOCK)
    sent = [headers["DPoP"].encode() for headers in server.outside.sent_headers if "DPoP" in headers]
    return [verifier.verify([each], method="POST", uri=TOKEN_URL).nonce for each in sent]


def test_a_token_is_asked_for_where_the_metadata_says() -> None:
    server = ScriptedServer(token_answer())
    answer = run(server.seen_by(SecretClient("job", "hush")).ask(GRANT, server.outside))

    assert answer.access_token == "a.b.c"
    assert server.outside.fetched == [METADATA_URL, TOKEN_URL]
    assert server.forms == [{"grant_type": "client_credentials", "scope": "a"}]
    assert server.outside.sent_headers[1]["Authorization"].startswith("Basic ")
    assert "DPoP" not in server.outside.sent_headers[1]


def test_without_metadata_nothing_is_asked() -> None:
    """And the log says why."""
    server = ScriptedServer(token_answer())
    other = json_answer({"issuer": f"{ISSUER}/", "token_endpoint": TOKEN_URL})
    server.outside.documents[METADATA_URL] = server.outside.documents[OPENID_URL] = other
    with pytest.raises(ServerUnavailableError) as caught:
        run(server.seen_by().ask(GRANT, server.outside))

    assert caught.value.code == "discovery_failed"
    assert "is configured" in caught.value.detail
    assert server.forms == []


def test_metadata_without_a_token_endpoint_is_none() -> None:
    server = ScriptedServer(token_answer(), metadata={"token_endpoint": None})
    with pytest.raises(ServerUnavailableError, match="metadata"):
        run(server.seen_by().ask(GRANT, server.outside))


def test_a_silent_server_is_asked_again_later() -> None:
    server = ScriptedServer(FetchError("Silence.", code="timed_out", detail="where"), token_answer())
    seen = server.seen_by()
    with pytest.raises(ServerUnavailableError) as caught:
        run(seen.ask(GRANT, server.outside))

    assert caught.value.code == "server_unreachable"
    assert "timed_out" in caught.value.detail
    assert run(seen.ask(GRANT, server.outside)).access_token == "a.b.c"


def test_a_bound_token_is_asked_for_with_a_proof() -> None:
    """RFC 9449 §5."""
    server = ScriptedServer(token_answer(token_type="DPoP"))

    assert run(server.seen_by(proof_key=proof_key()).ask(GRANT, server.outside)).token_type == "DPoP"
    assert nonces_sent(server) == [None]


def test_a_server_that_binds_nothing_is_found_out() -> None:
    """RFC 9449 §5: the answer is discarded; the token would be worth something to a thief."""
    server = ScriptedServer(token_answer())
    with pytest.raises(UnusableAnswerError, match="cannot be used"):
        run(server.seen_by(proof_key=proof_key()).ask(GRANT, server.outside))

    bound = ScriptedServer(token_answer(token_type="DPoP"))
    with pytest.raises(UnusableAnswerError, match="cannot be used"):
        run(bound.seen_by().ask(GRANT, bound.outside))


def test_a_nonce_is_taken_into_the_next_proof() -> None:
    """RFC 9449 §8: tried again at once, and from then on in every proof for this server."""
    server = ScriptedServer(
        refusal("use_dpop_nonce", DPoP_Nonce="n-1"), token_answer(token_type="DPoP"), token_answer(token_type="DPoP")
    )
    seen = server.seen_by(proof_key=proof_key())
    run(seen.ask(GRANT, server.outside))
    run(seen.ask(GRANT, server.outside))

    assert nonces_sent(server) == [None, "n-1", "n-1"]


def test_two_requests_at_once_are_both_tried_again_with_the_nonce() -> None:
    """The second is told what the first has just learned: it was sent without it all the same."""
    server = ScriptedServer(refusal("use_dpop_nonce", DPoP_Nonce="n-1"), token_answer(token_type="DPoP"))
    key = proof_key()
    first = server.answers[0]

    def told_while_under_way(_: Mapping[str, str]) -> Response:
        key.learn(TOKEN_URL, "n-1")
        assert isinstance(first, Response)
        return first

    server.answers[0] = told_while_under_way

    assert run(server.seen_by(proof_key=key).ask(GRANT, server.outside)).token_type == "DPoP"
    assert nonces_sent(server) == [None, "n-1"]


def test_a_nonce_may_come_with_a_good_answer() -> None:
    """RFC 9449 §8.2."""
    good = token_answer(token_type="DPoP")
    server = ScriptedServer(json_answer({"access_token": "a", "token_type": "DPoP"}, DPoP_Nonce="n-2"), good)
    seen = server.seen_by(proof_key=proof_key())
    run(seen.ask(GRANT, server.outside))
    run(seen.ask(GRANT, server.outside))

    assert nonces_sent(server) == [None, "n-2"]


def test_a_server_that_is_never_content_is_asked_twice() -> None:
    numbers = iter(range(100))
    server = ScriptedServer(lambda _: refusal("use_dpop_nonce", DPoP_Nonce=f"n-{next(numbers)}"))
    with pytest.raises(RefusedError) as caught:
        run(server.seen_by(proof_key=proof_key()).ask(GRANT, server.outside))

    assert caught.value.error == "use_dpop_nonce"
    assert nonces_sent(server) == [None, "n-0"]


@pytest.mark.parametrize("answer", [refusal("use_dpop_nonce"), refusal("invalid_client", DPoP_Nonce="n-1")])
def test_nothing_is_tried_again_without_a_reason(answer: object) -> None:
    server = ScriptedServer(answer)  # type: ignore[arg-type]
    with pytest.raises(RefusedError):
        run(server.seen_by(proof_key=proof_key()).ask(GRANT, server.outside))

    assert nonces_sent(server) == [None]


@pytest.mark.parametrize("issuer", ["", "id.test", "http://id.test", "https://ada@id.test", "ftp://id.test"])
def test_an_issuer_is_an_https_url(issuer: str) -> None:
    """Found at start; http is for this machine alone."""
    with pytest.raises(ValueError, match=r"URL|https"):
        AuthorizationServer(issuer, PublicClient("tool"), None)

    assert AuthorizationServer("http://127.0.0.1:8000", PublicClient("tool"), None).issuer == "http://127.0.0.1:8000"
